"""The product of two spaces, `A * B`: a design of each, as one space: architecture with recipe, network with hardware.

Paths and sorts of the two are told apart by a first component, "first" or "second".
"""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .choice import Choice
from .encoding import LabelledGraph
from .errors import ArchGymError, IllegalDesign
from .product import ProductSpace
from .space import Space

if TYPE_CHECKING:
    from .drawing import Drawing

LABELS = ("first", "second")
KEPT = 65_536  # renamed choices kept of a space that makes new ones all the time


@dataclass(frozen=True, slots=True)
class _Renamed(Choice):
    original: Choice | None = None


def renamed(choice: Choice, label: str) -> Choice:
    return _Renamed((label, *choice.path), choice.options, choice.legal, choice.weights, f"{label}/{choice.sort_name}",
                    choice.ordered, choice)


def product_of(first: Space, second: Space) -> "ProductOfProducts | ProductOfSpaces":
    both = isinstance(first, ProductSpace) and isinstance(second, ProductSpace)
    return (ProductOfProducts if both else ProductOfSpaces)(first, second)


class _Both:
    """What follows for pairs of designs, however their genomes are made."""

    first: Space
    second: Space

    @property
    def name(self):
        return f"{self.first.name}*{self.second.name}"

    def answer(self, design, choice):
        at = LABELS.index(choice.path[0])
        return (self.first, self.second)[at].answer(design[at], choice.original)

    def subtree_sort(self, path):
        """Each design is a subtree of its own, and so are the subtrees in it."""
        if len(path) < 2:
            return path[0] if path else None
        sort = (self.first, self.second)[LABELS.index(path[0])].subtree_sort(path[1:])
        return None if sort is None else f"{path[0]}/{sort}"

    def key_of(self, genome):
        cut = self.cut(genome)
        return json.dumps([self.first.key_of(genome[:cut]), self.second.key_of(genome[cut:])])

    def text_of(self, genome):
        cut = self.cut(genome)
        return json.dumps([self.first.text_of(genome[:cut]), self.second.text_of(genome[cut:])])

    def key(self, design):
        return json.dumps([self.first.key(design[0]), self.second.key(design[1])])

    def format(self, design):
        return json.dumps([self.first.format(design[0]), self.second.format(design[1])])

    def parse(self, text):
        """Read the JSON list of both texts."""
        try:
            texts = json.loads(text)
        except (TypeError, ValueError):
            texts = None
        if not (isinstance(texts, list) and len(texts) == 2 and all(isinstance(t, str) for t in texts)):
            raise IllegalDesign(f"{self.name}: {text!r} is not a pair of designs; expected a JSON list of the text of "
                                f"a {self.first.name} and the text of a {self.second.name}")
        return self.first.parse(texts[0]), self.second.parse(texts[1])

    def graph(self, design) -> LabelledGraph:
        """Both graphs, side by side."""
        one, other = self.first.graph(design[0]), self.second.graph(design[1])
        shift = len(one.labels)
        moved = ((a + shift, b + shift) for a, b in other.edges)
        return LabelledGraph((*one.labels, *other.labels), (*one.edges, *moved))

    def drawing(self, design) -> "Drawing":
        """Both drawings, side by side."""
        return self._side_by_side(self.first.drawing(design[0]), self.second.drawing(design[1]))

    def drawing_of(self, genome):
        cut = self.cut(genome)
        return self._side_by_side(self.first.drawing_of(genome[:cut]), self.second.drawing_of(genome[cut:]))

    def _side_by_side(self, *drawings):
        from .drawing import both

        return both(self.name, list(zip((self.first.name, self.second.name), drawings)))

    def __repr__(self):
        return f"{self.first!r} * {self.second!r}"


class ProductOfProducts(_Both, ProductSpace):
    """Two product spaces: genomes stay rows of an array."""

    def __init__(self, first: ProductSpace, second: ProductSpace):
        self.first, self.second = first, second
        super().__init__((*(renamed(choice, LABELS[0]) for choice in first.choices),
                          *(renamed(choice, LABELS[1]) for choice in second.choices)))

    def cut(self, genome=()) -> int:
        """Where the second genome begins."""
        return len(self.first.choices)

    def assemble(self, options):
        return self.first.assemble(options[:self.cut()]), self.second.assemble(options[self.cut():])


class ProductOfSpaces(_Both, Space):
    """Two spaces of which one at least is open: the first is built, then the second."""

    def __init__(self, first: Space, second: Space):
        self.first, self.second = first, second
        self.dead_ends = first.dead_ends or second.dead_ends
        self.law = f"first: {first.law}; second, independently: {second.law}"
        self._renamed: dict[tuple[int, str], Choice] = {}

    @cached_property
    def size(self):
        return None if None in (self.first.size, self.second.size) else self.first.size * self.second.size

    @cached_property
    def sorts(self):
        return {f"{label}/{sort}": options for space, label in zip((self.first, self.second), LABELS)
                for sort, options in space.sorts.items()}

    @property
    def vector_length(self):
        return self.first.vector_length + self.second.vector_length

    def build(self):
        first = yield from self._within(self.first.build(), LABELS[0])
        second = yield from self._within(self.second.build(), LABELS[1])
        return first, second

    def _within(self, build, label):
        try:
            choice = next(build)
            while True:
                choice = build.send((yield self._rename(choice, label)))
        except StopIteration as stop:
            return stop.value

    def _rename(self, choice, label):
        known = self._renamed.get((id(choice), label))
        if known is None or known.original is not choice:
            known = renamed(choice, label)
            if len(self._renamed) < KEPT:
                self._renamed[id(choice), label] = known
        return known

    def __getstate__(self):
        return {**self.__dict__, "_renamed": {}}

    def cut(self, genome) -> int:
        """Where the second genome begins."""
        return sum(choice.path[0] == LABELS[0] for choice in self.trace(genome).choices)

    def sample(self, u):
        return self.first.sample(u) + self.second.sample(u)

    def enumerate(self):
        return (one + other for one in self.first.enumerate() for other in self.second.enumerate())

    def from_vector(self, vector):
        if len(vector) != self.vector_length:
            raise ArchGymError(f"{self.name}: a vector is {self.vector_length} numbers between 0 and 1, got {vector!r}")
        cut = self.first.vector_length
        return self.first.from_vector(vector[:cut]) + self.second.from_vector(vector[cut:])
