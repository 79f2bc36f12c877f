"""What can be picked and by which law, as choices yet without a place, and what a derivation weighs so far."""

from math import gcd, prod

from archgym.choice import Choice
from archgym.errors import Reject

from .terminals import EFFECTS, LARGEST_KERNEL, MODULES, Effect, Misfit, weight


def outline(sort: str, given: tuple) -> tuple:
    """A small stand-in for what a terminal of this sort is given, which the same terminals fit.

    Inputs are without number and their outlines a few hundred, so that the menu of each need be made only once.
    """
    shape, *others = given
    if sort == "computation_fn":
        return ((1,) * (len(shape) - 1) + (min(shape[-1], 4),),)
    if sort == "branching_fn":
        return (tuple([gcd(size, 8) for size in shape]),)
    if sort == "prerouting_fn":
        return ((1, *(min(*shape[1:], LARGEST_KERNEL),) * 2) if len(shape) == 3 else (1, 1),)
    if sort == "postrouting_fn":
        image, = others
        rows = 2 if image and len(shape) == 2 and shape[0] != prod(image) else 1
        return (rows, *(1,) * (len(shape) - 1)), image and (1, 1)
    names = {}
    return tuple([tuple([names.setdefault(size, len(names) + 1) for size in branch]) for branch in given])


def terminals(sort: str, options: tuple[str, ...], given: tuple) -> Choice:
    """The terminals of a sort on what they are given. A terminal is legal where it can compute its shape."""
    legal, weights = [], []
    for name in options:
        try:
            EFFECTS[name](*(given if sort != "postrouting_fn" or name == "col2im" else given[:1]))
            legal.append(True)
            weights.append(weight(name, given[0]))
        except Misfit:
            legal.append(False)
            weights.append(0.0)
    return Choice((), options, tuple(legal), tuple(weights), sort)


def modules(legal: tuple[bool, ...], computation: float) -> Choice:
    """Modules: a legal computation keeps its probability, the others share the rest alike."""
    others = sum(legal[:-1])
    share = (1 - computation) / others if legal[-1] and others else 1.0
    weights = (*(share * is_legal for is_legal in legal[:-1]), (computation if others else 1.0) * legal[-1])
    return Choice((), MODULES, legal, weights, "module")


EXTRA_NODES = {"sequential": 3, "branching": 3, "routing": 3, "computation": 0}
"""Nodes that a module needs at the least, its own two as a computation counted already: modules and terminals to come
are counted when they become certain, so that a draw beyond the cap is rejected early."""


class Tally:
    """What a derivation weighs so far. Reject where a cap is passed."""

    __slots__ = ("nodes", "parameters", "activations", "caps")

    def __init__(self, caps: tuple[int, int, int]):
        self.nodes, self.parameters, self.activations = 2, 0, 0
        self.caps = caps

    def open(self, nodes):
        self.nodes += nodes
        if self.nodes > self.caps[0]:
            raise Reject(f"more than {self.caps[0]:,} nodes")

    def add(self, effect: Effect, copies: int) -> Effect:
        self.parameters += copies * effect.parameters
        self.activations += copies * effect.activations
        if self.parameters > self.caps[1]:
            raise Reject(f"more than {self.caps[1]:,} parameters")
        if self.activations > self.caps[2]:
            raise Reject(f"more than {self.caps[2]:,} activations")
        return effect

    def state(self):
        return self.nodes, self.parameters, self.activations

    def restore(self, state):
        self.nodes, self.parameters, self.activations = state
