"""A distribution on finitely many values: what random search ends with, exactly."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .intervals import bounded_mean, plain


@dataclass(frozen=True)
class Distribution:
    """Values and their probabilities; larger values are better."""

    support: np.ndarray
    """(K,) distinct values, ascending."""
    probability: np.ndarray
    """(K,) their probabilities."""

    @cached_property
    def cumulative(self):
        """(K,) P(value <= support)."""
        return np.minimum(np.cumsum(self.probability), 1)

    @cached_property
    def mean(self):
        top = self.support[-1]  # relative to the best value, so that a regret near zero keeps its digits
        return float(top - (top - self.support) @ self.probability)

    @cached_property
    def sd(self):
        return float(np.sqrt((self.support - self.mean) ** 2 @ self.probability))

    def quantile(self, q):
        """The smallest value with P(best <= value) >= q, for a probability q or an array of them."""
        q = np.asarray(q, float)
        if not np.all((q >= 0) & (q <= 1)):
            raise ValueError(f"quantile {q.tolist()}: a probability lies between 0 and 1")
        # Sums of probabilities miss round numbers by some ulps.
        k = np.searchsorted(self.cumulative, q * (1 - 1e-12))
        return plain(self.support[np.minimum(k, len(self.support) - 1)])

    def cdf(self, x):
        """P(value <= x), for a number or an array; NaN for NaN."""
        return plain(self._level(x, "right"))

    def score(self, x):
        """P(value < x) + P(value = x)/2: the chance that x is better than a draw, ties half; NaN for NaN."""
        return plain((self._level(x, "left") + self._level(x, "right")) / 2)

    def beaten_by(self, values, rng, *, level=0.95, resamples=2000):
        """P(A > R) + P(A = R)/2 for an agent's final values A and a draw R of this distribution, as an Interval.

        values: (S,), one a seed; a NaN is a seed that has none and is passed over. The distribution is exact, so that
        only the agent's seeds are resampled; see `intervals.bounded_mean`. Raises ValueError without seeds.
        """
        scores = np.atleast_1d(self.score(values))
        return bounded_mean(scores[~np.isnan(scores)], rng, level=level, resamples=resamples)

    def _level(self, x, side):
        levels = np.concatenate(([0.0], self.cumulative))
        # A search would put NaN above every value.
        return np.where(np.isnan(x), np.nan, levels[np.searchsorted(self.support, x, side=side)])
