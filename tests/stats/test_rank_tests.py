"""Rank tests against scipy and against every arrangement; the bold set."""

from itertools import combinations, product

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import holm, not_worse_than_best, rank_sum_test, signed_rank_test

SIDES = ("two-sided", "less", "greater")
sides = st.sampled_from(SIDES)
distinct = st.lists(st.floats(-9, 9), min_size=2, max_size=14, unique=True)
tied = st.lists(st.integers(0, 3), min_size=2, max_size=9)


def tails(statistics, observed, side):
    lower, upper = np.mean(statistics <= observed + 1e-9), np.mean(statistics >= observed - 1e-9)
    return {"less": lower, "greater": upper, "two-sided": min(1, 2 * min(lower, upper))}[side]


@given(distinct, st.data(), sides)
def test_without_ties_the_rank_sum_test_is_scipys_exact_one(values, data, side):
    cut = data.draw(st.integers(1, len(values) - 1))
    expected = scipy.stats.mannwhitneyu(values[:cut], values[cut:], alternative=side, method="exact").pvalue
    assert rank_sum_test(values[:cut], values[cut:], side) == pytest.approx(expected)


@given(tied, st.data(), sides)
def test_with_ties_the_rank_sum_test_counts_every_arrangement(values, data, side):
    cut = data.draw(st.integers(1, len(values) - 1))
    ranks = scipy.stats.rankdata(values)
    sums = np.array([ranks[list(rows)].sum() for rows in combinations(range(len(values)), cut)])
    assert rank_sum_test(values[:cut], values[cut:], side) == pytest.approx(tails(sums, ranks[:cut].sum(), side))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("decimals", [9, 0], ids=["distinct", "tied"])
def test_of_many_values_the_rank_sum_test_is_scipys_normal_one(side, decimals):
    rng = np.random.default_rng(0)
    first, second = rng.normal(0.2, 2, 60).round(decimals), rng.normal(0, 2, 70).round(decimals)
    expected = scipy.stats.mannwhitneyu(first, second, alternative=side, method="asymptotic").pvalue
    assert rank_sum_test(first, second, side) == pytest.approx(expected)


@given(distinct, sides)
def test_without_ties_the_signed_rank_test_is_scipys_exact_one(differences, side):
    differences = np.array([d + (i + 1) / 1000 for i, d in enumerate(np.round(differences, 1))])
    if len(np.unique(np.abs(differences))) < len(differences) or (differences == 0).any():
        differences = np.arange(1.0, len(differences) + 1) * np.where(differences > 0, 1, -1)
    expected = scipy.stats.wilcoxon(differences, alternative=side, method="exact").pvalue
    assert signed_rank_test(differences, 0 * differences, side) == pytest.approx(expected)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=9), sides)
def test_with_ties_the_signed_rank_test_counts_every_pattern_of_signs(differences, side):
    kept = np.array([d for d in differences if d])
    ranks = scipy.stats.rankdata(np.abs(kept))
    sums = np.array([ranks[np.array(signs, bool)].sum() for signs in product((0, 1), repeat=len(kept))])
    expected = tails(sums, ranks[kept > 0].sum(), side) if len(kept) else 1
    assert signed_rank_test(differences, [0] * len(differences), side) == pytest.approx(expected)


@pytest.mark.parametrize("side", SIDES)
def test_of_many_pairs_the_signed_rank_test_is_scipys_normal_one(side):
    differences = np.random.default_rng(1).normal(0.3, 3, 150).round()
    expected = scipy.stats.wilcoxon(differences, alternative=side, method="asymptotic", correction=True).pvalue
    assert signed_rank_test(differences, 0 * differences, side) == pytest.approx(expected)


@pytest.mark.parametrize("test", [rank_sum_test, signed_rank_test])
def test_agents_that_end_alike_do_not_differ(test):
    assert test([5.0] * 60, [5.0] * 60) == 1


@pytest.mark.parametrize("seeds", [30, 60], ids=["exact", "normal"])
def test_equal_agents_are_told_apart_as_often_as_alpha_says(seeds):
    rng = np.random.default_rng(2)
    false = np.mean([rank_sum_test(rng.random(seeds), rng.random(seeds)) <= 0.05 for _ in range(400)])
    assert false == pytest.approx(0.05, abs=0.03)


def test_holm_follows_the_worked_example():
    # Steps: .01 x 4, .02 x 3, .03 x 2, .04 x 1, each at least the one before.
    assert holm([0.04, 0.01, 0.03, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_no_correction_and_bonferronis(p):
    adjusted = holm(p)
    assert (np.array(p) <= adjusted).all() and (adjusted <= np.minimum(1, len(p) * np.array(p))).all()


def test_the_best_by_mean_is_marked_and_a_clearly_worse_one_is_not():
    rng = np.random.default_rng(3)
    found = not_worse_than_best({"worse": rng.normal(0, 1, 30), "best": rng.normal(3, 1, 30)})
    assert (found.best, found.marked) == ("best", ("best",))


def test_an_agent_that_wins_by_rank_is_never_unmarked():
    # Its mean is spoilt by one failed run.
    found = not_worse_than_best({"steady": [1.0] * 30, "often better": [1.1] * 29 + [-99.0]})
    assert (found.best, found.marked) == ("steady", ("steady", "often better"))


def test_few_seeds_cannot_unmark_anyone():
    assert not_worse_than_best({"a": [1.0], "b": [2.0]}).marked == ("a", "b")


def test_pairing_sees_a_small_steady_difference():
    noise = np.random.default_rng(4).normal(0, 100, 20)
    values = {"a": noise, "b": noise + np.arange(1, 21) / 100}
    assert not_worse_than_best(values, paired=True).marked == ("b",)


def test_the_reported_p_is_one_sided_and_corrected_for_the_number_of_agents():
    # Two seeds each, every agent below the best: each raw p is 1/6, the smallest of three times 3 is 1/2.
    values = {"a": [1.0, 2.0], "b": [3.0, 4.0], "c": [5.0, 6.0], "best": [7.0, 8.0]}
    assert not_worse_than_best(values).p == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.5, "best": 1})


def test_equal_agents_are_all_marked_in_most_experiments():
    rng = np.random.default_rng(6)
    whole = [len(not_worse_than_best({n: rng.random(10) for n in "abcd"}).marked) == 4 for _ in range(300)]
    assert np.mean(whole) > 0.8


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: not_worse_than_best({}), "no agents"),
        (lambda: not_worse_than_best({"idle": []}), "'idle'"),
        (lambda: rank_sum_test([], [1.0]), "at least one value"),
        (lambda: rank_sum_test([1.0], [2.0], "bigger"), "'two-sided', 'greater' or 'less'"),
        (lambda: signed_rank_test([1.0], [1.0, 2.0]), "share_seeds"),
        (lambda: holm([0.5, 1.2]), "between 0 and 1"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
