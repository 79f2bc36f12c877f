"""Which recipe trains NAS-Bench-201's cells on MNIST-1D so that their accuracies tell them apart, in a few hours?

    python -m archgym.experiments.mnist1d_recipes --cache FOLDER [--worker I/N]
    python -m archgym.experiments.mnist1d_recipes --cache FOLDER --write docs/mnist1d_recipe.md

Trains the same hundred random classes with three seeds under each recipe, and writes what tells the recipes apart. It
can be stopped and started at any time, and shares a cache with `mnist1d_table`.
"""

import argparse
import os
import platform
import sys
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

for library in ("OMP", "OPENBLAS", "MKL"):  # before numpy loads: bits depend on the number of threads
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from archgym.cache import EvaluationCache
from archgym.errors import ArchGymError
from archgym.stats.agreement import spearman_rho
from archgym.study_page import table

from ..envs.training.datasets.mnist1d import load as mnist1d
from ..envs.training.recipe import Recipe
from ..spaces.cell import NASBench201
from .mnist1d_table import RECIPE, SEEDS, SKELETON, fill, fingerprint, representatives

CELLS = 100
ADAMW = {"optimizer": "adamw", "learning_rate": 0.01}


def trial(channels, cells, stages, **recipe):
    return Recipe(**{"epochs": 4, "batch": 50} | recipe), {"channels": channels, "cells": cells, "stages": stages}


TRIALS = (trial(8, 1, 3, learning_rate=0.1), trial(8, 1, 3, **ADAMW), trial(8, 1, 2, **ADAMW),
          trial(8, 2, 1, learning_rate=0.03), (RECIPE, SKELETON), trial(8, 3, 1, **ADAMW), trial(16, 2, 1, **ADAMW))


class Told(NamedTuple):
    low: float
    """5 % quantile of the classes' mean accuracies in percent."""
    high: float
    """95 % quantile."""
    spread: float
    """Standard deviation of the classes' mean accuracies."""
    noise: float
    """Standard deviation between trainings of a class, pooled."""
    agreement: float
    """Spearman's rank correlation of two trainings of the same classes, mean of the pairs."""
    seconds: float
    """Of the processor, a training."""


def told(accuracies: np.ndarray, seconds: float) -> Told:
    """accuracies: (classes, seeds) validation accuracy after the last epoch; a failed training has 0."""
    mean = accuracies.mean(1)
    return Told(*np.quantile(mean, (0.05, 0.95)), mean.std(ddof=1), np.sqrt(accuracies.var(1, ddof=1).mean()),
                agreement(accuracies), seconds)


def agreement(accuracies: np.ndarray) -> float:
    """Spearman's rank correlation of two trainings of the same classes, (classes, seeds), mean of the pairs."""
    return float(np.mean([spearman_rho(a, b) for a, b in combinations(accuracies.T, 2)]))


def measured(cells, data, cache, recipe, skeleton) -> Told:
    """ArchGymError where trainings are missing."""
    mark = fingerprint(data, recipe, skeleton)
    found = [cache.get(mark, str(cell), None, None) for cell in cells]
    if missing := sum(each is None for each in found):
        raise ArchGymError(f"{missing} of {len(cells)} classes are not trained yet with {recipe}, {skeleton}; "
                           "run without --write first")
    last = [[each.values.get(f"valid_{seed}_{recipe.epochs}", 0.0) for seed in SEEDS] for each in found]
    return told(np.array(last), float(np.mean([each.values["seconds"] for each in found if each.status == "ok"])))


def page(cells, data, cache) -> str:
    found = [measured(cells, data, cache, *each) for each in TRIALS]
    chosen = found[TRIALS.index((RECIPE, SKELETON))]
    ratio = found[-1].seconds / chosen.seconds
    rows = []
    for (recipe, skeleton), each in zip(TRIALS, found):
        name = (f"{recipe.optimizer}, {recipe.learning_rate:g}; {skeleton['channels']} channels, "
                f"{skeleton['stages']} x {skeleton['cells']} cells")
        bold = "**" if (recipe, skeleton) == (RECIPE, SKELETON) else ""
        rows.append((f"{bold}{name}{bold}", f"{each.low:.1f} to {each.high:.1f}", f"{each.spread:.1f}",
                     f"{each.noise:.1f}", f"{each.agreement:.2f}", f"{each.seconds:.2f}",
                     f"{each.seconds * len(SEEDS) * 6_466 / 3600:.1f}"))
    return f"""# How the cells of NASBenchMNIST1D-v0 are trained

Made by `python -m archgym.experiments.mnist1d_recipes --cache FOLDER --write docs/mnist1d_recipe.md` on \
{platform.machine()}, Python {platform.python_version()}; do not edit by hand.

The table of [nasbench_mnist1d.md](nasbench_mnist1d.md) has one recipe for 19,398 trainings. Here {CELLS} random classes \
of NAS-Bench-201 are trained with {len(SEEDS)} seeds under several, {RECIPE.epochs} epochs of 1,000 samples in batches of \
{RECIPE.batch} each:

{table(("optimizer, rate; network", "5 % to 95 %", "spread", "noise", "seeds: rho", "CPU s", "hours"), rows)}

Accuracies on 1,000 validation samples in percent, of the classes' means: the range from the 5 % to the 95 % quantile, \
the standard deviation (*spread*), and that between trainings of one class (*noise*). *Seeds: rho* is Spearman's rank \
correlation of two trainings. *CPU s* are of one training, three side by side, and *hours* what the whole table takes. \
In bold, what was taken.

Between stages stands a residual block that halves the length, and it learns much of the task whatever the cells are: \
networks of two and three stages are better, and their cells harder to tell apart, for more time. So it is one stage, \
without such a block. SGD learns too little of it in so few steps; a rate of 0.1 was no better.

What was taken is not the best of these. It was decided on thirty classes, among which twice the channels looked no \
better than a third cell; the hundred were measured when the table had been trained, and on them twice the channels rank \
cells far more steadily, for {ratio:.1f} times the time. A successor of the table should have them. As it is, the table \
takes {chosen.seconds * len(SEEDS) * 6_466 / 3600:.1f} hours of a processor, and its noise is part of what a search has \
to cope with: a task shows one training a measurement, and the holdout is of the others.
"""


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cache", required=True, metavar="FOLDER", help="where trainings are kept")
    parser.add_argument("--write", metavar="FILE", help="write the page from the cache; trains nothing")
    parser.add_argument("--worker", default="0/1", metavar="I/N", help="which of how many workers this is")
    options = parser.parse_args(arguments)
    cache, data, cells = EvaluationCache(options.cache), mnist1d(), representatives(NASBench201())[:CELLS]
    if options.write:
        Path(options.write).write_text(page(cells, data, cache), encoding="utf-8")
        return 0
    worker, workers = map(int, options.worker.split("/"))
    start = len(TRIALS) * worker // workers
    for recipe, skeleton in TRIALS[start:] + TRIALS[:start]:
        print(f"{recipe}; {skeleton}: {fill(cells, data, cache, None, recipe, skeleton)} classes trained", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
