"""SynFlow: how much of what goes in can flow to the output, through the weights' absolute values. No data, no loss."""

import math

import torch
from torch import nn

from .gradients import layers
from .lent import lent

NORMALIZATIONS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)


def synflow(model, x, y, generator):
    """log(1 + sum of weight x gradient) for an input of ones, in double precision; 0 where nothing flows.

    The paper's sum has dozens of digits, and its logarithm ranks alike. Normalizations are left out, as in the code of
    Abdelfattah et al., and parameters are taken by their absolute value. A negative sum, which only softmax and the like
    can give, keeps its sign.
    """
    weights = [layer.weight for layer in layers(model)]
    normalizations = [module for module in model.eval().modules() if isinstance(module, NORMALIZATIONS)]
    with lent(model, torch.float64):
        for parameter in model.parameters():
            parameter.data.abs_()
        for module in normalizations:
            module.forward = lambda given: given
        try:
            out = model(torch.ones_like(x[:1], dtype=torch.float64)).sum()
        finally:
            for module in normalizations:
                del module.forward
        if not (weights and out.requires_grad):
            return 0.0
        gradients = torch.autograd.grad(out, weights, allow_unused=True, materialize_grads=True)
        flow = sum((w * g).sum().item() for w, g in zip(weights, gradients))
    return math.copysign(math.log1p(abs(flow)), flow)
