"""What models learn in place of values whose scale is anybody's."""

import numpy as np


def normal_scores(values) -> np.ndarray:
    """Values replaced by the standard normal's quantiles at their ranks, equal values at their mean rank."""
    from scipy.special import ndtri

    values = np.asarray(values)
    order = values.argsort()
    ordered = values[order]
    bounds = np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, [len(values)]])  # of equal ones
    scores = np.empty(len(values))
    scores[order] = ndtri((bounds[1:] + bounds[:-1]) / 2 / len(values)).repeat(np.diff(bounds))
    return scores
