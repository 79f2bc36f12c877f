"""The NASNet space: a normal and a reduction cell of five blocks each.

Zoph, Vasudevan, Shlens, Le, "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018. Its
thirteen operations; a block adds, as in Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier
Architecture Search", AAAI 2019 (the first paper let the controller concatenate instead).
"""

import re
from math import isqrt
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .darts import canonical_cell, cell_graph, cells_graph

OPERATIONS = ("identity", "conv_1x1", "conv_3x3", "conv_1x3_3x1", "conv_1x7_7x1", "dil_conv_3x3", "sep_conv_3x3",
              "sep_conv_5x5", "sep_conv_7x7", "avg_pool_3x3", "max_pool_3x3", "max_pool_5x5", "max_pool_7x7")
BLOCKS = (2, 3, 4, 5, 6)
"""Numbers of a cell's blocks; 0 and 1 are the outputs of the last cell but one and of the last cell."""
EXAMPLE = "normal: 0~identity+1~conv_3x3 | ... ; reduce: 0~max_pool_3x3+1~max_pool_3x3 | ..."


class Block(NamedTuple):
    """The sum of two operations, each on an input of the cell or an earlier block."""

    first_from: int
    second_from: int
    first: str
    second: str

    def __str__(self):
        return f"{self.first_from}~{self.first}+{self.second_from}~{self.second}"


class Cells(NamedTuple):
    """Five blocks a cell. The blocks that no other takes are concatenated: they are the cell's output."""

    normal: tuple[Block, ...]
    reduce: tuple[Block, ...]

    def __str__(self):
        return " ; ".join(f"{name}: " + " | ".join(map(str, cell)) for name, cell in zip(self._fields, self))


@space("NASNet")
class NASNet(ProductSpace):
    """Five blocks a cell, two inputs and two operations each: 5.1e33 pairs of cells as they are written."""

    choices = tuple(
        Choice((cell, f"block{block}", part), tuple(range(block)), sort=f"input{block}") if part.endswith("from") else
        Choice((cell, f"block{block}", part), OPERATIONS, sort="operation")
        for cell in Cells._fields for block in BLOCKS for part in Block._fields)

    def assemble(self, options):
        blocks = tuple(map(Block, *[iter(options)] * len(Block._fields)))
        return Cells(blocks[:len(BLOCKS)], blocks[len(BLOCKS):])

    def answer(self, design, choice):
        cell, block, part = choice.path
        return getattr(getattr(design, cell)[int(block[5:]) - 2], part)

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read `normal: 0~identity+1~conv_3x3 | ... ; reduce: ...`, five blocks a cell."""
        cells = re.fullmatch(r"\s*normal:([^;]*);\s*reduce:([^;]*)", text)
        if not cells:
            raise IllegalDesign(f"NASNet: {text!r} is no pair of cells; expected {EXAMPLE}")
        return Cells(*map(_cell, cells.groups(), Cells._fields))

    def key(self, design):
        """Sums and blocks are interchangeable: both cells up to the names and the order of their blocks."""
        return " ".join(canonical_cell(edges, last) for edges, last in map(_dag, design))

    def graph(self, design):
        """Both cells, operations on nodes."""
        return cells_graph(dict(zip(Cells._fields, map(_dag, design))))

    def drawing(self, design):
        return Drawing(self.name, tuple(cell_graph(name, *_dag(cell)) for name, cell in zip(Cells._fields, design)))

    def counts(self):
        yield "pairs of cells, as written", self.size, None
        yield "cells, as written", isqrt(self.size), None


def _cell(text, name):
    parts = text.split("|")
    if len(parts) != len(BLOCKS):
        raise IllegalDesign(f"NASNet: cell {name} has {len(parts)} blocks joined by '|', a cell has {len(BLOCKS)}: "
                            f"{text!r}")
    blocks = []
    for number, part in zip(BLOCKS, parts):
        match = re.fullmatch(r"\s*(\d+)~(\w+)\+(\d+)~(\w+)\s*", part)
        if not match:
            raise IllegalDesign(f"NASNet: block {number} of cell {name} is {part.strip()!r}; expected two operations "
                                "on inputs, such as 0~identity+1~conv_3x3")
        block = Block(int(match[1]), int(match[3]), match[2], match[4])
        for source in block[:2]:
            if source >= number:
                raise IllegalDesign(f"NASNet: block {number} of cell {name} takes block {source}, which does not come "
                                    f"before it; allowed: {', '.join(map(str, range(number)))}")
        for operation in block[2:]:
            if operation not in OPERATIONS:
                raise IllegalDesign(f"NASNet: block {number} of cell {name} has operation {operation!r}; allowed: "
                                    f"{', '.join(OPERATIONS)}")
        blocks.append(block)
    return tuple(blocks)


def _dag(cell):
    """Edges (from, to, operation), and the blocks that no other block takes."""
    edges = [(source, number, operation) for number, block in zip(BLOCKS, cell)
             for source, operation in ((block.first_from, block.first), (block.second_from, block.second))]
    taken = {source for source, _, _ in edges}
    return edges, [number for number in BLOCKS if number not in taken]
