"""From a design to a PyTorch module: which module of this package builds the networks of which space."""

from importlib import import_module

from archgym import registry
from archgym.errors import ArchGymError, unknown

BUILDERS = {"NASBench201": "nasbench201", "einspace": "einspace"}
"""Space -> the module here whose `network(design, shape, classes, **skeleton)` builds its networks."""


def space_for(name: str, shape: tuple[int, ...], classes: int, options: dict):
    """The space by name; one whose designs depend on the input is made for samples of this shape."""
    if name not in BUILDERS:
        raise unknown("space whose designs can be trained:", name, BUILDERS)
    given = {"input": shape, "classes": classes} if name == "einspace" else {}
    return registry.space(name, **given, **options)


def network(name: str, design, shape: tuple[int, ...], classes: int, **skeleton):
    """The module of a design of the space of that name, for samples of this shape; (batch, classes) comes out.

    skeleton: what surrounds the design, such as channels, as the builder of the space has it.
    """
    registry.needed("torch", f"training designs of {name}")
    build = import_module(f".{BUILDERS[name]}", __package__).network
    try:
        return build(design, shape, classes, **skeleton)
    except TypeError as why:
        if "unexpected keyword" not in str(why):
            raise
        raise ArchGymError(f"networks of {name}: {str(why).partition(') ')[2] or why} of their skeleton") from None
