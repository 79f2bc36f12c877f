"""Motifs of motifs: a cell wired from motifs, which are wired from primitive operations.

Liu, Simonyan, Vinyals, Fernando, Kavukcuoglu, "Hierarchical Representations for Efficient Architecture Search", ICLR
2018. Three levels: six primitives, six motifs of four nodes, one cell of five; an edge from every node to every later
one. The paper's mutation (level, motif, node, predecessor, then another operation or none) is `mutate(law="path")`.
"""

import re
from functools import cache
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Graph, Node
from archgym.errors import ArchGymError, IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .dag import EdgeDag

NONE, IDENTITY = "none", "identity"
PRIMITIVES = (IDENTITY, "conv_1x1", "depthwise_conv_3x3", "sep_conv_3x3", "max_pool_3x3", "avg_pool_3x3")


@cache
def edges(nodes: int) -> tuple[tuple[int, int], ...]:
    """(node, its source) of all edges between `nodes` nodes, in the order of the text."""
    return tuple((node, source) for node in range(1, nodes) for source in range(node))


class Motifs(NamedTuple):
    """What every edge carries; `str` gives the text."""

    motifs: tuple[tuple[str, ...], ...]
    """A primitive or none for each edge, a tuple a motif."""
    cell: tuple[str, ...]
    """A motif ("motif1") or none for each edge."""

    def __str__(self):
        parts = [f"motif{i}: {_text(motif)}" for i, motif in enumerate(self.motifs, start=1)]
        return "; ".join((*parts, f"cell: {_text(self.cell)}"))


@space("HierarchicalMotifs")
class HierarchicalMotifs(ProductSpace):
    """Six motifs of four nodes over six primitives, and a cell of five nodes over the motifs: 10^38.9 genomes."""

    def __init__(self, motifs: int = 6, motif_nodes: int = 4, cell_nodes: int = 5,
                 primitives: tuple[str, ...] = PRIMITIVES):
        primitives = tuple(primitives)
        if min(motifs, motif_nodes - 1, cell_nodes - 1, len(primitives)) < 1:
            raise ArchGymError("HierarchicalMotifs needs a motif, a primitive, and two nodes a motif and a cell, got "
                               f"motifs={motifs}, motif_nodes={motif_nodes}, cell_nodes={cell_nodes}, {primitives=}")
        self.names = tuple(f"motif{i}" for i in range(1, motifs + 1))
        self.nodes = {name: motif_nodes for name in self.names} | {"cell": cell_nodes}
        self.carried = {name: (NONE, *primitives) for name in self.names} | {"cell": (NONE, *self.names)}
        super().__init__(tuple(
            Choice((level, name, f"node{node}", f"from{source}"), self.carried[name], sort=sort)
            for level, sort, names in (("level2", "primitive", self.names), ("level3", "motif", ("cell",)))
            for name in names for node, source in edges(self.nodes[name])))
        self._default = (motifs, motif_nodes, cell_nodes, primitives) == (6, 4, 5, PRIMITIVES)

    def counts(self):
        yield "genotypes", self.size, "10^38.9" if self._default else None

    def assemble(self, options):
        width = len(edges(self.nodes["motif1"]))
        split = len(self.names) * width
        return Motifs(tuple(options[at:at + width] for at in range(0, split, width)), options[split:])

    def answer(self, design, choice):
        _, name, node, source = choice.path
        carried = design.cell if name == "cell" else design.motifs[self.names.index(name)]
        return carried[edges(self.nodes[name]).index((int(node[4:]), int(source[4:])))]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read `motif1: |identity~0|+|none~0|none~1|...; ...; cell: |motif1~0|+...`: what enters node 1, node 2, ..."""
        parts = {}
        for part in filter(None, map(str.strip, text.split(";"))):
            name, _, wiring = map(str.strip, part.partition(":"))
            if name not in self.nodes or name in parts:
                raise IllegalDesign(f"{self.name}: {'repeated' if name in parts else 'unknown'} part {part!r}; "
                                    f"expected each of {', '.join(self.nodes)} once")
            parts[name] = self._wiring(name, wiring)
        if missing := [name for name in self.nodes if name not in parts]:
            raise IllegalDesign(f"{self.name}: {text!r} has no {missing[0]}; expected each of "
                                f"{', '.join(self.nodes)} once")
        return Motifs(tuple(parts[name] for name in self.names), parts["cell"])

    def _wiring(self, name, wiring):
        nodes = wiring.split("+")
        if len(nodes) != self.nodes[name] - 1:
            raise IllegalDesign(f"{self.name}: {name} {wiring!r} wires {len(nodes)} nodes, expected "
                                f"{self.nodes[name] - 1}")
        carried = []
        for node, part in enumerate(nodes, start=1):
            entering = part.strip("|").split("|")
            for source, edge in enumerate(entering):
                match = re.fullmatch(r"(\w+)~(\d+)", edge)
                if match and int(match[2]) >= node:
                    raise IllegalDesign(f"{self.name}: {edge!r} in {name} enters node {node} from node {match[2]}: "
                                        "a cycle; edges lead from a node to a later one")
                if not match or match[1] not in self.carried[name] or int(match[2]) != source:
                    raise IllegalDesign(f"{self.name}: {edge!r} in {name} is no edge from node {source} to node "
                                        f"{node}; expected OP~{source} with OP one of {', '.join(self.carried[name])}")
                carried.append(match[1])
            if len(entering) != node:
                raise IllegalDesign(f"{self.name}: {len(entering)} edges enter node {node} of {name} ({part}), "
                                    f"expected {node}")
        return tuple(carried)

    def dag(self, design) -> EdgeDag:
        """The hierarchy flattened: every motif in its places, primitives on edges, none left out."""
        flat = []
        for (node, source), name in zip(edges(self.nodes["cell"]), design.cell):
            if name != NONE:
                last = self.nodes[name] - 1
                places = {0: source, last: node} | {inner: (source, node, inner) for inner in range(1, last)}
                flat += [(places[a], places[b], operation) for (b, a), operation
                         in zip(edges(last + 1), design.motifs[self.names.index(name)]) if operation != NONE]
        return EdgeDag(tuple(flat), 0, self.nodes["cell"] - 1)

    def graph(self, design):
        """The flattened cell, operations on nodes."""
        return self.dag(design).graph()

    def drawing(self, design):
        """The cell over motifs, and every motif over primitives; edges that carry nothing are left out."""
        panels = [self._picture("cell", design.cell, False)]
        panels += [self._picture(name, motif, name not in design.cell)
                   for name, motif in zip(self.names, design.motifs)]
        return Drawing(self.name, tuple(panels))

    def _picture(self, name, carried, unused):
        last = self.nodes[name] - 1
        nodes = {0: Node.of("input")} | {i: Node.of(i, "state") for i in range(1, last)} | {last: Node.of("output")}
        used = [(source, node, operation) for (node, source), operation in zip(edges(last + 1), carried)
                if operation != NONE]
        return Graph.on_edges(nodes, used, f"{name} (in no place)" if unused else name, unused)

    def key(self, design):
        """The flattened cell up to the names and order of nodes and motifs, without what lies on no path to the output.

        A node that only an identity enters counts as the node before it. "disconnected": no path at all.
        """
        live = self.dag(design).live()
        if not live.edges:
            return "disconnected"
        return live.without_lone(IDENTITY).canonical() or IDENTITY


def _text(carried) -> str:
    """NAS-Bench-201's notation: |op~0|+|op~0|op~1|+..."""
    parts, at = [], 0
    while at < len(carried):
        node = len(parts) + 1
        parts.append("|" + "|".join(f"{op}~{source}" for source, op in enumerate(carried[at:at + node])) + "|")
        at += node
    return "+".join(parts)
