"""Random accelerators measured twice, by the analytical model and by ZigZag: the runs of zigzag_correlation."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context

import numpy as np

import archgym
from archgym.cache import EvaluationCache
from archgym.errors import Infeasible
from archgym.evaluator import Measurement, measure
from archgym.streams import uniform

from ..envs.hardware.accelerator import costs
from ..envs.hardware.accelerator.model import evaluate
from ..envs.hardware.accelerator.zigzag import Searched, best
from ..spaces.accelerator import Accelerator
from ..spaces.accelerator_hardware import Hardware
from ..spaces.accelerator_layers import DIMENSIONS, Layer
from ..spaces.mapping import Mapping, ordered

METRICS = ("energy", "latency")
FINER = 5  # loops to order, where the task has LPF_LIMIT


@dataclass
class Both:
    """Designs that both found feasible."""

    workload: str
    designs: list[Accelerator]
    model: dict[str, np.ndarray]
    """(N,) of each metric; so the next."""
    zigzag: dict[str, np.ndarray]
    left_out: int
    """Designs drawn that one of the two found infeasible."""

    def ratios(self, metric: str) -> np.ndarray:
        """ZigZag's value over the model's."""
        return self.zigzag[metric] / self.model[metric]


@cache
def tasks(workload: str):
    return archgym.task("Accelerator-v0", workload=workload), archgym.task("AcceleratorZigZag-v0", workload=workload)


def genomes(workload: str, count: int, seed: int) -> list[tuple[int, ...]]:
    """Distinct ones, drawn from the space's law."""
    space, u, drawn = tasks(workload)[0].space, uniform(seed), {}
    while len(drawn) < count:
        drawn[space.sample(u)] = None
    return list(drawn)


def measured(workload: str, genome, folder) -> Measurement:
    """ZigZag's measurement, out of the cache where it was made before."""
    task = tasks(workload)[1]
    store = _cache(folder)
    design = task.space.decode(genome)
    return store.get_or_measure(task.evaluator.fingerprint, task.space.genome_text(genome), None, 0, None,
                                lambda: measure(task.evaluator, design, None, 0, lambda: repr(design)))


_cache = cache(EvaluationCache)


def both(workload: str, count: int, seed: int, workers: int, folder=None) -> Both:
    """Measure `count` random designs by both, ZigZag in so many processes."""
    drawn = genomes(workload, count, seed)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        theirs = list(pool.map(measured, *zip(*((workload, genome, folder) for genome in drawn))))
    task = tasks(workload)[0]
    designs = [task.space.decode(genome) for genome in drawn]
    ours = [measure(task.evaluator, design, None, 0, lambda: "") for design in designs]
    kept = [i for i in range(count) if ours[i].status == theirs[i].status == "ok"]
    return Both(workload, [designs[i] for i in kept],
                *({name: np.array([found[i].values[name] for i in kept]) for name in METRICS}
                  for found in (ours, theirs)), count - len(kept))


def mapping_of(searched: Searched, rows, columns) -> Mapping | None:
    """An even search's loops as a mapping of ours; None where one level goes through a dimension at two places."""
    factors, orders = [], []
    for level in searched.loops["O"]:
        times = dict.fromkeys(DIMENSIONS, 1)
        order = []
        for d, n in reversed(level):  # outermost first
            times[d] *= n
            if order[-1:] != [d]:
                order.append(d)
        if len(set(order)) < len(order):
            return None
        factors.append(tuple(times.values()))
        orders.append(ordered("".join(order)))
    registers, buffer, dram = factors
    return Mapping((dram, buffer, rows, columns, registers), orders[2], orders[1])


@dataclass
class Steps:
    """A layer of a design, from the model's value to ZigZag's, a change at a time; (energy, latency) each."""

    template: Mapping
    model: tuple[float, float]
    same_loops: tuple[float, float] | None
    """The model's count of the loops that ZigZag finds when all tensors are kept at the same ones; None where these
    are no mapping of ours, or do not fit."""
    even: tuple[float, float]
    """ZigZag's count of them."""
    zigzag: tuple[float, float] | None = None
    """What the task measures: each tensor by itself."""
    finer: tuple[float, float] | None = None
    """The same with FINER loops to order."""
    loops: dict | None = None
    """ZigZag's, as the task has them."""


def part(workload: str, design: Accelerator) -> tuple[Hardware, Layer, Mapping]:
    """What a design makes of a workload of one layer."""
    (layer, hardware, template), = tasks(workload)[0].evaluator.parts(design)
    return hardware, layer, template


def all_steps(parts, whole: bool, workers: int) -> list[Steps]:
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return list(pool.map(steps, *zip(*parts), [whole] * len(parts)))


def steps(hardware: Hardware, layer: Layer, template: Mapping, whole: bool) -> Steps:
    """whole: with what follows the even search."""
    def two(found):
        return sum(found.energies(hardware).values()), found.cycles / costs.CLOCK

    _, _, rows, columns, _ = template.factors
    even = best(hardware, layer, rows, columns, even=True)
    same = mapping_of(even, rows, columns)
    try:
        counted = two(evaluate(hardware, layer, same)) if same else None
    except Infeasible:  # what ZigZag shares among PEs in fractions is rounded up in ours, and may not fit
        counted = None
    told = Steps(template, two(evaluate(hardware, layer, template)), counted, two(even.found))
    if whole:
        own, finer = best(hardware, layer, rows, columns), best(hardware, layer, rows, columns, loops=FINER)
        told.zigzag, told.finer, told.loops = two(own.found), two(finer.found), own.loops
    return told
