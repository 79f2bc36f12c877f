"""Reading a sweep folder: its plan, its runs as matrices, its failures; finished or not."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ..budget import Budget
from ..errors import ArchGymError
from ..trajectory import Trajectory
from . import manifest, store
from .plan import TaskEntry


@dataclass(frozen=True)
class Failure:
    task: str
    agent: str
    seed: int
    error: str
    traceback: str


@dataclass
class StoredTask(TaskEntry):
    """A task of the plan, and what the manifest says of it."""

    facts: dict


@dataclass
class AgentEntry:
    label: str
    name: str
    hyperparameters: dict[str, tuple]
    """name -> (value, default, documentation)"""
    paper: str


@dataclass
class StoredRun:
    """One finished run of a sweep."""

    id: str
    task: str
    agent: str
    seed: int
    trajectory: Trajectory
    duplicate: np.ndarray
    stop: str
    refused: int
    identity: dict


@dataclass
class Results:
    """The finished runs of one agent on one task, seeds as rows; columns end in NaN where a run ended earlier."""

    seeds: np.ndarray
    values: np.ndarray
    """(S, N) search value of each evaluation; the task's worst where a design failed."""
    incumbents: np.ndarray
    """(S, N) value of the incumbent after each evaluation."""
    holdout: np.ndarray | None
    """(S, N) holdout value of the incumbent; None where the task has no holdout."""
    costs: np.ndarray
    """(S, N) cumulative declared cost."""
    agent_seconds: np.ndarray
    """(S, N) cumulative seconds that the agent took."""
    evaluations: np.ndarray
    distinct: np.ndarray
    duplicates: np.ndarray
    failed: np.ndarray
    infeasible: np.ndarray
    cost: np.ndarray
    seconds: np.ndarray
    stops: list[str]

    def __len__(self):
        return len(self.seeds)


class Sweep:
    """A sweep folder. ArchGymError where there is none."""

    def __init__(self, folder: "Path | str"):
        self.folder = Path(folder)
        found = manifest.read(self.folder)
        if found is None:
            raise ArchGymError(f"{self.folder} is not a sweep folder: it has no manifest.json")
        self.manifest = found
        self.tasks = [StoredTask(t["label"], t["name"], t["options"], Budget(**t["budget"]), t) for t in found["tasks"]]
        self.agents = [AgentEntry(a["label"], a["name"],
                                  {n: (h["value"], h["default"], h["doc"]) for n, h in a["hyperparameters"].items()},
                                  a["paper"]) for a in found["agents"]]
        self.seeds = found["seeds"]
        self._cells = {(task, agent, seed): run_id for run_id, task, agent, seed in found["runs"]}
        self._results = {}

    def budget(self, task: str) -> Budget:
        return self._entry(task).budget

    def _entry(self, task) -> StoredTask:
        return next(t for t in self.tasks if t.label == task)

    @property
    def planned(self) -> int:
        return len(self._cells)

    @cached_property
    def _stored(self) -> dict[tuple[str, str, int], str]:
        """Cells whose run file is there."""
        there = {path.stem for path in (self.folder / "runs").glob("*.parquet")}
        return {cell: run_id for cell, run_id in self._cells.items() if run_id in there}

    @property
    def finished(self) -> int:
        return len(self._stored) - len(self.damaged)

    @cached_property
    def failures(self) -> list[Failure]:
        """Runs that ended in an error, and run files that are damaged."""
        found = []
        for (task, agent, seed), run_id in self._cells.items():
            path = store.failure_file(self.folder, run_id)
            if (task, agent, seed) not in self._stored and path.is_file():
                content = manifest.read_json(path)
                found.append(Failure(task, agent, seed, content["error"], content["traceback"]))
        return found + self.damaged

    @cached_property
    def damaged(self) -> list[Failure]:
        return [Failure(*cell, str(why), "") for cell, why in self._runs[1].items()]

    @cached_property
    def _runs(self):
        """({cell: run}, {cell: why it cannot be read})."""
        sound, damaged = {}, {}
        for cell, run_id in self._stored.items():
            try:
                trajectory, duplicate, facts = store.read_run(self.folder, run_id)
            except store.DamagedRun as why:
                damaged[cell] = why
                continue
            sound[cell] = StoredRun(run_id, *cell, trajectory, duplicate, facts["stop"], facts["refused"],
                                    facts["identity"])
        return sound, damaged

    @property
    def runs(self) -> list[StoredRun]:
        """Every finished run, in the order of the plan."""
        return list(self._runs[0].values())

    def results(self, task: str, agent: str) -> Results:
        """The finished runs of one cell of the grid; it may hold fewer seeds than planned, even none."""
        if (task, agent) not in self._results:
            runs = sorted((r for (t, a, _), r in self._runs[0].items() if (t, a) == (task, agent)), key=lambda r: r.seed)
            self._results[task, agent] = _matrices(self._entry(task), runs)
        return self._results[task, agent]

    def __repr__(self):
        return (f"Sweep({str(self.folder)!r}: {self.finished:,} of {self.planned:,} runs, {len(self.tasks)} tasks, "
                f"{len(self.agents)} agents, {len(self.seeds)} seeds)")


def load(folder: "Path | str") -> Sweep:
    """Read a sweep folder, finished or not."""
    return Sweep(folder)


def _matrices(entry: StoredTask, runs: list[StoredRun]) -> Results:
    paths = [r.trajectory for r in runs]
    width = max(map(len, paths), default=0)

    def matrix(column):
        out = np.full((len(runs), width), np.nan)
        for row, path in zip(out, paths):
            row[:len(path)] = column(path)
        return out

    rows = [path.incumbent_rows() for path in paths]
    at = {id(path): row for path, row in zip(paths, rows)}
    statuses = [np.array(p.status) for p in paths]
    distinct = np.array([int((~r.duplicate).sum()) for r in runs], int)
    return Results(
        seeds=np.array([r.seed for r in runs], int), values=matrix(lambda p: p.value),
        incumbents=matrix(lambda p: p.value[at[id(p)]]), holdout=_holdout(entry, paths, rows, width),
        costs=matrix(lambda p: np.cumsum(p.cost * p.charged)), agent_seconds=matrix(lambda p: p.agent_seconds),
        evaluations=np.array([int(p.charged.sum()) for p in paths], int), distinct=distinct,
        duplicates=np.array([len(p) + r.refused for p, r in zip(paths, runs)], int) - distinct,
        failed=np.array([int((s == "failed").sum()) for s in statuses], int),
        infeasible=np.array([int((s == "infeasible").sum()) for s in statuses], int),
        cost=np.array([float((p.cost * p.charged).sum()) for p in paths]),
        seconds=np.array([float(p.agent_seconds[-1]) if len(p) else 0.0 for p in paths]), stops=[r.stop for r in runs])


def _holdout(entry, paths, rows, width):
    """Holdout value of every incumbent, all runs scored in one call: the search never saw these."""
    if not entry.facts["has_holdout"]:
        return None
    task = entry.task
    out = np.full((len(paths), width), np.nan)
    firsts = [np.unique(row) for row in rows]
    if not paths or not width:
        return out
    genomes = [path.genome(i) for path, first in zip(paths, firsts) for i in first]
    seeds = np.concatenate([path.seed[first] for path, first in zip(paths, firsts)])
    ok = np.concatenate([path.ok[first] for path, first in zip(paths, firsts)])
    held = np.full(len(genomes), task.worst)
    if ok.any():
        chosen = [g for g, sound in zip(genomes, ok) if sound]
        held[ok] = task.holdout_values(np.array(chosen) if hasattr(task.space, "codes") else chosen, seeds[ok])
    start = 0
    for line, row, first in zip(out, rows, firsts):
        line[:len(row)] = held[start + np.searchsorted(first, row)]
        start += len(first)
    return out
