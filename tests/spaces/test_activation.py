"""The activation grammar: its count, its keys against evaluated functions."""

from math import cosh, exp, sin, sinh

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym import registry
from archgym.spaces.activation import SYMMETRIC
from archgym.streams import uniform

SPACE = registry.space("ActivationFunctions")


def test_there_are_393_762_525_derivations():
    unary, binary = 25, 10
    level1 = binary * unary**2 + unary
    assert SPACE.size == binary * level1**2 + level1 == 393_762_525


def value(tree, x):
    """The function at x, with numbers for operations: symmetric ones add, the others do not commute."""
    if tree.head == "UnaryTopo":
        return value(tree.children[0], x)
    if tree.head == "BinaryTopo":
        name = tree.children[0].head
        one, other = (value(child, x) for child in tree.children[1:3])
        shift = sum(map(ord, name)) / 1000
        return sin(one + other + shift) if name in SYMMETRIC else sin(one - 0.7 * other + shift)
    if tree.head == "id":
        return x
    return {"sinh": sinh, "cosh": cosh, "gaussian": lambda x: exp(-x * x)}.get(
        tree.head, lambda x: sin(x + sum(ord(c) * i for i, c in enumerate(tree.head, start=1))))(x)


@given(st.integers(0, 2**32))
def test_derivations_with_one_key_are_one_function(seed):
    u = uniform(seed)
    genome = SPACE.sample(u)
    design = SPACE.decode(genome)
    for near in SPACE.neighbours(genome, u)[::7]:
        other = SPACE.decode(near)
        same = all(abs(value(design.tree, x) - value(other.tree, x)) < 1e-9 for x in (0.3, -1.1, 0.77))
        assert (SPACE.key(other) == SPACE.key(design)) <= same


@pytest.mark.parametrize("operation, symmetric", [
    ("add", True), ("multi", True), ("bgaussian_sq", True), ("sub", False), ("div", False), ("wavg", False)])
def test_arguments_of_symmetric_operations_have_no_order(operation, symmetric):
    def key(one, other):
        inner = f"(L1 BinaryTopo (BINOP {operation}) (UNOP {one}) (UNOP {other}) id id)"
        return SPACE.key(SPACE.parse(f"(L2 UnaryTopo {inner})"))

    assert (key("sin", "cos") == key("cos", "sin")) == symmetric
    assert key("id", "cos") == f"{operation}({'cos(x),x' if symmetric else 'x,cos(x)'})"


def test_the_text_of_the_authors_code_is_read():
    design = SPACE.parse("(L2 UnaryTopo (L1 UnaryTopo (UNOP umax)))")
    assert SPACE.key(design) == "umax(x)"
    assert SPACE.graph(design).labels == ("input", "umax", "output")
