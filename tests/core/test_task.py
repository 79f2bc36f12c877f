"""Tasks: what they are called, how a design is measured outside a run, and what of them can be enumerated."""

import numpy as np
import pytest

import archgym
from archgym import Choice, Infeasible, Measurement, Metric, ProductSpace
from archgym.errors import ArchGymError, IllegalDesign, IllegalGenome
from archgym.evaluator import Evaluator
from archgym.stats import RandomBaseline, best_of
from archgym.testing import Expressions, Ladders, toy

GENOME = (2, 1, 0, 2)
TEXT = '{"width": 32, "depth": 2, "block/activation": "relu", "block/norm": "group"}'


def test_an_id_names_every_option_in_order():
    assert archgym.task("NASBench201-v0").id == "NASBench201-v0(dataset=cifar10,noise=seed)"
    assert archgym.task("NASBench201-v0", noise="mean", dataset="cifar100").id == (
        "NASBench201-v0(dataset=cifar100,noise=mean)")
    assert archgym.task(space=Ladders(), evaluate=sum, name="mine").id == "mine"


@pytest.mark.parametrize("given", [
    GENOME, list(GENOME), np.array(GENOME), TEXT, (32, 2, "relu", "group"),
    {"width": 32, "depth": 2, "block/activation": "relu", "block/norm": "group"},
])
def test_a_design_may_be_given_in_any_of_its_forms(given):
    task = toy(Ladders())
    assert task.genome(given) == GENOME
    assert task.measure(given) == task.measure(GENOME)
    assert task.measure(given).values["score"] == task.evaluator.evaluate((32, 2, "relu", "group"), fidelity=None,
                                                                          seed=0).values["score"]


def test_whole_numbers_in_a_row_are_a_genome_even_where_options_are_numbers():
    space = ProductSpace((Choice(("a",), (1, 0)), Choice(("b",), (5, 6))))
    task = archgym.task(space=space, evaluate=lambda design: 10 * design[0] + design[1])
    assert task.measure((0, 1)).values == {"value": 16.0}
    with pytest.raises(IllegalGenome):
        task.measure((1, 5))


@pytest.mark.parametrize("arguments, error, complaint", [
    (((9, 0, 0, 0),), IllegalGenome, "picks 9 at choice 'width'; allowed: 0 .8."),
    (("nonsense",), IllegalDesign, "'nonsense' is not a design; expected JSON such as"),
    (({"width": 9},), IllegalDesign, "choice 'width' cannot take 9; allowed: 8, 16, 32, 64"),
    ((GENOME, 5), ArchGymError, "has no fidelity 5; allowed: 1, 3"),
    ((GENOME, None, 3), ArchGymError, "this design has 3 recorded seeds, 0 to 2; got seed 3"),
    ((GENOME, None, -1), ArchGymError, "got seed -1"),
    ((GENOME, None, True), ArchGymError, "got seed True"),
    ((GENOME, None, 0.5), ArchGymError, "got seed 0.5"),
])
def test_measuring_what_is_not_there_is_refused_with_what_is(arguments, error, complaint):
    task = toy(Ladders(), seeds=3, fidelities=(1, 3))
    assert task.evaluator.seeds_of(task.space.decode(GENOME)) == 3
    with pytest.raises(error, match=complaint):
        task.measure(*arguments)


def test_the_holdout_is_measured_on_request_alone():
    task = toy(Ladders())
    assert set(task.measure(GENOME).values) == {"score", "length"}
    assert "judge" not in vars(task)
    assert set(task.measure(GENOME, holdout=True).values) == {"score", "length", "secret"}


def test_a_design_that_breaks_a_constraint_measures_as_infeasible():
    def evaluate(design):
        raise Infeasible("too wide")

    found = archgym.task(space=Ladders(), evaluate=evaluate).measure(GENOME)
    assert (found.status, found.error) == ("infeasible", "too wide")


def test_an_objective_turns_what_is_minimized_round_and_back():
    task = archgym.task(space=Ladders(), evaluate=lambda design: design[0], goal="min", metric="width", unit="px")
    run = archgym.run(task, "local-search", archgym.Budget(evaluations=60))
    assert run.incumbent.value == -8.0 and run.incumbent.values == {"width": 8.0}
    assert task.objective.raw(run.incumbent.value) == 8.0 and str(task.objective) == "minimize width"


class Both(Evaluator):
    metrics = (Metric("first", goal="min", unit="s"), Metric("second"))
    fingerprint = "both"

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"first": 1.0, "second": 2.0})


def test_an_evaluator_brings_its_metrics_goal_and_unit():
    assert str(archgym.task(space=Ladders(), evaluate=Both()).objective) == "minimize first"
    second = archgym.task(space=Ladders(), evaluate=Both(), metric="second").objective
    assert (str(second), second.unit) == ("maximize second", "")
    with pytest.raises(ArchGymError, match="goal='max', but the evaluator's metric 'first' is to be minimized"):
        archgym.task(space=Ladders(), evaluate=Both(), goal="max")


@pytest.mark.parametrize("arguments, complaint", [
    ({}, "archgym.task takes a name .* or space= and evaluate="),
    ({"space": Ladders()}, "or space= and evaluate="),
    ({"space": 3, "evaluate": sum}, "space must be an archgym Space, got 3"),
    ({"space": Ladders(), "evaluate": 3}, "evaluate must be a function of a design or an Evaluator, got 3"),
])
def test_a_task_of_ones_own_needs_a_space_and_a_function(arguments, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        archgym.task(**arguments)


def test_metrics_are_found_by_name_and_the_judge_is_left_alone():
    task = toy(Ladders())
    assert task.metric("length").goal == "min" and "judge" not in vars(task)
    assert task.metric("secret").split == "holdout"
    with pytest.raises(ArchGymError, match="unknown metric of task toy Ladders: 'scor'; did you mean 'score'"):
        task.metric("scor")


def test_an_objective_must_be_something_that_the_evaluator_measures():
    with pytest.raises(ArchGymError, match="unknown search metric as objective of task x: 'scond'; did you mean"):
        archgym.Task("x", Ladders(), Both(), archgym.Objective("scond"))


def test_a_population_holds_every_design_and_seed_with_its_probability():
    task = toy(Ladders(), seeds=3, fails=0.3, worst=-1.0)
    rows = task.population()
    assert rows.weights.sum() == pytest.approx(1.0) and rows.rows_are == "(design, seed) rows"
    for genome, seed, value, weight in zip(rows.genomes.tolist(), rows.seeds, rows.values, rows.weights):
        found = task.measure(tuple(genome), seed=int(seed))
        assert value == (found.values["score"] if found.status == "ok" else -1.0)
        p = [0.5, 0.3, 0.2][genome[2]] / (4 * 3 * 2)
        assert weight == pytest.approx(p / task.evaluator.seeds_of(task.space.decode(tuple(genome))))
    assert len(rows.values) == sum(task.evaluator.seeds_of(task.space.decode(g)) for g in task.space.enumerate())


def test_a_population_that_cannot_be_enumerated_says_why():
    with pytest.raises(ArchGymError, match="cannot be enumerated: its space has an unknown number of designs"):
        toy(Expressions()).population()
    slow = archgym.task(space=Ladders(), evaluate=sum, instant=False)
    with pytest.raises(ArchGymError, match="cannot be enumerated: its evaluator is not instant"):
        slow.population()


def test_the_baseline_is_exact_where_designs_can_be_enumerated_and_an_estimate_elsewhere():
    task = toy(Ladders())
    rows = task.population()
    support, p = best_of(rows.values, 5, weights=rows.weights)
    exact = task.random_baseline(5)
    assert exact.exact and exact.mean == pytest.approx(float(np.dot(support, p)))
    assert exact.law == "each choice drawn by its weights, independently"
    estimate = toy(Expressions()).random_baseline(5, samples=2_000)
    assert isinstance(estimate, RandomBaseline) and not estimate.exact
    law = Expressions(2, 5, ("one", "two", "sum", "half"))
    known = toy(law).random_baseline(4)
    draws = toy(law).random_baseline(1).at(4)
    assert known.mean == pytest.approx(draws.mean) and known.exact


def test_an_estimate_agrees_with_the_exact_baseline():
    space = Ladders()
    exact = toy(space).random_baseline(5)
    space.size = None  # as if nobody knew
    estimate = toy(space).random_baseline(5, samples=4_000)
    assert not estimate.exact
    assert abs(estimate.mean - exact.mean) < 4 * estimate.standard_error


def test_failures_without_a_worst_value_have_no_baseline():
    for task in (toy(Ladders(), fails=0.3), toy(Expressions(), fails=0.3)):
        with pytest.raises(ArchGymError, match="some random designs failed and the task states no worst value"):
            task.random_baseline(10)
