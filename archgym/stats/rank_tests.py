"""Rank tests between agents, and which agents are not worse than the best.

Exact tests count the arrangements of the observed (mid)ranks, ties or not; larger samples use the normal approximation
with the correction for ties and continuity.
"""

from dataclasses import dataclass

import numpy as np

from .intervals import NORMAL

EXACT = 80  # values, of both agents together, up to which arrangements are counted: 20 ms


@dataclass(frozen=True, slots=True)
class NotWorse:
    """Which agents are not shown to be worse than the best."""

    best: str
    """The agent with the highest mean; the first of equals."""
    p: dict
    """Agent -> Holm-adjusted p of "worse than the best"; 1 for the best itself."""
    marked: tuple
    """The best, and every agent with p > alpha, in the order given."""


def not_worse_than_best(values_by_agent, alpha=0.05, *, paired=False):
    """The agents to print in bold: the best by mean, and those not significantly worse.

    values_by_agent: label -> (S,) final values. One-sided tests of each agent against the best, rank-sum or (paired,
    the same seeds in the same order) signed-rank, with Holm's correction over them. Few seeds mark many agents: that
    is right.
    Raises ValueError for an agent without values.
    """
    values = {label: np.asarray(v, float) for label, v in values_by_agent.items()}
    for label, v in values.items():
        if v.ndim != 1 or len(v) == 0 or np.isnan(v).any():
            raise ValueError(f"agent {label!r}: one final value a seed is needed, a non-empty (S,) array without NaN")
    if not values:
        raise ValueError("no agents to compare")
    means = {label: v.mean() for label, v in values.items()}
    best = max(means, key=means.get)
    others = [label for label in values if label != best]
    test = signed_rank_test if paired else rank_sum_test
    adjusted = holm([test(values[label], values[best], "less") for label in others])
    p = {**dict.fromkeys(values, 1.0), **dict(zip(others, adjusted.tolist(), strict=True))}
    return NotWorse(best, p, tuple(label for label in values if label == best or p[label] > alpha))


def holm(p):
    """Holm's step-down adjustment (Scandinavian Journal of Statistics 6, 1979): the k-th smallest of m times m - k + 1,
    made monotone, at most 1."""
    p = np.asarray(p, float)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("p-values lie between 0 and 1")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)), 1)
    return adjusted


def rank_sum_test(first, second, alternative="two-sided"):
    """p-value of Wilcoxon, Mann and Whitney's rank-sum test that two agents' values have one distribution.

    first: (S,), second: (S',). alternative: "two-sided", "greater" (first tends to be greater) or "less".
    Exact, ties included, up to 80 values together; then normal.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    n, m = len(first), len(second)
    if not n or not m:
        raise ValueError("both agents need at least one value")
    ranks, ties = midranks(np.concatenate((first, second)))
    total = ranks[:n].sum()
    if n + m <= EXACT:
        return _exact(_subset_sums(ranks, n), total, alternative)
    size = n + m
    variance = n * m / 12 * (size + 1 - ties / (size * (size - 1)))
    return _normal(total - n * (size + 1) / 2, variance, alternative)


def signed_rank_test(first, second, alternative="two-sided"):
    """p-value of Wilcoxon's signed-rank test that the differences of paired values lie evenly about zero.

    first, second: (S,), the same seeds in the same order. Pairs without a difference are left out, as Wilcoxon did.
    Exact, ties included, up to 80 pairs; then normal.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape:
        raise ValueError(f"paired values need one shape, not {first.shape} and {second.shape}: see share_seeds")
    difference = first - second
    difference = difference[difference != 0]
    ranks, ties = midranks(np.abs(difference))
    total, n = ranks[difference > 0].sum(), len(ranks)
    if n <= EXACT:
        return _exact(_signed_sums(ranks), total, alternative)
    return _normal(total - n * (n + 1) / 4, n * (n + 1) * (2 * n + 1) / 24 - ties / 48, alternative)


def midranks(values):
    """(ranks from 1, equals sharing their mean rank; sum over groups of equals of t^3 - t)."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return ((ends - counts + 1 + ends) / 2)[group], float((counts.astype(float) ** 3 - counts).sum())


def _subset_sums(ranks, size):
    """counts[w]: subsets of that many ranks whose doubled sum is w."""
    doubled = np.rint(2 * ranks).astype(int)
    counts = np.zeros((size + 1, int(np.sort(doubled)[-size:].sum()) + 1))
    counts[0, 0] = 1
    for rank in doubled:
        if rank < counts.shape[1]:
            counts[1:, rank:] += counts[:-1, : counts.shape[1] - rank]
    return counts[size]


def _signed_sums(ranks):
    """counts[w]: sign patterns whose positive ranks have the doubled sum w."""
    doubled = np.rint(2 * ranks).astype(int)
    counts = np.zeros(int(doubled.sum()) + 1)
    counts[0] = 1
    for rank in doubled:
        counts[rank:] += counts[: len(counts) - rank].copy()
    return counts


def _exact(counts, total, alternative):
    at = int(round(2 * total))
    size = counts.sum()
    return _sided(counts[: at + 1].sum() / size, counts[at:].sum() / size, alternative)


def _normal(excess, variance, alternative):
    if variance <= 0:
        return 1.0
    sd = variance**0.5
    return _sided(NORMAL.cdf((excess + 0.5) / sd), NORMAL.cdf((0.5 - excess) / sd), alternative)


def _sided(lower, upper, alternative):
    sides = {"less": lower, "greater": upper, "two-sided": 2 * min(lower, upper)}
    if alternative not in sides:
        raise ValueError(f"unknown alternative {alternative!r}: 'two-sided', 'greater' or 'less'")
    return float(min(1.0, sides[alternative]))
