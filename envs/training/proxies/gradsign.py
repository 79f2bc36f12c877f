"""GradSign: do the samples pull the weights the same way?"""

import torch

from .gradients import weights_and_gradients


def gradsign(model, x, y, generator):
    """The sum over weights of |sum over samples of the sign of the sample's gradient|.

    Every sample passes alone, as in the authors' code, normalizations included.
    """
    signs = 0
    for i in range(len(x)):
        _, gradients = weights_and_gradients(model, x[i:i + 1], y[i:i + 1])
        if gradients:
            signs = signs + torch.cat([g.sign().flatten() for g in gradients])
    return float(signs.abs().sum()) if isinstance(signs, torch.Tensor) else 0.0
