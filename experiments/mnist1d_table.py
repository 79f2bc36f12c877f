"""NAS-Bench-201's 6,466 official classes trained on MNIST-1D, three seeds each, measured after every epoch.

    python -m archgym.experiments.mnist1d_table --cache FOLDER [--write FILE] [--worker I/N] [--limit CELLS]

Start it once a core, `--worker 0/2` and `--worker 1/2` say: workers share what is done through the cache, each begins
at its own place, and all go on until nothing is left. It can be stopped and started at any time. `--write` writes the
table, once everything is there. One canonical representative stands for a class: the first in the space's order.

Cells are trained in random order, so that the first hundred in a cache are a sample of all.
"""

import argparse
import os
import sys
from collections.abc import Iterable
from time import perf_counter, process_time

for library in ("OMP", "OPENBLAS", "MKL"):  # before numpy loads: bits depend on the number of threads
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from archgym.cache import EvaluationCache
from archgym.errors import ArchGymError
from archgym.evaluator import Measurement
from archgym.registry import needed

from ..envs.training.datasets.mnist1d import load as mnist1d
from ..envs.training.recipe import Recipe
from ..spaces.cell import Cell, NASBench201

RECIPE = Recipe(epochs=4, batch=50, optimizer="adamw", learning_rate=0.01)
SKELETON = {"channels": 8, "cells": 2, "stages": 1}
SEEDS = (0, 1, 2)
VERSION = 1
"""One more whenever a change of the trainer or the builder changes what a training gives."""


def representatives(space: NASBench201) -> list[Cell]:
    """The first cell of each official class in the space's order, shuffled: what is done first is a random sample."""
    first = {}
    for genome in space.enumerate():
        cell = space.decode(genome)
        first.setdefault(space.key(cell), cell)
    cells = list(first.values())
    return [cells[i] for i in np.random.default_rng(0).permutation(len(cells))]


def train(cell: Cell, data, recipe: Recipe = RECIPE, skeleton: dict = SKELETON) -> Measurement:
    """All seeds side by side: valid_S_E and test_S_E for seed S after epoch E, parameters, flops, CPU seconds a seed.

    data: a Resident.
    """
    from ..envs.training.builders.nasbench201 import network
    from ..envs.training.footprint import footprint
    from ..envs.training.trainer import Diverged, Training

    shape = tuple(data.splits["train"][0].shape[1:])

    def make(copies):
        return network(cell, shape, data.classes, copies=copies, **skeleton)

    found = footprint(make(1), shape)
    started = process_time()
    training = Training(make, data, recipe, SEEDS)
    values = {"parameters": found.parameters, "flops": found.flops}
    try:
        for epoch in range(1, recipe.epochs + 1):
            training.train_epoch()
            for split in ("valid", "test"):
                for seed, accuracy in zip(SEEDS, training.accuracy(split)):
                    values[f"{split}_{seed}_{epoch}"] = accuracy
    except Diverged as why:
        return Measurement(values, status="failed", error=str(why))
    return Measurement(values | {"seconds": (process_time() - started) / len(SEEDS)})


def fingerprint(data, recipe: Recipe = RECIPE, skeleton: dict = SKELETON) -> str:
    return f"mnist1d-table-{VERSION};{data.fingerprint};{recipe};{skeleton}"


def fill(cells: Iterable[Cell], data, cache: EvaluationCache, limit: int | None = None, recipe: Recipe = RECIPE,
         skeleton: dict = SKELETON) -> int:
    """Train what the cache lacks of these cells, at most `limit` of them; how many were trained."""
    torch = needed("torch", "the MNIST-1D table", "train")
    from ..envs.training.trainer import Resident

    torch.set_num_threads(1)
    resident, mark = Resident(data, torch.device("cpu")), fingerprint(data, recipe, skeleton)
    done, started = 0, perf_counter()
    for cell in cells:
        if cache.get(mark, str(cell), None, None) is None:
            cache.get_or_measure(mark, str(cell), None, None, None,
                                 lambda cell=cell: train(cell, resident, recipe, skeleton))
            done += 1
            if done % 20 == 0:
                print(f"{done:,} cells, {(perf_counter() - started) / done:.2f} s each", flush=True)
            if done == limit:
                break
    return done


def write(cells: list[Cell], data, cache: EvaluationCache, path) -> None:
    """The table as Parquet, a row a cell and seed. ArchGymError where cells are missing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    mark = fingerprint(data)
    found = [cache.get(mark, str(cell), None, None) for cell in cells]
    if missing := sum(each is None for each in found):
        raise ArchGymError(f"{missing:,} of {len(cells):,} cells are not trained yet; run without --write first")
    epochs = range(1, RECIPE.epochs + 1)
    columns = {"cell": [str(cell) for cell in cells for _ in SEEDS], "seed": [seed for _ in cells for seed in SEEDS],
               "status": [each.status for each in found for _ in SEEDS]}
    for split in ("valid", "test"):
        for epoch in epochs:
            columns[f"{split}_{epoch}"] = [_percent(each.values.get(f"{split}_{seed}_{epoch}")) for each in found
                                           for seed in SEEDS]
    for name, kind in (("parameters", pa.int32()), ("flops", pa.int64()), ("seconds", pa.float32())):
        columns[name] = pa.array([each.values.get(name) for each in found for _ in SEEDS], kind)
    needed("torch", "the MNIST-1D table", "train")
    import torch

    about = {"recipe": str(RECIPE), "skeleton": str(SKELETON), "data": data.fingerprint, "torch": torch.__version__,
             "samples": str(len(data.train[0])), "fingerprint": mark}
    pq.write_table(pa.table(columns).replace_schema_metadata(about), path, compression="zstd")


def _percent(accuracy):
    """Of some thousand samples, without the trace of single precision; None where a training did not come so far."""
    return None if accuracy is None else round(accuracy, 3)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cache", required=True, metavar="FOLDER", help="where trainings are kept")
    parser.add_argument("--write", metavar="FILE", help="write the table from the cache; trains nothing")
    parser.add_argument("--worker", default="0/1", metavar="I/N", help="which of how many workers this is")
    parser.add_argument("--limit", type=int, metavar="CELLS", help="stop after so many")
    options = parser.parse_args(arguments)
    space = NASBench201()
    cache, data, cells = EvaluationCache(options.cache), mnist1d(), representatives(space)
    if options.write:
        write(sorted(cells, key=space.encode), data, cache, options.write)
        return 0
    worker, workers = map(int, options.worker.split("/"))
    start = len(cells) * worker // workers
    print(f"{fill(cells[start:] + cells[:start], data, cache, options.limit):,} cells trained")
    return 0


if __name__ == "__main__":
    sys.exit(main())
