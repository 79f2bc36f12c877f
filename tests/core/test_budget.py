"""What a budget may be, and how it reads."""

import math

import numpy as np
import pytest

from archgym import ArchGymError, Budget

LIMITS = ("evaluations", "cost", "wall_seconds", "fidelity_units")


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("limit", [0, -1, math.nan, math.inf, True, "300", 1j])
def test_a_limit_is_a_positive_number(name, limit):
    with pytest.raises(ArchGymError, match=f"budget: {name} must be a positive number, got"):
        Budget(**{name: limit})


def test_evaluations_are_whole():
    assert Budget(evaluations=300.0).evaluations == 300
    with pytest.raises(ArchGymError, match="evaluations must be a whole number, got 2.5"):
        Budget(evaluations=2.5)


@pytest.mark.parametrize("name", LIMITS)
def test_one_budget_has_one_name_however_it_is_written(name):
    budgets = [Budget(**{name: x}) for x in (100, 100.0, np.int64(100), np.float64(100))]
    assert len(set(map(repr, budgets))) == len({str(b.to_dict()) for b in budgets}) == 1


def test_what_is_not_set_is_not_written():
    assert Budget(evaluations=3).to_dict() == {"evaluations": 3}
    assert Budget(cost=3, overshoot="allow").to_dict() == {"cost": 3.0, "overshoot": "allow"}
    assert Budget().limited is False and Budget(cost=1).limited is True


def test_overshoot_is_refused_or_allowed():
    with pytest.raises(ArchGymError, match="overshoot must be 'refuse' or 'allow', got 'maybe'"):
        Budget(evaluations=1, overshoot="maybe")


def test_a_budget_reads_as_words():
    assert str(Budget(evaluations=1_000, cost=2.5, overshoot="allow")) == (
        "1,000 evaluations or 2.5 of declared cost, the last may overshoot")
    assert str(Budget()) == "no limit"
