"""NAS-Bench-201's cells on MNIST-1D: the project's own table, three trainings a class, measured after every epoch.

`python -m archgym.experiments.mnist1d_table` trains it; docs/nasbench_mnist1d.md is its data card. Isomorphic cells
share one record, that of the first of them in the space's order.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from archgym.evaluator import Metric
from archgym.registry import register_task as task
from archgym.tables.evaluator import Column, OtherSeeds, Rows, Table
from archgym.task import Objective, Task, TaskInfo

from ...spaces.cell import OPERATIONS
from ..training.evaluator import BACKWARD, FLOPS, PARAMETERS, RATE
from ._kept import kept
from .nasbench201 import SPACE

FILE = Path(__file__).with_name("nasbench_mnist1d.parquet")
EPOCHS = (1, 2, 3, 4)
SEEDS = 3
COLUMNS = (*(f"{split}_{epoch}" for split in ("valid", "test") for epoch in EPOCHS), "parameters", "flops", "seconds")
SAMPLES = 1000
"""To train on; as many to validate on, and to test on."""
VALID = Metric("val_accuracy", "%", "max", doc="accuracy on the validation samples, of one recorded training")
MEAN = Metric("val_accuracy", "%", "max", doc="accuracy on the validation samples, mean of the three trainings")
OTHERS = Metric("test_accuracy_other_seeds", "%", "max", "holdout",
                "mean accuracy on the test samples after the last epoch, of the two trainings that the search did not "
                "see")
TEST = Metric("test_accuracy", "%", "max", "holdout",
              "mean accuracy on the test samples after the last epoch, of the three trainings")


class Classes(Rows):
    """Rows by class, found by the code of any of its genomes. row_of_code: (15,625,)."""

    def __init__(self, row_of_code):
        super().__init__(SPACE, None, keys=())  # one row a key, and no key is asked for
        self.row_of_code = row_of_code

    def find(self, design):
        code = 0
        for pick in SPACE.encode(design):
            code = len(OPERATIONS) * code + pick
        return self.row_of_code.item(code)

    def many(self, designs):
        if isinstance(getattr(designs, "genomes", None), np.ndarray):
            return self.row_of_code[designs.codes]
        return super().many(designs)


def rows_of_codes(cells: list[str]) -> np.ndarray:
    """(15,625,) the row of each genome's class, by code. cells: one of each class."""
    row_of = {SPACE.key(SPACE.parse(cell)): row for row, cell in enumerate(cells)}
    return np.array([row_of[SPACE.key(SPACE.decode(genome))] for genome in SPACE.enumerate()])


@lru_cache(maxsize=1)
def records() -> dict:
    """valid, test: {epoch: (6,466 classes, 3 seeds) percent}; seconds a training; parameters, flops: (classes, 1);
    rows; checksum.

    The columns are kept in the cache folder: PyArrow and what it imports take most of the time to read the file.
    """
    content = FILE.read_bytes()
    checksum = hashlib.sha256(content).hexdigest()
    columns = kept(f"nasbench-mnist1d-{checksum}", len(COLUMNS), lambda: _read(content)[0])
    column = {name: values.reshape(-1, SEEDS) for name, values in zip(COLUMNS, columns)}
    row, = kept(f"nasbench-mnist1d-{checksum}-rows", 1, lambda: rows_of_codes(_read(content)[1])[None])
    return {"rows": Classes(row.astype(int)), "valid": {epoch: column[f"valid_{epoch}"] for epoch in EPOCHS},
            "test": {epoch: column[f"test_{epoch}"] for epoch in EPOCHS}, "seconds": column["seconds"],
            "parameters": column["parameters"][:, :1], "flops": column["flops"][:, :1], "checksum": checksum}


def _read(content):
    """((columns, rows) float64, the cell of each class)."""
    from io import BytesIO

    import pyarrow.parquet as pq

    table = pq.ParquetFile(BytesIO(content)).read()
    return np.array([table.column(name).to_numpy() for name in COLUMNS]), table.column("cell").to_pylist()[::SEEDS]


@task("NASBenchMNIST1D-v0")
def nasbench_mnist1d(noise: Literal["seed", "mean"] = "seed") -> Task:
    """Find the NAS-Bench-201 cell whose sequence network learns MNIST-1D best in four epochs.

    noise: "seed": a measurement shows one of three recorded trainings, and the holdout is the mean test accuracy of the
        two others. "mean": the mean over the three; the holdout is their mean test accuracy.
    """
    data = records()
    noisy, last = noise == "seed", EPOCHS[-1]
    valid, test = Column(VALID, data["valid"]), Column(TEST, data["test"])
    searched = valid if noisy else Column(MEAN, valid.mean().records)
    held = OtherSeeds(OTHERS, test, last) if noisy else Column(TEST, {None: test.mean().at(last)})
    flops = data["flops"]
    cost = {epoch: epoch * SAMPLES * BACKWARD * flops[:, 0] / RATE for epoch in EPOCHS}
    fingerprint = f"nasbench-mnist1d:{noise}:sha256={data['checksum']}"

    def open_as(columns):
        return Table(data["rows"], columns, cost, fingerprint, fidelities=EPOCHS,
                     counts=np.full(len(flops), 3) if noisy else None)

    best = float(searched.at(last).max())
    tops = data["rows"].row_of_code[:, None] == np.flatnonzero((searched.at(last) == best).any(axis=1))
    return Task(
        "NASBenchMNIST1D-v0", SPACE,
        open_as([searched, Column(PARAMETERS, {None: data["parameters"]}), Column(FLOPS, {None: flops})]),
        Objective(VALID.name, "max", "%", held.metric.name), options={"noise": noise},
        open_judge=lambda: open_as([held]), worst=0.0, optimum=best, optimum_count=int(tops.any(axis=1).sum()),
        about=TaskInfo(
            summary="NAS-Bench-201 cells as networks of sequences, trained on MNIST-1D for four epochs; "
                    + ("one recorded training a measurement" if noisy else "mean of three trainings"),
            source="made by this project, archgym.experiments.mnist1d_table; the cost is samples x operations at "
                   f"{RATE / 1e9:g} GFLOP/s",
            paper="Dong & Yang, NAS-Bench-201, ICLR 2020 (the cells); Greydanus & Kobak, Scaling Down Deep Learning "
                  "with MNIST-1D, ICML 2024 (the data)",
            licence="Apache-2.0", data_version=fingerprint,
            holdout_note=(f"Holdout: accuracy on {SAMPLES:,} test samples after the last epoch, mean of the "
                          + ("trainings that the search did not see." if noisy else "three trainings."))))
