"""NASWOT: how differently the rectifiers treat the samples of a batch."""

import torch
from torch import nn

from archgym.errors import EvaluationFailed


def naswot(model, x, y, generator):
    """log |det K|, K_ij the number of rectifiers in the network that are on or off for both samples i and j.

    Not defined without rectifiers, nor where two samples switch all of them alike.
    """
    kernel = torch.zeros(len(x), len(x), dtype=torch.float64, device=x.device)

    def compare(module, inputs, output):
        on = (output.detach() > 0).flatten(1).float()
        kernel.add_(on @ on.T + (1 - on) @ (1 - on).T)

    hooks = [m.register_forward_hook(compare) for m in model.modules() if isinstance(m, (nn.ReLU, nn.LeakyReLU))]
    if not hooks:
        raise EvaluationFailed("naswot is not defined for a network without rectifiers")
    try:
        with torch.no_grad():
            model.train()(x)
    finally:
        for hook in hooks:
            hook.remove()
    logarithm = torch.linalg.slogdet(kernel).logabsdet.item()
    if logarithm == -torch.inf:
        raise EvaluationFailed("naswot is not defined here: the rectifiers treat two samples alike")
    return logarithm
