"""Scores of runs across tasks: interquartile mean, optimality gap, performance profiles, with stratified intervals.

Agarwal, Schwarzer, Castro, Courville, Bellemare, "Deep Reinforcement Learning at the Edge of the Statistical
Precipice", NeurIPS 2021. Scores are normalised first, so that a point means the same on every task: 0 the random
baseline, 1 the optimum, say. Seeds are resampled within each task; tasks are what they are.
"""

import numpy as np

from .bca import all_but_one, ends, pulls_of
from .intervals import CHUNK, Interval, plain, tail_probability

TRIM = 0.25


def normalised(values, low, high):
    """(values - low)/(high - low): 0 at `low` (the random baseline), 1 at `high` (the optimum). Not cut at either end.

    Raises ValueError unless low < high.
    """
    if not low < high:
        raise ValueError(f"scores are normalised between two numbers, low < high, not {low!r} and {high!r}")
    return (np.asarray(values, float) - low) / (high - low)


def interquartile_mean(scores, axis=-1):
    """Mean of the middle half of the scores, all tasks' runs together: the mean without the best and worst quarter.

    scores: (..., n). A quarter that is no whole number of scores leaves a part of one, so that one score more never
    makes a jump.
    """
    ordered = np.sort(np.moveaxis(np.asarray(scores, float), axis, -1), axis=-1)
    n = ordered.shape[-1]
    if not n:
        raise ValueError("no scores to average")
    ends = np.arange(n + 1) / n
    inside = np.clip(np.minimum(ends[1:], 1 - TRIM) - np.maximum(ends[:-1], TRIM), 0, None)
    return plain(ordered @ (inside / inside.sum()))


def optimality_gap(scores, axis=-1, target=1.0):
    """How far the scores stay below `target` on average; what is above it does not make up for what is below."""
    return plain(np.mean(np.maximum(target - np.asarray(scores, float), 0), axis=axis))


def performance_profile(scores, taus):
    """Share of the runs whose score is above each of `taus`: (..., n) scores give (..., T) shares."""
    scores, taus = np.asarray(scores, float), np.asarray(taus, float)
    return (scores[..., None, :] > taus[:, None]).mean(-1)


def over_tasks(scores_by_task, rng, statistic, *, level=0.95, resamples=2000):
    """Interval of a statistic of all tasks' scores together; seeds are resampled within each task.

    scores_by_task: one (S_t,) array a task. statistic: f(scores) reducing the last axis of a (..., n) array. BCa, its
    percentiles taken as far out as for the mean of as many seeds as the task with fewest has (see `intervals`).
    """
    strata = [np.asarray(scores, float) for scores in scores_by_task]
    if not strata or any(s.ndim != 1 or not len(s) or np.isnan(s).any() for s in strata):
        raise ValueError("one non-empty (S,) array of scores without NaN is needed for each task")
    estimate = statistic(np.concatenate(strata))
    fewest = min(map(len, strata))
    if fewest < 2:
        nothing = np.full(np.shape(estimate), np.nan)
        return Interval(plain(estimate), plain(nothing), plain(nothing), level)
    picked = [s[rng.integers(0, len(s), (int(resamples), len(s)))] for s in strata]
    pulls = np.concatenate([pulls_of(part) for part in _left_out(strata, statistic)])
    replicates = statistic(np.concatenate(picked, axis=1))
    low, high = ends(replicates, estimate, pulls, tail_probability(fewest, level))
    return Interval(plain(estimate), plain(low), plain(high), level)


def _left_out(strata, statistic):
    """For each task, (S_t, ...) the statistic without each of its runs."""
    scores = np.concatenate(strata)
    others = all_but_one(len(scores))
    step = max(1, CHUNK // (100 * len(scores)))  # a statistic may be many numbers, as a profile is
    found = np.concatenate([statistic(scores[others[i:i + step]]) for i in range(0, len(scores), step)])
    return np.split(found, np.cumsum([len(s) for s in strata])[:-1])
