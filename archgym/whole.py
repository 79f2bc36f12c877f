"""Files that are there whole or not at all: written beside, and renamed into place."""

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable) -> None:
    """Let `write` fill a binary file, and put it in place; where that fails nothing is left of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(beside, "wb") as file:
            write(file)
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    write_whole(path, lambda file: file.write(text.encode()))
