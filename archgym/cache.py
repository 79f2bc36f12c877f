"""The evaluation cache: every agent pays, the machine measures once.

One SQLite file holds (fingerprint, clean genome or key, fidelity, seed) -> measurement for evaluators that are slow. A
measurement is durable when `get_or_measure` returns. Two processes that want the same one measure it once: the second
waits on a byte-range lock, which the system releases when its holder dies.
"""

import fcntl
import json
import os
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported on use: whoever only asks for the folder, as `archgym list` does, needs no numpy
    from .evaluator import Measurement


def default_folder() -> Path:
    """$ARCHGYM_CACHE, or `archgym` in the user's cache folder."""
    if folder := os.environ.get("ARCHGYM_CACHE"):
        return Path(folder)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archgym"


class EvaluationCache:
    """Measurements of slow evaluators, shared by all processes that name one folder."""

    def __init__(self, folder: "Path | str | None" = None, *, end_process_when_hung: bool = False):
        import sqlite3

        self.folder = Path(folder) if folder else default_folder()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._end_process = end_process_when_hung
        self._locks = os.open(self.folder / "evaluations.lock", os.O_RDWR | os.O_CREAT, 0o644)
        self._database = sqlite3.connect(self.folder / "evaluations.sqlite", timeout=60, isolation_level=None,
                                         check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS measurements (place BLOB PRIMARY KEY, fingerprint TEXT, design TEXT, "
            "fidelity INTEGER, seed INTEGER, metrics TEXT, cost REAL, status TEXT, error TEXT, seconds REAL) "
            "WITHOUT ROWID")

    def get(self, fingerprint, design, fidelity, seed) -> "Measurement | None":
        """What was measured before, or None."""
        return self._read(_place(fingerprint, design, fidelity, seed))

    def get_or_measure(self, fingerprint, design, fidelity, seed, limit_seconds, evaluate) -> "Measurement":
        """The stored measurement, or `evaluate()`'s, stored before this returns. An exception stores nothing."""
        from .limit import limited

        place = _place(fingerprint, design, fidelity, seed)
        if (found := self._read(place)) is not None:
            return found
        with self._alone(place):
            if (found := self._read(place)) is not None:
                return found

            def store(measurement, seconds):
                self._database.execute(
                    "INSERT OR IGNORE INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (place, fingerprint, design, fidelity, seed, json.dumps(measurement.values), measurement.cost,
                     measurement.status, measurement.error, seconds))

            started = perf_counter()
            found = limited(limit_seconds, evaluate, store if self._end_process else None)
            store(found, perf_counter() - started)
            return found

    def __len__(self):
        return self._database.execute("SELECT count(*) FROM measurements").fetchone()[0]

    def close(self):
        self._database.close()
        os.close(self._locks)

    def _read(self, place):
        from .evaluator import Measurement

        row = self._database.execute("SELECT metrics, cost, status, error FROM measurements WHERE place = ?",
                                     (place,)).fetchone()
        return None if row is None else Measurement(json.loads(row[0]), *row[1:])

    @contextmanager
    def _alone(self, place):
        offset = int.from_bytes(place[:7], "little")
        fcntl.lockf(self._locks, fcntl.LOCK_EX, 1, offset)
        try:
            yield
        finally:
            fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, offset)


def _place(fingerprint, design, fidelity, seed) -> bytes:
    return blake2b(json.dumps([fingerprint, design, fidelity, seed]).encode(), digest_size=16).digest()
