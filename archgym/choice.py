"""One decision of a design, and the law by which it is drawn."""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from math import isfinite, log

from .errors import ArchGymError
from .streams import Uniform


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision. Build these once, outside `build()`, where you can: making one costs half a microsecond."""

    path: tuple
    """Where in the design: ("cell", "2<-0"). A subtree's choices extend its path."""
    options: tuple
    """All options of the sort, the same wherever the sort appears."""
    legal: tuple[bool, ...] | None = None
    """What is possible here, an entry an option; None is all."""
    weights: tuple[float, ...] | None = None
    """The sampling law over options, masked by `legal` and normalised; None is uniform."""
    sort: str = ""
    """"op", "computation_fn": agents share what they learn by sort. Empty: a sort of its own, named by the path."""
    ordered: bool = False
    """Whether the options have an order (4, 8, 16 channels), so that neighbours and models may use it."""
    _law: tuple | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self):
        if type(self.path) is not tuple or type(self.options) is not tuple:
            raise ArchGymError(f"choice {self.path!r}: path and options must be tuples")
        if not self.options:
            raise ArchGymError(f"choice {self.name!r} has no options; a build asks only where there is something to pick")
        for what in (self.legal, self.weights):
            if what is not None and (type(what) is not tuple or len(what) != len(self.options)):
                raise ArchGymError(f"choice {self.name!r}: legal and weights are tuples with one entry for each of its "
                                   f"{len(self.options)} options, got {what!r}")

    def at(self, path: tuple) -> "Choice":
        """The same decision in another place, for builds that learn only as they go where they ask: a third of what a
        new choice costs, since nothing is checked again, and the law is computed once."""
        law, placed = self._law or self.law, object.__new__(Choice)
        _put_path(placed, path)
        _put_options(placed, self.options)
        _put_legal(placed, self.legal)
        _put_weights(placed, self.weights)
        _put_sort(placed, self.sort)
        _put_ordered(placed, self.ordered)
        _put_law(placed, law)
        return placed

    @property
    def name(self) -> str:
        """The path as text, "node2/from0": how people and files name the choice."""
        return "/".join(map(str, self.path))

    @property
    def sort_name(self) -> str:
        return self.sort or self.name

    @property
    def law(self) -> tuple:
        """(picks, cumulative probabilities, probabilities) of the options that can be drawn, kept once computed."""
        if self._law is None:
            object.__setattr__(self, "_law", masked_law(len(self.options), self.legal, self.weights))
        return self._law

    def is_legal(self, pick) -> bool:
        return 0 <= pick < len(self.options) and (self.legal is None or self.legal[pick])

    def other_picks(self, pick) -> list[int]:
        """Indices that an edit may put in the place of `pick`: all others that the law can draw."""
        return [i for i in self.law[0] if i != pick]

    def legal_picks(self) -> list[int]:
        """Indices that are possible here, weight or no weight."""
        return [i for i in range(len(self.options)) if self.legal is None or self.legal[i]]


# A frozen dataclass sets its slots through object.__setattr__, which looks each of them up by name.
_put_path, _put_options, _put_legal, _put_weights, _put_sort, _put_ordered, _put_law = (
    vars(Choice)[slot].__set__ for slot in Choice.__slots__)


@lru_cache(maxsize=8192)
def masked_law(count, legal, weights):
    """(picks, cumulative probabilities, probabilities) of the options that can be drawn."""
    mass = [(1.0 if weights is None else float(weights[i])) if legal is None or legal[i] else 0.0 for i in range(count)]
    total = sum(mass)
    if not (isfinite(total) and min(mass) >= 0):
        raise ArchGymError(f"the weights of a choice are finite numbers, 0 or more, got {weights}")
    picks = tuple(i for i, m in enumerate(mass) if m > 0)
    if not picks:
        return (), (), ()
    share = tuple(mass[i] / total for i in picks)
    # The last bound is exactly 1, so that no draw below 1 can fall past it.
    return picks, (*list(accumulate(share))[:-1], 1.0), share


def draw(choice: Choice, u: Uniform) -> int:
    """A pick by the choice's law; one float of the stream."""
    if choice.legal is None and choice.weights is None:
        return int(u() * len(choice.options))
    return pick_at(choice, u())


def pick_at(choice: Choice, position: float) -> int:
    """Inverse distribution function of the choice's law at a position in [0, 1]."""
    picks, cumulative, _ = choice._law or choice.law
    if not picks:
        raise ArchGymError(f"choice {choice.name!r}: no option is both legal and of positive weight; "
                           "raise DeadEnd in build() before asking")
    return picks[min(bisect_right(cumulative, position), len(picks) - 1)]


def draw_other(choice: Choice, pick: int, u: Uniform) -> int | None:
    """A pick by the choice's law but different from `pick`; None (and no float used) where there is no other."""
    if choice.legal is None and choice.weights is None:
        if (count := len(choice.options)) < 2:
            return None
        other = int(u() * (count - 1))
        return other + (other >= pick)
    legal = tuple(i != pick and (choice.legal is None or choice.legal[i]) for i in range(len(choice.options)))
    picks, cumulative, _ = masked_law(len(choice.options), legal, choice.weights)
    return picks[min(bisect_right(cumulative, u()), len(picks) - 1)] if picks else None


def log_probability(choice: Choice, pick: int) -> float:
    """Natural logarithm of the pick's probability under the choice's law; -inf where it cannot be drawn."""
    picks, _, share = choice._law or choice.law
    return log(share[picks.index(pick)]) if pick in picks else float("-inf")
