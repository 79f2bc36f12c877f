"""From a design to a PyTorch module: the file of `builders` that names the design's space builds it."""

import re
from ast import literal_eval
from functools import cache
from importlib import import_module
from inspect import signature
from math import inf
from numbers import Integral, Real
from pathlib import Path
from typing import Literal, get_args, get_origin

from archgym import registry
from archgym.errors import ArchGymError, unknown

from .recipe import Recipe

_LINE = re.compile(r"^(SPACES|AXES) = (.+)$", re.MULTILINE)
VALUES = {bool: "true or false", int: "a whole number, 1 or more", float: "a number above 0"}
AXES = {2: "channels x length", 3: "channels x height x width"}


@cache
def builders() -> dict[str, tuple[str, tuple[int, ...] | None]]:
    """Space -> (module of `builders`, how many axes a sample may have, None for any), read from the sources."""
    found = {}
    for path in sorted((Path(__file__).parent / "builders").glob("*.py")):
        lines = {name: literal_eval(value) for name, value in _LINE.findall(path.read_text(encoding="utf-8"))}
        for space in lines.get("SPACES", ()):
            found[space] = path.stem, lines.get("AXES", tuple(AXES))
    return dict(sorted(found.items()))


def space_for(name: str, shape: tuple[int, ...], classes: int, options: dict):
    """The space by name; one whose designs depend on the input is made for samples of this shape."""
    if name not in builders():
        raise unknown("space whose designs can be trained:", name, builders())
    axes = builders()[name][1]
    if axes is not None and len(shape) not in axes:
        any_shape = [space for space, (_, axes) in builders().items() if axes is None]
        raise ArchGymError(f"networks of {name} take {' or '.join(map(AXES.get, axes))}, the samples have the shape "
                           f"{shape}; {' and '.join(any_shape)} take any")
    given = getattr(_module(name), "given", None)
    return registry.space(name, **(given(shape, classes) if given else {}), **options)


def network(name: str, design, shape: tuple[int, ...], classes: int, *, copies: int = 1, **skeleton):
    """The module of a design of the space of that name, for samples of this shape; (batch, classes) comes out.

    copies: networks of this design side by side, where the builder of the space has them.
    skeleton: what surrounds the design, such as channels, as the builder has it.
    """
    check_skeleton(name, skeleton)
    if copies > 1:
        skeleton["copies"] = copies
    return _module(name).network(design, shape, classes, **skeleton)


def recipe(name: str, design, given: Recipe) -> Recipe:
    """How a design is trained: as given, but for what the design itself sets."""
    own = getattr(_module(name), "recipe", None)
    return own(design, given) if own else given


def skeleton_of(name: str) -> dict:
    """Fields of the skeleton around designs of the space of that name -> their published values."""
    return {field: parameter.default for field, parameter in _fields(name).items()}


def check_skeleton(name: str, skeleton) -> None:
    """Raises an ArchGymError for a field that the builder of the space does not have, and for a wrong value."""
    known = _fields(name)
    for field, value in skeleton.items():
        if field not in known:
            raise unknown(f"field of the skeleton around designs of {name}:", field, known,
                          None if known else "It has none.")
        kind = known[field].annotation
        if get_origin(kind) is Literal:
            if value not in get_args(kind):
                raise unknown(f"{field} of the skeleton around designs of {name}:", value, get_args(kind))
        elif not _fits(value, kind):
            raise ArchGymError(f"{field} of the skeleton around designs of {name} is {VALUES[kind]}, got {value!r}")


def _fits(value, kind):
    if kind is bool or isinstance(value, bool):
        return kind is type(value)
    if kind is int:
        return isinstance(value, Integral) and value >= 1
    return isinstance(value, Real) and 0 < value < inf


def _fields(name):
    parameters = signature(_module(name).network).parameters
    return {field: p for field, p in parameters.items() if p.kind is p.KEYWORD_ONLY and field != "copies"}


def _module(name):
    registry.needed("torch", f"training designs of {name}", "train")
    return import_module(f".builders.{builders()[name][0]}", __package__)
