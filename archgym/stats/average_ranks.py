"""Do agents differ across tasks? Friedman's test, and the critical difference of average ranks.

Demsar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7, 2006. What is counted is tasks, never
seeds: the runs of one agent on one task are one number here, their mean.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from .rank_tests import midranks
from .ranks import rank_agents

ENOUGH_TASKS = 10
"""Demsar's rule: with fewer tasks the test's approximations do not hold, and it finds little."""


@dataclass(frozen=True, slots=True)
class Friedman:
    """Average ranks of k agents over N tasks, and the test that all are alike."""

    ranks: np.ndarray
    """(k,) average rank over tasks; 1 is the best."""
    tasks: int
    chi_square: float
    """Friedman's statistic, corrected for ties."""
    f: float
    """Iman and Davenport's statistic, less conservative."""
    p: float
    """Of `f`, with k - 1 and (k - 1)(N - 1) degrees of freedom."""
    critical_difference: float
    """Nemenyi's: average ranks farther apart differ at 5 %."""

    @property
    def underpowered(self) -> str:
        """Why nothing should be concluded from the test, in words; empty where there are tasks enough."""
        if self.tasks >= ENOUGH_TASKS:
            return ""
        return (f"underpowered: {self.tasks} task{'s' * (self.tasks != 1)}, and a comparison of average ranks needs "
                f"{ENOUGH_TASKS} or more")

    def alike(self) -> list[tuple[int, ...]]:
        """The largest groups of agents within one critical difference, as the bars of the diagram join them."""
        order = np.argsort(self.ranks, kind="stable")
        groups = []
        for start in range(len(order)):
            inside = self.ranks[order] - self.ranks[order[start]] <= self.critical_difference
            end = start + int(inside[start:].sum())
            if end - start > 1 and (not groups or end > groups[-1][1]):
                groups.append((start, end))
        return [tuple(order[start:end].tolist()) for start, end in groups]


def friedman(values, alpha=0.05):
    """Friedman's test of k agents on N tasks.

    values: (k, N) one number an agent and task, larger is better.
    Raises ValueError for fewer than two agents or two tasks, or a missing number.

    chi2 = 12 N/(k(k+1)) [sum R_j^2 - k(k+1)^2/4], divided by 1 - sum(t^3 - t)/(N k (k^2 - 1)) for ties;
    F = (N-1) chi2/(N(k-1) - chi2).
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or min(values.shape) < 2 or np.isnan(values).any():
        raise ValueError(f"values of shape {values.shape}: (agents, tasks), two of each at least, none missing")
    from scipy.special import fdtrc

    k, n = values.shape
    ranks = rank_agents(values).mean(1)
    ties = sum(midranks(column)[1] for column in values.T)
    correction = 1 - ties / (n * k * (k**2 - 1))
    chi_square = 0.0
    if correction > 0:
        chi_square = 12 * n / (k * (k + 1)) * (np.sum(ranks**2) - k * (k + 1) ** 2 / 4) / correction
    room = n * (k - 1) - chi_square
    f = (n - 1) * chi_square / room if room > 1e-12 else float("inf")
    p = 0.0 if f == float("inf") else float(fdtrc(k - 1, (k - 1) * (n - 1), f))
    return Friedman(ranks, n, float(chi_square), float(f), p, critical_difference(k, n, alpha))


@cache
def critical_difference(agents, tasks, alpha=0.05):
    """Nemenyi's critical difference of average ranks, q sqrt(k(k+1)/(6N)), q the studentised range over root two."""
    from scipy.stats import studentized_range

    q = studentized_range.ppf(1 - alpha, agents, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(agents * (agents + 1) / (6 * tasks)))
