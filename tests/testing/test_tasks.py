"""Checks of tasks: a sound one passes, and each way of breaking the contract is found and named."""

import dataclasses
import math
import random

import pytest
from sound_space import Sound, Uniform

import archgym
from archgym import Measurement, Metric
from archgym.errors import ArchGymError
from archgym.evaluator import Evaluator
from archgym.testing import ContractBroken, Ladders, check_task, toy


def task_with(**changes):
    return dataclasses.replace(toy(Ladders(), seeds=2), **changes)


class Peeking(Evaluator):
    """A judge whose metric is the search's."""

    metrics, seeds, instant, fingerprint = (Metric("score", split="holdout"),), 2, True, "peeking"

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"score": 1.0})


@pytest.mark.parametrize("task, complaint", [
    (task_with(worst=0.99), "worst is 0.99, and a design is worth 0"),
    (task_with(worst=math.nan), "worst is NaN"),
    (task_with(optimum=0.5), "the optimum is 0.5, and a design is worth 0.9"),
    (task_with(optimum=1.5), "the optimum is 1.5, and the best of all designs is worth 0.9"),
    (task_with(about=archgym.TaskInfo("x")), "about.holdout_note is empty"),
    (task_with(objective=archgym.Objective("score", "min", "", "secret")), "metric 'score' says max"),
    (task_with(objective=archgym.Objective("score", "max", "%", "secret")), "the objective is in '%', its metric"),
    (task_with(objective=archgym.Objective("score", "max", "", "other")), "the objective's holdout is 'other'"),
    (task_with(open_judge=None), "the objective's holdout is 'secret', but nothing measures it"),
    (task_with(open_judge=lambda: Peeking()), "agents see score"),
    (task_with(name="NASBench201-v0", options={"dataset": "cifar10"}),
     "it opens NASBench201-v0.dataset=cifar10,noise=seed."),
])
def test_a_broken_task_is_told_what_is_broken(task, complaint):
    with pytest.raises(ContractBroken, match=complaint):
        check_task(task)


def test_an_optimum_that_too_many_or_too_few_designs_reach_is_found():
    rows = toy(Ladders()).population()
    best = float(rows.values.max())
    sound = dataclasses.replace(toy(Ladders()), optimum=best, optimum_count=1)
    assert "no value passes the optimum; where all are known, optimum_count of them reach it" in check_task(sound).kept
    with pytest.raises(ContractBroken, match="optimum_count is 2, but 1 designs reach it"):
        check_task(dataclasses.replace(sound, optimum_count=2))


def test_a_tasks_space_and_evaluators_are_checked_along():
    with pytest.raises(ContractBroken, match="space Uniform: sample draws by another law"):
        check_task(archgym.task(space=Uniform(), evaluate=lambda design: design[0]))
    with pytest.raises(ContractBroken, match="evaluator FunctionEvaluator: .* measured twice"):
        check_task(archgym.task(space=Sound(), evaluate=lambda design: random.random()))


def test_a_task_opened_by_name_is_sound():
    found = check_task("NASBench201-v0")
    assert "its id opens the same task again: archgym.task(name, **options)" in found.kept
    with pytest.raises(ArchGymError, match="check_task takes an archgym Task or its name, got 3"):
        check_task(3)
