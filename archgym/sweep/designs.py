"""The designs that a sweep measured on one task, each once, with the means of what was found."""

from dataclasses import dataclass

import numpy as np


@dataclass
class MeasuredDesigns:
    genomes: "np.ndarray | list"
    """Distinct, in the order in which the plan's runs first measured them: rows of an array, or tuples."""
    ok: np.ndarray
    """(N,) bool: False where every measurement failed or was infeasible."""
    value: np.ndarray
    """(N,) the objective, larger is better; NaN where not ok."""
    metrics: dict[str, np.ndarray]
    """(N,) means over the sound measurements; NaN where a design has none."""
    finders: list[tuple[str, int]]
    """(agent, seed) of the run that measured it first, in the order of the plan."""

    def __len__(self):
        return len(self.ok)

    def genome(self, row) -> tuple[int, ...]:
        return tuple(int(p) for p in self.genomes[row])

    def sound(self) -> "MeasuredDesigns":
        """Those that are ok."""
        rows = np.flatnonzero(self.ok)
        genomes = self.genomes[rows] if isinstance(self.genomes, np.ndarray) else [self.genomes[i] for i in rows]
        return MeasuredDesigns(genomes, self.ok[rows], self.value[rows], {n: c[rows] for n, c in self.metrics.items()},
                               [self.finders[i] for i in rows])


def measured_designs(sweep, task: str) -> MeasuredDesigns:
    """Of the finished runs on the task of this label, at the highest fidelity. What is no design is left out."""
    at, finders, rows, values, sound, columns = {}, [], [], [], [], {}
    for run in (run for run in sweep.runs if run.task == task):
        t = run.trajectory
        keep = [i for i in range(len(t)) if t.fidelity[i] == 0 and len(t.genomes[i])]
        for genome in map(tuple, t.genomes[keep].tolist() if isinstance(t.genomes, np.ndarray)
                          else [t.genomes[i] for i in keep]):
            if genome not in at:
                at[genome] = len(at)
                finders.append((run.agent, run.seed))
            rows.append(at[genome])
        ok = t.ok[keep]
        sound.append(ok)
        values.append(np.where(ok, t.value[keep], 0.0))
        for name in t.metrics:
            columns.setdefault(name, []).append(np.where(ok, t.metrics[name][keep], 0.0))
    rows = np.array(rows, int)
    counts = np.bincount(rows, np.concatenate(sound) if sound else None, minlength=len(at))

    weights = np.concatenate(sound).astype(float) if sound else np.zeros(0)
    begins = np.zeros(len(at), int)
    begins[rows[::-1]] = np.arange(len(rows))[::-1]  # a sound one, where there is one: designs fail by themselves

    def mean(parts):
        column = np.concatenate(parts)
        first = column[begins]  # the mean of equal numbers is that number, to the bit
        with np.errstate(invalid="ignore"):
            return first + np.bincount(rows, weights * (column - first[rows]), minlength=len(at)) / counts

    genomes = list(at)
    if len({len(genome) for genome in genomes}) == 1:
        genomes = np.array(genomes)
    return MeasuredDesigns(genomes, counts > 0, mean(values) if values else np.zeros(0),
                           {name: mean(parts) for name, parts in columns.items()}, finders)
