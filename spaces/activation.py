"""Activation functions of one input, derived by a grammar of two levels of unary and binary operations.

Schrodi et al., "Construction of Hierarchical Neural Architecture Search Spaces based on Context-free Grammars", NeurIPS
2023, after Ramachandran, Zoph, Le, "Searching for Activation Functions", 2017. Read: the authors' grammar file.
"""

from dataclasses import replace

from archgym.registry import register_space as space

from .grammar import Grammar
from .grammar_space import GrammarSpace

TOPOLOGIES = {
    "UnaryTopo": ((1, 2),),
    # Two functions of the input, an identity each, stacked at node 4; the binary operation takes both.
    "BinaryTopo": ((4, 5), (1, 2), (1, 3), (2, 4), (3, 4)),
}
RULES = """
    L2 -> BinaryTopo(BINOP, L1, L1, id, id) | UnaryTopo(L1)
    L1 -> BinaryTopo(BINOP, UNOP, UNOP, id, id) | UnaryTopo(UNOP)
    BINOP -> add | multi | sub | div | bmax | bmin | bsigmoid | bgaussian_sq | bgaussian_abs | wavg
    UNOP -> id | neg | abs | square | cubic | square_root | mconst | aconst | log | exp | sin | cos | sinh | cosh | tanh
          | asinh | atanh | sinc | umax | umin | sigmoid | logexp | gaussian | erf | const
"""
SYMMETRIC = {"add", "multi", "bmax", "bmin", "bgaussian_sq", "bgaussian_abs"}
"""Binary operations that give the same with their arguments exchanged."""


@space("ActivationFunctions")
class ActivationFunctions(GrammarSpace):
    """Expressions of up to four unary operations of x, joined by up to three binary ones."""

    def __init__(self):
        super().__init__(Grammar(RULES, TOPOLOGIES))

    def counts(self):
        yield "derivations", self.size, 393_762_525

    def drawing(self, design):
        return replace(super().drawing(design), note=f"f(x) = {self.key(design)}")

    def key(self, design):
        """The expression, arguments of symmetric operations sorted and identities left out."""
        return _expression(design.tree)


def _expression(tree) -> str:
    if tree.head == "UnaryTopo":
        return _expression(tree.children[0])
    if tree.head == "BinaryTopo":
        operation, *arguments = tree.children[:3]
        arguments = list(map(_expression, arguments))
        if operation.head in SYMMETRIC:
            arguments.sort()
        return f"{operation.head}({arguments[0]},{arguments[1]})"
    return "x" if tree.head == "id" else f"{tree.head}(x)"
