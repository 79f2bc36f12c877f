"""What a table is like to search: its noise between seeds, and how alike neighbours are."""

from dataclasses import dataclass

import numpy as np

from .intervals import Interval, bootstrap


@dataclass(frozen=True, slots=True)
class SeedNoise:
    """How much of what is measured is the seed and not the design."""

    within: float
    """Standard deviation of a design's measurements, pooled over designs."""
    between: float
    """Standard deviation of designs' true means, the seeds' part taken off; 0 where noise explains all."""
    reliability: float
    """between^2/(between^2 + within^2): the correlation of two measurements of one design, each with its own seed."""


def seed_noise(values, designs) -> SeedNoise | None:
    """One-way analysis of variance of repeated measurements.

    values: (N,); designs: (N,) which design each is of. The unbiased estimates of a random-effects model with unequal
    numbers of seeds (Searle, Casella, McCulloch, "Variance Components", 1992, section 3.6). None where no design was
    measured twice, or there is one design only.
    """
    values = np.asarray(values, float)
    _, group, counts = np.unique(designs, return_inverse=True, return_counts=True)
    rows, groups = len(values), len(counts)
    if groups < 2 or rows == groups:
        return None
    means = np.bincount(group, values) / counts
    within = float(np.sum((values - means[group]) ** 2) / (rows - groups))
    spread = float(np.sum(counts * (means - values.mean()) ** 2) / (groups - 1))
    usual = (rows - np.sum(counts.astype(float) ** 2) / rows) / (groups - 1)
    between = max(0.0, (spread - within) / usual)
    whole = between + within
    return SeedNoise(within**0.5, float(between) ** 0.5, float(between / whole) if whole else float("nan"))


def walk_autocorrelation(walks, lags, rng, *, level=0.95, resamples=1000):
    """Autocorrelation of values along random walks, with a bootstrap interval over walks.

    walks: (W, L) values along W walks of one mutation a step; lags: (K,) steps, each below L. Weinberger, "Correlated
    and uncorrelated fitness landscapes and how to tell the difference", Biological Cybernetics 63, 1990: the mean of
    (v_t - m)(v_{t+lag} - m) over that of (v_t - m)^2, m the mean of all walks. 1 at lag 0; near 0 where a step forgets
    everything. NaN where no value differs.
    """
    walks, lags = np.asarray(walks, float), np.asarray(lags, int)
    if walks.ndim != 2 or not len(walks) or lags.min() < 0 or lags.max() >= walks.shape[1]:
        raise ValueError(f"walks of shape {walks.shape}: (walks, steps), more steps than the largest lag {lags.max()}")
    away = walks - walks.mean()
    if not away.any():
        return Interval(*np.full((3, len(lags)), np.nan), level)
    products = [np.mean(away**2, axis=1)] + [np.mean(away[:, lag:] * away[:, :walks.shape[1] - lag], axis=1)
                                             for lag in lags]

    def ratio(rows, axis):
        means = rows.mean(axis)
        with np.errstate(invalid="ignore"):  # a resample of walks that stand still says nothing
            return means[..., 1:] / means[..., :1]

    return bootstrap(np.stack(products, axis=1), rng, ratio, level=level, resamples=resamples)


def correlation_length(first):
    """Steps until the correlation of an exponentially forgetting walk has fallen to 1/e: -1/ln(rho(1)).

    first: the autocorrelation at lag 1. 0 where it is not positive, inf at 1 (Stadler, "Landscapes and their
    correlation functions", Journal of Mathematical Chemistry 20, 1996).
    """
    if first <= 0:
        return 0.0
    return float("inf") if first >= 1 else float(-1 / np.log(first))
