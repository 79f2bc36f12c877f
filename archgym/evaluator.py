"""Measuring designs: metrics, measurements, and the Evaluator that a table, a simulator or a training run becomes."""

import hashlib
import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import numpy as np

from .errors import ArchGymError, EvaluationFailed, Infeasible, NotAnEvaluation, unknown

if TYPE_CHECKING:
    from .drawing import Drawing

D = TypeVar("D")
STATUSES = ("ok", "infeasible", "failed")


@dataclass(frozen=True)
class Metric:
    name: str
    unit: str = ""
    goal: Literal["max", "min"] = "max"
    split: Literal["search", "holdout"] = "search"
    """"search": agents may see it. "holdout": only the final score uses it."""
    doc: str = ""

    def __post_init__(self):
        for name, allowed in (("goal", ("max", "min")), ("split", ("search", "holdout"))):
            if (given := getattr(self, name)) not in allowed:
                raise unknown(f"{name} of metric {self.name}:", given, allowed)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was found for one design. `cost` is declared, in deterministic units, never seconds that were clocked."""

    values: dict[str, float]
    cost: float = 0.0
    status: str = "ok"
    error: str | None = None


@dataclass
class Measurements(Sequence):
    """Columns of many measurements; indexing gives one Measurement. `statuses` None: all ok."""

    values: dict[str, np.ndarray]
    cost: np.ndarray
    statuses: list[str] | None = None
    errors: list[str | None] | None = None

    def __len__(self):
        return len(self.cost)

    def __getitem__(self, index):
        index = range(len(self))[index]
        return Measurement({name: float(column[index]) for name, column in self.values.items()},
                           float(self.cost[index]),
                           "ok" if self.statuses is None else self.statuses[index],
                           None if self.errors is None else self.errors[index])

    @classmethod
    def collect(cls, measurements: Sequence[Measurement], names: Sequence[str]) -> "Measurements":
        """Columns from single measurements; a metric that a failed design lacks is NaN."""
        statuses = [m.status for m in measurements]
        return cls({name: np.array([m.values.get(name, math.nan) for m in measurements], float) for name in names},
                   np.array([m.cost for m in measurements], float),
                   None if all(s == "ok" for s in statuses) else statuses,
                   [m.error for m in measurements] if any(m.error for m in measurements) else None)


class Designs(Sequence):
    """Designs given by their genomes, decoded when asked for. `genomes` is an integer array in product spaces."""

    def __init__(self, space, genomes):
        self.space = space
        self.genomes = genomes

    @cached_property
    def codes(self) -> np.ndarray:
        """(n,) the space's code of each genome, in product spaces."""
        return self.space.codes(self.genomes)

    def __len__(self):
        return len(self.genomes)

    def __getitem__(self, index):
        return self.space.decode(tuple(int(p) for p in self.genomes[index]))


class Evaluator(ABC, Generic[D]):
    """Measures a design at a fidelity, with a seed, and says what it cost."""

    metrics: tuple[Metric, ...]
    fidelities: tuple[int, ...] = ()
    """Ascending, in units such as epochs; empty where there is one. `fidelity=None` means the highest."""
    seeds: int = 1
    """How many distinct measurements a design has at most; 1 is noise-free."""
    identity: Literal["genome", "key"] = "genome"
    """Whether an isomorphic twin measures the same ("key") or is its own record ("genome")."""
    instant: bool = False
    """True for tables and fast simulators: measurements are kept in memory, not in the evaluation cache."""
    limit_seconds: float | None = None
    """A measurement that takes longer is recorded as failed. Only for evaluators that are not instant."""
    cost_unit: str = "s"
    fingerprint: str = ""
    """Data checksum, simulator version, recipe: changes when answers may."""

    @abstractmethod
    def evaluate(self, design: D, *, fidelity: int | None, seed: int) -> Measurement:
        """Measure once. Raise Infeasible or EvaluationFailed where the design is at fault; anything else is an error."""

    def evaluate_many(self, designs: Sequence[D], *, fidelity: int | None, seeds: Sequence[int]) -> Measurements:
        """Columns for many designs; override it where arrays are faster than a loop."""
        return Measurements.collect([measure(self, d, fidelity, int(s), lambda: repr(d)) for d, s in zip(designs, seeds)],
                                    [m.name for m in self.metrics])

    def seeds_of(self, design: D) -> int:
        """How many distinct measurements this design has; `seed` runs from 0 to one less."""
        return self.seeds

    def seeds_of_many(self, designs: Sequence[D]) -> np.ndarray:
        return np.array([self.seeds_of(d) for d in designs])

    def drawing(self, design: D) -> "Drawing | None":
        """What measuring a design shows, as a picture; None where there is nothing to show but the design."""
        return None

    def export(self, design: D, file) -> None:
        """Write the network of a design as an ONNX file; evaluators that build networks have it."""
        raise ArchGymError(f"{type(self).__name__} builds no networks from designs, so there is none to export; "
                           "'archgym list tasks' shows the tasks that train or score networks")


def checked(found: Any, evaluator: Evaluator, describe) -> Measurement:
    """`found` as a sound Measurement: all metrics there and finite where ok. `describe()` names the design in errors."""
    if not isinstance(found, Measurement):
        found = as_measurement(found, evaluator.metrics)
    if found.status not in STATUSES:
        raise NotAnEvaluation(f"status {found.status!r} for design {describe()}; allowed: {', '.join(STATUSES)}")
    if not (math.isfinite(found.cost) and found.cost >= 0):
        raise NotAnEvaluation(f"cost {found.cost!r} for design {describe()}; a cost is a finite number, 0 or more")
    if found.status == "ok":
        for metric in evaluator.metrics:
            value = found.values.get(metric.name)
            if type(value) is float and -math.inf < value < math.inf:
                continue
            if value is None:
                raise NotAnEvaluation(f"no value for metric {metric.name!r} of design {describe()}; "
                                      f"got {', '.join(found.values) or 'none'}")
            if not isinstance(value, (int, float, np.number)) or not math.isfinite(value):
                raise NotAnEvaluation(f"metric {metric.name!r} of design {describe()} is {value!r}, not a finite number; "
                                      "raise EvaluationFailed where a design diverges")
    return found


def check_columns(found: Measurements, evaluator: Evaluator, count: int, describe) -> None:
    """`checked` for the columns of `count` designs; `describe(i)` names design i in errors."""
    columns = [("cost", found.cost), *[(metric.name, found.values.get(metric.name)) for metric in evaluator.metrics]]
    for name, column in columns:
        if np.shape(column) != (count,):
            raise NotAnEvaluation(f"evaluate_many gave {name} the shape {np.shape(column)} for {count:,} designs"
                                  if column is not None else f"evaluate_many gave no column for metric {name!r}")
    if found.statuses is None and count:
        # One number that is not finite leaves no sum of squares finite, which takes less than half of a sum's time.
        # A sum that overflows is looked at once more.
        with np.errstate(all="ignore"):
            squares = sum([np.dot(column, column) for _, column in columns])
        if math.isfinite(squares) and not np.count_nonzero(np.less(found.cost, 0)):
            return
    bad = ~(np.isfinite(found.cost) & (found.cost >= 0))
    ok = np.ones(len(found), bool) if found.statuses is None else np.array([s == "ok" for s in found.statuses])
    for metric in evaluator.metrics:
        bad |= ok & ~np.isfinite(found.values[metric.name])
    if bad.any():
        index = int(bad.argmax())
        checked(found[index], evaluator, lambda: describe(index))


def as_measurement(found: Any, metrics: tuple[Metric, ...]) -> Measurement:
    """A Measurement from what a user's function returned: a number (the first metric) or a mapping of metrics."""
    if isinstance(found, Measurement):
        return found
    if isinstance(found, dict):
        values = dict(found)
        return Measurement(values, float(values.pop("cost", 0.0)))
    if isinstance(found, (int, float, np.number)):
        return Measurement({metrics[0].name: float(found)})
    raise NotAnEvaluation(f"an evaluation gives a number, a dict of metrics, or a Measurement, got {found!r} "
                          f"({type(found).__name__})")


def measure(evaluator: Evaluator, design, fidelity, seed, describe) -> Measurement:
    """Evaluate once, turning the design's own faults into statuses. Any other exception passes through."""
    try:
        return checked(evaluator.evaluate(design, fidelity=fidelity, seed=seed), evaluator, describe)
    except Infeasible as why:
        return Measurement({}, getattr(why, "cost", 0.0), "infeasible", str(why))
    except EvaluationFailed as why:
        return Measurement({}, getattr(why, "cost", 0.0), "failed", str(why))


def source_digest(*objects) -> str:
    """A digest of the source files that define these objects' classes, the framework's own files apart."""
    files = set()
    for thing in objects:
        kind = thing if isinstance(thing, type) or callable(thing) and hasattr(thing, "__code__") else type(thing)
        for cls in getattr(kind, "__mro__", (kind,)):
            try:
                path = inspect.getsourcefile(cls)
            except TypeError:
                continue
            if path and _is_plugin(cls):
                files.add(path)
    digest = hashlib.blake2b(digest_size=12)
    for content in sorted(hashlib.blake2b(_read(path)).digest() for path in files):
        digest.update(content)
    return digest.hexdigest()


_FRAMEWORK = {"abc", "typing", "builtins", "collections.abc"}


def _is_plugin(cls) -> bool:
    parts = cls.__module__.split(".")
    is_framework = parts[0] == "archgym" and (len(parts) < 2 or parts[1] not in ("spaces", "envs", "agents", "experiments"))
    return not is_framework and cls.__module__ not in _FRAMEWORK


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return path.encode()


@dataclass
class FunctionEvaluator(Evaluator):
    """A function of the user's own, `function(design)` or `function(design, fidelity=, seed=)`."""

    function: Any
    metrics: tuple[Metric, ...]
    seeds: int = 1
    fidelities: tuple[int, ...] = ()
    instant: bool = True
    limit_seconds: float | None = None
    identity: str = "genome"
    cost_unit: str = "s"
    fingerprint: str = ""
    wants: tuple[str, ...] = field(init=False)

    def __post_init__(self):
        if isinstance(self.seeds, bool) or not isinstance(self.seeds, int) or self.seeds < 1:
            raise ArchGymError(f"seeds is how many distinct measurements a design has, a whole number from 1, got {self.seeds!r}")
        parameters = inspect.signature(self.function).parameters
        anything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        self.wants = tuple(name for name in ("fidelity", "seed") if anything or name in parameters)
        if not self.fingerprint:
            self.fingerprint = f"{getattr(self.function, '__qualname__', type(self.function).__name__)}:" + source_digest(
                self.function)

    def evaluate(self, design, *, fidelity, seed):
        given = {"fidelity": fidelity, "seed": seed}
        return as_measurement(self.function(design, **{name: given[name] for name in self.wants}), self.metrics)
