"""Derivations of the einspace grammar, and the inference of shapes along them."""

from collections.abc import Callable
from typing import NamedTuple

from archgym.errors import IllegalDesign

from .terminals import BRANCHES, EFFECTS, Effect, Misfit, Shape


def _text(self) -> str:
    return format_derivation(self)


class Sequential(NamedTuple):
    """second(first(x))"""

    first: "Derivation"
    second: "Derivation"
    __repr__ = _text


class Branching(NamedTuple):
    """Split, apply an inner derivation to each part, aggregate.

    Two branches have an inner derivation each. Four and eight share one (`inner2` is None), with weights of their own.
    """

    branching: str
    inner1: "Derivation"
    inner2: "Derivation | None"
    aggregation: str
    __repr__ = _text

    @property
    def factor(self) -> int:
        return BRANCHES[self.branching]

    @property
    def tied(self) -> bool:
        return self.factor > 2


class Routing(NamedTuple):
    """postrouting(inner(prerouting(x)))"""

    prerouting: str
    inner: "Derivation"
    postrouting: str
    __repr__ = _text


class Computation(NamedTuple):
    """A terminal by itself."""

    computation: str
    __repr__ = _text


Derivation = Sequential | Branching | Routing | Computation
SYMBOLS = {Sequential: "sequential", Branching: "branching", Routing: "routing", Computation: "computation"}

Visit = Callable[[str, tuple, Effect, int], None]
"""visit(terminal, what it was given, its effect, how many copies of it the ties make), in the order of computation."""


def infer(design: Derivation, shape: Shape, visit: Visit | None = None, copies: int = 1) -> Shape:
    """The shape that comes out. IllegalDesign names the module whose shapes do not fit."""
    kind = type(design)
    if kind is Sequential:
        return infer(design.second, infer(design.first, shape, visit, copies), visit, copies)
    if kind is Computation:
        return _step(design, design.computation, (shape,), visit, copies).shape
    if kind is Routing:
        before = _step(design, design.prerouting, (shape,), visit, copies)
        shape = infer(design.inner, before.shape, visit, copies)
        given = (shape, before.image) if design.postrouting == "col2im" else (shape,)
        return _step(design, design.postrouting, given, visit, copies).shape
    if kind is not Branching:
        raise IllegalDesign(f"einspace: {design!r} is no module; a derivation is made of Sequential, Branching, "
                            "Routing and Computation")
    check_branches(design)
    part = _step(design, design.branching, (shape,), visit, copies)
    if design.tied:
        given = (infer(design.inner1, part.shape, visit, copies * part.parts),) * part.parts
    else:
        given = infer(design.inner1, part.shape, visit, copies), infer(design.inner2, part.shape, visit, copies)
    return _step(design, design.aggregation, given, visit, copies).shape


def check_branches(design: Branching) -> None:
    """IllegalDesign where it has not the inner derivations that its branching function takes."""
    if design.branching not in BRANCHES:
        raise IllegalDesign(f"einspace: {brief(design)}: {design.branching!r} is no branching_fn")
    if design.tied != (design.inner2 is None):
        raise IllegalDesign(f"einspace: {brief(design)}: {design.branching} takes "
                            f"{'one inner derivation' if design.tied else 'two inner derivations'}")


def _step(module, terminal, given, visit, copies):
    try:
        effect = EFFECTS[terminal](*given)
    except (Misfit, KeyError, TypeError) as why:
        reason = f"{terminal} {why}" if isinstance(why, Misfit) else f"{terminal!r} is no terminal that stands here"
        raise IllegalDesign(f"einspace: {brief(module)}: {reason}") from None
    if visit is not None:
        visit(terminal, given, effect, copies)
    return effect


class Profile(NamedTuple):
    """What a derivation weighs, tied copies counted as often as they are built. The head is not in it."""

    shape: Shape
    parameters: int
    activations: int
    """Numbers that all terminals put out for one sample."""


def profile(design: Derivation, shape: Shape) -> Profile:
    parameters = activations = 0

    def visit(terminal, given, effect, copies):
        nonlocal parameters, activations
        parameters += copies * effect.parameters
        activations += copies * effect.activations

    shape = infer(design, shape, visit)
    return Profile(shape, parameters, activations)


def modules(design: Derivation):
    """Every module from the root down, in the order of the text; a tied branch once."""
    yield design
    for field in design:
        if isinstance(field, tuple):
            yield from modules(field)


def nodes(design: Derivation) -> int:
    """Symbols of the derivation, modules and terminals; a tied branch once."""
    return sum(1 + sum(isinstance(field, str) for field in module) for module in modules(design))


def format_derivation(design: Derivation) -> str:
    """(sequential A B), (branching SPLIT A [B] JOIN), (routing PRE A POST); a computation is its terminal."""
    if type(design) is Computation:
        return str(design.computation)
    return f"({SYMBOLS[type(design)]} {' '.join([_part(part) for part in design if part is not None])})"


def _part(part):
    return format_derivation(part) if type(part) in SYMBOLS else str(part)


def brief(design: Derivation, room: int = 120) -> str:
    """The text of a module for a message; where it is long, what stands inside its own modules is left out."""
    text = format_derivation(design)
    if len(text) <= room:
        return text
    parts = (f"({SYMBOLS[type(part)]} ...)" if type(part) in SYMBOLS and type(part) is not Computation else str(part)
             for part in filter(None, design))
    return f"({SYMBOLS[type(design)]} {' '.join(parts)})"
