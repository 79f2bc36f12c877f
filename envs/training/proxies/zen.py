"""Zen score: how far a small change of the input moves the features, with the scale that normalization hid given back."""

import math

import torch
from torch import nn

from archgym.errors import EvaluationFailed

from .gradients import layers
from .lent import lent

STEP = 0.01


def zen(model, x, y, generator):
    """log E|f(x) - f(x + 0.01 e)| + the sum over batch normalizations of log sqrt(mean variance of their channels).

    Weights, x and e are drawn from the standard normal distribution, biases are 0; f is what global pooling takes in, or
    what the last module does where there is no such pooling. The norm is Euclidean, as in the paper; residual connections
    stay. Not defined where the features do not move. x gives the shape of the batch alone.
    """
    scales, features = [], []

    def scale(module, inputs):
        if (variance := inputs[0].transpose(0, 1).flatten(1).double().var(1, correction=0).mean().item()) > 0:
            scales.append(math.log(variance) / 2)

    poolings = [m for m in model.modules() if isinstance(m, (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d))]
    last = poolings[-1] if poolings else list(model.children())[-1]
    keep = last.register_forward_pre_hook(lambda module, inputs: features.append(inputs[0]))
    hooks = [m.register_forward_pre_hook(scale) for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    with torch.no_grad(), lent(model.train()):
        for layer in layers(model):
            layer.weight.data = torch.empty_like(layer.weight).copy_(torch.randn(layer.weight.shape, generator=generator))
            if layer.bias is not None:
                layer.bias.data = torch.zeros_like(layer.bias)
        start = torch.randn(x.shape, generator=generator).to(x.device)
        moved = start + STEP * torch.randn(x.shape, generator=generator).to(x.device)
        try:
            model(start)
            for hook in hooks:
                hook.remove()
            model(moved)
        finally:
            for hook in (keep, *hooks):
                hook.remove()
    distance = (features[0] - features[1]).flatten(1).double().norm(dim=1).mean().item()
    if not 0 < distance < math.inf:
        raise EvaluationFailed(f"zen is not defined here: the features move by {distance} when the input does")
    return math.log(distance) + math.fsum(scales)
