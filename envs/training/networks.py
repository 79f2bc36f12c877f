"""From a design to a PyTorch module: which module of this package builds the networks of which space."""

from importlib import import_module
from inspect import signature

from archgym import registry
from archgym.errors import unknown

BUILDERS = {"NASBench201": "nasbench201", "einspace": "einspace"}
"""Space -> the module here whose `network(design, shape, classes, **skeleton)` builds its networks."""


def space_for(name: str, shape: tuple[int, ...], classes: int, options: dict):
    """The space by name; one whose designs depend on the input is made for samples of this shape."""
    if name not in BUILDERS:
        raise unknown("space whose designs can be trained:", name, BUILDERS)
    given = {"input": shape, "classes": classes} if name == "einspace" else {}
    return registry.space(name, **given, **options)


def network(name: str, design, shape: tuple[int, ...], classes: int, *, copies: int = 1, **skeleton):
    """The module of a design of the space of that name, for samples of this shape; (batch, classes) comes out.

    copies: networks of this design side by side, where the builder of the space has them.
    skeleton: what surrounds the design, such as channels, as the builder has it.
    """
    check_skeleton(name, skeleton)
    if copies > 1:
        skeleton["copies"] = copies
    return _builder(name)(design, shape, classes, **skeleton)


def check_skeleton(name: str, skeleton) -> None:
    """Raises UnknownName for a field that the builder of the space does not have."""
    parameters = signature(_builder(name)).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "copies"]
    for field in skeleton:
        if field not in known:
            raise unknown(f"field of the skeleton around designs of {name}:", field, known,
                          None if known else "It has none.")


def _builder(name):
    registry.needed("torch", f"training designs of {name}", "train")
    return import_module(f".{BUILDERS[name]}", __package__).network
