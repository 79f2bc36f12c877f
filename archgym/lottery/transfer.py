"""Whether the settings that are best on one task serve another."""

from dataclasses import dataclass

import numpy as np

from ..stats import Interval
from ..stats.rank_tests import midranks

RESAMPLES = 500


@dataclass
class Transfer:
    correlation: np.ndarray
    """(T, T) Spearman's rank correlation of the configurations' scores on two tasks, by different seeds: on the
    diagonal stands what can be had at most, the agreement of a task with itself."""
    served: np.ndarray
    """(T, T) share of the configurations, ties half, that the best by task i beats on task j, judged by other seeds."""
    itself: Interval
    """Mean correlation of a task with itself, over configurations resampled."""
    another: Interval
    """Mean correlation of a task with another."""


def transfer(finals, rng) -> Transfer:
    """finals: (T, H, S) of one agent, H and S >= 2. Half of the seeds stand for one task, the others for the other."""
    finals = np.asarray(finals, float)
    first, second = finals[:, :, ::2].mean(axis=2), finals[:, :, 1::2].mean(axis=2)
    tasks, rows = first.shape
    whole = _correlation(first, second)
    replicates = np.array([_means(_correlation(first[:, picks], second[:, picks]))
                           for picks in rng.integers(0, rows, (RESAMPLES, rows))])
    ends = [np.quantile(of[np.isfinite(of)], (0.025, 0.975)) if np.isfinite(of).any() else (np.nan, np.nan)
            for of in replicates.T]
    itself, another = (Interval(mean, *map(float, end)) for mean, end in zip(_means(whole), ends))
    return Transfer(whole, (_served(first, second) + _served(second, first)) / 2, itself, another)


def _correlation(first, second):
    ranks = [np.array([midranks(task)[0] for task in half]) for half in (first, second)]
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.corrcoef(*ranks)[:len(first), len(first):]
    return (both + both.T) / 2


def _means(matrix):
    """The mean of the diagonal and that of the rest, over what is known; NaN where nothing is."""
    same = np.eye(len(matrix), dtype=bool)
    return [float(known.mean()) if len(known := part[np.isfinite(part)]) else np.nan
            for part in (matrix[same], matrix[~same])]


def _served(choose, judge):
    found = np.empty((len(choose), len(choose)))
    for i, chosen in enumerate(choose):
        best = np.flatnonzero(chosen == chosen.max())
        for j, judged in enumerate(judge):
            mine = judged[best][:, None]
            share = ((judged < mine).sum(axis=1) + ((judged == mine).sum(axis=1) - 1) / 2) / (len(judged) - 1)
            found[i, j] = share.mean()
    return found
