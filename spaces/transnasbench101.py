"""The two spaces of TransNAS-Bench-101: the cell (micro) and the skeleton around it (macro).

Duan, Chen, Xu, Chen, Liang, Zhang, Li, "TransNAS-Bench-101: Improving Transferability and Generalizability of
Cross-Task Neural Architecture Search", CVPR 2021.
"""

import re
from functools import cache
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Part, Row, Stack
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space
from archgym.space import Space

from .cell import EDGES, NASBench201, wiring
from .cell import Cell as Cell201

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3")
"""An operation's place is its digit in the official string."""
MICRO_SKELETON = "64-41414"  # base channels, and the modules that hold the cell: the same in all micro networks

DEPTHS = (4, 5, 6)
MODULES = (1, 2, 3, 4)
DOUBLES = {2, 4}  # modules that double the channels, at most three times
HALVES = {3, 4}  # modules that halve the resolution, at most four times
MOST_DOUBLINGS, MOST_HALVINGS = 3, 4
LABELS = {1: "plain", 2: "channels x2", 3: "resolution /2", 4: "channels x2, resolution /2"}

_cells = NASBench201()


class MicroCell(NamedTuple):
    """Four nodes and six edges, as in NAS-Bench-201; `str` gives the official string."""

    operations: tuple[str, ...]
    """One of OPERATIONS for each of `cell.EDGES`."""

    def __str__(self):
        digits = "".join(str(OPERATIONS.index(operation)) for operation in self.operations)
        return f"{MICRO_SKELETON}-{digits[0]}_{digits[1:3]}_{digits[3:]}"


@space("TransNASBench101Micro")
class TransNASBench101Micro(ProductSpace):
    """One of four operations on each of a cell's six edges, in a fixed skeleton: 4,096 cells."""

    choices = tuple(Choice((f"node{node}", f"from{source}"), OPERATIONS, sort="operation") for node, source in EDGES)

    def assemble(self, options):
        return MicroCell(options)

    def answer(self, design, choice):
        return design.operations[self._positions[choice.path]]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read an official string, `64-41414-1_02_333`."""
        example = f"expected {MICRO_SKELETON}-1_02_333: base channels, skeleton, the edges into nodes 1, 2 and 3"
        skeleton, _, cell = text.strip().rpartition("-")
        if skeleton != MICRO_SKELETON:
            raise IllegalDesign(f"{self.name}: {text!r} does not begin with {MICRO_SKELETON}-; {example}")
        nodes = cell.split("_")
        if len(nodes) != 3:
            raise IllegalDesign(f"{self.name}: {cell!r} in {text!r} has {len(nodes)} nodes joined by '_'; "
                                f"{example}")
        for node, edges in enumerate(nodes, start=1):
            if not re.fullmatch(rf"[0-3]{{{node}}}", edges, re.ASCII):
                raise IllegalDesign(f"{self.name}: node {node} of {text!r} is {edges!r}; it has {node} edges, "
                                    f"each 0 (none), 1 (skip), 2 (convolution 1x1) or 3 (convolution 3x3); "
                                    f"{example}")
        return MicroCell(tuple(OPERATIONS[int(digit)] for digit in "".join(nodes)))

    def key(self, design):
        """NAS-Bench-201's official identity: the cell is of its kind."""
        return _cells.key(Cell201(design.operations))

    def graph(self, design):
        """Operations on nodes: an edge from every operation into a node to every operation out of it."""
        return _cells.graph(Cell201(design.operations))

    def drawing(self, design):
        return Drawing(self.name, (wiring(design.operations),))

    def counts(self):
        yield "cells", self.size, 4_096
        yield "keys, by NAS-Bench-201's official rule", len(set(map(self.key_of, self.enumerate()))), None


@space("TransNASBench101Macro")
class TransNASBench101Macro(Space):
    """Four to six modules: 1 to 3 double the channels, 1 to 4 halve the resolution. 3,256 networks.

    A design is the tuple of its modules. Every choice is weighted by the networks that it leaves possible.
    """

    law = "uniform over networks"
    sorts = {"depth": DEPTHS, "module": MODULES}

    @property
    def size(self):
        return sum(_networks(depth, 0, 0) for depth in DEPTHS)

    def build(self):
        depth = yield _DEPTH
        modules, doublings, halvings = [], 0, 0
        for i in range(depth):
            module = yield _module(i, depth - i, doublings, halvings)
            modules.append(module)
            doublings += module in DOUBLES
            halvings += module in HALVES
        return tuple(modules)

    def answer(self, design, choice):
        return len(design) if choice is _DEPTH else design[choice.path[1]]

    def format(self, design):
        return f"64-{''.join(map(str, design))}-basic"

    def parse(self, text):
        """Read an official string, `64-1234-basic`."""
        match = re.fullmatch(r"64-([^-]*)-basic", text.strip())
        if not match:
            raise IllegalDesign(f"{self.name}: {text!r} is no network; expected 64-1234-basic: base "
                                "channels, 4 to 6 modules, kind of block")
        if wrong := re.search(r"[^1-4]", match[1]):
            raise IllegalDesign(f"{self.name}: module {wrong[0]!r} of {text!r} is none of 1 (plain), 2 (doubles "
                                "the channels), 3 (halves the resolution), 4 (both)")
        modules = tuple(map(int, match[1]))
        for what, found, allowed in (("modules", len(modules), (4, 6)),
                                     ("modules that double the channels (2, 4)", sum(m in DOUBLES for m in modules),
                                      (1, MOST_DOUBLINGS)),
                                     ("modules that halve the resolution (3, 4)", sum(m in HALVES for m in modules),
                                      (1, MOST_HALVINGS))):
            if not allowed[0] <= found <= allowed[1]:
                raise IllegalDesign(f"{self.name}: {text!r} has {found} {what}, a network has "
                                    f"{allowed[0]} to {allowed[1]}")
        return modules

    def key(self, design):
        return self.format(design)

    def graph(self, design):
        """A chain: the input, a node a module, the output."""
        labels = ("input", *(LABELS[module] for module in design), "output")
        return LabelledGraph(labels, tuple((i, i + 1) for i in range(len(design) + 1)))

    def drawing(self, design):
        """A bar a module, as wide as it has channels."""
        rows, channels, resolution = [], 64, 1
        for i, module in enumerate(design, start=1):
            channels *= 1 + (module in DOUBLES)
            resolution *= 1 + (module in HALVES)
            rows.append(Row((Part(LABELS[module], LABELS[module]),), f"module {i}", channels,
                            f"{channels} channels" + (f", resolution /{resolution}" if resolution > 1 else "")))
        return Drawing(self.name, (Stack((Row((Part("input"),)), *rows, Row((Part("output"),)))),),
                       families=tuple(LABELS.values()))

    def counts(self):
        yield "networks", self.size, 3_256


@cache
def _networks(left, doublings, halvings):
    """How many ways there are to go on with `left` more modules after these doublings and halvings."""
    if doublings > MOST_DOUBLINGS or halvings > MOST_HALVINGS:
        return 0
    if not left:
        return int(doublings > 0 and halvings > 0)
    return sum(_networks(left - 1, doublings + (m in DOUBLES), halvings + (m in HALVES)) for m in MODULES)


@cache
def _module(i, left, doublings, halvings):
    ways = tuple(_networks(left - 1, doublings + (m in DOUBLES), halvings + (m in HALVES)) for m in MODULES)
    legal = None if all(ways) else tuple(way > 0 for way in ways)
    return Choice(("module", i), MODULES, legal, tuple(map(float, ways)), "module")


_DEPTH = Choice(("depth",), DEPTHS, weights=tuple(float(_networks(depth, 0, 0)) for depth in DEPTHS), sort="depth",
                ordered=True)
