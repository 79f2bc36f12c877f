"""GradSign: do the samples pull the weights the same way?"""

import torch

from archgym.errors import EvaluationFailed

from .gradients import weights_and_gradients


def gradsign(model, x, y, generator):
    """The sum over weights of |sum over samples of the sign of the sample's gradient|.

    Every sample passes alone, as in the authors' code, normalizations included. Not defined where one of these then has
    a single value a channel.
    """
    signs = 0
    for i in range(len(x)):
        try:
            _, gradients = weights_and_gradients(model, x[i:i + 1], y[i:i + 1])
        except ValueError as why:  # what PyTorch's normalizations say of one value a channel
            raise EvaluationFailed(f"a sample cannot pass alone: {why}") from None
        if gradients:
            signs = signs + torch.cat([g.sign().flatten() for g in gradients])
    return float(signs.abs().sum()) if isinstance(signs, torch.Tensor) else 0.0
