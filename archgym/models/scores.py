"""What models learn in place of values whose scale is anybody's."""

import numpy as np


def normal_scores(values) -> np.ndarray:
    """Values replaced by the standard normal's quantiles at their ranks, equal values at their mean rank."""
    from scipy.special import ndtri

    values = np.asarray(values)
    order = values.argsort()
    ordered = values[order]
    changes = np.ones(len(values) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:-1])
    bounds = np.flatnonzero(changes)  # of equal ones
    scores = np.empty(len(values))
    scores[order] = ndtri((bounds[1:] + bounds[:-1]) / 2 / len(values)).repeat(bounds[1:] - bounds[:-1])
    return scores
