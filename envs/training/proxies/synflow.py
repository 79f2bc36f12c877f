"""SynFlow: how much of what goes in can flow to the output, through the weights' absolute values. No data, no loss."""

import math
from copy import deepcopy

import torch
from torch import nn

from .gradients import layers

NORMALIZATIONS = (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)


def synflow(model, x, y, generator):
    """log(1 + sum of weight x gradient) for an input of ones, in double precision; 0 where nothing flows.

    The paper's sum has dozens of digits, and its logarithm ranks alike. Normalizations are left out, as in the code of
    Abdelfattah et al., and parameters are taken by their absolute value. A negative sum, which only softmax and the like
    can give, keeps its sign.
    """
    linear = deepcopy(model).double().eval()
    with torch.no_grad():
        for parameter in linear.parameters():
            parameter.abs_()
    for module in linear.modules():
        if isinstance(module, NORMALIZATIONS):
            module.forward = lambda given: given
    weights = [layer.weight for layer in layers(linear)]
    out = linear(torch.ones_like(x[:1], dtype=torch.float64)).sum()
    if not (weights and out.requires_grad):
        return 0.0
    gradients = torch.autograd.grad(out, weights, allow_unused=True, materialize_grads=True)
    flow = sum((w * g).sum().item() for w, g in zip(weights, gradients))
    return math.copysign(math.log1p(abs(flow)), flow)
