"""The space of a table's designs: a registered one, one of a module, or one that the declaration writes out."""

import re

from .. import registry
from ..choice import Choice
from ..errors import ArchGymError
from ..product import ProductSpace
from ..space import Space


class InlineSpace(ProductSpace):
    """A space that a table's declaration writes out: an option a column."""

    def __init__(self, options: dict):
        self.options = options
        super().__init__(tuple(Choice((str(name),), tuple(some)) for name, some in options.items()))

    @property
    def name(self):
        return "columns"


def space_of(declared: "str | dict") -> Space:
    if isinstance(declared, dict):
        return InlineSpace(declared)
    match = re.fullmatch(r"([^()]+)\((.*)\)", declared.strip(), re.DOTALL)
    name = match[1] if match else declared.strip()
    options = dict(_option(part, declared) for part in match[2].split(",") if part.strip()) if match else {}
    if ":" in name:
        found = registry.from_text(name, "space")
        found = found if isinstance(found, Space) else found(**options)
        if not isinstance(found, Space):
            raise ArchGymError(f"{name} gives {found!r}, not a Space")
        return found
    return registry.space(name, **options)


def _option(text, where):
    import yaml

    name, equals, value = text.partition("=")
    if not equals:
        raise ArchGymError(f"space {where!r}: expected Name(option=value,...)")
    return name.strip(), yaml.safe_load(value)


def release_of(space: Space, folder):
    """How this space reads the folder in which its official table is released: its attribute `release`.

    It has `declaration`, what a YAML file would say, and `read(folder, progress)`, which gives {column: values}.
    """
    if not hasattr(space, "release"):
        raise ArchGymError(f"{folder} is a folder, and {space.name} knows of no release that comes as one; give a "
                           "Parquet or CSV file")
    return space.release
