"""A task: a space, an evaluator, an objective, and what is known of them."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from .errors import ArchGymError
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
        searchable = [m.name for m in self.evaluator.metrics if m.split == "search"]
        if self.objective.metric not in searchable:
            raise ArchGymError(f"task {self.name}: objective {self.objective.metric!r} is no search metric of the "
                               f"evaluator; it has {', '.join(searchable)}")
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
        return next(m for m in (*self.evaluator.metrics, *(self.judge.metrics if self.judge else ())) if m.name == name)

    def genome(self, design) -> tuple[int, ...]:
        """The genome of a design given as a genome, as text, as `{choice: option}`, or as the design itself."""
        if isinstance(design, dict):
            return self.space.encode(self.space.design(design))
        if isinstance(design, str):
            return self.space.encode(self.space.parse(design))
        if isinstance(design, tuple) and design and all(type(p) is int for p in design):
            return self.space.clean(self.space.trace(design))
        return self.space.encode(design)

    def measure(self, design, fidelity: int | None = None, seed: int = 0, holdout: bool = False) -> Measurement:
        """Measure a design outside any run: a design, a genome, its text, or `{choice: option}`.

        holdout: also the holdout metrics (what the final score uses), where the task has them.
        """
        if isinstance(design, (dict, str)) or isinstance(design, tuple):
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


def function_task(space: Space, evaluate, *, name="function", metric="value", goal="max", unit="", worst=-math.inf,
                  seeds=1, instant=True, limit_seconds=None, fidelities=(), **known) -> Task:
    """A task of a user's own: a space and a function that measures a design (or an Evaluator)."""
    if not isinstance(space, Space):
        raise ArchGymError(f"task: space must be an archgym Space, got {space!r}")
    if isinstance(evaluate, Evaluator):
        evaluator = evaluate
        names = [m.name for m in evaluator.metrics]
        metric = metric if metric in names else names[0]
        chosen = next(m for m in evaluator.metrics if m.name == metric)
        goal, unit = chosen.goal, chosen.unit
    elif callable(evaluate):
        evaluator = FunctionEvaluator(evaluate, (Metric(metric, unit, goal),), seeds=seeds, instant=instant,
                                      limit_seconds=limit_seconds, fidelities=tuple(fidelities))
    else:
        raise ArchGymError(f"task: evaluate must be a function of a design or an Evaluator, got {evaluate!r}")
    about = known.pop("about", TaskInfo(summary="A function of the user's own.",
                                        holdout_note="No holdout: what agents see is what is reported."))
    return Task(name, space, evaluator, Objective(metric, goal, unit), worst=worst, about=about, **known)


def canonical_options(options: dict) -> str:
    return json.dumps(options, sort_keys=True, default=str)
