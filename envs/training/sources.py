"""Data sets by name: each is a file of `datasets`, or a folder of arrays. Nothing is downloaded."""

from functools import cache
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import get_type_hints

from archgym.errors import ArchGymError, unknown

from .data import Data


@cache
def names() -> dict[str, str]:
    """Data set -> module of `datasets`."""
    files = sorted(path.stem for path in (Path(__file__).parent / "datasets").glob("*.py"))
    return {stem.replace("_", "-"): stem for stem in files if not stem.startswith("_")}


def load(name: str, options: dict | None = None) -> Data:
    """The data set of that name, or the arrays in that folder, with options of its own."""
    options = options or {}
    if name not in names():
        if not Path(name).expanduser().is_dir():
            raise unknown("data set", name, names(), f"Named ones: {', '.join(names())}; or a folder of train_x.npy, "
                          "train_y.npy and the like.")
        if "folder" in options:
            raise ArchGymError(f"data is the folder {name}, and data_options name one too; give it once")
        name, options = "arrays", {"folder": name} | options
    module = import_module(f".datasets.{names()[name]}", __package__)
    check(name, module.load, options)
    return module.load(**options)


def check(name, load, options):
    known, hints = signature(load).parameters, get_type_hints(load)
    for option, value in options.items():
        if option not in known:
            raise unknown(f"option of data set {name}:", option, known, None if known else "It takes none.")
        if isinstance(value, bool) or not isinstance(value, hints[option]):
            raise ArchGymError(f"data set {name}: {option} is {'text' if hints[option] is str else 'a whole number'}, "
                               f"got {value!r}")
        if isinstance(value, int) and value < 1:
            raise ArchGymError(f"data set {name}: {option} is at least 1, got {value}")
