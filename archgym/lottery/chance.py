"""How often a configuration drawn at random beats another agent's default."""

import numpy as np

from ..stats import Interval


def chance_of_beating(finals, others, rng, *, level=0.95, resamples=1000) -> Interval:
    """P(A > B) + P(A = B)/2 for a run A of a random configuration and a run B of another agent's default.

    finals: (H, S) one row a configuration, not finite where it failed, which loses. others: (R,) runs of the default.
    Configurations and the default's runs are both resampled; one configuration that always wins and one that always
    loses join them, as in stats.bounded_mean.
    """
    finals = np.where(np.isfinite(finals), finals, -np.inf)
    others = np.asarray(others, float)
    wins = (finals[:, :, None] > others).mean(axis=1) + (finals[:, :, None] == others).mean(axis=1) / 2
    estimate = float(wins.mean())
    joined = np.vstack((wins, np.zeros(len(others)), np.ones(len(others))))
    rows = rng.multinomial(len(joined), np.full(len(joined), 1 / len(joined)), resamples) / len(joined)
    columns = rng.multinomial(len(others), np.full(len(others), 1 / len(others)), resamples) / len(others)
    low, high = np.quantile(((rows @ joined) * columns).sum(axis=1), ((1 - level) / 2, (1 + level) / 2))
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate), level)
