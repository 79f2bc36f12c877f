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
    """How much worse one agent must be for the test to see it four times in five; NaN where no run differs."""


def alike(groups, rng) -> Alike | None:
    """groups: one (R,) array of final values an agent. None for fewer than two agents or two runs each.

    Kruskal and Wallis, JASA 47, 1952, chi-squared with the correction for ties. The detectable difference is found by
    simulation: every agent's runs are drawn from all runs together, one agent's are lowered, and the least lowering is
    sought at which p < 5 % in 80 % of the trials.
    """
    groups = [np.asarray(g, float) for g in groups]
    if len(groups) < 2 or min(map(len, groups)) < 2:
        return None
    together = np.concatenate(groups)
    if np.ptp(together) == 0:
        return Alike(1.0, float("nan"))
    sizes = [len(g) for g in groups]
    draws = rng.choice(together, (TRIALS, sum(sizes)))

    def power(shift):
        lowered = draws.copy()
        lowered[:, :sizes[0]] -= shift
        return float((kruskal_wallis(lowered, sizes) < LEVEL).mean())

    low, high = 0.0, float(np.ptp(together))
    while power(high) < POWER and high < 1e3 * np.ptp(together):
        high *= 2
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return Alike(float(kruskal_wallis(together[None], sizes)[0]), high)


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
