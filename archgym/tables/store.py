"""Imported tables, kept: their declaration, their rows, and what notices that the space has changed since."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..errors import ArchGymError
from .declare import Declaration, Declared
from .folder import TABLES

WITNESSES = 8  # rows whose text is kept, to notice a space that changed since


def declaration(known: dict) -> Declaration:
    said = dict(known["declaration"])
    said["cost"] = {(int(f) if f else None): column for f, column in said["cost"].items()}
    for kind in ("metrics", "holdout"):
        said[kind] = {name: Declared(**m | {"columns": {(int(f) if f else None): c for f, c in m["columns"].items()}})
                      for name, m in said[kind].items()}
    return Declaration(**said)


def save(d: Declaration, space, arrays, replace: bool = False) -> dict:
    """Keep a checked table under its name; returns what `about` will."""
    packed = _packed(arrays)
    plain = d.to_dict()
    plain["cost"] = {str(f or ""): column for f, column in d.cost.items()}
    for kind in ("metrics", "holdout"):
        for metric in plain[kind].values():
            metric["columns"] = {str(f or ""): c for f, c in metric["columns"].items()}
    rows = len(arrays.genomes)
    known = {"rows": rows, "size": space.size, "declaration": plain, "file_sha256": _file_digest(d.file),
             "imported": datetime.now(UTC).isoformat(timespec="seconds"),
             "witnesses": {str(row): space.text_of(_genome(arrays.genomes, row))
                           for row in sorted({i * (rows - 1) // (WITNESSES - 1) for i in range(WITNESSES)})}}
    return TABLES.save(d.name, known, packed, replace)


def load(name: str):
    """(what is known, space, arrays) of an imported table, its checksum and its space checked."""
    from .read import Arrays
    from .spaces import space_of

    known, packed = TABLES.load(name)
    space = space_of(known["declaration"]["space"])
    genomes = packed.pop("genomes")
    keys = packed.pop("keys", None)
    if not hasattr(space, "codes"):
        genomes = [tuple(row[row >= 0].tolist()) for row in genomes]
    for row, text in known["witnesses"].items():
        try:
            now = space.text_of(_genome(genomes, int(row)))
        except ArchGymError as why:
            now = str(why)
        if now != text:
            raise ArchGymError(f"table {name!r} was imported when row {row} of {space.name} was {text}; now it is "
                               f"{now}: the space has changed; {TABLES.again(known)} with --replace")
    return known, space, Arrays(genomes, None if keys is None else keys.tolist(), packed)


def _packed(arrays) -> dict[str, np.ndarray]:
    genomes = arrays.genomes
    if not isinstance(genomes, np.ndarray):
        packed = np.full((len(genomes), max(map(len, genomes))), -1, np.int32)
        for row, genome in zip(packed, genomes, strict=True):
            row[:len(genome)] = genome
        genomes = packed
    keys = {} if arrays.keys is None else {"keys": np.array(arrays.keys, str)}
    return {"genomes": genomes, **arrays.columns, **keys}


def _genome(genomes, row) -> tuple[int, ...]:
    return tuple(map(int, genomes[row]))


def _file_digest(path) -> str:
    """sha256 of a file, or of the names and digests of a folder's files."""
    if Path(path).is_dir():
        files = [file for file in sorted(Path(path).iterdir()) if file.is_file()]
        return hashlib.sha256("".join(f"{f.name} {_file_digest(f)}\n" for f in files).encode()).hexdigest()
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
