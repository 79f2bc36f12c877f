"""What a measurement may be, columns of them, functions as evaluators, and the digest of their source."""

import math

import numpy as np
import pytest

import archgym
from archgym import Choice, EvaluationFailed, Infeasible, Measurement, Metric, ProductSpace
from archgym.errors import ArchGymError, NotAnEvaluation, UnknownName
from archgym.evaluator import (
    Designs,
    Evaluator,
    FunctionEvaluator,
    Measurements,
    check_columns,
    checked,
    measure,
    source_digest,
)

SPACE = ProductSpace((Choice(("x",), (1, 2, 3)),))


class Two(Evaluator):
    """Two metrics; design 2 breaks a constraint and design 3 diverges, after a while."""

    metrics = (Metric("a"), Metric("b", goal="min"))

    def evaluate(self, design, *, fidelity, seed):
        if design == (2,):
            raise Infeasible("two is too many")
        if design == (3,):
            failure = EvaluationFailed("diverged")
            failure.cost = 7.0
            raise failure
        return Measurement({"a": 1.0, "b": 2.0 + seed}, 3.0)


def describe():
    return "D"


def test_faults_of_a_design_become_statuses_with_their_cost():
    assert measure(Two(), (1,), None, 1, describe) == Measurement({"a": 1.0, "b": 3.0}, 3.0)
    assert measure(Two(), (2,), None, 0, describe) == Measurement({}, 0.0, "infeasible", "two is too many")
    assert measure(Two(), (3,), None, 0, describe) == Measurement({}, 7.0, "failed", "diverged")


def test_columns_are_the_single_measurements_with_nan_where_a_design_failed():
    found = Two().evaluate_many([(1,), (2,), (3,), (1,)], fidelity=None, seeds=[0, 0, 0, 5])
    assert found.statuses == ["ok", "infeasible", "failed", "ok"]
    assert found.errors == [None, "two is too many", "diverged", None]
    np.testing.assert_array_equal(found.values["b"], [2.0, math.nan, math.nan, 7.0])
    np.testing.assert_array_equal(found.cost, [3.0, 0.0, 7.0, 3.0])
    assert found[3] == Measurement({"a": 1.0, "b": 7.0}, 3.0)
    assert found[-1] == found[3]


@pytest.mark.parametrize("found, complaint", [
    (Measurement({"a": 1.0}), "no value for metric 'b' of design D; got a"),
    (Measurement({"a": 1.0, "b": math.nan}), "metric 'b' of design D is nan, not a finite number; raise"),
    (Measurement({"a": 1.0, "b": -math.inf}), "metric 'b' of design D is -inf"),
    (Measurement({"a": 1.0, "b": "2"}), "metric 'b' of design D is '2', not a finite number"),
    (Measurement({"a": 1.0, "b": 2.0}, math.nan), "cost nan for design D"),
    (Measurement({"a": 1.0, "b": 2.0}, math.inf), "cost inf for design D"),
    (Measurement({"a": 1.0, "b": 2.0}, -1.0), "cost -1.0 for design D; a cost is a finite number, 0 or more"),
    (Measurement({}, 0.0, "broken"), "status 'broken' for design D; allowed: ok, infeasible, failed"),
    (None, "an evaluation gives a number, a dict of metrics, or a Measurement, got None"),
    ("1.0", "got '1.0' .str."),
])
def test_what_is_no_measurement_is_refused(found, complaint):
    with pytest.raises(NotAnEvaluation, match=complaint):
        checked(found, Two(), describe)


def test_a_failed_measurement_needs_no_values():
    assert checked(Measurement({}, 1.0, "failed", "why"), Two(), describe).status == "failed"


@pytest.mark.parametrize("values, cost, complaint", [
    ({"a": [1.0, 2.0], "b": [1.0, math.nan]}, [1.0, 1.0], "metric 'b' of design D1 is nan"),
    ({"a": [1.0, 2.0], "b": [1.0, 1.0]}, [-1.0, 1.0], "cost -1.0 for design D0"),
    ({"a": [1.0, 2.0]}, [1.0, 1.0], "evaluate_many gave no column for metric 'b'"),
    ({"a": [1.0], "b": [1.0]}, [1.0, 1.0], r"evaluate_many gave a the shape \(1,\) for 2 designs"),
    ({"a": [1.0, 2.0], "b": [1.0, 1.0]}, [1.0], r"evaluate_many gave cost the shape \(1,\) for 2 designs"),
])
def test_columns_that_are_no_measurements_are_refused(values, cost, complaint):
    columns = Measurements({name: np.array(column) for name, column in values.items()}, np.array(cost))
    with pytest.raises(NotAnEvaluation, match=complaint):
        check_columns(columns, Two(), 2, lambda i: f"D{i}")


@pytest.mark.parametrize("cost", [math.inf, -1.0, math.nan])
def test_a_metric_called_cost_does_not_hide_the_declared_cost(cost):
    class Priced(Two):
        metrics = (Metric("cost"),)

    with pytest.raises(NotAnEvaluation, match="a cost is a finite number, 0 or more"):
        check_columns(Measurements({"cost": np.ones(2)}, np.array([1.0, cost])), Priced(), 2, lambda i: f"D{i}")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("big", [np.float32(1e20), 1e200, -1e308])
def test_columns_whose_squares_are_infinite_are_fine(big):
    check_columns(Measurements({"a": np.full(3, big), "b": np.ones(3)}, np.array([0.0, -0.0, 1.0])), Two(), 3, repr)


def test_designs_are_decoded_when_asked_for():
    space = ProductSpace((Choice(("x",), ("a", "b")), Choice(("y",), ("c", "d"))))
    assert list(Designs(space, np.array([[0, 1], [1, 0]]))) == [("a", "d"), ("b", "c")]
    assert Designs(space, [(0, 1)])[-1] == ("a", "d")


@pytest.mark.parametrize("function, found", [
    (lambda design: 4, Measurement({"value": 4.0})),
    (lambda design: np.float32(0.5), Measurement({"value": 0.5})),
    (lambda design, seed: 10 * seed, Measurement({"value": 20.0})),
    (lambda design, fidelity, seed: fidelity + seed, Measurement({"value": 7.0})),
    (lambda design, **given: given["fidelity"] * 2, Measurement({"value": 10.0})),
    (lambda design: {"value": 1.0, "cost": 9}, Measurement({"value": 1.0}, 9.0)),
    (lambda design: Measurement({"value": 1.0}, 2.0), Measurement({"value": 1.0}, 2.0)),
])
def test_a_function_may_give_a_number_a_dict_or_a_measurement(function, found):
    evaluator = FunctionEvaluator(function, (Metric("value"),), seeds=3, fidelities=(5,))
    assert evaluator.evaluate((1,), fidelity=5, seed=2) == found


@pytest.mark.parametrize("goal", ["maximise", "larger", ""])
def test_a_misspelt_goal_is_refused_and_not_taken_for_the_other(goal):
    with pytest.raises(UnknownName, match="goal of metric a"):
        Metric("a", goal=goal)
    with pytest.raises(UnknownName, match="goal of objective a"):
        archgym.Objective("a", goal)
    with pytest.raises(UnknownName):
        archgym.task(space=SPACE, evaluate=sum, goal=goal or "none")


@pytest.mark.parametrize("seeds", [0, -1, 1.5, True])
def test_a_function_has_one_seed_or_more(seeds):
    with pytest.raises(ArchGymError, match="seeds is how many distinct measurements a design has"):
        FunctionEvaluator(sum, (Metric("value"),), seeds=seeds)


def test_the_digest_of_source_changes_with_the_file_and_not_with_its_place(tmp_path):
    digests = []
    for folder, body in (("a", "1"), ("b", "1"), ("c", "2")):
        path = tmp_path / folder / "mine.py"
        path.parent.mkdir()
        path.write_text(f"def evaluate(design):\n    return {body}\n")
        digests.append(source_digest(archgym.registry.from_text(f"{path}:evaluate", "function")))
    assert digests[0] == digests[1] != digests[2]


def test_the_digest_leaves_the_framework_out():
    assert source_digest(FunctionEvaluator(sum, (Metric("value"),))) == source_digest()
    assert source_digest(Two()) != source_digest()
