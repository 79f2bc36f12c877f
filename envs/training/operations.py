"""How many operations a network computes, counted while it computes them."""

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

WITH_WEIGHTS = {torch.conv1d, torch.conv2d, torch.conv3d, F.linear}
PRODUCTS = {torch.matmul, torch.bmm, torch.mm, torch.Tensor.matmul, torch.Tensor.__matmul__}


class Counter(TorchFunctionMode):
    """Of convolutions, linear layers and matrix products; two a multiplication with its addition."""

    total = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        if function in WITH_WEIGHTS:
            self.total += 2 * out.numel() * args[1][0].numel()
        elif function in PRODUCTS:
            self.total += 2 * out.numel() * args[0].shape[-1]
        return out


def operations(model: torch.nn.Module, x: torch.Tensor) -> int:
    """Of a pass forward over the batch `x`, as when nothing is learned."""
    model.eval()
    with torch.no_grad(), Counter() as counter:
        model(x)
    return counter.total
