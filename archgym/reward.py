"""Rewards: how raw metrics become the one number that agents are after. The raw metrics are recorded all the same.

A reward is an object of the task. It turns a measurement's metrics into a value, larger is better, and says in words what
it wants. `rewarded` puts it behind an evaluator as a further metric, "reward".
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .errors import ArchGymError
from .evaluator import Evaluator, Measurement, Measurements, Metric, measure

NAME = "reward"


class Reward(ABC):
    words: str
    """What it wants, in words."""
    best: float | None = None
    """The largest value that it can give; None where there is no such bound."""
    metrics: tuple[str, ...]
    """Those that it looks at."""
    limits: Mapping[str, float] = {}
    """What metrics are held against: targets, budgets, limits; empty where there are none."""

    @abstractmethod
    def __call__(self, values: Mapping):
        """The reward of metrics by name: floats, or arrays of one length."""

    def violation(self, values: Mapping) -> str | None:
        """Why a design of these metrics does not count as feasible; None where it does."""
        return None


@dataclass(frozen=True)
class Targets(Reward):
    """ArchGym's: hit the targets. The product over metrics of target / |target - value|, each at most `cap`.

    Krishnan et al., ISCA 2023, where it has no cap and so no value at the target itself.
    """

    targets: Mapping[str, float]
    cap: float = 1e3

    def __post_init__(self):
        if not self.targets or any(target <= 0 for target in self.targets.values()):
            raise ArchGymError(f"targets are numbers above 0, one a metric, got {dict(self.targets)}")

    @property
    def words(self):
        wanted = " and ".join(f"{name} {target:g}" for name, target in self.targets.items())
        return f"come close to {wanted}: target / |target - value|, at most {self.cap:g}"

    @property
    def best(self):
        return self.cap ** len(self.targets)

    @property
    def metrics(self):
        return tuple(self.targets)

    @property
    def limits(self):
        return self.targets

    def __call__(self, values):
        product = 1.0
        for name, target in self.targets.items():
            product = product * (target / np.maximum(np.abs(target - values[name]), target / self.cap))
        return product


@dataclass(frozen=True)
class WithinBudgets(Reward):
    """FARSI's distance to budgets, negated: the sum over metrics of (value - budget) / budget where it is exceeded."""

    budgets: Mapping[str, float]
    tolerance: float = 1e-3
    """Share of a budget by which it may be passed (FARSI's 0.1 %)."""
    best = 0.0

    def __post_init__(self):
        if not self.budgets or any(budget <= 0 for budget in self.budgets.values()):
            raise ArchGymError(f"budgets are numbers above 0, one a metric, got {dict(self.budgets)}")

    @property
    def words(self):
        return "stay within " + ", ".join(f"{name} {budget:g}" for name, budget in self.budgets.items())

    @property
    def metrics(self):
        return tuple(self.budgets)

    @property
    def limits(self):
        return self.budgets

    def __call__(self, values):
        return -sum(excess(values[name], budget, self.tolerance) for name, budget in self.budgets.items())


@dataclass(frozen=True)
class Least(Reward):
    """The smallest product of these metrics (one, or energy and latency, say), negated."""

    metrics: tuple[str, ...]
    best = 0.0

    @property
    def words(self):
        return "the least " + " times ".join(self.metrics)

    def __call__(self, values):
        product = -1.0
        for name in self.metrics:
            product = product * values[name]
        return product


@dataclass(frozen=True)
class Constrained(Reward):
    """Another reward under limits. Hard: a design beyond a limit is infeasible. Soft: it pays for the relative excess."""

    reward: Reward
    at_most: Mapping[str, float]
    penalty: float | None = None
    """What a limit passed by all of itself costs; None makes the limits hard."""
    words: str = field(init=False)

    def __post_init__(self):
        if not self.at_most or any(limit <= 0 for limit in self.at_most.values()):
            raise ArchGymError(f"limits are numbers above 0, one a metric, got {dict(self.at_most)}")
        limits = ", ".join(f"{name} at most {limit:g}" for name, limit in self.at_most.items())
        how = "beyond it infeasible" if self.penalty is None else f"{self.penalty:g} times the relative excess off"
        object.__setattr__(self, "words", f"{self.reward.words}; {limits}, {how}")

    @property
    def best(self):
        return self.reward.best

    @property
    def metrics(self):
        return tuple(dict.fromkeys((*self.reward.metrics, *self.at_most)))

    @property
    def limits(self):
        return {**self.reward.limits, **self.at_most}

    def __call__(self, values):
        found = self.reward(values)
        if self.penalty is None:
            return found
        return found - self.penalty * sum(excess(values[name], limit) for name, limit in self.at_most.items())

    def violation(self, values):
        if self.penalty is None:
            for name, limit in self.at_most.items():
                if values[name] > limit:
                    return f"{name} is {values[name]:.6g}, beyond the limit of {limit:g}"
        return self.reward.violation(values)


def excess(value, limit, tolerance=0.0):
    """By what share of itself a limit is passed; 0 where it is kept."""
    over = (value - limit) / limit
    return np.where(over > tolerance, over, 0.0)


class Rewarded(Evaluator):
    """An evaluator whose measurements also have the reward, and the status that it gives them."""

    def __init__(self, evaluator: Evaluator, reward: Reward):
        self.evaluator, self.reward = evaluator, reward
        self.metrics = (Metric(NAME, "", "max", doc=reward.words), *evaluator.metrics)
        for name in ("fidelities", "seeds", "identity", "instant", "limit_seconds", "cost_unit"):
            setattr(self, name, getattr(evaluator, name))
        self.fingerprint = f"{evaluator.fingerprint}:reward={reward!r}".replace(" ", "")

    def seeds_of(self, design):
        return self.evaluator.seeds_of(design)

    def drawing(self, design):
        return self.evaluator.drawing(design)

    def evaluate(self, design, *, fidelity, seed):
        return self._judged(measure(self.evaluator, design, fidelity, seed, lambda: repr(design)))

    def evaluate_many(self, designs, *, fidelity, seeds):
        found = self.evaluator.evaluate_many(designs, fidelity=fidelity, seeds=seeds)
        return Measurements.collect([self._judged(m) for m in found], [m.name for m in self.metrics])

    def _judged(self, found: Measurement) -> Measurement:
        if found.status != "ok":
            return found
        values = {NAME: float(self.reward(found.values))} | found.values
        why = self.reward.violation(found.values)
        return Measurement(values, found.cost, "ok" if why is None else "infeasible", why)
