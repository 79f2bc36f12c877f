"""How the analytical model of accelerators agrees with ZigZag on random designs: docs/zigzag.md.

    python -m archgym.experiments.zigzag_correlation --write docs/zigzag.md

Every measurement of ZigZag's is kept in the evaluation cache: cut off and started again, it goes on where it was.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np

from archgym.evaluator import Designs, measure
from archgym.models import forest
from archgym.models.parameters import Parameters
from archgym.stats.agreement import kendall_tau
from archgym.streams import generator

from ..spaces.accelerator import Accelerator
from .zigzag_runs import METRICS, Both, Steps, all_steps, both, part, tasks

WORKLOADS = ("transformer/query", "resnet50/conv3_1_3")
RESAMPLES = 1000
COUNTED = 30  # designs of each layer whose loops both count


@dataclass(frozen=True)
class Agreement:
    """A rank correlation with its 95 % bootstrap interval over designs."""

    estimate: float
    low: float
    high: float

    def __str__(self):
        return f"{self.estimate:.3f} [{self.low:.3f}, {self.high:.3f}]"


def agreement(first, second, correlation, seed: int = 0) -> Agreement:
    first, second = np.asarray(first), np.asarray(second)
    rng = generator(seed, "zigzag", "bootstrap")
    draws = rng.integers(0, len(first), (RESAMPLES, len(first)))
    found = [correlation(first[rows], second[rows]) for rows in draws]
    return Agreement(correlation(first, second), *np.nanquantile(found, (0.025, 0.975)))


def spearman(first, second) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


CORRELATIONS = {"Spearman's rho": spearman, "Kendall's tau": kendall_tau}


@dataclass
class Outlier:
    metric: str
    design: Accelerator
    ratio: float
    """ZigZag's value over the model's."""
    steps: Steps


@dataclass
class Study:
    found: Both
    same_loops: dict[str, tuple[np.ndarray, np.ndarray]]
    outliers: list[Outlier]


def outliers(found: Both, workers: int) -> list[Outlier]:
    """Of each metric, the designs whose ratio is largest and smallest."""
    rows = [(metric, int(row)) for metric in METRICS for row in (
        found.ratios(metric).argmax(), found.ratios(metric).argmin())]
    told = all_steps([part(found.workload, found.designs[row]) for _, row in rows], True, workers)
    return [Outlier(metric, found.designs[row], float(found.ratios(metric)[row]), each)
            for (metric, row), each in zip(rows, told)]


def same_loops(found: Both, workers: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Where ZigZag keeps all tensors at the same loops and these are a mapping of ours: both counts of them."""
    told = all_steps([part(found.workload, design) for design in found.designs[:COUNTED]], False, workers)
    columns = np.array([(each.same_loops, each.even) for each in told if each.same_loops])  # (n, 2, metrics)
    return {metric: (columns[:, 0, n], columns[:, 1, n]) for n, metric in enumerate(METRICS)}


@dataclass
class Speed:
    """CPU seconds an evaluation, and how well a forest predicts what it was not fitted on."""

    model: float
    batched: float
    """The model on BATCH designs at a time."""
    zigzag: float
    forest: float
    forest_batched: float
    errors: dict[str, float]
    """Root of the mean squared error of the held-out designs over their mean, a metric each."""
    learned: int
    held_out: int


BATCH = 10_000
TIMED = 8  # designs that ZigZag is timed on


def speed(found: Both, seed: int) -> Speed:
    ours, theirs = tasks(found.workload)
    space, rng = ours.space, generator(seed, "zigzag", "held out")
    drawn = space.sample_many(rng, BATCH)
    designs = [space.decode(tuple(map(int, row))) for row in drawn[:1000]]
    columns = Parameters.of(space, drawn)
    inputs = columns.columns(columns.picks(np.array([space.encode(design) for design in found.designs])))
    outputs = np.log(np.stack([found.zigzag[metric] for metric in METRICS], axis=1))
    order = rng.permutation(len(inputs))
    held, learned = np.split(order, [len(order) // 5])
    grown = forest.fitted(inputs[learned], outputs[learned], 100, 0)
    guess, truth = np.exp(grown.predict(inputs[held])), np.exp(outputs[held])
    many = columns.columns(columns.picks(drawn))
    grown.predict_one(many[0])

    def clocked(what, count):
        started = process_time()
        what()
        return (process_time() - started) / count

    def one_by_one(evaluator, some):
        for design in some:
            measure(evaluator, design, None, 0, lambda: "")

    one_by_one(ours.evaluator, designs[:2])
    return Speed(
        clocked(lambda: one_by_one(ours.evaluator, designs), len(designs)),
        clocked(lambda: ours.evaluator.evaluate_many(Designs(space, drawn), fidelity=None, seeds=[0] * BATCH), BATCH),
        clocked(lambda: one_by_one(theirs.evaluator, found.designs[:TIMED]), TIMED),
        clocked(lambda: [grown.predict_one(row) for row in many[:1000]], 1000),
        clocked(lambda: grown.predict(many), BATCH),
        {metric: float(np.sqrt(((guess - truth) ** 2).mean(axis=0)[n]) / truth[:, n].mean())
         for n, metric in enumerate(METRICS)}, len(learned), len(held))


def main(arguments=None) -> int:
    from .zigzag_page import draw, page

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), metavar="LAYER",
                        help=f"layers as Mapping-v0 names them; default: {' '.join(WORKLOADS)}")
    parser.add_argument("--designs", type=int, default=110, help="random designs of each; default 110")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2, help="processes; default 2")
    parser.add_argument("--cache", metavar="FOLDER", help="default: the evaluation cache of archgym")
    parser.add_argument("--write", required=True, metavar="FILE", help="the page, such as docs/zigzag.md")
    given = parser.parse_args(arguments)
    studies = []
    for workload in given.workloads:
        print(f"{workload}: {given.designs} designs", flush=True)
        found = both(workload, given.designs, given.seed, given.workers, given.cache)
        studies.append(Study(found, same_loops(found, given.workers), outliers(found, given.workers)))
    told = speed(studies[0].found, given.seed)
    out = Path(given.write)
    picture = out.with_suffix(".png")
    draw([study.found for study in studies], picture)
    out.write_text(page(studies, told, given, picture.name) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
