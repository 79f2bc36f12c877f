"""Arrays that a user keeps under a name in the cache folder: a folder each, its arrays and what is known of them."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .cache import default_folder
from .errors import ArchGymError, unknown


@dataclass(frozen=True)
class Shelf:
    """All that is kept of one kind. What is kept is read whole or not at all, and its checksum is checked."""

    kind: str
    """What one of them is called: "table"."""
    made: str
    """How it came here: "imported"."""
    again: Callable[[dict], str]
    """Of what is known of one, how to make it again."""
    decides: Callable[[dict], dict]
    """Of what is known of one, the part that the checksum covers beside the arrays."""
    format: int

    def folder(self) -> Path:
        return default_folder() / f"{self.kind}s"

    def names(self) -> list[str]:
        try:
            return sorted(entry.name for entry in os.scandir(self.folder())
                          if os.path.isfile(os.path.join(entry.path, "about.json")))
        except OSError:  # nothing is kept yet, or the folder cannot be read: no reason for archgym not to start
            return []

    def about(self, name: str) -> dict:
        """What is known of one; no array is read."""
        path = self.folder() / name / "about.json"
        if not path.is_file():
            raise self._unknown(name)
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as why:
            raise ArchGymError(f"{self.kind} {name!r} is damaged: {path}: {why}; 'archgym data remove {name}' removes "
                               "it") from None
        if known["format"] != self.format:
            raise ArchGymError(f"{self.kind} {name!r} was {self.made} by another version of archgym; "
                               f"{self.again(known)} with --replace")
        return known

    def save(self, name: str, known: dict, arrays: dict, replace: bool = False) -> dict:
        """Keep what is known and the numpy arrays; returns what `about` will."""
        import numpy as np

        if not name or name.startswith(".") or "/" in name or ":" in name:
            raise ArchGymError(f"{name!r} cannot name a {self.kind}: it is a folder's name, without '/', ':' or a "
                               "leading dot")
        place = self.folder() / name
        if place.exists() and not replace:
            raise ArchGymError(f"there is a {self.kind} {name!r} already; --replace puts this one in its place, --name "
                               f"gives it another name, 'archgym data remove {name}' removes it")
        known = {"format": self.format, "name": name, **known}
        known["checksum"] = self.checksum(known, arrays)
        self.folder().mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder()))
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

    def load(self, name: str) -> tuple[dict, dict]:
        """(what is known, arrays) of one."""
        import zipfile

        import numpy as np

        known = self.about(name)
        try:
            with np.load(self.folder() / name / "arrays.npz", allow_pickle=False) as file:
                arrays = {key: file[key] for key in file.files}
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as why:
            raise ArchGymError(f"{self.kind} {name!r} cannot be read ({why}); {self.again(known)} with "
                               "--replace") from None
        if self.checksum(known, arrays) != known["checksum"]:
            raise ArchGymError(f"{self.kind} {name!r} is damaged: its checksum is not what it was when it was "
                               f"{self.made}; {self.again(known)} with --replace")
        return known, arrays

    def remove(self, name: str) -> None:
        if name not in self.names():
            raise self._unknown(name)
        shutil.rmtree(self.folder() / name)

    def checksum(self, known: dict, arrays: dict) -> str:
        """sha256 of all that decides what is measured: the arrays, and what their columns are."""
        import numpy as np

        digest = hashlib.sha256(json.dumps(self.decides(known), sort_keys=True).encode())
        for name in sorted(arrays):
            array = np.ascontiguousarray(arrays[name])
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    def _unknown(self, name):
        return unknown(self.kind, name, self.names(), "'archgym data list' shows all.")
