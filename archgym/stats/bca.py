"""Bias-corrected and accelerated percentiles of bootstrap replicates (BCa).

Efron, "Better Bootstrap Confidence Intervals", JASA 82, 1987: where the law of the statistic is skewed, both ends move
to the side of its long tail. The correction comes from two numbers, the share of replicates below the estimate and the
skewness of how single values pull at it.
"""

from statistics import NormalDist

import numpy as np

_cdf, _quantile = (np.frompyfunc(f, 1, 1) for f in (NormalDist().cdf, NormalDist().inv_cdf))
EQUAL = 1e-9
"""Share of the replicates' range within which one counts as equal to the estimate: sums differ in their last bits."""


def ends(replicates, estimate, pulls, tail):
    """(low, high) of an interval, each a replicate; it may be infinite.

    replicates: (B, ...), NaN where a resample says nothing. estimate: (...). pulls: (n, ...) how far each value moves
    the estimate, see `pulls_of`; any common factor. tail: the share of replicates left out at each end where neither
    number asks for more or less.
    """
    ordered = np.sort(replicates, axis=0)  # NaN last
    present = np.maximum((~np.isnan(ordered)).sum(axis=0), 1)
    bias = np.asarray(_quantile(_share_below(ordered, estimate, present)), float)
    acceleration = _acceleration(pulls)
    found = []
    farthest = _quantile(max(tail, 1e-300))
    for reach in (bias + farthest, bias - farthest):
        # Beyond a pole the formula has no meaning; the outermost replicate is what it tends to.
        share = np.asarray(_cdf(bias + reach / np.maximum(1 - acceleration * reach, 1e-3)), float)
        at = np.clip(np.ceil(share * present) - 1, 0, present - 1).astype(int)
        found.append(np.take_along_axis(ordered, at[None], 0)[0])
    return tuple(found)


def pulls_of(left_out):
    """(n, ...) how far each value moves a statistic; left_out: (n, ...) the statistic without each of n values."""
    n = len(left_out)
    return (n - 1) / n * (left_out.mean(axis=0) - left_out)


def all_but_one(n):
    """(n, n - 1) for each of n values the places of the others."""
    return np.nonzero(~np.eye(n, dtype=bool))[1].reshape(n, n - 1)


def _share_below(ordered, estimate, present):
    top = np.take_along_axis(ordered, (present - 1)[None], 0)[0]
    with np.errstate(invalid="ignore"):  # of infinite replicates there is no range
        slack = np.nan_to_num(EQUAL * (top - ordered[0]), posinf=0)
        below = (ordered < estimate - slack).sum(axis=0) + (ordered <= estimate + slack).sum(axis=0)
    share = np.clip(below / (2 * present), 0.5 / present, 1 - 0.5 / present)
    return np.where(np.isfinite(estimate), share, 0.5)


def _acceleration(pulls):
    with np.errstate(all="ignore"):
        found = (pulls**3).sum(axis=0) / (6 * (pulls**2).sum(axis=0) ** 1.5)
    return np.where(np.isfinite(found), found, 0.0)
