"""Candidates trained an hour: our trainer, alone, three seeds side by side and in processes, beside a DataLoader loop.

On CUDA: NAS-Bench-201 cells of 8 channels on images of 3 x 32 x 32, batch 256; on a CPU: the trainings of the MNIST-1D
table. The share of the peak is what the layers' operations come to, over the operations of the fastest matrix product
of the same numbers that the device does in the same run.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
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
from archgym.envs.training.footprint import footprint
from archgym.envs.training.recipe import Recipe
from archgym.spaces.cell import NASBench201
from archgym.streams import uniform

CANDIDATES, SEEDS, REPEATS = 6, 3, 3
PROCESSES = os.cpu_count() or 1


@dataclass(frozen=True)
class Case:
    device: str
    shape: tuple[int, ...]
    samples: int
    recipe: Recipe
    skeleton: tuple

    def cells(self):
        space, u = NASBench201(), uniform(0)
        return [space.decode(space.sample(u)) for _ in range(CANDIDATES)]

    def resident(self):
        """Random numbers: what they show makes no difference to how long it takes."""
        rng = np.random.default_rng(0)
        parts = [(rng.normal(size=(n, *self.shape)), rng.integers(0, 10, n)) for n in (self.samples, 64, 64)]
        return trainer.Resident(Data("random numbers", *parts, 10), torch.device(self.device))

    def network(self, cell, copies=1):
        return network(cell, self.shape, 10, copies=copies, **dict(self.skeleton))


CPU = Case("cpu", (1, 40), 1_000, Recipe(epochs=1, batch=50), (("channels", 8), ("cells", 2), ("stages", 1)))
CUDA = Case("cuda", (3, 32, 32), 50_000, Recipe(epochs=1, batch=256), (("channels", 8), ("cells", 1), ("stages", 3)))


def finished(case):
    if case.device == "cuda":
        torch.cuda.synchronize()


def ours(case, cells, seeds):
    """Seconds to train each cell for an epoch, so many seeds side by side."""
    data = case.resident()
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
    data = case.resident()
    x, y = (part.cpu() for part in data.splits["train"])
    started = perf_counter()
    for cell in cells:
        model = case.network(cell).to(case.device)
        optimizer = torch.optim.SGD(model.parameters(), case.recipe.learning_rate, 0.9, weight_decay=5e-4, nesterov=True)
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


def peak(case, size=2048):
    """Operations a second of a matrix product, float32 on a CPU, bfloat16 on CUDA."""
    kind = torch.bfloat16 if case.device == "cuda" else torch.float32
    a = torch.ones(size, size, device=case.device, dtype=kind)
    best = 0.0
    for _ in range(5):
        started = perf_counter()
        a @ a
        finished(case)
        best = max(best, 2 * size**3 / (perf_counter() - started))
    return best


def measure(device=None):
    case = CUDA if (device or ("cuda" if torch.cuda.is_available() else "cpu")) == "cuda" else CPU
    torch.set_num_threads(1)
    cells = case.cells()
    operations = 3 * case.samples * sum(footprint(case.network(cell), case.shape).flops for cell in cells)
    best = peak(case)
    with ProcessPoolExecutor(PROCESSES, torch.multiprocessing.get_context("spawn")) as pool:
        ways = {"DataLoader": (lambda: loader_loop(case, cells), 1), "one at a time": (lambda: ours(case, cells, 1), 1),
                f"{SEEDS} seeds side by side": (lambda: ours(case, cells, SEEDS), SEEDS),
                f"{PROCESSES} processes": (lambda: processes(case, cells, pool), 1)}
        for way, _ in ways.values():
            way()  # kernels are chosen and processes started
        rates = {name: [] for name in ways}
        for _ in range(REPEATS):
            for name, (way, copies) in ways.items():
                rates[name].append(copies / way())
    base = median(rates["DataLoader"])
    found = "; ".join(f"{name} {3600 * CANDIDATES * median(rate):,.0f} an hour ({median(rate) / base:.2f} times, "
                      f"{100 * median(rate) * operations / best:.1f} % of peak)" for name, rate in rates.items())
    what = f"candidates trained for an epoch of {case.samples:,} samples, batch {case.recipe.batch}, on {case.device}"
    yield (what, "8 times a DataLoader loop on CUDA; none on a CPU", found,
           f"{CANDIDATES} NAS-Bench-201 cells of 8 channels at {' x '.join(map(str, case.shape))}, wall clock, median of "
           f"{REPEATS} alternating passes; peak: a product of 2,048 x 2,048, {best / 1e9:,.0f} GFLOP/s")


if __name__ == "__main__":
    for row in measure(*sys.argv[1:]):
        print(" | ".join(row))
