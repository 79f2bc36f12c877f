"""Agreement of rankings against brute force over pairs and subsets."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import kendall_tau, kendall_tau_of_best, rank_agents, ranking_stability
from archgym.stats.agreement import kendall_tau_interval

few = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8)


def tau_by_pairs(first, second):
    signs = [(np.sign(a - c), np.sign(b - d)) for (a, b), (c, d) in combinations(zip(first, second), 2)]
    scale = (sum(s * s for s, _ in signs) * sum(t * t for _, t in signs)) ** 0.5
    return sum(s * t for s, t in signs) / scale if scale else float("nan")


@given(few)
def test_tau_counts_pairs(values):
    first, second = map(np.array, zip(*values))
    assert kendall_tau(first, second) == pytest.approx(tau_by_pairs(first, second), nan_ok=True)


def test_the_interval_of_tau_is_the_jackknifes():
    rng = np.random.default_rng(0)
    first = rng.integers(0, 9, 30)
    second = first + rng.integers(0, 6, 30)
    tau = tau_by_pairs(first, second)
    without = np.array([tau_by_pairs(np.delete(first, i), np.delete(second, i)) for i in range(30)])
    error = (29 / 30 * ((without - without.mean())**2).sum()) ** 0.5 / (1 - tau**2)
    found = kendall_tau_interval(first, second)
    assert found.estimate == pytest.approx(tau)
    assert (found.low, found.high) == pytest.approx(tuple(np.tanh(np.arctanh(tau) + 1.959964 * error * np.array([-1, 1]))))


def test_the_interval_of_tau_covers_what_it_promises():
    """Two normals of correlation r have tau 2 asin(r) / pi."""
    rng, covered = np.random.default_rng(1), 0
    for _ in range(300):
        a, b = rng.normal(size=(2, 50))
        found = kendall_tau_interval(a, 0.6 * a + 0.8 * b)
        covered += found.low <= 2 / np.pi * np.arcsin(0.6) <= found.high
    assert 0.91 <= covered / 300 <= 0.99


def test_the_interval_of_tau_has_no_width_at_the_ends_and_says_nothing_where_tau_is_nothing():
    order = np.arange(6.0)
    ends = [kendall_tau_interval(order, order), kendall_tau_interval(order, -order)]
    assert [x for i in ends for x in (i.low, i.high)] == pytest.approx([1, 1, -1, -1])
    for first in (np.zeros(6), order):
        assert np.isnan(kendall_tau_interval(first[:3] if first.any() else first, order[:3] if first.any() else order).low)


def test_a_signal_may_rank_all_designs_and_not_the_best():
    truth = np.arange(100.0)
    signal = np.where(truth < 90, truth, 200 - truth)
    assert kendall_tau(signal, truth) > 0.9
    assert kendall_tau_of_best(signal, truth, 0.1) == pytest.approx(-1)


def test_ties_at_the_edge_of_the_best_are_all_in():
    truth, signal = np.array([0, 1, 1, 1, 2]), np.array([0, 3, 1, 2, 4])
    assert kendall_tau_of_best(signal, truth, 0.4) == pytest.approx(tau_by_pairs(signal[1:], truth[1:]))


def test_stability_is_what_all_resamples_say():
    """Three seeds of two: nine resamples, counted."""
    values = np.array([[1.0, 5.0, 2.0], [2.0, 2.0, 2.5]])
    means = [values[:, list(picks)].mean(1) for picks in product(range(3), repeat=2)]
    whole = rank_agents(values.mean(1))
    same = np.mean([(rank_agents(m) == whole).all() for m in means])
    found = ranking_stability(values, np.random.default_rng(0), [2], resamples=20_000)
    assert found.same[0] == pytest.approx(same, abs=0.015)
    assert found.same_best[0] == pytest.approx(same, abs=0.015)
    assert found.tau[0] == pytest.approx(np.mean([np.sign(m[0] - m[1]) for m in means]), abs=0.02)


def test_agents_that_never_cross_are_ranked_by_one_seed():
    values = np.arange(4.0)[:, None] + np.random.default_rng(0).random((4, 10)) / 2
    found = ranking_stability(values, np.random.default_rng(1))
    assert (found.same == 1).all() and (found.tau == 1).all() and found.needed() == found.needed(of="same") == 1


def test_agents_that_are_alike_need_more_seeds_than_there_are():
    values = np.random.default_rng(0).normal(size=(5, 12))
    assert ranking_stability(values, np.random.default_rng(1)).needed(of="same") is None


def test_one_agent_or_one_seed_is_no_ranking():
    for shape in ((1, 5), (5, 1)):
        with pytest.raises(ValueError, match="two of each"):
            ranking_stability(np.zeros(shape), np.random.default_rng(0))
