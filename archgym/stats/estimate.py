"""How sure an estimate of the best of n from a sample is."""

import numpy as np

from .draws import Draws


def standard_error(sample, n):
    """Jackknife standard error of the unbiased estimate of E[best of n].

    sample: (N,) independent draws. Returns NaN for N = n, where leaving one out leaves too few.
    Raises ValueError if n > N.

    Each leave-one-out estimate is a sum over the sorted sample with weights C(j-1, n-1)/C(N-1, n), so that all N of
    them come from two cumulative sums. The jackknife's variance is too large rather than too small on average (Efron
    and Stein, "The Jackknife Estimate of Variance", Annals of Statistics 9(3), 1981).
    """
    draws = Draws(sample, replace=False)
    n, rows = int(draws.budget(n)), draws.rows
    if n == rows:
        return float("nan")
    below_top = np.sort(np.asarray(sample, float)) - draws.support[-1]
    # P(the j-th smallest of N - 1 is the best of n): the distinct ranks 1..N-1 as values.
    chance = Draws(np.arange(rows - 1), replace=False).probability(n)
    before = np.concatenate(([0.0], np.cumsum(chance * below_top[:-1])))
    after = np.concatenate((np.cumsum((chance * below_top[1:])[::-1])[::-1], [0.0]))
    left_out = before + after
    return float(np.sqrt((rows - 1) / rows * np.sum((left_out - left_out.mean()) ** 2)))
