"""Candidates trained an hour: our trainer, alone, seeds side by side and in processes, beside a DataLoader loop.

On CUDA: NAS-Bench-201 cells of 8 channels on images of 3 x 32 x 32, batch 256; on a CPU: the trainings of the MNIST-1D
table. The share of the peak is what the layers' operations come to, over the operations of the fastest matrix product
of the same numbers that the device does in the same run.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache, partial
from statistics import median
from time import perf_counter

for library in ("OMP", "OPENBLAS", "MKL"):  # before numpy loads: one thread a training
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np
import torch
import torch.nn.functional as F

from archgym.envs.training import trainer
from archgym.envs.training.builders.nasbench201 import network
from archgym.envs.training.data import Data
from archgym.envs.training.evaluator import BACKWARD
from archgym.envs.training.footprint import footprint
from archgym.envs.training.recipe import Recipe
from archgym.spaces.cell import NASBench201
from archgym.streams import uniform

CANDIDATES, REPEATS = 8, 3
PROCESSES = min(CANDIDATES, os.cpu_count() or 1)


@dataclass(frozen=True)
class Case:
    device: str
    shape: tuple[int, ...]
    samples: int
    recipe: Recipe
    skeleton: tuple
    seeds: tuple[int, ...]
    """How many are trained side by side."""
    product: int
    """Rows and columns of the matrices whose product is the peak."""

    def cells(self):
        space, u = NASBench201(), uniform(0)
        return [space.decode(space.sample(u)) for _ in range(CANDIDATES)]

    def network(self, cell, copies=1):
        return network(cell, self.shape, 10, copies=copies, **dict(self.skeleton))


CPU = Case("cpu", (1, 40), 1_000, Recipe(epochs=1, batch=50), (("channels", 8), ("cells", 2), ("stages", 1)),
           (3,), 2048)
CUDA = Case("cuda", (3, 32, 32), 50_000, Recipe(epochs=1, batch=256), (("channels", 8), ("cells", 1), ("stages", 3)),
            (3, 8), 8192)


@cache
def resident(case):
    """Random numbers: what they show makes no difference to how long it takes."""
    rng = np.random.default_rng(0)
    parts = [(rng.normal(size=(n, *case.shape)), rng.integers(0, 10, n)) for n in (case.samples, 64, 64)]
    return trainer.Resident(Data("random numbers", *parts, 10), torch.device(case.device))


def finished(case):
    if case.device == "cuda":
        torch.cuda.synchronize()


def ours(case, cells, seeds):
    """Seconds to train each cell for an epoch, so many seeds side by side."""
    data = resident(case)
    started = perf_counter()
    for cell in cells:
        make = partial(case.network, cell)
        trainer.Training(make, data, case.recipe, range(seeds)).train_epoch()
    finished(case)
    return perf_counter() - started


def one_process(job):
    torch.set_num_threads(1)
    return ours(*job)


def processes(case, cells, pool):
    """Seconds until all cells were trained, one a process at a time; the processes run already."""
    started = perf_counter()
    list(pool.map(one_process, [(case, [cell], 1) for cell in cells]))
    return perf_counter() - started


def loader_loop(case, cells):
    """The loop of a tutorial: a DataLoader that shuffles samples in memory, each batch sent to the device."""
    data = resident(case)
    x, y = (part.cpu() for part in data.splits["train"])
    started = perf_counter()
    for cell in cells:
        model = case.network(cell).to(case.device)
        optimizer = torch.optim.SGD(model.parameters(), case.recipe.learning_rate, 0.9, weight_decay=5e-4,
                                    nesterov=True)
        loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), case.recipe.batch, shuffle=True)
        autocast = torch.autocast("cuda", torch.bfloat16) if case.device == "cuda" else nullcontext()
        for inputs, labels in loader:
            inputs, labels = inputs.to(case.device), labels.to(case.device)
            optimizer.zero_grad()
            with autocast:
                loss = F.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
    finished(case)
    return perf_counter() - started


def peak(case, products=10):
    """Operations a second of a matrix product, float32 on a CPU, bfloat16 on CUDA; the best of five readings."""
    kind = torch.bfloat16 if case.device == "cuda" else torch.float32
    a = torch.randn(case.product, case.product, device=case.device).to(kind)
    best = 0.0
    for _ in range(5):
        finished(case)
        started = perf_counter()
        for _ in range(products):
            a @ a
        finished(case)
        best = max(best, products * 2 * case.product**3 / (perf_counter() - started))
    return best


def ways(case, cells, pool):
    """Name -> (what takes the seconds, candidates a cell)."""
    found = {"DataLoader": (lambda: loader_loop(case, cells), 1), "one at a time": (lambda: ours(case, cells, 1), 1)}
    for seeds in case.seeds:
        found[f"{seeds} seeds side by side"] = partial(ours, case, cells, seeds), seeds
    found[f"{PROCESSES} processes"] = lambda: processes(case, cells, pool), 1
    return found


def measure(device=None):
    case = CUDA if (device or ("cuda" if torch.cuda.is_available() else "cpu")) == "cuda" else CPU
    torch.set_num_threads(1)
    cells = case.cells()
    operations = sum(footprint(case.network(cell), case.shape).flops for cell in cells)
    operations *= BACKWARD * case.samples
    best = peak(case)
    with ProcessPoolExecutor(PROCESSES, torch.multiprocessing.get_context("spawn"), resident, (case,)) as pool:
        rates = {}
        for again in range(1 + REPEATS):
            for name, (way, copies) in ways(case, cells, pool).items():
                rate = copies / way()
                if again:  # the first time kernels are chosen and processes started
                    rates.setdefault(name, []).append(rate)
    base = median(rates["DataLoader"])
    found = "; ".join(f"{name} {3600 * CANDIDATES * median(rate):,.0f} an hour ({median(rate) / base:.2f} times, "
                      f"{100 * median(rate) * operations / best:.1f} % of peak)" for name, rate in rates.items())
    what = f"candidates trained for an epoch of {case.samples:,} samples, batch {case.recipe.batch}, on {case.device}"
    shape = " x ".join(map(str, case.shape))
    yield (what, "8 times a DataLoader loop on CUDA; none on a CPU", found,
           f"{CANDIDATES} NAS-Bench-201 cells of 8 channels at {shape}, wall clock, median of {REPEATS} alternating "
           f"passes; peak: a product of {case.product:,} x {case.product:,}, {best / 1e9:,.0f} GFLOP/s{on(case)}")


def on(case):
    return f" on {torch.cuda.get_device_name()}" if case.device == "cuda" else ""


if __name__ == "__main__":
    for row in measure(*sys.argv[1:]):
        print(" | ".join(row))
