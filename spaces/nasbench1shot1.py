"""The three spaces of NAS-Bench-1Shot1: parts of NAS-Bench-101 in which every vertex has a fixed number of parents.

Zela, Siems, Hutter, "NAS-Bench-1Shot1: Benchmarking and Dissecting One-shot Neural Architecture Search", ICLR 2020.
"""

import re
from itertools import combinations
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .nasbench101 import OPERATIONS, NASBench101, fingerprint
from .nasbench101 import Cell as Cell101
from .nasbench101 import cell as cell101

_cells = NASBench101()


class Cell(NamedTuple):
    """Vertices in order, the input not among them; the last is the output. Some may lead nowhere."""

    parents: tuple[tuple[int, ...], ...]
    operations: tuple[str, ...]
    """One less than `parents`: the output has none."""

    def __str__(self):
        return " ".join(f"{name}({','.join(map(str, sources))})"
                        for name, sources in zip((*self.operations, "output"), self.parents))

    def nasbench101(self) -> Cell101:
        """The same cell as NAS-Bench-101 has it."""
        count = len(self.parents) + 1
        matrix = [[0] * count for _ in range(count)]
        for vertex, sources in enumerate(self.parents, start=1):
            for source in sources:
                matrix[source][vertex] = 1
        return cell101(matrix, ("input", *self.operations, "output"))


class OneShot(ProductSpace):
    """Parents of every vertex, where there is more than one way to pick them, and its operation."""

    parents: tuple[int, ...]
    """How many each vertex has, the output last."""

    def __init__(self):
        self._ways = [tuple(combinations(range(vertex), count)) for vertex, count in enumerate(self.parents, start=1)]
        choices = []
        for vertex, ways in enumerate(self._ways, start=1):
            name = "output" if vertex == len(self.parents) else f"vertex{vertex}"
            if len(ways) > 1:
                choices.append(Choice((name, "parents"), ways, sort=f"{self.parents[vertex - 1]} of {vertex}"))
            if name != "output":
                choices.append(Choice((name, "operation"), OPERATIONS, sort="operation"))
        super().__init__(tuple(choices))

    def assemble(self, options):
        given = iter(options)
        parents, operations = [], []
        for vertex, ways in enumerate(self._ways, start=1):
            parents.append(next(given) if len(ways) > 1 else ways[0])
            if vertex < len(self._ways):
                operations.append(next(given))
        return Cell(tuple(parents), tuple(operations))

    def answer(self, design, choice):
        name, part = choice.path
        vertex = len(self.parents) if name == "output" else int(name[6:])
        return design.operations[vertex - 1] if part == "operation" else design.parents[vertex - 1]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read a vertex after the other, `conv3x3-bn-relu(0) maxpool3x3(0,1) ... output(1,2)`."""
        parts = text.split()
        if len(parts) != len(self.parents):
            example = Cell(tuple(ways[0] for ways in self._ways), OPERATIONS[:1] * (len(self._ways) - 1))
            raise IllegalDesign(f"{self.name}: {text!r} has {len(parts)} vertices separated by spaces, a cell has "
                                f"{len(self.parents)}, such as {example}")
        parents, operations = [], []
        for vertex, (part, ways) in enumerate(zip(parts, self._ways), start=1):
            allowed = ("output",) if vertex == len(parts) else OPERATIONS
            match = re.fullmatch(r"([\w-]+)\((\d+(?:,\d+)*)\)", part)
            if not match or match[1] not in allowed:
                raise IllegalDesign(f"{self.name}: vertex {vertex} is {part!r}; expected one of {', '.join(allowed)} "
                                    f"with its parents, such as {allowed[0]}({','.join(map(str, ways[0]))})")
            sources = tuple(sorted(map(int, match[2].split(","))))
            if sources not in ways:
                raise IllegalDesign(f"{self.name}: vertex {vertex} has parents {match[2]}; it has "
                                    f"{self.parents[vertex - 1]} of the vertices {', '.join(map(str, range(vertex)))}, "
                                    "none of them twice")
            parents.append(sources)
            operations.append(match[1])
        return Cell(tuple(parents), tuple(operations[:-1]))

    def key(self, design):
        """NAS-Bench-101's key."""
        return _cells.key(design.nasbench101())

    def graph(self, design):
        """The pruned cell, as NAS-Bench-101 has it."""
        return _cells.graph(design.nasbench101())

    def drawing(self, design):
        return Drawing(self.name, (design.nasbench101().picture(),))

    def counts(self):
        yield "cells, as written", self.size, None
        yield "keys of NAS-Bench-101", lambda: len(set(map(fingerprint, self.pruned()))), None

    def pruned(self) -> set[Cell101]:
        """Every cell without what leads nowhere."""
        return {self.decode(genome).nasbench101().pruned() for genome in self.enumerate()}


@space("NASBench1Shot1Space1")
class NASBench1Shot1Space1(OneShot):
    """Four vertices between input and output with 1, 2, 2, 2 parents, and an output with 2."""

    parents = 1, 2, 2, 2, 2


@space("NASBench1Shot1Space2")
class NASBench1Shot1Space2(OneShot):
    """Four vertices between input and output with 1, 1, 2, 2 parents, and an output with 3."""

    parents = 1, 1, 2, 2, 3


@space("NASBench1Shot1Space3")
class NASBench1Shot1Space3(OneShot):
    """Five vertices between input and output with 1, 1, 1, 2, 2 parents, and an output with 2."""

    parents = 1, 1, 1, 2, 2, 2
