"""A run's rows: what was proposed, measured and charged, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import attrgetter, itemgetter

import numpy as np

from .trial import Trials


@dataclass
class Trajectory:
    """Columns of equal length, an entry an evaluation, in the order of the run."""

    genomes: "list[tuple[int, ...]] | np.ndarray"
    """Clean genomes: tuples, or the rows of an integer array. Empty where what was proposed is no design."""
    fidelity: np.ndarray
    """int32; 0 stands for the highest."""
    seed: np.ndarray
    status: list[str]
    value: np.ndarray
    """Scalarised search objective, larger is better; the task's worst value where a design failed."""
    cost: np.ndarray
    """Declared cost of each evaluation."""
    charged: np.ndarray
    metrics: Mapping[str, np.ndarray]
    """Search metrics in their own units; NaN where a design failed."""
    tag: list[str | None]
    parents: list[tuple[int, ...]]
    error: list[str | None]
    agent_seconds: np.ndarray = field(default_factory=lambda: np.zeros(0))
    """Cumulative seconds that the agent itself took, clocked: not part of what is reproducible."""
    evaluator_seconds: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __len__(self):
        return len(self.value)

    def genome(self, index) -> tuple[int, ...]:
        return tuple(int(p) for p in self.genomes[index])

    def in_rows(self) -> "Trajectory":
        """The same with genomes that have one length as the rows of an array: faster to count and to store."""
        genomes = self.genomes
        if isinstance(genomes, np.ndarray) or not genomes or len(set(map(len, genomes))) > 1 or not genomes[0]:
            return self
        width = len(genomes[0])
        flat = np.fromiter(chain.from_iterable(genomes), np.int64, len(genomes) * width)
        return replace(self, genomes=flat.reshape(-1, width))

    @property
    def ok(self) -> np.ndarray:
        if type(self.status) is _AllOk:
            return np.ones(len(self), bool)
        return np.array([s == "ok" for s in self.status], bool)

    def incumbents(self) -> np.ndarray:
        """(N,) running best value over trials of the highest fidelity seen so far, failed ones at their worst."""
        return self.value[self.incumbent_rows()] if len(self) else self.value

    def incumbent_rows(self) -> np.ndarray:
        """(N,) index of the trial that is the incumbent after each evaluation: the best so far, the earliest on ties.

        Where fidelities are mixed, trials of a higher fidelity replace those of lower ones, but for those that failed.
        """
        if not len(self):
            return np.zeros(0, np.int64)
        level = np.where(self.fidelity == 0, np.iinfo(np.int32).max, self.fidelity)
        score = self.value
        if (level != level[0]).any():
            level = np.where(self.ok, level, -1)
            # Lexicographic (fidelity, value): dense ranks of both, whose running maximum is the incumbent.
            order = np.lexsort((score, level))
            step = (np.diff(level[order]) != 0) | (np.diff(score[order]) != 0)
            rank = np.empty(len(score), np.int64)
            rank[order] = np.r_[0, np.cumsum(step)]
            score = rank
        best = np.maximum.accumulate(score)
        improves = np.r_[True, best[1:] > best[:-1]]
        return np.maximum.accumulate(np.where(improves, np.arange(len(score)), 0))

    def duplicates(self, space) -> np.ndarray:
        """(N,) bool: whether a design of the same key was measured earlier in this run at the same fidelity.

        Proposals that are no design count as one design.
        """
        seen, flags = set(), np.zeros(len(self), bool)
        if not len(self):
            return flags
        if isinstance(self.genomes, np.ndarray) and hasattr(space, "key_numbers"):
            numbers = space.key_numbers(self.genomes)
            _, firsts = np.unique(numbers + (numbers.max() + 1) * self.fidelity.astype(np.int64), return_index=True)
            flags[:] = True
            flags[firsts] = False
            return flags
        keys = [space.key_of(tuple(genome)) if len(genome) else "" for genome in self.genomes]
        if (self.fidelity != self.fidelity[0]).any():
            keys = list(zip(keys, self.fidelity.tolist()))
        for i, key in enumerate(keys):
            if key in seen:
                flags[i] = True
            else:
                seen.add(key)
        return flags


class _AllOk(list):
    """The statuses of a run in which nothing failed."""


def build(records, clock, metric_names, fidelities=()) -> Trajectory:
    """Columns from a bench's records: single trials and measured batches, in order."""
    parts, singles = [], []
    for record in records:
        if type(record) is Trials:
            if singles:
                parts.append(_from_trials(singles, metric_names))
                singles = []
            parts.append(_from_batch(record, metric_names))
        else:
            singles.append(record)
    if singles or not parts:
        parts.append(_from_trials(singles, metric_names))
    trajectory = parts[0] if len(parts) == 1 else _joined(parts)
    if fidelities:
        trajectory.fidelity[trajectory.fidelity == fidelities[-1]] = 0  # asked for by its number or as None: the highest
    trajectory.agent_seconds, trajectory.evaluator_seconds = _seconds(clock, len(trajectory))
    return trajectory


_PARTS = attrgetter("genome", "seed", "value", "ok", "charged", "measurement", "proposal")


def _from_trials(trials, names) -> Trajectory:
    genomes, seeds, values, ok, charged, measurements, proposals = zip(*map(_PARTS, trials)) if trials else [()] * 7
    sound = all(ok)
    return Trajectory(
        list(genomes), np.array([p.fidelity or 0 for p in proposals], np.int32), np.array(seeds, np.int32),
        _AllOk(["ok"] * len(trials)) if sound else [m.status for m in measurements], np.array(values, float),
        np.array([m.cost for m in measurements], float), np.array(charged, bool), Columns(measurements, names),
        [p.tag for p in proposals], [p.parents for p in proposals],
        [None] * len(trials) if sound else [m.error for m in measurements])


class Columns(Mapping):
    """Metric columns of single measurements, made when one is first asked for."""

    def __init__(self, measurements, names):
        self._measurements, self._names, self._made = measurements, tuple(names), None

    def __getitem__(self, name):
        if self._made is None:
            self._made = dict(zip(self._names, self._table().T.copy()))
        return self._made[name]

    def _table(self):
        """(N, names)"""
        values, shape = [m.values for m in self._measurements], (len(self._measurements), len(self._names))
        if len(self._names) > 1:
            try:
                rows = map(itemgetter(*self._names), values)
                return np.fromiter(chain.from_iterable(rows), float, shape[0] * shape[1]).reshape(shape)
            except KeyError:  # a design that failed has no values
                pass
        nan = float("nan")
        return np.array([[v.get(name, nan) for name in self._names] for v in values], float).reshape(shape)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)


def _from_batch(trials, names) -> Trajectory:
    n, found = len(trials), trials.measurements
    return Trajectory(
        trials.genomes, np.zeros(n, np.int32), np.asarray(trials.seeds, np.int32),
        _AllOk(["ok"] * n) if found.statuses is None else list(found.statuses), trials.values,
        np.asarray(found.cost, float), np.ones(n, bool), {name: found.values[name] for name in names},
        [None] * n, [()] * n, [None] * n if found.errors is None else list(found.errors))


def _joined(parts) -> Trajectory:
    arrays = all(isinstance(p.genomes, np.ndarray) for p in parts)
    statuses = [s for p in parts for s in p.status]
    return Trajectory(
        np.concatenate([p.genomes for p in parts]) if arrays else
        [p.genome(i) for p in parts for i in range(len(p))],
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("fidelity", "seed")),
        _AllOk(statuses) if all(type(p.status) is _AllOk or not len(p) for p in parts) else statuses,
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("value", "cost", "charged")),
        {name: np.concatenate([p.metrics[name] for p in parts]) for name in parts[0].metrics},
        *([x for p in parts for x in getattr(p, name)] for name in ("tag", "parents", "error")))


def _seconds(clock, n):
    """Cumulative (agent, evaluator) seconds of each trial; the trials of one call share its time equally."""
    if not n:
        return np.zeros(0), np.zeros(0)
    counts, came, left = np.array(clock).reshape(-1, 3).T
    at = np.arange(1, n + 1)
    agent, evaluator = np.cumsum(came[1:] - left[:-1]), np.cumsum(left - came)
    return np.interp(at, counts, np.concatenate([[0], agent])), np.interp(at, counts, evaluator)
