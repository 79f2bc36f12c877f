"""The best of n draws, against enumeration of every sequence of draws."""

from collections import defaultdict
from itertools import permutations, product
from math import comb, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import Draws, best_of

small_values = st.lists(st.integers(-3, 3), min_size=1, max_size=5)


def enumerated(values, n, weights=None, replace=True):
    """value -> P(best of n = value), by listing every sequence of rows."""
    weights = [1.0] * len(values) if weights is None else weights
    found = defaultdict(float)
    rows = range(len(values))
    for drawn in product(rows, repeat=n) if replace else permutations(rows, n):
        found[values[max(drawn, key=lambda i: values[i])]] += prod(weights[i] for i in drawn)
    total = sum(found.values())
    return {value: p / total for value, p in found.items() if p}


def as_dict(law):
    return dict(zip(*(part.tolist() for part in law), strict=True))


@given(small_values, st.integers(1, 4))
def test_best_of_n_with_replacement_equals_enumeration(values, n):
    assert as_dict(best_of(values, n)) == pytest.approx(enumerated(values, n))


@given(small_values, st.data())
def test_best_of_n_without_replacement_equals_enumeration(values, data):
    n = data.draw(st.integers(1, len(values)))
    law = {value: p for value, p in as_dict(best_of(values, n, replace=False)).items() if p}
    assert law == pytest.approx(enumerated(values, n, replace=False))


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 4)), min_size=1, max_size=5), st.integers(1, 4))
def test_best_of_n_under_a_law_equals_enumeration(rows, n):
    values, weights = zip(*((v, w) for v, w in [*rows, (0, 1)]), strict=True)
    assert as_dict(best_of(values, n, weights=weights)) == pytest.approx(enumerated(values, n, weights))


def test_a_row_that_is_never_drawn_is_not_in_the_support():
    assert best_of([1.0, 2.0, 3.0], 5, weights=[1, 1, 0])[0].tolist() == [1.0, 2.0]


def test_without_replacement_the_chance_is_a_ratio_of_binomials():
    rows, n = 1000, 300
    below_top = best_of(np.arange(rows), n, replace=False)[1][: rows - 1].sum()
    assert below_top == pytest.approx(comb(rows - 1, n) / comb(rows, n), rel=1e-9)


def test_drawing_every_row_finds_the_best_for_certain():
    assert best_of([3, 1, 2], 3, replace=False)[1].tolist() == pytest.approx([0, 0, 1])


@pytest.mark.parametrize("replace", [True, False])
def test_the_expectation_of_many_n_equals_that_of_each_law(replace):
    rng = np.random.default_rng(0)
    draws = Draws(rng.normal(size=400).round(2), replace=replace)
    ns = np.array([1, 2, 7, 50, 399])
    each = [support @ p for support, p in (best_of(draws.support[draws.group], n, replace=replace) for n in ns)]
    assert draws.expectation(ns) == pytest.approx(each, abs=1e-9)


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("q", [0.0, 0.05, 0.5, 0.95, 1.0])
def test_a_quantile_is_the_smallest_value_with_enough_below_it(replace, q):
    values = np.random.default_rng(1).integers(0, 40, 60)
    draws = Draws(values, replace=replace)
    for n in (1, 3, 20, 60):
        support, p = best_of(values, n, replace=replace)
        assert draws.quantile(n, q) == support[np.argmax(np.cumsum(p) >= q - 1e-9)]


@pytest.mark.parametrize("replace", [True, False])
def test_round_quantiles_are_not_missed_by_rounding(replace):
    found = Draws(np.arange(1, 11), replace=replace).quantile(1, np.arange(1, 11) / 10)
    assert found.tolist() == list(range(1, 11))


@pytest.mark.parametrize(
    "replace, expected", [(True, 1 - (7 / 10) ** 4), (False, 1 - comb(7, 4) / comb(10, 4))], ids=["with", "without"]
)
def test_the_chance_of_a_hit_counts_tied_optima(replace, expected):
    assert Draws([5.0] * 3 + list(range(-7, 0)), replace=replace).hit(4, 5.0) == pytest.approx(expected)


def test_a_coin_hits_heads_three_times_in_four_in_two_throws():
    assert Draws([0.0, 1.0]).hit(2, 1.0) == pytest.approx(0.75)


def test_a_target_above_every_row_is_never_hit():
    assert Draws([1.0, 2.0]).hit(10, 3.0) == 0


def test_a_target_below_every_row_is_always_hit():
    assert Draws([1.0, 2.0]).hit(1, 0.0) == 1


def test_expected_draws_without_replacement_equal_the_mean_over_all_orders():
    values = [1, 4, 4, 2, 3]
    firsts = [next(i for i, v in enumerate(order, 1) if v == 4) for order in permutations(values)]
    assert Draws(values, replace=False).draws_until(4) == pytest.approx(np.mean(firsts))


def test_expected_draws_under_a_law_are_one_over_its_chance():
    assert Draws([1.0, 2.0, 2.0], weights=[6, 1, 1]).draws_until(2.0) == pytest.approx(4)


def test_a_target_that_no_row_meets_takes_for_ever():
    assert Draws([1.0, 2.0]).draws_until(3.0) == float("inf")


@pytest.mark.parametrize(
    "values, n, options, message",
    [
        ([1.0], 0, {}, "at least one draw"),
        ([1.0], 1.5, {}, "whole"),
        ([1.0, 2.0], 3, {"replace": False}, "at most 2"),
        ([1.0, 2.0], 1, {"weights": [1, 1], "replace": False}, "replace=True"),
        ([1.0, 2.0], 1, {"weights": [1]}, "one weight a value"),
        ([1.0, 2.0], 1, {"weights": [1, -1]}, "not negative"),
        ([1.0, 2.0], 1, {"weights": [0, 0]}, "positive sum"),
        ([1.0, float("nan")], 1, {}, "finite"),
        ([], 1, {}, "non-empty"),
    ],
)
def test_what_cannot_be_drawn_is_refused(values, n, options, message):
    with pytest.raises(ValueError, match=message):
        best_of(values, n, **options)
