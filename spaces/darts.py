"""The space of DARTS, which NAS-Bench-301 models: a normal and a reduction cell.

Liu, Simonyan, Yang, "DARTS: Differentiable Architecture Search", ICLR 2019; Zela, Siems, Zimmer, Lukasik, Keuper,
Hutter, "Surrogate NAS Benchmarks: Going Beyond the Limited Search Spaces of Tabular NAS Benchmarks", ICLR 2022.
"""

import re
from itertools import combinations
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Graph, Node
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .dag import EdgeDag

OPERATIONS = ("max_pool_3x3", "avg_pool_3x3", "skip_connect", "sep_conv_3x3", "sep_conv_5x5", "dil_conv_3x3",
              "dil_conv_5x5")
NODES = (2, 3, 4, 5)
"""A cell's own nodes; 0 and 1 are the outputs of the last cell but one and of the last cell."""
CONCAT = "range(2, 6)"
EXAMPLE = "[('skip_connect', 0), ('sep_conv_3x3', 1), ...]"


class Genotype(NamedTuple):
    """Eight (operation, predecessor) a cell, two a node in the order of predecessors; `str` gives the official text."""

    normal: tuple[tuple[str, int], ...]
    reduce: tuple[tuple[str, int], ...]

    def __str__(self):
        normal, reduce = map(list, self)
        return f"Genotype(normal={normal}, normal_concat={CONCAT}, reduce={reduce}, reduce_concat={CONCAT})"


def _choices():
    for cell in Genotype._fields:
        for node in NODES:
            yield Choice((cell, f"node{node}", "from"), tuple(combinations(range(node), 2)), sort=f"from{node}")
            yield Choice((cell, f"node{node}", "first"), OPERATIONS, sort="operation")
            yield Choice((cell, f"node{node}", "second"), OPERATIONS, sort="operation")


@space("DARTS")
class DARTS(ProductSpace):
    """Four nodes a cell, each the sum of two operations on two different predecessors: 1.08e18 pairs of cells."""

    choices = tuple(_choices())

    def assemble(self, options):
        ends = [((first, a), (second, b)) for (a, b), first, second in zip(*[iter(options)] * 3)]
        edges = tuple(edge for pair in ends for edge in pair)
        return Genotype(edges[:8], edges[8:])

    def answer(self, design, choice):
        cell, node, part = choice.path
        at = 2 * (int(node[4:]) - 2)
        first, second = getattr(design, cell)[at:at + 2]
        return {"from": (first[1], second[1]), "first": first[0], "second": second[0]}[part]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read an official genotype; a node's two edges may stand in either order."""
        cell = r"\s*\[(.*?)\]\s*"
        concat = r"\s*(range\(2,\s*6\)|\[2,\s*3,\s*4,\s*5\])\s*"
        match = re.fullmatch(rf"\s*Genotype\(\s*normal={cell},\s*normal_concat={concat},"
                             rf"\s*reduce={cell},\s*reduce_concat={concat}\)\s*", text, re.DOTALL)
        if not match:
            raise IllegalDesign(f"DARTS: {text!r} is no genotype; expected Genotype(normal={EXAMPLE}, "
                                f"normal_concat={CONCAT}, reduce={EXAMPLE}, reduce_concat={CONCAT})")
        return Genotype(_cell(match[1], "normal"), _cell(match[3], "reduce"))

    def key(self, design):
        """Nodes are interchangeable: both cells up to the names and the order of their nodes."""
        return " ".join(canonical_cell(_edges(cell), NODES) for cell in design)

    def graph(self, design):
        """Both cells, operations on nodes."""
        return cells_graph({name: (_edges(cell), NODES) for name, cell in zip(Genotype._fields, design)})

    def drawing(self, design):
        return Drawing(self.name, tuple(cell_graph(name, _edges(cell), NODES)
                                        for name, cell in zip(Genotype._fields, design)))

    def counts(self):
        yield "pairs of cells", self.size, "1.0767e18"


def _cell(text, name):
    edge = r"\(\s*'(\w+)'\s*,\s*(\d+)\s*\)"
    if not re.fullmatch(rf"\s*{edge}(\s*,\s*{edge})*\s*,?\s*", text):
        raise IllegalDesign(f"DARTS: cell {name}=[{text}] is no list of edges such as {EXAMPLE}")
    edges = [(operation, int(source)) for operation, source in re.findall(edge, text)]
    if len(edges) != 2 * len(NODES):
        raise IllegalDesign(f"DARTS: cell {name} has {len(edges)} edges, a cell has 8, two for each of nodes 2 to 5")
    pairs = []
    for node, pair in zip(NODES, zip(edges[::2], edges[1::2])):
        for operation, source in pair:
            if operation not in OPERATIONS:
                raise IllegalDesign(f"DARTS: node {node} of cell {name} has operation {operation!r}; allowed: "
                                    f"{', '.join(OPERATIONS)}")
            if source >= node:
                raise IllegalDesign(f"DARTS: node {node} of cell {name} takes node {source}, which does not come "
                                    f"before it; allowed: {', '.join(map(str, range(node)))}")
        if pair[0][1] == pair[1][1]:
            raise IllegalDesign(f"DARTS: node {node} of cell {name} takes node {pair[0][1]} twice; "
                                "its two predecessors are different")
        pairs += sorted(pair, key=lambda edge: edge[1])
    return tuple(pairs)


def _edges(cell):
    return [(source, node, operation) for node, pair in zip(NODES, zip(cell[::2], cell[1::2]))
            for operation, source in pair]


def canonical_cell(edges, concatenated) -> str:
    """One text for all cells that differ by the names and the order of their nodes. The inputs are 0 and 1."""
    ends = [("input", 0, "c_{k-2}"), ("input", 1, "c_{k-1}"), *((node, "output", "concat") for node in concatenated)]
    return EdgeDag((*edges, *ends), "input", "output").canonical()


def cell_graph(name, edges, concatenated) -> Graph:
    """What to draw of a cell: its nodes by number, operations on edges, and what is concatenated for the output."""
    nodes = {0: Node.of("c_{k-2}"), 1: Node.of("c_{k-1}")}
    nodes |= {node: Node.of(node, "state") for _, node, _ in edges} | {"output": Node.of("c_{k}")}
    return Graph.on_edges(nodes, [*edges, *((node, "output", None) for node in concatenated)], f"{name} cell")


def cells_graph(cells: dict) -> LabelledGraph:
    """Cells side by side, operations on nodes: an edge from every operation into a node to every one out of it.

    cells: name -> (edges as (from, to, operation), the nodes that are concatenated for the output).
    """
    labels, edges = [], []
    for name, (operations, concatenated) in cells.items():
        start = len(labels)
        output = start + 2 + len(operations)
        labels += [f"{name} {part}" for part in ("c_{k-2}", "c_{k-1}", *(o for _, _, o in operations), "output")]
        into = {0: [start], 1: [start + 1]}
        for at, (_, node, _) in enumerate(operations, start=start + 2):
            into.setdefault(node, []).append(at)
        for at, (source, _, _) in enumerate(operations, start=start + 2):
            edges += [(before, at) for before in into[source]]
        edges += [(before, output) for node in concatenated for before in into[node]]
    return LabelledGraph(tuple(labels), tuple(edges))
