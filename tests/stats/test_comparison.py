"""How often one agent beats another."""

from itertools import product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import Interval, better_matrix, mean_of, probability_better

finals = st.lists(st.integers(0, 4), min_size=2, max_size=7)


@given(finals, finals)
def test_the_probability_counts_pairs_with_ties_half(first, second):
    expected = np.mean([(a > b) + (a == b) / 2 for a, b in product(first, second)])
    assert probability_better(first, second).estimate == pytest.approx(expected)


@given(finals, finals)
def test_the_probability_is_the_mann_whitney_u_over_all_pairs(first, second):
    u = scipy.stats.mannwhitneyu(first, second).statistic
    assert probability_better(first, second).estimate == pytest.approx(u / len(first) / len(second))


@given(finals, finals)
def test_swapping_the_agents_mirrors_the_interval(first, second):
    forth, back = probability_better(first, second), probability_better(second, first)
    assert (forth.low, forth.high) == pytest.approx((1 - back.high, 1 - back.low), abs=1e-9)


@given(finals, finals)
def test_the_interval_holds_the_estimate_and_stays_a_probability(first, second):
    better = probability_better(first, second)
    assert 0 <= better.low <= better.estimate <= better.high <= 1


def test_the_ends_solve_newcombes_equation():
    first, second = np.array([3.0, 5.0, 6.0, 8.0]), np.array([1.0, 2.0, 4.0, 5.0, 7.0, 0.0])
    better = probability_better(first, second)

    def distance(theta):
        # Hanley and McNeil's variance, with both counts less one replaced by their mean.
        q1, q2 = theta / (2 - theta), 2 * theta**2 / (1 + theta)
        variance = (theta * (1 - theta) + 4 * (q1 - theta**2) + 4 * (q2 - theta**2)) / 24
        return abs(theta - better.estimate) - scipy.stats.norm.ppf(0.975) * np.sqrt(variance)

    assert (distance(better.low), distance(better.high)) == pytest.approx((0, 0), abs=1e-9)


def test_winning_every_pair_is_not_certainty():
    assert 0.85 < probability_better(np.arange(30) + 100, np.arange(30)).low < 0.97


def test_one_seed_tells_no_interval():
    assert np.isnan(probability_better([1.0], [0.0, 2.0]).low)


def test_the_matrix_holds_the_probability_of_row_over_column():
    values = {"a": [1.0, 2.0, 3.0], "b": [2.0, 2.0], "c": [0.0, 5.0]}
    matrix = better_matrix(values)
    pair = probability_better(values["a"], values["c"])
    entry = (matrix.estimate[0, 2], matrix.low[0, 2], matrix.high[0, 2])
    assert entry == pytest.approx((pair.estimate, pair.low, pair.high))


def test_two_entries_across_the_diagonal_add_up_to_one():
    estimate = better_matrix({"a": [1.0, 2.0], "b": [2.0, 2.0], "c": [0.0, 5.0]}).estimate
    assert (estimate + estimate.T)[np.triu_indices(3, 1)].tolist() == [1, 1, 1]


def test_no_agent_is_compared_with_itself():
    assert np.isnan(np.diag(better_matrix({"a": [1.0, 2.0], "b": [2.0, 2.0]}).estimate)).all()


def test_the_mean_of_intervals_adds_their_widths_in_squares():
    mean = mean_of([Interval(0.5, 0.2, 0.6), Interval(0.7, 0.3, 0.8)])
    assert (mean.estimate, mean.low, mean.high) == pytest.approx((0.6, 0.6 - 0.5 / 2, 0.6 + np.hypot(0.1, 0.1) / 2))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: probability_better([], [1.0]), "non-empty"),
        (lambda: probability_better([1.0, np.nan], [1.0]), "without NaN"),
        (lambda: probability_better([1.0, 2.0], [1.0, 2.0], level=0), "between 0 and 1"),
        (lambda: mean_of([]), "no intervals"),
        (lambda: mean_of([Interval(0, 0, 0), Interval(0, 0, 0, 0.9)]), "different levels"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
