"""Rewards as functions of metrics, and behind an evaluator."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym.errors import ArchGymError
from archgym.evaluator import FunctionEvaluator, Metric
from archgym.reward import Constrained, Least, Rewarded, Targets, WithinBudgets
from archgym.testing import Ladders
from archgym.testing.evaluators import check_evaluator

positive = st.floats(1e-6, 1e6)


@given(positive, positive)
def test_a_target_reward_is_finite_everywhere_and_largest_at_the_target(target, value):
    reward = Targets({"power": target})
    assert 0 < reward({"power": value}) <= reward({"power": target}) == pytest.approx(reward.best)
    assert math.isfinite(reward({"power": target}))


def test_away_from_the_target_it_is_archgyms():
    assert Targets({"power": 2.0, "latency": 0.1})({"power": 3.0, "latency": 0.4}) == pytest.approx(2 / 1 * 0.1 / 0.3)


def test_budgets_ask_only_for_what_is_passed_by_more_than_the_tolerance():
    reward = WithinBudgets({"power": 10.0, "area": 2.0})
    assert reward({"power": 9.0, "area": 2.0}) == 0
    assert reward({"power": 10.005, "area": 1.0}) == 0
    assert reward({"power": 15.0, "area": 3.0}) == pytest.approx(-1.0)


def test_the_least_product():
    assert Least(("energy", "latency"))({"energy": 2.0, "latency": 3.0}) == -6


def test_soft_limits_cost_and_hard_ones_make_infeasible():
    values = {"energy": 2.0, "area": 3.0}
    soft, hard = (Constrained(Least(("energy",)), {"area": 2.0}, penalty) for penalty in (10.0, None))
    assert soft(values) == pytest.approx(-2 - 10 * 0.5) and soft.violation(values) is None
    assert hard(values) == -2 and hard.violation(values) == "area is 3, beyond the limit of 2"
    assert hard.violation({"energy": 2.0, "area": 2.0}) is None


@given(st.lists(st.tuples(positive, positive), min_size=1, max_size=5))
def test_columns_are_rewarded_as_single_values_are(rows):
    columns = {"power": np.array([p for p, _ in rows]), "area": np.array([a for _, a in rows])}
    for reward in (Targets({"power": 1.0, "area": 2.0}), WithinBudgets({"power": 1.0, "area": 2.0}),
                   Least(("power", "area")), Constrained(Least(("power",)), {"area": 1.0}, 2.0)):
        np.testing.assert_allclose(reward(columns), [reward({"power": p, "area": a}) for p, a in rows])


def rewarded(reward):
    metrics = (Metric("width", "", "min"), Metric("depth", "", "min"))
    return Rewarded(FunctionEvaluator(lambda d: {"width": float(d[0]), "depth": float(d[1])}, metrics), reward)


def test_raw_metrics_are_recorded_whatever_the_reward_says_of_a_design():
    evaluator = rewarded(Constrained(Least(("width",)), {"depth": 2.0}))
    check_evaluator(evaluator, Ladders())
    task = archgym.task(space=Ladders(), evaluate=evaluator, worst=-100.0)
    found = task.measure({"width": 64, "depth": 3, "block/activation": "relu", "block/norm": "batch"})
    assert found.status == "infeasible" and found.values == {"reward": -64.0, "width": 64.0, "depth": 3.0}
    run = archgym.run(task, "random", archgym.Budget(evaluations=60), seed=0)
    assert run.incumbent.value == -8 and run.incumbent.values["depth"] <= 2


@pytest.mark.parametrize("make", [lambda: Targets({}), lambda: Targets({"power": 0.0}),
                                  lambda: WithinBudgets({"power": -1.0}), lambda: Constrained(Least(("a",)), {})])
def test_a_target_or_limit_that_is_none_is_refused(make):
    with pytest.raises(ArchGymError, match="above 0"):
        make()
