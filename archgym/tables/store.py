"""Imported tables in the user's cache folder: a folder a table, its arrays and what is known of them."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..errors import ArchGymError, unknown
from .declare import Declaration, Declared
from .folder import folder, names

FORMAT = 2
WITNESSES = 8  # rows whose text is kept, to notice a space that changed since


def about(name: str) -> dict:
    """What is known of an imported table; no array is read."""
    path = folder() / name / "about.json"
    if not path.is_file():
        raise unknown("table", name, names(), "'archgym data list' shows all.")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as why:
        raise ArchGymError(f"table {name!r} is damaged: {path}: {why}; 'archgym data remove {name}' removes "
                           "it") from None
    if known["format"] != FORMAT:
        raise ArchGymError(f"table {name!r} was imported by another version of archgym; import it again from "
                           f"{known['declaration']['file']} with --replace")
    return known


def declaration(known: dict) -> Declaration:
    said = dict(known["declaration"])
    said["cost"] = {(int(f) if f else None): column for f, column in said["cost"].items()}
    for kind in ("metrics", "holdout"):
        said[kind] = {name: Declared(**m | {"columns": {(int(f) if f else None): c for f, c in m["columns"].items()}})
                      for name, m in said[kind].items()}
    return Declaration(**said)


def save(d: Declaration, space, arrays, replace: bool = False) -> dict:
    """Keep a checked table under its name; returns what `about` will."""
    place = folder() / d.name
    if place.exists() and not replace:
        raise ArchGymError(f"there is a table {d.name!r} already; --replace takes this one in its place, --name gives "
                           f"it another name, 'archgym data remove {d.name}' removes it")
    packed = _packed(arrays)
    plain = d.to_dict()
    plain["cost"] = {str(f or ""): column for f, column in d.cost.items()}
    for kind in ("metrics", "holdout"):
        for metric in plain[kind].values():
            metric["columns"] = {str(f or ""): c for f, c in metric["columns"].items()}
    rows = len(arrays.genomes)
    known = {"format": FORMAT, "name": d.name, "rows": rows, "size": space.size, "declaration": plain,
             "checksum": checksum(plain, packed), "file_sha256": _file_digest(d.file),
             "imported": datetime.now(UTC).isoformat(timespec="seconds"),
             "witnesses": {str(row): space.text_of(_genome(arrays.genomes, row))
                           for row in sorted({i * (rows - 1) // (WITNESSES - 1) for i in range(WITNESSES)})}}
    folder().mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".importing-", dir=folder()))
    try:
        (fresh := aside / "new").mkdir()
        np.savez(fresh / "arrays.npz", **packed)
        (fresh / "about.json").write_text(json.dumps(known, indent=1), encoding="utf-8")
        if place.exists():
            place.rename(aside / "old")
        fresh.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return known


def load(name: str):
    """(what is known, space, arrays) of an imported table, its checksum and its space checked."""
    from .read import Arrays
    from .spaces import space_of

    known = about(name)
    remedy = f"; import it again from {known['declaration']['file']} with --replace"
    try:
        with np.load(folder() / name / "arrays.npz", allow_pickle=False) as file:
            packed = {key: file[key] for key in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as why:
        raise ArchGymError(f"table {name!r} cannot be read ({why}){remedy}") from None
    if checksum(known["declaration"], packed) != known["checksum"]:
        raise ArchGymError(f"table {name!r} is damaged: its checksum is not what it was when it was imported{remedy}")
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
                               f"{now}: the space has changed{remedy}")
    return known, space, Arrays(genomes, None if keys is None else keys.tolist(), packed)


def remove(name: str) -> None:
    if name not in (known := names()):
        raise unknown("table", name, known, "'archgym data list' shows all.")
    shutil.rmtree(folder() / name)


def checksum(declaration: dict, packed: dict) -> str:
    """sha256 of all that decides what is measured: the arrays, and what their columns are."""
    decides = {k: declaration[k]
               for k in ("space", "metrics", "holdout", "objective", "cost_unit", "identity", "sample")}
    digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode())
    for name in sorted(packed):
        array = np.ascontiguousarray(packed[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


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
