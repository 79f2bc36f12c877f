"""How a network is trained: a handful of settings, checked when they are read."""

from dataclasses import dataclass, fields, replace
from typing import Literal, get_args, get_type_hints

from archgym.errors import ArchGymError, unknown


@dataclass(frozen=True)
class Recipe:
    epochs: int = 8
    """Every epoch is a fidelity."""
    batch: int = 128
    optimizer: Literal["sgd", "adamw"] = "sgd"
    """"sgd": with Nesterov momentum."""
    learning_rate: float = 0.1
    schedule: Literal["cosine", "constant"] = "cosine"
    """"cosine": the learning rate falls to zero along half a cosine over all epochs."""
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.0
    augmentation: Literal["none", "shift", "shift-flip"] = "none"
    """"shift": up to an eighth of each side; "shift-flip": mirrored half the time as well."""
    memory_gib: float = 8.0
    """A network that is estimated to need more in training is infeasible."""

    def __post_init__(self):
        hints = get_type_hints(type(self))
        for field in fields(self):
            value = getattr(self, field.name)
            if allowed := get_args(hints[field.name]):
                if value not in allowed:
                    raise unknown(f"{field.name} of a recipe:", value, allowed)
            elif isinstance(value, bool) or not isinstance(value, (int, hints[field.name])):
                raise ArchGymError(f"recipe: {field.name} is a {hints[field.name].__name__}, got {value!r}")
        for name, low, high in (("epochs", 1, None), ("batch", 2, None), ("learning_rate", 0, None), ("momentum", 0, 1),
                                ("weight_decay", 0, None), ("label_smoothing", 0, 1), ("memory_gib", 0, None)):
            value = getattr(self, name)
            if not value >= low or high is not None and not value < high:
                raise ArchGymError(f"recipe: {name} must be at least {low}{f' and less than {high}' if high else ''}, "
                                   f"got {value!r}")

    def __str__(self):
        """Only what differs from the defaults, as `read` reads it."""
        values = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}
        return ", ".join(f"{name}: {value}" for name, value in values.items())


def read(given: "dict | str | None") -> Recipe:
    """A recipe from a mapping of settings, or from text such as "epochs: 4, learning_rate: 0.05"."""
    if given is None:
        return Recipe()
    if isinstance(given, str):
        import yaml

        try:
            given = yaml.safe_load(f"{{{given}}}")
        except yaml.YAMLError:
            raise ArchGymError(f"recipe {given!r} is not of the form 'epochs: 4, learning_rate: 0.05'") from None
    known = [f.name for f in fields(Recipe)]
    for name in given:
        if name not in known:
            raise unknown("field of a recipe:", name, known)
    return replace(Recipe(), **given)
