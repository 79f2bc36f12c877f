"""epsilon: how differently a network orders a batch when all its weights are tiny, and when all are 1."""

import torch

from archgym.errors import EvaluationFailed

from .lent import lent

WEIGHTS = 1e-7, 1.0


def epsinas(model, x, y, generator):
    """Mean |a - b| over the mean of a and b, the two outputs on the batch, each scaled to run from 0 to 1.

    As in the author's code, weights of normalizations are constant too, biases are 0, and zeros are left out of the
    means. In double precision, so that tiny weights last through deep networks. Not defined where an output is constant.
    """
    scaled = []
    with torch.no_grad(), lent(model.train(), torch.float64):
        for weight in WEIGHTS:
            for name, parameter in model.named_parameters():
                parameter.fill_(0.0 if name.endswith("bias") else weight)
            out = model(x.double()).flatten()
            low, high = out.min(), out.max()
            if not (torch.isfinite(out).all() and high > low):
                raise EvaluationFailed(f"epsinas is not defined here: with all weights {weight:g} the outputs are the same "
                                       "for all samples, or no finite numbers")
            scaled.append((out - low) / (high - low))
    first, second = scaled
    both = (first > 0) & (second > 0)
    values = torch.cat(scaled)
    if not both.any():
        raise EvaluationFailed("epsinas is not defined here: no output is above the least with both weights")
    return ((first - second)[both].abs().mean() / values[values > 0].mean()).item()
