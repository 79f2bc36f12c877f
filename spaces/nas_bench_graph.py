"""The space of NAS-Bench-Graph: graph neural networks of four operations.

Qin, Zhang, Wang, Zhang, Zhu, "NAS-Bench-Graph: Benchmarking Graph Neural Architecture Search", NeurIPS 2022 Datasets
and Benchmarks. Layouts, operations and numbers as in the authors' package nas_bench_graph 1.4.0 (Apache-2.0). Its
identity of networks is written down here as a rule on trees; a test compares the two on every network.
"""

import re
from itertools import permutations
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Graph, Link, Node
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

OPERATIONS = ("gat", "gcn", "gin", "cheb", "sage", "arma", "graph", "fc", "skip")
"""In the order of the digits of the official numbers."""
CONVOLUTIONS = OPERATIONS[:7]
PROTEINS_OPERATIONS = ("gcn", "sage", "arma", "fc", "skip")
"""Those whose networks were trained on the data set proteins."""
LAYOUTS = ("0000", "0001", "0011", "0012", "0013", "0111", "0112", "0122", "0123")
"""The node that each of four nodes takes, 0 the input: every tree of four nodes once."""
NODES = 4
SKIP = "skip"


class Network(NamedTuple):
    """Four operations in a tree below the input; what no other node takes is concatenated to the output."""

    layout: str
    operations: tuple[str, ...]

    def __str__(self):
        return f"{self.layout}: {' '.join(self.operations)}"

    @property
    def number(self) -> int:
        """The official number of the network as it is written: the layout's place, then a digit an operation."""
        digits = (LAYOUTS.index(self.layout), *map(OPERATIONS.index, self.operations))
        return int("".join(map(str, digits)))


def numbered(number: int) -> Network:
    """The network of an official number."""
    layout, *operations = map(int, f"{number:05d}")
    return Network(LAYOUTS[layout], tuple(OPERATIONS[digit] for digit in operations))


@space("NASBenchGraph")
class NASBenchGraph(ProductSpace):
    """A tree of four nodes and one of nine operations on each: 59,049 networks, 26,206 of them distinct.

    The nine networks of skips alone are in the space but in no table.
    """

    operations = OPERATIONS
    distinct = 26_206
    """Published number of keys, that of skips alone apart."""

    def __init__(self):
        super().__init__((Choice(("layout",), LAYOUTS), *(Choice((f"node{node}",), self.operations, sort="operation")
                                                          for node in range(1, NODES + 1))))

    def assemble(self, options):
        return Network(options[0], options[1:])

    def answer(self, design, choice):
        return design.layout if choice.path == ("layout",) else design.operations[int(choice.path[0][4:]) - 1]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read `0112: gcn fc gat skip`: what each node takes, then its operation. Nodes may stand in any order."""
        example = "expected a layout and four operations, such as 0112: gcn fc gat skip"
        layout, _, operations = text.strip().partition(":")
        if not re.fullmatch(rf"[0-{NODES}]{{{NODES}}}", layout, re.ASCII):
            raise IllegalDesign(f"{self.name}: {layout!r} is no layout: four digits, the node that each node takes, 0 "
                                f"for the input; {example}")
        for node, source in enumerate(map(int, layout), start=1):
            if source >= node:
                raise IllegalDesign(f"{self.name}: node {node} of layout {layout} takes node {source}; a node takes "
                                    "the input or an earlier node, so that there is no cycle")
        operations = operations.split()
        if len(operations) != NODES:
            raise IllegalDesign(f"{self.name}: {text!r} has {len(operations)} operations; {example}")
        for node, operation in enumerate(operations, start=1):
            if operation not in self.operations:
                raise IllegalDesign(f"{self.name}: node {node} has operation {operation!r}; allowed: "
                                    f"{', '.join(self.operations)}")
        return _ordered(layout, tuple(operations))

    def key(self, design):
        """The official identity: the tree without skips, in which no order matters.

        A skip is no operation. One that ends a branch stays where it stands beside others below an operation: it puts
        that operation's features into the output. The input's own features are never put there.
        """
        return "+".join(_below(design, 0, False)) or SKIP

    def graph(self, design):
        """The network as it is written: the input, a node an operation, the output."""
        sources = [int(digit) for digit in design.layout]
        ends = [node for node in range(1, NODES + 1) if node not in sources]
        return LabelledGraph(("input", *design.operations, "output"),
                             (*((source, node) for node, source in enumerate(sources, start=1)),
                              *((node, NODES + 1) for node in ends)))

    def drawing(self, design):
        graph = self.graph(design)
        nodes = (Node.of(label, "graph convolution" if label in CONVOLUTIONS else "") for label in graph.labels)
        return Drawing(self.name, (Graph(tuple(nodes), tuple(Link(*edge) for edge in graph.edges)),))

    def counts(self):
        yield "networks, as written", self.size, None
        yield "keys, that of skips alone apart", len({*map(self.key_of, self.enumerate())} - {SKIP}), self.distinct


@space("NASBenchGraphProteins")
class NASBenchGraphProteins(NASBenchGraph):
    """The networks that were trained on the data set proteins: five operations, 5,625 networks, 2,021 distinct."""

    operations = PROTEINS_OPERATIONS
    distinct = 2_021


def _below(design, node, made):
    """Sorted texts of what takes the features that come out of a node; `made`: by an operation, not the input's own."""
    found = []
    for child in range(node + 1, NODES + 1):
        if design.layout[child - 1] == str(node):
            what = design.operations[child - 1]
            if what != SKIP:
                after = _below(design, child, True)
                after = [] if after == [SKIP] else after
                found.append(f"{what}({','.join(after)})" if after else what)
            elif str(child) in design.layout:
                found += _below(design, child, made)
            elif made:
                found.append(SKIP)
    return sorted(found)


def _ordered(layout, operations) -> Network:
    """The same tree with its nodes in an order that one of the layouts has."""
    for order in permutations(range(1, NODES + 1)):
        place = {0: 0} | {node: at for at, node in enumerate(order, start=1)}
        renamed = "".join(str(place[int(layout[node - 1])]) for node in order)
        if renamed in LAYOUTS:
            return Network(renamed, tuple(operations[node - 1] for node in order))
    raise AssertionError(f"every tree of four nodes has a layout, {layout} too")
