"""lottery.json: what was entered into the lottery of a folder."""

from pathlib import Path

from ..errors import ArchGymError
from ..sweep import manifest, store

FILE = "lottery.json"
FAR = 1_000_000
"""How far the seeds of the runs that judge are from the seeds of those that choose."""


def write(folder: Path, entered) -> None:
    store.write_json(folder / FILE, {
        "tasks": [{"label": t.label, "name": t.name, "options": t.options} for t in entered.tasks],
        "configurations": entered.configurations, "seeds": entered.seeds, "evaluations": entered.evaluations,
        "tuner": entered.tuner,
        "agents": [{"name": e.name, "drawn": e.drawn, "refused": e.refused} for e in entered.entrants]})


def held(folder: Path) -> dict | None:
    """What the folder holds; None where no lottery was played there."""
    return manifest.read_json(folder / FILE) if (folder / FILE).is_file() else None


def read(folder: Path) -> dict:
    """The same. ArchGymError where there is none."""
    found = held(folder)
    if found is None:
        raise ArchGymError(f"{folder} is not the folder of a lottery: it has no {FILE}")
    return found
