"""Checking what a sweep claims, at three levels, each independent of the one before.

1. incumbents: every run's best design is measured again, search and holdout, and compared.
2. trajectories: k runs, drawn at random, are run again from their identity and compared column by column.
3. statistics: the finals of the report's table are computed again from the run files, by plain code of their own.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .. import registry, streams
from ..budget import Budget
from ..run import identity, run, run_id
from . import store
from .load import Sweep


@dataclass
class Level:
    name: str
    checked: int = 0
    what: str = ""
    faults: list[str] = field(default_factory=list)
    skipped: str | None = None
    """Why nothing could be checked; None where something was."""

    @property
    def passed(self) -> bool:
        return not self.faults and self.skipped is None


def verify(folder: "Path | str", runs: int = 5, seed: int = 0, cache=None) -> list[Level]:
    """The three levels, each with what was checked and every fault found."""
    sweep = Sweep(folder)
    return [incumbents(sweep), trajectories(sweep, runs, seed, cache), statistics(sweep)]


def incumbents(sweep: Sweep) -> Level:
    """Measure every run's incumbent again: value and metrics must be equal, and the file must be whole."""
    level = Level("incumbents", what="incumbents measured again")
    level.faults += [f"{f.agent} on {f.task}, seed {f.seed}: {f.error}" for f in sweep.damaged]
    tasks = {entry.label: entry.task for entry in sweep.tasks}
    for stored in sweep.runs:
        task, path = tasks[stored.task], stored.trajectory
        where = f"{stored.agent} on {stored.task}, seed {stored.seed}"
        if stored.identity["fingerprint"] != task.fingerprint:
            level.faults.append(f"{where}: made with evaluator {stored.identity['fingerprint']}, here is {task.fingerprint}")
            continue
        if not len(path):
            continue
        row = int(path.incumbent_rows()[-1])
        if path.status[row] != "ok" and not path.genome(row):
            continue  # nothing that was proposed is a design, so there is nothing to measure
        fidelity = int(path.fidelity[row]) or None
        found = task.measure(path.genome(row), fidelity=fidelity, seed=int(path.seed[row]))
        level.checked += 1
        if found.status != path.status[row]:
            level.faults.append(f"{where}: incumbent is {found.status}, stored as {path.status[row]}")
        elif found.status == "ok":
            for name in sorted(path.metrics.keys() & found.values):  # an evaluator may tell more than its metrics: a curve
                value = found.values[name]
                if value != path.metrics[name][row]:
                    level.faults.append(f"{where}: incumbent's {name} is {value!r}, stored as {path.metrics[name][row]!r}")
            if task.objective.value(found.values) != path.value[row]:
                level.faults.append(f"{where}: incumbent's value is {task.objective.value(found.values)!r}, "
                                    f"stored as {path.value[row]!r}")
        if (path.value[path.ok] > path.value[row]).any() and not path.fidelity.any():
            level.faults.append(f"{where}: a better trial than the incumbent is stored")
    if not level.checked and not level.faults:
        level.skipped = "no finished run"
    return level


def trajectories(sweep: Sweep, count: int, seed: int, cache=None) -> Level:
    """Run a sample of runs again from their identity; every reproducible column must be equal."""
    level = Level("trajectories", what="runs repeated and compared column by column")
    stored = [r for r in sweep.runs if "wall_seconds" not in r.identity["budget"]]
    if not stored:
        level.skipped = "no finished run under a reproducible budget"
        return level
    order = streams.generator(seed, "verify").permutation(len(stored))[:count]
    names = {a["label"]: (a["name"], a["options"]) for a in sweep.manifest["agents"]}
    tasks = {entry.label: entry.task for entry in sweep.tasks}
    for i in sorted(order.tolist()):
        old = stored[i]
        where = f"{old.agent} on {old.task}, seed {old.seed}"
        task, budget = tasks[old.task], Budget(**old.identity["budget"])
        name, options = names[old.agent]
        agent = registry.agent(name, **options)
        now = identity(task, agent, budget, old.seed, old.identity["duplicates"])
        if run_id(now) != old.id:
            changed = [k for k in now if now[k] != old.identity.get(k)]
            level.faults.append(f"{where}: cannot be repeated here, for {', '.join(changed)} changed since")
            continue
        again = run(task, agent, budget, old.seed, duplicates=old.identity["duplicates"], cache=cache)
        level.checked += 1
        if store.digest(again.trajectory) != store.digest(old.trajectory):
            level.faults.append(f"{where}: the repeated run differs from evaluation {_first_difference(old, again)}")
    return level


def _first_difference(old, again):
    a, b = old.trajectory, again.trajectory
    for i in range(min(len(a), len(b))):
        if a.genome(i) != b.genome(i) or a.value[i] != b.value[i] or a.seed[i] != b.seed[i]:
            return f"{i} on"
    return f"{min(len(a), len(b))} on" if len(a) != len(b) else "in costs, tags or parents"


def statistics(sweep: Sweep) -> Level:
    """Recompute the report's final table (mean, sd, median, seeds) from the run files."""
    level = Level("statistics", what="numbers of the report's final table recomputed")
    path = sweep.folder / "report" / "tables" / "final.csv"
    if not path.is_file():
        level.skipped = f"no report: 'archgym report {sweep.folder}' writes one"
        return level
    finals = {}
    for stored in sweep.runs:
        if len(stored.trajectory):
            best = stored.trajectory.value[stored.trajectory.incumbent_rows()[-1]]
            finals.setdefault((stored.task, stored.agent), []).append(float(best))
    signs = {entry.label: entry.task.objective.sign for entry in sweep.tasks}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = finals.get((row["task"], row["series"]))
            if values is None or row["kind"] != "agent" or row["split"] != "search":
                continue
            raw = signs[row["task"]] * np.array(values)
            expected = {"mean": raw.mean(), "sd": raw.std(ddof=1) if len(raw) > 1 else np.nan, "median": np.median(raw),
                        "runs": len(raw)}
            for name, number in expected.items():
                if row.get(name) in (None, ""):
                    continue
                level.checked += 1
                if not np.isclose(float(row[name]), number, rtol=1e-9, atol=1e-12):
                    level.faults.append(f"{row['series']} on {row['task']}: the report's {name} is {row[name]}, "
                                        f"recomputed {number!r}")
    if not level.checked and not level.faults:
        level.skipped = "the report's final table holds no run of this sweep"
    return level
