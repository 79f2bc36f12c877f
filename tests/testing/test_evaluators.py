"""Checks of evaluators: a sound one passes, and each way of breaking the contract is found and named."""

import math

import numpy as np
import pytest
from sound_space import PAIR

from archgym import Choice, Measurement, Metric, ProductSpace
from archgym.errors import ArchGymError
from archgym.evaluator import Evaluator, Measurements
from archgym.testing import ContractBroken, check_evaluator


class Fine(Evaluator):
    metrics = (Metric("m"), Metric("n", goal="min"))
    fidelities, seeds, instant, fingerprint = (1, 4), 2, True, "fine"

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"m": design[0] + (fidelity or 4) + seed / 2, "n": 1.0}, 2.0)


def spoilt(**changes):
    return type("Spoilt", (Fine,), changes)()


class Moody(Fine):
    calls = 0

    def evaluate(self, design, *, fidelity, seed):
        Moody.calls += 1
        return Measurement({"m": float(Moody.calls), "n": 1.0}, 2.0)


class OwnColumns(Fine):
    def evaluate_many(self, designs, *, fidelity, seeds):
        found = super().evaluate_many(designs, fidelity=fidelity, seeds=seeds)
        return Measurements(found.values, found.cost + (fidelity == 1))


class Keyed(ProductSpace):
    choices = (Choice((0,), (1, 2, 3)), Choice((1,), (1, 2, 3)))

    def key(self, design):
        return str(sorted(design))


@pytest.mark.parametrize("evaluator, complaint", [
    (spoilt(metrics=()), r"metrics is \(\), not a tuple of Metrics"),
    (spoilt(metrics=(Metric("m"), Metric("m"))), "two metrics have one name: m, m"),
    (spoilt(fidelities=(4, 1)), r"fidelities are \(4, 1\)"),
    (spoilt(seeds=0), "seeds is 0"),
    (spoilt(identity="design"), "identity is 'design'"),
    (spoilt(fingerprint=""), "fingerprint is ''"),
    (spoilt(fingerprint="<object at 0x7f12>"), "fingerprint changes with every process"),
    (spoilt(seeds_of=lambda self, design: 3), "has 3 seeds of 2"),
    (spoilt(seeds_of_many=lambda self, designs: np.ones(len(designs), int)), "seeds_of_many of a list gives"),
    (spoilt(metrics=(Metric("m"), Metric("n"), Metric("o"))), "NotAnEvaluation: no value for metric 'o'"),
    (spoilt(metrics=(Metric("m"),)), "comes with n, which metrics does not declare"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: Measurement({"m": math.nan, "n": 1.0})), "is nan, not"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: 1 / 0), "ZeroDivisionError"),
    (spoilt(evaluate=lambda self, design, fidelity, seed: Measurement({"m": fidelity or 0.0, "n": 1.0})),
     "at fidelity None and at 4: m is 0.0 and 4"),
    (Moody(), "measured twice: m is .* The contract: a measurement is a function of design, fidelity and seed"),
    (OwnColumns(), r"in evaluate_many of a list and in evaluate: the cost is 3.0 and 2.0"),
])
def test_a_broken_evaluator_is_told_what_is_broken(evaluator, complaint):
    with pytest.raises(ContractBroken, match=complaint):
        check_evaluator(evaluator, ProductSpace(PAIR))


def test_twins_that_measure_differently_break_an_evaluator_of_keys():
    class ByKey(Fine):
        identity = "key"

    with pytest.raises(ContractBroken, match="twins .* and .*: m is"):
        check_evaluator(ByKey(), Keyed())

    class Really(ByKey):
        def evaluate(self, design, *, fidelity, seed):
            return Measurement({"m": float(sum(design)), "n": 1.0})

    assert "under identity 'key', designs of one key measure alike" in check_evaluator(Really(), Keyed()).kept


def test_a_sound_evaluator_passes_and_needs_a_space():
    assert check_evaluator(Fine(), ProductSpace(PAIR)).untried == []
    with pytest.raises(ArchGymError, match="check_evaluator also takes the space of its designs"):
        check_evaluator(Fine())
