"""Random-equivalent budgets: how much random search a result is worth."""

import numpy as np

from .intervals import plain


def equivalent_n(draws, means):
    """The number of random draws whose expected best is the given value.

    draws: a `Draws`. means: a value or an array of them, on the search scale.
    Returns floats like `means`: between grid points (every n to 200, then one percent apart) by a straight line, so
    within .01 % of the whole n above 200; below one draw, by the line from the worst value (0) to the mean (1). inf
    where no number of draws gets there: at or above the best value with replacement, above it without. Of a sample,
    inf says no more than that: the value is above all that was sampled. NaN stays NaN.
    """
    means = np.asarray(means, float)
    top = draws.support[-1]
    shortfall, ns = draws.shortfall_table
    sought = top - means
    # Thirty seeds at the optimum average to the optimum give or take an ulp.
    sought = np.where(np.abs(sought) <= 8 * np.spacing(np.abs(top)), 0.0, sought)
    found = np.interp(sought, shortfall[::-1], ns[::-1])
    reachable = not draws.replace or len(draws.support) == 1
    beyond = sought < 0 if reachable else sought <= 0
    return plain(np.where(np.isnan(means), np.nan, np.where(beyond, np.inf, found)))
