"""How often one agent beats another."""

import numpy as np

from .intervals import Interval, normal_quantile, plain


def probability_better(first, second, *, level=0.95):
    """P(A > B) + P(A = B)/2 for final values A and B of two agents: the probability of improvement.

    first: (S,), second: (S',), one value a seed; any two seeds are compared, so the counts may differ.
    The estimate is the Mann-Whitney U over S S'. The interval is Newcombe's fifth ("Confidence intervals for an
    effect size measure based on the Mann-Whitney statistic, part 2", Statistics in Medicine 25, 2006): the theta with
    (theta - estimate)^2 <= z^2 V(theta), V = theta(1-theta)[1 + h (1-theta)/(2-theta) + h theta/(1+theta)]/(S S'),
    h = (S + S')/2 - 1. Simulated, it covers 94 to 98 % with 30 and 100 seeds of normal agents, a bootstrap 62 to 92 %
    at theta = .92; it errs to the wide side under many ties (99 % where four runs in five end alike), to the narrow one
    (90 to 93 %) where one agent varies four to ten times as much as the other. Intervals with a variance estimated from
    the ranks, Brunner and Munzel's or Mee's, mend both in the middle and cover 86 to 91 % where theta is .97.
    """
    first, second = _finals(first), np.sort(_finals(second))
    below, to = (np.searchsorted(second, first, side=side).sum() for side in ("left", "right"))
    estimate = (below + to) / (2 * len(first) * len(second))
    if min(len(first), len(second)) < 2:
        return Interval(float(estimate), float("nan"), float("nan"), level)
    z = normal_quantile(level)
    half = (len(first) + len(second)) / 2 - 1

    def outside(theta):
        spread = 1 + half * (1 - theta) / (2 - theta) + half * theta / (1 + theta)
        return (theta - estimate) ** 2 > z**2 * theta * (1 - theta) * spread / (len(first) * len(second))

    return Interval(float(estimate), _edge(outside, 0.0, estimate), _edge(outside, 1.0, estimate), level)


def better_matrix(values_by_agent, *, level=0.95):
    """P(row's agent better than column's) for every two agents.

    values_by_agent: label -> (S,) final values. Returns an Interval of (k, k) arrays in the mapping's order; the
    diagonal is NaN, and [i, j] and [j, i] add up to one.
    """
    values = list(values_by_agent.values())
    estimate, low, high = np.full((3, len(values), len(values)), np.nan)
    for i, first in enumerate(values):
        for j in range(i):
            pair = probability_better(first, values[j], level=level)
            estimate[i, j], low[i, j], high[i, j] = pair.estimate, pair.low, pair.high
            estimate[j, i], low[j, i], high[j, i] = 1 - pair.estimate, 1 - pair.high, 1 - pair.low
    return Interval(estimate, low, high, level)


def mean_of(intervals):
    """Mean of independent quantities and its interval: P(A better than B) over tasks, say.

    Square-and-add (Zou and Donner, "Construction of confidence limits about effect measures", Statistics in Medicine
    27, 2008): low = mean - sqrt(sum (estimate_t - low_t)^2)/T, high likewise.
    """
    intervals = list(intervals)
    if not intervals:
        raise ValueError("no intervals to average")
    if len({interval.level for interval in intervals}) > 1:
        raise ValueError("intervals of different levels cannot be averaged")
    ends = ("estimate", "low", "high")
    estimates, lows, highs = (np.array([getattr(interval, end) for interval in intervals], float) for end in ends)
    mean, count = estimates.mean(0), len(intervals)
    low = mean - np.sqrt(((estimates - lows) ** 2).sum(0)) / count
    high = mean + np.sqrt(((highs - estimates) ** 2).sum(0)) / count
    return Interval(plain(mean), plain(low), plain(high), intervals[0].level)


def _finals(values):
    values = np.asarray(values, float)
    if values.ndim != 1 or len(values) == 0 or np.isnan(values).any():
        raise ValueError("one final value a seed is needed: a non-empty (S,) array without NaN")
    return values


def _edge(outside, end, inside):
    """Where between `end` and `inside` the interval stops, by bisection; `end` itself if it is inside."""
    if end == inside or not outside(end):
        return float(end)
    for _ in range(60):
        middle = (end + inside) / 2
        end, inside = (middle, inside) if outside(middle) else (end, middle)
    return float(inside)
