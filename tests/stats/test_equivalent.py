"""Random-equivalent budgets invert the expected best of n."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import RandomBaseline

VALUES = np.random.default_rng(0).beta(5, 1, 5000)


@pytest.mark.parametrize("replace", [True, False])
def test_the_equivalent_of_the_expected_best_of_n_is_n(replace):
    baseline = RandomBaseline(VALUES, 1, replace=replace)
    ns = np.array([1, 2, 17, 200, 317, 1000, 4321])
    assert baseline.equivalent_n(baseline.curve(ns).mean) == pytest.approx(ns, rel=2e-4)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=8))
def test_a_better_mean_is_worth_no_fewer_draws(means):
    equivalents = RandomBaseline(VALUES[:50], 1).equivalent_n(np.sort(means))
    assert (np.diff(equivalents[np.isfinite(equivalents)]) >= 0).all()


def test_between_no_draw_and_one_the_line_runs_from_the_worst_to_the_mean():
    assert RandomBaseline([0.0, 4.0], 1).equivalent_n(1.0) == pytest.approx(0.5)


def test_what_is_below_the_worst_is_worth_nothing():
    assert RandomBaseline([0.0, 4.0], 1).equivalent_n(-1.0) == 0


def test_a_coin_reaches_three_quarters_in_two_throws():
    assert RandomBaseline([0.0, 1.0], 1).equivalent_n(0.75) == pytest.approx(2)


def test_with_replacement_no_budget_is_sure_of_the_optimum():
    assert RandomBaseline([0.0, 1.0], 1).equivalent_n(1.0) == np.inf


def test_a_mean_of_runs_that_all_reached_the_optimum_counts_as_the_optimum():
    values = np.full(30, 91.60667)
    assert RandomBaseline([10.0, 91.60667], 1).equivalent_n(values.sum() / 30 - 1e-14) == np.inf


def test_without_replacement_all_rows_are_sure_of_the_optimum():
    assert RandomBaseline([0.0, 0.5, 1.0], 1, replace=False).equivalent_n(1.0) == pytest.approx(3)


def test_without_replacement_tied_optima_are_sure_sooner():
    assert RandomBaseline([0.0, 1.0, 1.0], 1, replace=False).equivalent_n(1.0) == pytest.approx(2)


def test_nothing_is_worth_what_exceeds_the_optimum():
    assert RandomBaseline([0.0, 1.0], 1, replace=False).equivalent_n(1.5) == np.inf


def test_a_value_that_is_not_there_has_no_equivalent():
    assert np.isnan(RandomBaseline([0.0, 1.0], 1).equivalent_n(np.nan))


def test_a_constant_population_needs_no_draw():
    assert RandomBaseline([2.0, 2.0], 1).equivalent_n([2.0, 2.5]).tolist() == [0, np.inf]
