"""What can be picked where: the legal terminals of one sort for one input, their law, and what each would do."""

from typing import NamedTuple

from archgym.choice import Choice
from archgym.errors import Reject

from .terminals import EFFECTS, MODULES, Effect, Misfit, weight


class Menu(NamedTuple):
    """The options of one sort on one input."""

    sort: str
    options: tuple[str, ...]
    legal: tuple[bool, ...]
    weights: tuple[float, ...]
    effects: dict[str, Effect] | None = None
    """What each legal terminal would do."""

    def at(self, path: tuple) -> Choice:
        return Choice(path, self.options, self.legal, self.weights, self.sort)


def terminals(sort: str, options: tuple[str, ...], given: tuple) -> Menu:
    """The terminals of a sort on what they are given. A terminal is legal where it can compute its shape."""
    effects = {}
    for name in options:
        try:
            effects[name] = EFFECTS[name](*(given if sort != "postrouting_fn" or name == "col2im" else given[:1]))
        except Misfit:
            pass
    return Menu(sort, options, tuple(name in effects for name in options),
                tuple(weight(name, given[0]) if name in effects else 0.0 for name in options), effects)


def modules(legal: tuple[bool, ...], computation: float) -> Menu:
    """Modules: a legal computation keeps its probability, the others share the rest alike."""
    others = sum(legal[:-1])
    share = (1 - computation) / others if legal[-1] and others else 1.0
    return Menu("module", MODULES, legal, (*(share * is_legal for is_legal in legal[:-1]),
                                           (computation if others else 1.0) * legal[-1]))


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

    def add(self, effect: Effect, copies: int):
        self.parameters += copies * effect.parameters
        self.activations += copies * effect.activations
        if self.parameters > self.caps[1]:
            raise Reject(f"more than {self.caps[1]:,} parameters")
        if self.activations > self.caps[2]:
            raise Reject(f"more than {self.caps[2]:,} activations")

    def state(self):
        return self.nodes, self.parameters, self.activations

    def restore(self, state):
        self.nodes, self.parameters, self.activations = state
