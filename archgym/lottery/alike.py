"""The statement "no agent is better once tuned", tested, and how large a difference the test would have seen."""

from dataclasses import dataclass

import numpy as np

POWER = 0.8
LEVEL = 0.05
TRIALS = 400


@dataclass
class Alike:
    """Kruskal and Wallis's test that the runs of all agents have one distribution."""

    p: float
    detectable: float
    """By how much one agent must be worse on average for the test to see it four times in five; NaN where it would not
    even if all of its runs were of the worse half, or no run differs."""


def alike(groups, rng) -> Alike | None:
    """groups: one (R,) array of final values an agent. None for fewer than two agents or two runs each.

    Kruskal and Wallis, JASA 47, 1952, chi-squared with the correction for ties. The detectable difference is found by
    simulation: all agents' runs are drawn from all runs together, but a share of one agent's from the worse half of
    them, and the least share is sought at which p < 5 % in 80 % of the trials. (To lower all runs of an agent would say
    little where many runs find the optimum: the least lowering breaks all ties.)
    """
    groups = [np.asarray(g, float) for g in groups]
    if len(groups) < 2 or min(map(len, groups)) < 2:
        return None
    together, sizes = np.sort(np.concatenate(groups)), [len(g) for g in groups]
    p = float(kruskal_wallis(np.concatenate(groups)[None], sizes)[0])
    worse = together[:len(together) // 2]
    draws = rng.choice(together, (TRIALS, sum(sizes)))
    others, chance = rng.choice(worse, (TRIALS, sizes[0])), rng.random((TRIALS, sizes[0]))

    def power(share):
        mixed = draws.copy()
        mixed[:, :sizes[0]] = np.where(chance < share, others, draws[:, :sizes[0]])
        return float((kruskal_wallis(mixed, sizes) < LEVEL).mean())

    if together[0] == together[-1] or power(1.0) < POWER:
        return Alike(p, float("nan"))
    low, high = 0.0, 1.0
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return Alike(p, float(high * (together.mean() - worse.mean())))


def kruskal_wallis(values, sizes):
    """(B,) p-values; values: (B, sum of sizes), the groups side by side."""
    from scipy.stats import chi2, rankdata

    ranks = rankdata(values, axis=1)
    total = ranks.shape[1]
    sums = np.add.reduceat(ranks, np.cumsum([0, *sizes[:-1]]), axis=1)
    between = (sums**2 / np.array(sizes)).sum(axis=1) - total * (total + 1) ** 2 / 4
    within = ((ranks - (total + 1) / 2) ** 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        statistic = (total - 1) * between / within
    return np.where(within > 0, chi2.sf(statistic, len(sizes) - 1), 1.0)
