"""From a design to a PyTorch module: which module of this package builds the networks of which space."""

from importlib import import_module
from inspect import signature

from archgym import registry
from archgym.errors import ArchGymError, unknown

from .recipe import Recipe

BUILDERS = {"NASBench201": "nasbench201", "einspace": "einspace", "HPOBenchMLP": "perceptron", "FCNet": "perceptron"}
"""Space -> the module here whose `network(design, shape, classes, **skeleton)` builds its networks.

Where a design says how it is trained too, the module has `recipe(design, recipe)` as well.
"""


def space_for(name: str, shape: tuple[int, ...], classes: int, options: dict):
    """The space by name; one whose designs depend on the input is made for samples of this shape."""
    if name not in BUILDERS:
        raise unknown("space whose designs can be trained:", name, BUILDERS)
    if len(shape) not in (2, 3) and BUILDERS[name] != "perceptron":
        raise ArchGymError(f"networks of {name} take channels x length or channels x height x width, the samples have "
                           f"the shape {shape}; HPOBenchMLP and FCNet take any")
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
    return _module(name).network(design, shape, classes, **skeleton)


def recipe(name: str, design, given: Recipe) -> Recipe:
    """How a design is trained: as given, but for what the design itself sets."""
    own = getattr(_module(name), "recipe", None)
    return own(design, given) if own else given


def check_skeleton(name: str, skeleton) -> None:
    """Raises UnknownName for a field that the builder of the space does not have."""
    parameters = signature(_module(name).network).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY and p.name != "copies"]
    for field in skeleton:
        if field not in known:
            raise unknown(f"field of the skeleton around designs of {name}:", field, known,
                          None if known else "It has none.")


def _module(name):
    registry.needed("torch", f"training designs of {name}", "train")
    return import_module(f".{BUILDERS[name]}", __package__)
