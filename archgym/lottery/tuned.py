"""What tuning buys: the expected worth of the best of h configurations, and what choosing it costs."""

from dataclasses import dataclass

import numpy as np

from ..stats import RandomBaseline
from ..stats.draws import Draws

RESAMPLES = 200
POINTS = 14


@dataclass
class TunedCurve:
    """The best of h drawn configurations, chosen with some seeds and judged with the others."""

    h: np.ndarray
    """(L,) configurations tried."""
    evaluations: np.ndarray
    """(L,) what was spent: all runs that chose, and the run that is handed over. A single one needs no choosing."""
    value: np.ndarray
    """(L,) expected final value of a run of the chosen configuration."""
    low: np.ndarray
    high: np.ndarray


def tuned_curve(finals, evaluations, rng) -> TunedCurve:
    """Expected value of a run after tuning, against the evaluations that tuning cost.

    finals: (H, S) final values, one row a configuration, S >= 2. evaluations: of one run.
    Half of the seeds choose the best of every h of the H configurations and the other half judge it, then the other way
    round: a configuration is not praised for the luck by which it was chosen. The mean over all choices of h is exact
    (see stats.RandomBaseline.from_sample). Bands: 95 % percentiles over resampled configurations.
    """
    finals = np.asarray(finals, float)
    h = np.unique(np.round(np.geomspace(1, len(finals), POINTS)).astype(int))
    low, high = np.quantile(_resampled(finals, h, rng), (0.025, 0.975), axis=0)
    chosen_with = finals.shape[1] / 2
    spent = np.where(h == 1, 1, h * chosen_with + 1) * evaluations
    return TunedCurve(h, spent, _expected(finals, h), low, high)


def _halves(finals):
    """(H,) means by one half of the seeds and by the other: as (choose, judge), and the other way round."""
    first, second = finals[:, ::2].mean(axis=1), finals[:, 1::2].mean(axis=1)
    return (first, second), (second, first)


def _expected(finals, h):
    return np.mean([RandomBaseline.from_sample(choose, 1, holdout=judge).curve(h, ()).holdout_mean
                    for choose, judge in _halves(finals)], axis=0)


def _resampled(finals, h, rng):
    """(B, L) the same of configurations drawn again."""
    picks = rng.integers(0, len(finals), (RESAMPLES, len(finals)))
    chance = np.array([Draws(np.arange(len(finals)), replace=False).probability(n) for n in h])  # by rank
    return np.mean([np.take_along_axis(judge[picks], np.argsort(choose[picks], axis=1), axis=1) @ chance.T
                    for choose, judge in _halves(finals)], axis=0)


def restarts(finals, evaluations):
    """The same evaluations without tuning: (evaluations (M,), expected best (M,)) of m runs of one configuration.

    finals: (R,) final values of independent runs; up to half of them, for an estimate from all would be a single one.
    """
    m = np.arange(1, max(1, len(finals) // 2) + 1)
    return m * evaluations, RandomBaseline.from_sample(finals, 1).curve(m, ()).mean
