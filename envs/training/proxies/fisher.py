"""Fisher information of the channels that convolutions and linear layers put out.

As in BlockSwap: half the mean, over samples, of the square of sum(activation x gradient) over positions, summed over all
channels. The gradient is of the batch's mean loss, as in the code of Abdelfattah et al.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .gradients import layers


def fisher(model, x, y, generator):
    outputs = []

    def keep(layer, inputs, output):
        outputs.append((output, output.ndim - 1 if isinstance(layer, nn.Linear) else 1))

    hooks = [layer.register_forward_hook(keep) for layer in layers(model)]
    try:
        loss = F.cross_entropy(model.train()(x), y)
    finally:
        for hook in hooks:
            hook.remove()
    if not outputs:
        return 0.0
    gradients = torch.autograd.grad(loss, [output for output, _ in outputs], allow_unused=True, materialize_grads=True)
    total = 0.0
    for (output, channel), gradient in zip(outputs, gradients):
        product = (output * gradient).movedim(channel, 1)
        total += product.flatten(2).sum(2).square().mean(0).sum().item() / 2 if product.ndim > 2 else (
            product.square().mean(0).sum().item() / 2)
    return total
