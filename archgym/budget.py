"""What a run may spend."""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Literal, NamedTuple

from .errors import ArchGymError


class Remaining(NamedTuple):
    """What is left of a budget; infinity where there is no limit."""

    evaluations: float
    cost: float
    fidelity_units: float
    wall_seconds: float


@dataclass(frozen=True)
class Budget:
    """The first limit to be reached ends the run. Only `wall_seconds` is not reproducible.

    The evaluation that would overshoot is not revealed and ends the run; `overshoot="allow"` counts it (the
    convention of NATS-Bench).
    """

    evaluations: int | None = None
    cost: float | None = None
    """Declared cost, in the evaluator's unit."""
    wall_seconds: float | None = None
    fidelity_units: float | None = None
    """An evaluation at the highest fidelity costs 1, at a lower one its share."""
    overshoot: Literal["refuse", "allow"] = "refuse"

    def __post_init__(self):
        for name in ("evaluations", "cost", "wall_seconds", "fidelity_units"):
            limit = getattr(self, name)
            if limit is None:
                continue
            if isinstance(limit, bool) or not isinstance(limit, Real) or not 0 < limit < math.inf:
                raise ArchGymError(f"budget: {name} must be a positive number, got {limit!r}; leave out what has no limit")
            if name == "evaluations" and limit != int(limit):
                raise ArchGymError(f"budget: evaluations must be a whole number, got {limit!r}")
            # A run is named by its budget: 100, 100.0 and numpy's 100 are one.
            object.__setattr__(self, name, int(limit) if name == "evaluations" else float(limit))
        if self.overshoot not in ("refuse", "allow"):
            raise ArchGymError(f"budget: overshoot must be 'refuse' or 'allow', got {self.overshoot!r}")

    @property
    def limited(self) -> bool:
        return any(x is not None for x in (self.evaluations, self.cost, self.wall_seconds, self.fidelity_units))

    def to_dict(self) -> dict:
        return {k: v for k, v in vars(self).items() if v is not None and (k, v) != ("overshoot", "refuse")}

    def __str__(self):
        words = []
        if self.evaluations is not None:
            words.append(f"{self.evaluations:,} evaluations")
        if self.cost is not None:
            words.append(f"{self.cost:,g} of declared cost")
        if self.fidelity_units is not None:
            words.append(f"{self.fidelity_units:,g} full evaluations' worth")
        if self.wall_seconds is not None:
            words.append(f"{self.wall_seconds:,g} s by the clock")
        text = " or ".join(words) or "no limit"
        return text + (", the last may overshoot" if self.overshoot == "allow" else "")


def or_infinity(limit) -> float:
    return math.inf if limit is None else limit
