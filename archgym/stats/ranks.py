"""Ranks of agents, seed by seed and point by point of the budget."""

import numpy as np

from .intervals import bootstrap


def rank_agents(values):
    """Rank of each agent among the agents: 1 is the best, equals share their mean rank.

    values: (k, ...) one agent a row; a column holds what is compared: one seed, one budget. NaN where any agent has
    none.
    """
    values = np.asarray(values, float)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError("no agents to rank: give one row an agent")
    ranks = np.array([0.5 + np.sum(values > own, axis=0) + np.sum(values == own, axis=0) / 2 for own in values])
    return np.where(np.isnan(values).any(axis=0), np.nan, ranks)


def average_rank(values, rng, *, level=0.95, resamples=2000):
    """Mean rank of each agent over seeds, with a bootstrap interval.

    values: (k, S) final values, or (k, S, N) incumbents for a rank curve: k agents, the same S seeds in the same
    order (see `share_seeds`). Returns an Interval of (k,) or (k, N) arrays. Whole seeds are resampled, all agents of
    one together.
    """
    values = np.asarray(values, float)
    if values.ndim < 2:
        raise ValueError(f"values of shape {values.shape}: ranks need (agents, seeds) or (agents, seeds, points)")
    return bootstrap(np.moveaxis(rank_agents(values), 0, 1), rng, level=level, resamples=resamples)
