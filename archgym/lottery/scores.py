"""What the runs of a lottery ended with, read run by run: a lottery is too large to hold."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from ..errors import ArchGymError
from ..sweep import manifest, store
from ..sweep.load import Sweep
from .configurations import Entrant, HyperparameterSpace
from .record import FAR, read
from .tuning import label_of


@dataclass
class Tuned:
    """One run of a tuner: the configurations in the order in which it asked, with their scores."""

    options: list[dict]
    scores: np.ndarray
    """(h,) NaN where the agent failed."""
    cost: np.ndarray
    """(h,) evaluations spent by then."""


class Scores:
    """A lottery folder. Values are signed so that larger is better; NaN is a run that failed or is not there."""

    def __init__(self, folder: "Path | str", before: "Scores | None" = None):
        """before: the same folder read earlier, so that no run is read twice."""
        self.folder = Path(folder)
        facts = read(self.folder)
        self.sweep = Sweep(self.folder)
        self.evaluations, self.seeds, self.tuner = facts["evaluations"], facts["seeds"], facts["tuner"]
        self.configurations = facts["configurations"]
        labels = [t["label"] for t in facts["tasks"]]
        self.tasks = [t for t in self.sweep.tasks if t.label in labels]
        self.fresh = [seed for seed in self.sweep.seeds if seed >= FAR]
        self.entrants = [_entrant(a, self.folder) for a in facts["agents"]]
        self.failed: dict[str, str] = {}
        """Which run -> the error that ended it."""
        self._read: dict[str, float] = {} if before is None else before._read

    @cached_property
    def finals(self) -> dict[tuple[str, str, int], float]:
        """(task, label, seed) -> the best value that the run found."""
        found = {}
        for run_id, task, label, seed in self.sweep.manifest["runs"]:
            if run_id not in self._read and store.run_file(self.folder, run_id).is_file():
                path, _, _ = store.read_run(self.folder, run_id)
                self._read[run_id] = float(path.value[path.incumbent_rows()[-1]]) if len(path) else np.nan
            if run_id in self._read:
                found[task, label, seed] = self._read[run_id] if np.isfinite(self._read[run_id]) else np.nan
            elif (failure := store.failure_file(self.folder, run_id)).is_file():
                self.failed[f"{label} on {task}, seed {seed}"] = manifest.read_json(failure)["error"]
        return found

    def of(self, task: str, label: str) -> np.ndarray:
        """(S,) what a configuration's runs on a task ended with, by the seeds that choose."""
        return np.array([self.finals.get((task, label, seed), np.nan) for seed in self.seeds])

    def drawn(self, task: str, entrant: Entrant) -> np.ndarray:
        """(H, S) the same for all that was drawn."""
        return np.array([self.of(task, label) for label in entrant.labels])

    def judged(self, task: str, label: str) -> np.ndarray:
        """(F,) what the runs with fresh seeds ended with, in the order of these seeds; (0,) where none is there."""
        found = np.array([self.finals.get((task, label, seed), np.nan) for seed in self.fresh])
        return found if np.isfinite(found).any() else np.zeros(0)

    def tuned(self, task: str, entrant: Entrant) -> list[Tuned]:
        """The tuner's runs; empty where no tuner was asked."""
        if self._tuning is None:
            return []
        mine = [r for r in self._tuning.runs if r.task == label_of(entrant.name, task)]
        return [Tuned([entrant.space.decode(r.trajectory.genome(i)) for i in range(len(r.trajectory))],
                      np.where(r.trajectory.ok, r.trajectory.value, np.nan),
                      np.cumsum(r.trajectory.cost * r.trajectory.charged))
                for r in mine]

    @cached_property
    def _tuning(self):
        folder = self.folder / "tuning"
        return Sweep(folder) if self.tuner and (folder / "manifest.json").is_file() else None

    def best(self, task: str, entrant: Entrant) -> dict | None:
        """The drawn configuration with the best mean on a task, the first of equals; None where none finished."""
        means = self.drawn(task, entrant).mean(axis=1)
        return None if np.isnan(means).all() else entrant.drawn[int(np.nanargmax(means))]

    def best_of_tuner(self, task: str, entrant: Entrant) -> list[dict]:
        """What each run of the tuner would hand over."""
        return [t.options[int(np.nanargmax(t.scores))] for t in self.tuned(task, entrant)
                if np.isfinite(t.scores).any()]

    def chosen(self) -> dict[tuple[str, str], list[dict]]:
        """(task, agent) -> the configurations that fresh seeds must judge."""
        found = {}
        for task in self.tasks:
            for entrant in self.entrants:
                best = self.best(task.label, entrant)
                found[task.label, entrant.name] = ([best] if best is not None else []) + self.best_of_tuner(
                    task.label, entrant)
        return found


def _entrant(facts, folder) -> Entrant:
    space = HyperparameterSpace(facts["name"])
    for options in facts["drawn"]:
        if set(options) != set(space.names):
            raise ArchGymError(f"{folder}: agent {facts['name']!r} was drawn with the hyper-parameters "
                               f"{', '.join(options) or 'none'}, now it has {', '.join(space.names) or 'none'}; "
                               "play into another folder")
    drawn = [{name: options[name] for name in space.names} for options in facts["drawn"]]
    return Entrant(facts["name"], space, drawn, facts["refused"])
