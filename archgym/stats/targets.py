"""Budgets to reach targets: targets from a table's quantiles, the share of (run, target) pairs reached, log efficiency.

Hansen et al., "COCO: a platform for comparing continuous optimizers in a black-box setting", Optimization Methods and
Software 36(1), 2021; Doerr et al., "IOHprofiler", arXiv 1810.05281. The expected budget to a target is
`expected_budget`, what a run spent until there `first_reach`.
"""

import numpy as np

from .curves import first_reach
from .intervals import bootstrap

TOP = (0.1, 0.01, 0.001)


def quantile_targets(values, weights=None, top=TOP):
    """(T,) the values that the best 10 %, 1 %, 0.1 % of draws reach, and the best there is, ascending.

    values: (N,) a table's; weights: (N,) their probabilities (default: all alike). A target is the least value whose
    upper tail holds no more than its share; two that coincide stay two.
    """
    values = np.asarray(values, float)
    weights = np.full(len(values), 1 / len(values)) if weights is None else np.asarray(weights, float)
    support, where = np.unique(values, return_inverse=True)
    tail = np.cumsum(np.bincount(where, weights)[::-1])[::-1]  # P(value >= support)
    at = [min(int(np.searchsorted(-tail, -share * (1 + 1e-12))), len(support) - 1) for share in top]
    return np.array([*support[at], support[-1]])


def target_ecdf(x, incumbents, targets, grid, rng, *, level=0.95, resamples=2000):
    """Share of the (run, target) pairs reached by each point of a budget, with a bootstrap interval over runs.

    x: (S, N) or (N,) what was spent; incumbents: (S, N); targets: (T,); grid: (G,). Returns an Interval of (G,) arrays.
    """
    reached = first_reach(x, incumbents, np.atleast_1d(targets))
    share = (reached[:, :, None] <= np.asarray(grid, float)).mean(1)
    return bootstrap(share, rng, level=level, resamples=resamples)


def log_efficiency(candidate, baseline):
    """Median over targets of log(1 + what the baseline spends) - log(1 + what the candidate spends).

    candidate, baseline: (T,) what each spends until each target, inf where it never gets there. Above 0 the candidate
    is faster: 0.7 is half the budget. Targets that neither reaches are left out; NaN where none is left. After the
    score of Vizier (Song et al., "Open Source Vizier", AutoML 2022).
    """
    candidate, baseline = np.asarray(candidate, float), np.asarray(baseline, float)
    known = np.isfinite(candidate) | np.isfinite(baseline)
    if not known.any():
        return float("nan")
    return float(np.median(np.log1p(baseline[known]) - np.log1p(candidate[known])))
