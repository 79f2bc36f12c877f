"""Surrogates in the user's cache folder: a folder each, its arrays and what is known of it."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from ..errors import ArchGymError, unknown
from .folder import folder, names

FORMAT = 1


def about(name: str) -> dict:
    """What is known of a surrogate; no array is read."""
    path = folder() / name / "about.json"
    if not path.is_file():
        raise unknown("surrogate", name, names(), "'archgym data list' shows all.")
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as why:
        raise ArchGymError(f"surrogate {name!r} is damaged: {path}: {why}; 'archgym data remove {name}' removes "
                           "it") from None
    if known["format"] != FORMAT:
        raise ArchGymError(f"surrogate {name!r} was fitted by another version of archgym; fit it again with --replace")
    return known


def save(name: str, known: dict, arrays: dict[str, np.ndarray], replace: bool = False) -> dict:
    """Keep a surrogate under its name; returns what `about` will."""
    if not name or name.startswith(".") or "/" in name or ":" in name:
        raise ArchGymError(f"{name!r} cannot name a surrogate: it is a folder's name, without '/', ':' or a leading "
                           "dot")
    place = folder() / name
    if place.exists() and not replace:
        raise ArchGymError(f"there is a surrogate {name!r} already; --replace puts this one in its place, --name gives "
                           f"it another name, 'archgym data remove {name}' removes it")
    known = {"format": FORMAT, "name": name, **known}
    known["checksum"] = checksum(known, arrays)
    folder().mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".fitting-", dir=folder()))
    try:
        (fresh := aside / "new").mkdir()
        np.savez(fresh / "arrays.npz", **arrays)
        (fresh / "about.json").write_text(json.dumps(known, indent=1), encoding="utf-8")
        if place.exists():
            place.rename(aside / "old")
        fresh.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return known


def load(name: str) -> tuple[dict, dict[str, np.ndarray]]:
    """(what is known, arrays) of a surrogate, its checksum checked."""
    known = about(name)
    try:
        with np.load(folder() / name / "arrays.npz", allow_pickle=False) as file:
            arrays = {key: file[key] for key in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as why:
        raise ArchGymError(f"surrogate {name!r} cannot be read ({why}); fit it again with --replace") from None
    if checksum(known, arrays) != known["checksum"]:
        raise ArchGymError(f"surrogate {name!r} is damaged: its checksum is not what it was when it was fitted; fit it "
                           "again with --replace")
    return known, arrays


def remove(name: str) -> None:
    if name not in (known := names()):
        raise unknown("surrogate", name, known, "'archgym data list' shows all.")
    shutil.rmtree(folder() / name)


def checksum(known: dict, arrays: dict[str, np.ndarray]) -> str:
    """sha256 of all that decides what is predicted: the arrays, what their columns are, and the parent's task."""
    decides = {"parent": known["parent"]["id"], **{k: known[k] for k in ("metrics", "parameters")}}
    digest = hashlib.sha256(json.dumps(decides, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()
