"""The sweep files that come with the collections of experiments: all that listing them needs, and light to import."""

from importlib.util import find_spec
from pathlib import Path

from .. import registry


def builtin() -> dict[str, Path]:
    """Name -> file, a collection after the other."""
    found = {}
    for package in registry.collections("experiments"):
        for folder in find_spec(package).submodule_search_locations:
            found |= {file.stem: file for file in sorted(Path(folder).glob("*.yaml"))}
    return found
