"""Cell DAG spaces with a fixed wiring.

NAS-Bench-201: Dong & Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020;
the topology space of Dong et al., "NATS-Bench", TPAMI 2021.
"""

import re
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Graph, Node
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .nats_bench_release import Release

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
EDGES = ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))
"""(node, its source), in the order of the official string."""
GRAPH_EDGES = (*((0, 1 + i) for i, (_, source) in enumerate(EDGES) if source == 0),
               *((1 + i, 1 + j) for i, (node, _) in enumerate(EDGES) for j, (_, source) in enumerate(EDGES)
                 if node == source),
               *((1 + i, 1 + len(EDGES)) for i, (node, _) in enumerate(EDGES) if node == 3))
"""Edges of a cell's graph, whose node 0 is the input, 1 to 6 the operations, 7 the output."""


class Cell(NamedTuple):
    """A NAS-Bench-201 cell; `str` gives the official architecture string."""

    operations: tuple[str, ...]
    """One of OPERATIONS for each of EDGES."""

    def __str__(self):
        op = iter(self.operations)
        return "+".join("|" + "|".join(f"{next(op)}~{source}" for source in range(node)) + "|" for node in (1, 2, 3))


@space("NASBench201")
class NASBench201(ProductSpace):
    """Four nodes, six edges, one of five operations on each: 15,625 cells, 6,466 of them distinct by the official key."""

    release = Release(12, 200)
    choices = tuple(Choice((f"node{node}", f"from{source}"), OPERATIONS, sort="operation") for node, source in EDGES)

    def assemble(self, options):
        return tuple.__new__(Cell, (options,))  # Cell(options) in half the time: its own __new__ is written in Python

    def answer(self, design, choice):
        return design.operations[self._positions[choice.path]]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read an official string, `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`."""
        nodes = text.strip().split("+")
        if len(nodes) != 3:
            raise IllegalDesign(f"NASBench201: {text!r} has {len(nodes)} nodes joined by '+', a cell has 3, such as "
                                "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|")
        operations = []
        for node, part in enumerate(nodes, start=1):
            edges = part.strip("|").split("|")
            if len(edges) != node:
                raise IllegalDesign(f"NASBench201: node {node} of {text!r} has {len(edges)} edges ({part}), expected {node}")
            for source, edge in enumerate(edges):
                match = re.fullmatch(r"(\w+)~(\d)", edge)
                if match and int(match[2]) >= node:
                    raise IllegalDesign(f"NASBench201: {edge!r} in {text!r} enters node {node} from node {match[2]}: a "
                                        "cycle; edges lead from a node to a later one")
                if not match or match[1] not in OPERATIONS or int(match[2]) != source:
                    raise IllegalDesign(f"NASBench201: {edge!r} in {text!r} is no edge from node {source}; expected "
                                        f"OP~{source} with OP one of {', '.join(OPERATIONS)}")
                operations.append(match[1])
        return Cell(tuple(operations))

    def key(self, design):
        """The official identity: node 3's expression over the input, '#' standing for a zero map.

        A sum keeps its '#' parts: a convolution of a zero map still has its normalisation's bias.
        """
        return _expression(design.operations, _sum)

    def graph(self, design):
        """Operations on nodes: an edge from every operation into a node to every operation out of it."""
        return LabelledGraph(("input", *design.operations, "output"), GRAPH_EDGES)

    def counts(self):
        cells = list(map(self.decode, self.enumerate()))
        yield "cells", self.size, 15_625
        yield "keys, by the official rule: sums keep their zero maps", len(set(map(self.key, cells))), 6_466
        yield "classes, zero maps and dead parts dropped altogether", len(set(map(live_key, cells))), None
        yield "cells with a live path", sum(map(has_live_path, cells)), None

    def drawing(self, design):
        return Drawing(self.name, (wiring(design.operations),))


def wiring(operations, title: str = "") -> Graph:
    """What to draw of a cell: nodes, and an operation on each of EDGES."""
    nodes = {0: Node.of("input"), 1: Node.of(1, "state"), 2: Node.of(2, "state"), 3: Node.of("output")}
    return Graph.on_edges(nodes, [(source, node, op) for (node, source), op in zip(EDGES, operations)], title)


def live_key(cell: Cell) -> str:
    """What is left of the expression when zero maps are dropped from sums altogether, dead parts with them.

    Coarser than `key`, which the literature counts by: 5,390 classes of cells where that has 6,466.
    """
    return _expression(cell.operations, _live_sum)


def _expression(operations, join):
    a, b, c, d, e, f = operations
    one = _part(a, "0")
    two = join((_part(b, "0"), _part(c, one)))
    return join((_part(d, "0"), _part(e, one), _part(f, two)))


def _sum(parts):
    return "+".join(sorted(parts))


def _live_sum(parts):
    return _sum(part for part in parts if part != "#") or "#"


def _part(operation, source):
    if operation == "skip_connect":
        return source
    return "#" if operation == "none" or source == "#" else f"({source})@{operation}"


def has_live_path(cell: Cell) -> bool:
    """Whether any path without a 'none' leads from the input to the output: 15,284 cells of 15,625 have one."""
    alive = [True, False, False, False]
    for (node, source), operation in zip(EDGES, cell.operations):
        alive[node] |= alive[source] and operation != "none"
    return alive[3]
