"""All rows of a task that can be enumerated, and the exact random baseline that follows from them."""

from dataclasses import dataclass

import numpy as np

from . import streams
from .errors import ArchGymError
from .evaluator import Designs


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
    genomes = list(space.enumerate())
    uniform = hasattr(space, "choices") and all(c.weights is None for c in space.choices)
    law = (np.full(len(genomes), 1 / len(genomes)) if uniform else
           np.exp([space.log_prob(g) for g in genomes]))
    rows = np.array(genomes) if hasattr(space, "codes") else genomes
    counts = evaluator.seeds_of_many(Designs(space, rows)) if evaluator.seeds > 1 else np.ones(len(genomes), int)
    at = np.repeat(np.arange(len(genomes)), counts)
    seeds = np.concatenate([np.arange(c) for c in counts]) if evaluator.seeds > 1 else np.zeros(len(at), int)
    return _measured(task, rows[at] if isinstance(rows, np.ndarray) else [rows[i] for i in at], seeds,
                     (law / law.sum())[at] / counts[at])


def draw_rows(task, n, rng) -> Population:
    """`n` independent draws by the law, each measured with a seed drawn uniformly."""
    genomes = task.space.sample_many(rng, n)
    designs = Designs(task.space, genomes)
    counts = task.evaluator.seeds_of_many(designs) if task.evaluator.seeds > 1 else np.ones(n, int)
    return _measured(task, genomes, (rng.random(n) * counts).astype(int), np.full(n, 1 / n))


def _measured(task, genomes, seeds, weights) -> Population:
    found = task.evaluator.evaluate_many(Designs(task.space, genomes), fidelity=None, seeds=seeds)
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

    if task.evaluator.instant and task.space.size is not None and task.space.size <= 1_000_000:
        rows = enumerate_rows(task)
        return RandomBaseline(rows.values, n, rows.holdout, rows.weights, law=rows.law, rows_are=rows.rows_are,
                              optimum=task.optimum)
    rows = draw_rows(task, max(samples, n), streams.generator(seed, task.id, "baseline"))
    if not np.isfinite(rows.values).all():
        raise ArchGymError(f"{task.id}: some random designs failed and the task states no worst value; give worst=")
    return RandomBaseline.from_sample(rows.values, n, holdout=rows.holdout, law=rows.law, optimum=task.optimum)
