"""All rows of a task that can be enumerated, and the exact random baseline that follows from them."""

import math
from dataclasses import dataclass

import numpy as np

from . import streams, variation
from .choice import log_probability
from .errors import ArchGymError
from .evaluator import Designs, check_columns


@dataclass
class Population:
    """Every (design, seed) row: what one random draw can measure, and how likely that is under the law."""

    values: np.ndarray
    holdout: np.ndarray | None
    weights: np.ndarray
    """Probability of each row; sums to 1."""
    law: str
    rows_are: str
    """What a row is, in words."""
    genomes: object
    seeds: np.ndarray


def enumerate_rows(task, limit=1_000_000) -> Population:
    """Population of a task whose evaluator is instant and whose space has at most `limit` genomes."""
    space, evaluator = task.space, task.evaluator
    if space.size is None or space.size > limit or not evaluator.instant:
        raise ArchGymError(f"{task.id} cannot be enumerated: " + (
            "its evaluator is not instant" if not evaluator.instant else
            f"its space has {'an unknown number of' if space.size is None else f'{space.size:,}'} designs, "
            f"more than {limit:,}"))
    genomes, law = enumerated_law(space)
    rows = np.array(genomes) if hasattr(space, "codes") else genomes
    counts = evaluator.seeds_of_many(Designs(space, rows)) if evaluator.seeds > 1 else np.ones(len(genomes), int)
    at = np.repeat(np.arange(len(genomes)), counts)
    seeds = np.concatenate([np.arange(c) for c in counts]) if evaluator.seeds > 1 else np.zeros(len(at), int)
    return _measured(task, rows[at] if isinstance(rows, np.ndarray) else [rows[i] for i in at], seeds,
                     law[at] / counts[at])


def enumerated_law(space) -> tuple[list, np.ndarray]:
    """(genomes, the probability that `sample` gives each): every genome that can be drawn. Sums to 1.

    A rejected draw is drawn again, which scales all alike. Where builds meet dead ends, a genome is as likely as all
    the builds together that end in it, those that abandoned picks on the way too.
    """
    if space.even or hasattr(space, "choices") and all(c.weights is None for c in space.choices):
        genomes = list(space.enumerate())
        return genomes, np.full(len(genomes), 1 / len(genomes))
    mass = {}
    for trace in variation.enumerate_builds(space):
        genome = space.clean(trace)
        mass[genome] = mass.get(genome, 0.0) + math.exp(math.fsum(map(log_probability, trace.choices, trace.picks)))
    genomes = [genome for genome, m in mass.items() if m > 0]
    law = np.array([mass[genome] for genome in genomes])
    return genomes, law / law.sum()


def draw_rows(task, n, rng) -> Population:
    """`n` independent draws by the law, each measured with a seed drawn uniformly."""
    genomes = task.space.sample_many(rng, n)
    designs = Designs(task.space, genomes)
    counts = task.evaluator.seeds_of_many(designs) if task.evaluator.seeds > 1 else np.ones(n, int)
    return _measured(task, genomes, (rng.random(n) * counts).astype(int), np.full(n, 1 / n))


def _measured(task, genomes, seeds, weights) -> Population:
    found = task.evaluator.evaluate_many(Designs(task.space, genomes), fidelity=None, seeds=seeds)
    check_columns(found, task.evaluator, len(weights), lambda i: task.space.text_of(tuple(map(int, genomes[i]))))
    ok = np.ones(len(weights), bool) if found.statuses is None else np.array([s == "ok" for s in found.statuses])
    values = np.where(ok, task.objective.column(found.values), task.worst)
    holdout = None
    if task.has_holdout:
        holdout = np.where(ok, task.holdout_values(genomes, seeds), task.worst)
    rows_are = "(design, seed) rows" if task.evaluator.seeds > 1 else "designs"
    return Population(values, holdout, weights, task.space.law, rows_are, genomes, np.asarray(seeds))


def random_baseline(task, n, samples=10_000, seed=0):
    """Best of `n` random draws: exact where the task can be enumerated, else estimated from `samples` draws."""
    from .stats import RandomBaseline

    exact = task.evaluator.instant and task.space.size is not None and task.space.size <= 1_000_000
    rows = (enumerate_rows(task) if exact else
            draw_rows(task, max(samples, n), streams.generator(seed, task.id, "baseline")))
    if not np.isfinite(rows.values).all():
        raise ArchGymError(f"{task.id}: some random designs failed and the task states no worst value; give worst=")
    if exact:
        return RandomBaseline(rows.values, n, rows.holdout, rows.weights, law=rows.law, rows_are=rows.rows_are,
                              optimum=task.optimum)
    return RandomBaseline.from_sample(rows.values, n, holdout=rows.holdout, law=rows.law, optimum=task.optimum)
