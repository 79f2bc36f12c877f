"""Small sweeps for the report's tests: real tasks over a table, runs by random search and by a climber, in arrays."""

from dataclasses import dataclass, field

import numpy as np

from archgym.budget import Budget
from archgym.choice import Choice
from archgym.evaluator import Evaluator, Measurement, Measurements, Metric
from archgym.product import ProductSpace
from archgym.sweep.load import Results
from archgym.task import Objective, Task, TaskInfo


class Tiny(ProductSpace):
    """Four choices of four options: 256 designs."""

    choices = tuple(Choice(("slot", i), ("a", "b", "c", "d"), sort="op") for i in range(4))


class Table(Evaluator):
    cost_unit = "s"
    instant = True

    def __init__(self, name, column, split="search", goal="max", unit="%"):
        self.metrics = (Metric(name, unit, goal, split),)
        self.name, self.column, self.fingerprint = name, column, f"table:{name}"

    def row(self, design):
        return sum("abcd".index(o) * 4**i for i, o in enumerate(design))

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({self.name: float(self.column[self.row(design)])}, 60.0)

    def evaluate_many(self, designs, *, fidelity, seeds):
        rows = [self.row(d) for d in designs]
        return Measurements({self.name: self.column[rows]}, np.full(len(rows), 60.0))


def tiny_task(name="tiny", *, holdout=True, optimum=True, goal="max", unit="%", seed=0):
    rng = np.random.default_rng(seed)
    search = np.round(90 + rng.normal(size=256), 3)
    held = search - 1 + 0.3 * rng.normal(size=256)
    if goal == "min":
        search, held = 100 - search, 100 - held
    judge = Table("test_accuracy", held, "holdout", goal, unit)
    best = search.max() if goal == "max" else -search.min()
    return Task(
        name,
        Tiny(),
        Table("accuracy", search, "search", goal, unit),
        Objective("accuracy", goal, unit, "test_accuracy" if holdout else None),
        open_judge=(lambda: judge) if holdout else None,
        optimum=best if optimum else None,
        optimum_count=1 if optimum else None,
        about=TaskInfo(
            "A random table.", "made up", "", "CC0", "1", "two columns" if holdout else "The table has one column."
        ),
    )


@dataclass
class Entry:
    label: str
    opened: Task

    @property
    def task(self):
        return self.opened


@dataclass
class AgentEntry:
    label: str
    name: str
    hyperparameters: dict = field(default_factory=dict)
    paper: str = ""


def results(seeds, values, costs, agent_seconds, holdout, distinct, stops):
    """Results of runs whose values end in NaN where a run ended early."""
    values = np.asarray(values, float)
    over = np.isnan(values)
    evaluations = (~over).sum(1)
    blank = [None if c is None else np.where(over, np.nan, c) for c in (costs, agent_seconds, holdout)]
    last = np.maximum(evaluations - 1, 0)
    ends = [c[np.arange(len(seeds)), last] for c in blank[:2]] if values.size else [np.zeros(0)] * 2
    none = np.zeros(len(seeds), int)
    return Results(
        seeds=np.asarray(seeds),
        values=values,
        incumbents=np.where(over, np.nan, np.fmax.accumulate(values, axis=1)),
        holdout=blank[2],
        costs=blank[0],
        agent_seconds=blank[1],
        evaluations=evaluations,
        distinct=np.asarray(distinct),
        duplicates=evaluations - distinct,
        failed=np.isinf(values).sum(1),
        infeasible=none,
        cost=ends[0],
        seconds=ends[1],
        stops=list(stops),
    )


def first(found, runs):
    """The results of the first runs only."""
    cut = [None if c is None else c[:runs] for c in (found.costs, found.agent_seconds, found.holdout)]
    return results(found.seeds[:runs], found.values[:runs], *cut, found.distinct[:runs], found.stops[:runs])


def changed(found, values):
    """The same runs with other values."""
    return results(found.seeds, values, found.costs, found.agent_seconds, found.holdout, found.distinct, found.stops)


@dataclass
class Sweep:
    tasks: list
    agents: list
    seeds: list
    budgets: dict
    cells: dict
    manifest: dict
    failures: list = field(default_factory=list)

    @property
    def planned(self):
        return len(self.manifest["runs"])

    @property
    def finished(self):
        return sum(len(r.seeds) for r in self.cells.values())

    def budget(self, label):
        return self.budgets[label]

    def results(self, task, agent):
        return self.cells[task, agent]


def simulate(task, agent, seeds, n):
    """Runs of "random", or of anything else as a climber that changes one slot of its best design."""
    table = task.objective.sign * task.evaluator.column
    held = task.objective.sign * task.judge.column if task.has_holdout else None
    rng = np.random.default_rng([len(agent), seeds, n])
    rows = np.empty((seeds, n), int)
    for s in range(seeds):
        best = rng.integers(256)
        for k in range(n):
            if agent == "random":
                row = rng.integers(256)
            else:
                slot = 4 ** rng.integers(4)
                row = best - (best // slot % 4) * slot + rng.integers(4) * slot if k else best
            rows[s, k] = row
            best = row if table[row] > table[best] else best
    values = table[rows]
    incumbent = np.empty_like(rows)
    for s, row in enumerate(rows):
        at = 0
        for k in range(n):
            at = k if values[s, k] > values[s, at] else at
            incumbent[s, k] = row[at]
    return results(
        np.arange(seeds),
        values,
        np.cumsum(np.full((seeds, n), 60.0), axis=1),
        np.cumsum(rng.uniform(1e-6, 1e-4, (seeds, n)), axis=1),
        None if held is None else held[incumbent],
        np.array([len(set(r)) for r in rows.tolist()]),
        ["budget"] * seeds,
    )


def tiny_sweep(tasks=None, agents=("random", "climber"), seeds=8, n=40):
    tasks = tasks or [tiny_task("one", seed=1), tiny_task("two", holdout=False, seed=2)]
    rate = {"rate": (0.5, 0.1, "How fast it goes.")}
    described = [AgentEntry(a, a, {} if a == "random" else rate, "Somebody, 2020.") for a in agents]
    grid = [(t.name, a) for t in tasks for a in agents]
    manifest = {
        "name": "tiny sweep",
        "created": "2020-01-01T00:00:00+00:00",
        "python": "3.11.7",
        "hardware": {"processor": "abacus", "cores": 2},
        "versions": {"numpy": "2.0"},
        "runs": [[f"{t}-{a}-{seed}", t, a, seed] for t, a in grid for seed in range(seeds)],
    }
    cells = {(t.name, a): simulate(t, a, seeds, n) for t in tasks for a in agents}
    budgets = {t.name: Budget(evaluations=n) for t in tasks}
    return Sweep([Entry(t.name, t) for t in tasks], described, list(range(seeds)), budgets, cells, manifest)
