"""Hierarchical NAS-Bench-201: the grammar that derives a whole network, and its restrictions.

Schrodi, Stoll, Ru, Sukthanker, Brox, Hutter, "Construction of Hierarchical Neural Architecture Search Spaces based on
Context-free Grammars", NeurIPS 2023. Read: the authors' grammar files (automl/hierarchical_nas_construction), whose
names and text of derivations are kept. Two differences. A production that the files list twice is one option of double
weight, so that no two genomes are one derivation. The shared cell stands beside the macro structure in one derivation,
below the start symbol NET.

Network around a derivation: a stem of 16 channels; resBlock halves the resolution and doubles the channels, twice on
every path; then normalisation, pooling and a linear layer.
"""

from dataclasses import replace

from archgym.drawing import Drawing, Part, Twig
from archgym.registry import register_space as space

from .cell import Cell, wiring
from .cell import NASBench201 as Cells
from .grammar import Grammar, Tree
from .grammar_space import GrammarSpace

TOPOLOGIES = {
    **{f"Linear{n}": tuple((i, i + 1) for i in range(1, n + 1)) for n in (1, 2, 3, 4)},
    "Residual2": ((1, 2), (1, 3), (2, 3)),
    "Residual3": ((1, 2), (2, 3), (1, 4), (3, 4)),
    "Cell": ((1, 2), (1, 3), (2, 3), (1, 4), (2, 4), (3, 4)),  # in the order of NAS-Bench-201's own text
}

MACRO = """
    D2 -> Linear3(D1, D1, D0) | Linear3(D0, D1, D1) | Linear4(D1, D1, D0, D0)
    D1 -> Linear3(C, C, DOWN) | Linear4(C, C, C, DOWN) | Residual3(C, C, DOWN, DOWN)
    D0 -> Linear3(C, C, CELL) | Linear4(C, C, C, CELL) | Residual3(C, C, CELL, CELL)
    DOWN -> Linear2(CELL, resBlock) | Linear3(CELL, CELL, resBlock) | Residual2(CELL, resBlock, resBlock)
    C -> Linear2(CELL, CELL) | Linear3(CELL, CELL, CELL) | Residual2(CELL, CELL, CELL)
"""
FIXED_MACRO = """
    D2 -> Linear3(D1, D1, D0)
    D1 -> Linear3(C, C, DOWN)
    D0 -> Linear3(C, C, CELL)
    DOWN -> Linear2(CELL, resBlock)
    C -> Linear2(CELL, CELL)
"""
BLOCKS = """
    CELL -> Cell(OPS, OPS, OPS, OPS, OPS, OPS)
    OPS -> id | zero | Linear1(CONVBLOCK) | Linear1(CONVBLOCK) | avg_pool
    CONVBLOCK -> Linear3(ACT, CONV, NORM)
    CONV -> conv3x3o | conv1x1o | dconv3x3o
    NORM -> batch | instance | layer
    ACT -> relu | hardswish | mish
"""
SHARED = """
    NET -> Shared(D2, CELL)
""" + FIXED_MACRO.replace("CELL", "SharedCell") + """
    CELL -> Cell(OPS, OPS, OPS, OPS, OPS, OPS)
    OPS -> zero | id | conv1x1 | conv3x3 | avg_pool
"""
OFFICIAL = {"zero": "none", "id": "skip_connect", "conv1x1": "nor_conv_1x1", "conv3x3": "nor_conv_3x3",
            "avg_pool": "avg_pool_3x3"}
"""Terminal -> NAS-Bench-201's name for it."""

_cells = Cells()


class Networks(GrammarSpace):
    """Derivations of networks whose cells are all derived by themselves.

    A cell whose zeros leave no path is in no design: as in the authors' code, zero is no option where it would cut the
    last one.
    """

    macro: str
    published: str | None = None

    def __init__(self):
        super().__init__(Grammar(self.macro + BLOCKS, TOPOLOGIES, connected=True))

    def counts(self):
        for (quantity, computed, _), known in zip(super().counts(), (self.published, None, None), strict=True):
            yield quantity, computed, known

    def drawing(self, design):
        """The derivation; a cell is a row of its six operations."""
        return replace(super().drawing(design), note=CELLS_IN_A_ROW)

    def twig(self, tree):
        if isinstance(tree, Tree) and tree.head == "Cell":
            return Twig((Part(tree.symbol, "symbol"), *map(_short, tree.children)))
        return super().twig(tree)

    def key(self, design):
        """What the network computes, read from input to output: cells by NAS-Bench-201's official key.

        Chains are flattened, branches of a residual sorted, cells that are the identity left out.
        """
        return _text(_series(self.grammar, design.tree))


@space("HierarchicalNASBench201")
class HierarchicalNASBench201(Networks):
    """The full grammar: macro structure, every cell, and activation, kind and normalization of every convolution."""

    macro = MACRO
    published = "10^446"


@space("HierarchicalNASBench201FixedMacro")
class HierarchicalNASBench201FixedMacro(Networks):
    """Three stages of five cells with a resBlock after the first two; each of the fifteen cells is its own."""

    macro = FIXED_MACRO


@space("HierarchicalNASBench201SharedCell")
class HierarchicalNASBench201SharedCell(GrammarSpace):
    """The fixed macro structure with one cell for all places and plain convolutions: NAS-Bench-201 itself.

    Cells without a path are designs here, as they are there.
    """

    def __init__(self):
        super().__init__(Grammar(SHARED, TOPOLOGIES))

    def counts(self):
        yield "derivations", self.size, 15_625
        yield "keys, by NAS-Bench-201's official rule", len(set(map(self.key_of, self.enumerate()))), 6_466

    def cell(self, design) -> Cell:
        """The cell as NAS-Bench-201 has it."""
        return _cell(self.drawn(design))

    def drawn(self, design):
        return design.tree.children[1]

    def key(self, design):
        """NAS-Bench-201's official key of the cell: everything else is the same in all designs."""
        return _cells.key(self.cell(design))

    def graph(self, design):
        """The cell, operations on nodes, as NAS-Bench-201 draws it."""
        return _cells.graph(self.cell(design))

    def drawing(self, design):
        """The cell: everything else is the same in all designs."""
        return Drawing(self.name, (wiring(self.cell(design).operations),))


CELLS_IN_A_ROW = ("A cell is a row of what its edges 1-2, 1-3, 2-3, 1-4, 2-4 and 3-4 carry. A convolution is its "
                  "activation (r relu, h hardswish, m mish), its kernel (d: depthwise) and its normalization (b batch, "
                  "i instance, l layer).")


def _short(tree: Tree) -> Part:
    """An operation of a cell in few letters."""
    if tree.head != "Linear1":
        return Part("avg" if tree.head == "avg_pool" else tree.head, Part(tree.head).family)
    activation, kind, normalization = (part.head for part in tree.children[0].children)
    kernel = kind.replace("conv", "").rstrip("o")
    return Part(f"{activation[0]} {kernel} {normalization[0]}", Part(kind).family)


def _cell(tree: Tree) -> Cell:
    return Cell(tuple(map(_operation, tree.children)))


def _operation(tree: Tree) -> str:
    if tree.head != "Linear1":
        return OFFICIAL[tree.head]
    block, = tree.children
    return "-".join(part.head for part in block.children)


def _series(grammar, part) -> tuple[str, ...]:
    """What is computed one after the other, each a text on its own; () is the identity, "#" the zero map."""
    if not isinstance(part, Tree):
        return (part,)
    if part.head == "Cell":
        key = _cells.key(_cell(part))
        summands = key.replace("#+", "").replace("+#", "")  # all of them only where no operation is left
        return {"0": (), "#": ("#",)}.get(summands, (key,))
    source, sink = grammar.ends(part.head)
    entering = {}
    for (a, b), child in zip(grammar.topologies[part.head], part.children):
        entering.setdefault(b, []).append((a, _series(grammar, child)))

    def at(node):
        if node == source:
            return ()
        branches = [before if before == ("#",) or after == () else after if after == ("#",) else before + after
                    for before, after in ((at(a), after) for a, after in entering[node])]
        return branches[0] if len(branches) == 1 else ("{" + "|".join(sorted(map(_text, branches))) + "}",)

    return at(sink)


def _text(series) -> str:
    return ">".join(series) or "0"
