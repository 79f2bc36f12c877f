"""What a network would cost, found without computing it: parameters, operations, activations."""

from typing import NamedTuple

import torch

from .operations import Counter


class Footprint(NamedTuple):
    parameters: int
    flops: int
    """Of one sample forward: two for each multiplication with its addition, of convolutions and matrix products."""
    activations: int
    """Numbers that all layers together put out for one sample."""


def footprint(model: torch.nn.Module, shape: tuple[int, ...]) -> Footprint:
    """Of a module for samples of this shape. Whatever the module raises on a shape that does not fit passes through.

    The module is run on PyTorch's meta device, where tensors have a shape and no content.
    """
    from copy import deepcopy

    model = deepcopy(model).to("meta").eval()
    activations = 0

    def count(module, inputs, output):
        nonlocal activations
        activations += sum(part.numel() for part in (output if isinstance(output, tuple) else (output,)))

    for module in model.modules():
        if not any(True for _ in module.children()):
            module.register_forward_hook(count)
    with torch.no_grad(), Counter() as counter:
        model(torch.empty(1, *shape, device="meta"))
    return Footprint(sum(p.numel() for p in model.parameters()), counter.total, activations)


def memory_gib(found: Footprint, batch: int) -> float:
    """Estimated memory of training: weights, gradients, momentum, and activations with their gradients, in float32."""
    return 4 * (4 * found.parameters + 2 * batch * found.activations) / 2**30
