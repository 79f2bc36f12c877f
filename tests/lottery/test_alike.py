"""The test that no agent is better once tuned, and its power."""

import numpy as np
import pytest
from scipy.stats import kruskal

from archgym.lottery.alike import alike, kruskal_wallis


def test_the_p_value_is_scipys_ties_and_all():
    rng = np.random.default_rng(0)
    groups = [rng.integers(0, 4, n).astype(float) for n in (8, 12, 10)]
    assert alike(groups, rng).p == pytest.approx(kruskal(*groups).pvalue)


def test_many_tests_at_once_are_the_same_tests():
    values = np.random.default_rng(1).normal(size=(3, 9))
    assert kruskal_wallis(values, [3, 6]) == pytest.approx([kruskal(v[:3], v[3:]).pvalue for v in values])


def test_a_difference_as_large_as_named_is_seen_four_times_in_five():
    rng = np.random.default_rng(2)
    groups = [np.minimum(rng.normal(size=30), 0.5) for _ in range(4)]  # a third of the runs find the best there is
    found = alike(groups, rng)
    together = np.sort(np.concatenate(groups))
    share = found.detectable / (together.mean() - together[:60].mean())
    fresh = rng.choice(together, (1000, 120))
    fresh[:, :30] = np.where(rng.random((1000, 30)) < share, rng.choice(together[:60], (1000, 30)), fresh[:, :30])
    assert 0 < share < 1 and 0.74 < (kruskal_wallis(fresh, [30] * 4) < 0.05).mean() < 0.86


def test_runs_too_few_to_show_anything_are_said_to_be():
    rng = np.random.default_rng(3)
    assert np.isnan(alike([rng.normal(size=3), rng.normal(size=3)], rng).detectable)


def test_runs_that_all_end_alike_tell_nothing():
    found = alike([np.ones(5), np.ones(5)], np.random.default_rng(0))
    assert found.p == 1 and np.isnan(found.detectable)


def test_one_agent_is_no_comparison():
    assert alike([np.arange(5.0)], np.random.default_rng(0)) is None
