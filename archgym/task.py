"""A task: a space, an evaluator, an objective, and what is known of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from .errors import ArchGymError, unknown
from .evaluator import Designs, Evaluator, FunctionEvaluator, Measurement, Metric, measure
from .memo import Memo
from .space import Space


@dataclass(frozen=True)
class Objective:
    """The scalarisation: which metric an agent is after. Values are signed so that larger is better."""

    metric: str
    goal: Literal["max", "min"] = "max"
    unit: str = ""
    holdout: str | None = None
    """The holdout metric that scores what was found; None where the task has no true holdout."""

    def __post_init__(self):
        if self.goal not in ("max", "min"):
            raise unknown(f"goal of objective {self.metric}:", self.goal, ("max", "min"))

    @property
    def sign(self) -> float:
        return 1.0 if self.goal == "max" else -1.0

    def value(self, values: dict[str, float]) -> float:
        return self.sign * values[self.metric]

    def column(self, columns: dict[str, np.ndarray]) -> np.ndarray:
        return self.sign * np.asarray(columns[self.metric], float)

    def holdout_column(self, columns: dict[str, np.ndarray]) -> np.ndarray:
        return self.sign * np.asarray(columns[self.holdout], float)

    def raw(self, value):
        """A value back in the metric's own sign."""
        return self.sign * value

    def __str__(self):
        return f"{'maximize' if self.goal == 'max' else 'minimize'} {self.metric}"


@dataclass(frozen=True)
class PublishedFigure:
    """What a paper reports on this task, and whether it can be compared with numbers made here."""

    agent: str
    text: str
    comparable: bool
    why: str


@dataclass(frozen=True)
class Accuracy:
    """How well a task that predicts hits what it stands for, on designs that it did not learn from."""

    metric: str
    rmse: float | None
    """Root of the mean squared error, as a share of the mean absolute value; None where that is 0."""
    r2: float | None
    """None, like tau, where all these designs measure alike."""
    tau: float | None
    """Kendall's tau-b."""
    designs: int


@dataclass(frozen=True)
class TaskInfo:
    """What a reader must know before believing a number."""

    summary: str = ""
    source: str = ""
    paper: str = ""
    licence: str = ""
    data_version: str = ""
    holdout_note: str = ""
    """How search and holdout are kept apart, or that they are not."""
    published: tuple[PublishedFigure, ...] = ()
    accuracy: tuple[Accuracy, ...] = ()
    """Of a task that predicts, a metric each."""


@dataclass
class Task:
    name: str
    space: Space
    evaluator: Evaluator
    """Search metrics only."""
    objective: Objective
    options: dict[str, Any] = field(default_factory=dict)
    open_judge: Callable[[], Evaluator] | None = None
    """Opens the evaluator of the holdout metrics; called only when something is scored."""
    worst: float = -math.inf
    """The value that a failed or infeasible design is given. Environments need it finite."""
    optimum: float | None = None
    """The best value in the space, where known."""
    optimum_count: int | None = None
    """How many designs (rows, on a noisy task) reach it."""
    about: TaskInfo = field(default_factory=TaskInfo)

    def __post_init__(self):
        if hidden := [m.name for m in self.evaluator.metrics if m.split != "search"]:
            raise ArchGymError(f"task {self.name}: agents would see the holdout metric {hidden[0]!r}, which the evaluator "
                               "measures; leave it to an evaluator of its own, which open_judge opens")
        if self.objective.metric not in (searchable := [m.name for m in self.evaluator.metrics]):
            raise unknown(f"search metric as objective of task {self.name}:", self.objective.metric, searchable)
        self.memo = Memo(self.space, self.evaluator, self.objective, self.worst)

    @property
    def id(self) -> str:
        """`name(option=value,...)` with every option, sorted: the task's canonical text."""
        inside = ",".join(f"{k}={v}" for k, v in sorted(self.options.items()))
        return f"{self.name}({inside})" if inside else self.name

    @property
    def fingerprint(self) -> str:
        return self.evaluator.fingerprint

    @cached_property
    def judge(self) -> Evaluator | None:
        """The evaluator of holdout metrics, opened when first asked for; None where there is no holdout."""
        return self.open_judge() if self.open_judge else None

    @property
    def has_holdout(self) -> bool:
        return self.open_judge is not None and self.objective.holdout is not None

    def metric(self, name) -> Metric:
        """The search or holdout metric of that name."""
        known = {m.name: m for m in self.evaluator.metrics}
        if name not in known and self.judge:
            known |= {m.name: m for m in self.judge.metrics}
        if name not in known:
            raise unknown(f"metric of task {self.name}:", name, known)
        return known[name]

    def genome(self, design) -> tuple[int, ...]:
        """The genome of a design given as a genome, as text, as `{choice: option}`, or as the design itself.

        Whole numbers in a row are a genome, also where the options are whole numbers themselves.
        """
        if isinstance(design, dict):
            return self.space.encode(self.space.design(design))
        if isinstance(design, str):
            return self.space.encode(self.space.parse(design))
        if isinstance(design, (tuple, list, np.ndarray)) and len(design) and all(
                isinstance(p, (int, np.integer)) and not isinstance(p, bool) for p in design):
            return self.space.clean(self.space.trace(tuple(map(int, design))))
        return self.space.encode(design)

    def measure(self, design, fidelity: int | None = None, seed: int = 0, holdout: bool = False) -> Measurement:
        """Measure a design outside any run: a design, a genome, its text, or `{choice: option}`.

        holdout: also the holdout metrics (what the final score uses), where the task has them.
        """
        if isinstance(design, (dict, str, tuple, list, np.ndarray)):
            design = self.space.decode(self.genome(design))
        if fidelity is not None and fidelity not in self.evaluator.fidelities:
            raise ArchGymError(f"{self.id} has no fidelity {fidelity!r}; allowed: "
                               f"{', '.join(map(str, self.evaluator.fidelities)) or 'None, there is but one'}")
        count = self.evaluator.seeds_of(design)
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < count:
            raise ArchGymError(f"{self.id}: this design has {count} recorded "
                               f"{'seed' if count == 1 else 'seeds'}, 0 to {count - 1}; got seed {seed!r}")
        found = measure(self.evaluator, design, fidelity, seed, lambda: repr(design))
        if holdout and self.has_holdout and found.status == "ok":
            held = measure(self.judge, design, fidelity, seed, lambda: repr(design))
            found = Measurement(found.values | held.values, found.cost, found.status, found.error)
        return found

    def holdout_values(self, genomes, seeds, fidelity=None) -> np.ndarray:
        """(N,) holdout value, larger is better, of designs that were measured with these seeds."""
        found = self.judge.evaluate_many(Designs(self.space, genomes), fidelity=fidelity, seeds=np.asarray(seeds))
        return self.objective.holdout_column(found.values)

    def population(self, limit: int = 1_000_000):
        """Every (design, seed) row with its probability under the law; see `archgym.population`."""
        from .population import enumerate_rows

        return enumerate_rows(self, limit)

    def random_baseline(self, n: int, *, samples: int = 10_000, seed: int = 0):
        """The best of `n` random draws (archgym.stats.RandomBaseline): exact where the space can be enumerated.

        Elsewhere an unbiased estimate from `samples` measured draws. The result names the law.
        """
        from .population import random_baseline

        return random_baseline(self, n, samples, seed)

    def __repr__(self):
        return f"Task({self.id!r})"


def function_task(space: Space, evaluate, *, name="function", metric=None, goal=None, unit="", worst=-math.inf,
                  seeds=1, instant=True, limit_seconds=None, fidelities=(), optimum=None, optimum_count=None,
                  about=None) -> Task:
    """A task of a user's own: a space and a function that measures a design (or an Evaluator).

    metric, goal: the objective; "value" and "max" for a function, an Evaluator's first metric and its own goal.
    """
    if not isinstance(space, Space):
        raise ArchGymError(f"task: space must be an archgym Space, got {space!r}")
    if isinstance(evaluate, Evaluator):
        evaluator = evaluate
        known = {m.name: m for m in evaluator.metrics}
        metric = evaluator.metrics[0].name if metric is None else metric
        if metric not in known:
            raise unknown("metric of the evaluator:", metric, known)
        if goal not in (None, known[metric].goal):
            raise ArchGymError(f"task: goal={goal!r}, but the evaluator's metric {metric!r} is to be "
                               f"{'maximized' if known[metric].goal == 'max' else 'minimized'}")
        goal, unit = known[metric].goal, known[metric].unit
    elif callable(evaluate):
        metric, goal = metric or "value", goal or "max"
        evaluator = FunctionEvaluator(evaluate, (Metric(metric, unit, goal),), seeds=seeds, instant=instant,
                                      limit_seconds=limit_seconds, fidelities=tuple(fidelities))
    else:
        raise ArchGymError(f"task: evaluate must be a function of a design or an Evaluator, got {evaluate!r}")
    about = about or TaskInfo(summary="A function of the user's own.",
                              holdout_note="No holdout: what agents see is what is reported.")
    return Task(name, space, evaluator, Objective(metric, goal, unit), worst=worst, about=about, optimum=optimum,
                optimum_count=optimum_count)
