"""Networks lent to scores that change them: cheaper than a copy, which takes longer than most scores."""

from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def lent(model: nn.Module, dtype: torch.dtype | None = None):
    """Parameters and buffers may be given other `data`, and have their own again afterwards.

    dtype: what numbers with a fraction are in the meantime.
    """
    kept = [(tensor, tensor.data) for tensor in (*model.parameters(), *model.buffers())]
    try:
        for tensor, data in kept:
            if dtype and data.is_floating_point():
                tensor.data = data.to(dtype, copy=True)
        yield
    finally:
        for tensor, data in kept:
            tensor.data = data
