"""Anytime curves: steps, ends of runs, targets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from archgym.stats import (
    align,
    carried,
    common_grid,
    expected_budget,
    first_reach,
    last,
    regret,
    running_best,
    share_reaching,
)

NAN = np.nan
VALUES = np.array([[1.0, 3.0, 2.0, NAN], [0.0, 0.0, 5.0, 4.0]])
INCUMBENTS = np.array([[1.0, 3.0, 3.0, NAN], [0.0, 0.0, 5.0, 5.0]])
COSTS = np.array([[2.0, 4.0, 9.0, NAN], [1.0, 2.0, 3.0, 20.0]])


def test_the_running_best_never_falls_and_ends_with_the_run():
    assert np.array_equal(running_best(VALUES), INCUMBENTS, equal_nan=True)


@given(arrays(float, (3, 6), elements=st.floats(-9, 9)))
def test_the_running_best_is_the_maximum_so_far(values):
    assert running_best(values).tolist() == [[max(row[: i + 1]) for i in range(6)] for row in values.tolist()]


def test_a_carried_curve_keeps_its_last_value():
    assert carried(VALUES)[0].tolist() == [1, 3, 2, 2]


def test_before_its_first_value_a_carried_curve_has_none():
    assert np.isnan(carried([[NAN, 2.0, NAN]])).tolist() == [[True, False, False]]


def test_a_run_ends_with_its_last_value():
    assert last(VALUES).tolist() == [2, 4]


def test_regret_is_what_is_missing_to_the_optimum():
    assert regret(INCUMBENTS, 5.0)[1].tolist() == [5, 5, 0, 0]


def test_a_step_curve_holds_from_its_evaluation_to_the_next():
    assert align(COSTS, INCUMBENTS, [2, 3.9, 4, 8.9, 9])[0].tolist() == [1, 1, 3, 3, 3]


def test_a_run_has_nothing_before_its_first_evaluation():
    assert np.isnan(align(COSTS, INCUMBENTS, [1.5])[0, 0])


def test_what_a_run_found_is_carried_past_its_end():
    assert align(COSTS, INCUMBENTS, [15.0])[0, 0] == 3


def test_a_run_can_be_left_out_after_its_end():
    assert np.isnan(align(COSTS, INCUMBENTS, [9.0, 9.1], after="nan")[0]).tolist() == [False, True]


def test_of_two_evaluations_at_one_cost_the_later_counts():
    assert align([[1.0, 1.0]], [[2.0, 3.0]], [1.0])[0, 0] == 3


def test_a_run_without_evaluations_has_no_curve():
    assert np.isnan(align([[NAN, NAN]], [[NAN, NAN]], [1.0])).all()


def test_a_curve_over_evaluations_is_itself():
    assert align([1, 2, 3], VALUES[:, :3], [1, 2, 3]).tolist() == VALUES[:, :3].tolist()


@pytest.mark.parametrize("spacing", ["linear", "log"])
def test_a_grid_runs_from_where_all_have_begun_to_where_the_last_ends(spacing):
    grid = common_grid([COSTS, COSTS * 2], 7, spacing)
    assert (grid[0], grid[-1], len(grid)) == (4, 40, 7)


def test_a_log_grid_grows_by_one_factor():
    grid = common_grid(COSTS, 5, "log")
    assert grid[1:] / grid[:-1] == pytest.approx([10**0.25] * 4)


def test_a_log_grid_may_start_below_one():
    assert common_grid([[0.01, 1.0]], 3, "log").tolist() == pytest.approx([0.01, 0.1, 1])


def test_the_share_at_the_optimum_counts_runs_that_ended_there():
    assert share_reaching(INCUMBENTS, 3.0).estimate.tolist() == [0, 0.5, 1, 1]


def test_the_first_reach_is_what_was_spent_when_the_target_was_met():
    assert first_reach(COSTS, INCUMBENTS, [0.5, 3.0, 5.0]).tolist() == [[2, 4, np.inf], [3, 3, 3]]


def test_one_target_has_one_answer_a_run():
    assert first_reach(COSTS, INCUMBENTS, 3.0).tolist() == [4, 3]


def test_the_expected_budget_charges_failures_in_full():
    # Target 5: the first run spends 9 in vain, the second gets there after 3.
    assert expected_budget(COSTS, INCUMBENTS, 5.0, np.random.default_rng(0)).estimate == pytest.approx(12)


def test_a_run_that_ended_early_is_charged_what_it_spent():
    # The first run ends after 3 of 4 evaluations in vain, the second is there after 3.
    assert expected_budget([1, 2, 3, 4], INCUMBENTS, 5.0, np.random.default_rng(0)).estimate == pytest.approx(6)


def test_a_run_without_evaluations_is_charged_nothing():
    incumbents = np.vstack((INCUMBENTS[1], np.full(4, NAN)))
    assert expected_budget([1, 2, 3, 4], incumbents, 5.0, np.random.default_rng(0)).estimate == pytest.approx(3)


def test_a_target_that_no_run_met_has_no_expected_budget():
    assert expected_budget(COSTS, INCUMBENTS, 6.0, np.random.default_rng(0)).estimate == np.inf


def test_the_expected_budget_of_a_geometric_search_is_one_over_its_chance():
    # Runs of 10 tries, each succeeding with chance .1: restarts until success need 10 tries.
    rng = np.random.default_rng(1)
    incumbents = np.maximum.accumulate(rng.random((4000, 10)) < 0.1, axis=1).astype(float)
    budget = expected_budget(np.arange(1, 11), incumbents, [1.0], rng)
    assert budget.low[0] < 10 < budget.high[0]


def test_the_interval_of_an_expected_budget_runs_from_the_luckiest_resample_to_the_unluckiest():
    # Two runs, there after 3 and 4: a resample has both, or one of them twice.
    budget = expected_budget(COSTS, INCUMBENTS, [3.0], np.random.default_rng(0))
    assert (budget.low[0], budget.high[0]) == (3, 4)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: align(COSTS, INCUMBENTS, [1.0], after="zero"), "'carry'"),
        (lambda: common_grid(COSTS, spacing="cubic"), "'linear' or 'log'"),
        (lambda: common_grid(COSTS * 0, spacing="log"), "cannot start at 0"),
        (lambda: common_grid(np.full((2, 3), NAN)), "no evaluation"),
    ],
)
def test_what_cannot_be_a_curve_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
