"""The worth of the best of h, and its price."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.lottery.tuned import restarts, tuned_curve


def by_enumeration(finals, h):
    """Mean over all sets of h configurations and both ways of splitting the seeds; ties share."""
    found = []
    for choose, judge in ((finals[:, ::2], finals[:, 1::2]), (finals[:, 1::2], finals[:, ::2])):
        choose, judge = choose.mean(axis=1), judge.mean(axis=1)
        for rows in combinations(range(len(finals)), h):
            rows = np.array(rows)
            best = rows[choose[rows] == choose[rows].max()]
            found.append(judge[best].mean())
    return np.mean(found)


@given(st.integers(2, 6), st.integers(2, 5), st.integers(0, 99))
def test_the_curve_equals_the_mean_over_all_sets_of_configurations(rows, seeds, seed):
    finals = np.random.default_rng(seed).normal(size=(rows, seeds))  # ties have no chance here
    curve = tuned_curve(finals, 10, np.random.default_rng(0))
    assert curve.value == pytest.approx([by_enumeration(finals, int(h)) for h in curve.h])


def test_what_chose_is_charged_and_a_single_configuration_needs_no_choosing():
    curve = tuned_curve(np.zeros((4, 10)), 300, np.random.default_rng(0))
    assert dict(zip(curve.h.tolist(), curve.evaluations.tolist())) == {1: 300, 2: 3300, 3: 4800, 4: 6300}


def test_luck_that_chose_is_not_praised():
    """All configurations alike: the best by one half of the seeds is worth no more than any by the other half."""
    rng = np.random.default_rng(1)
    ends = [tuned_curve(rng.normal(size=(20, 4)), 1, rng).value[-1] for _ in range(60)]
    assert abs(np.mean(ends)) < 4 * np.std(ends) / 60**0.5
    assert abs(np.mean(ends)) < 0.5  # the mean of 2 seeds of the best of 20 would be 1.3


def test_restarts_are_the_mean_best_over_all_sets_of_runs():
    finals = np.array([3.0, 1.0, 2.0, 7.0])
    evaluations, best = restarts(finals, 50)
    assert evaluations.tolist() == [50, 100]
    assert best == pytest.approx([finals.mean(), np.mean([max(p) for p in combinations(finals, 2)])])
