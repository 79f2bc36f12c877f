"""Latency as it is measured: the one metric here that no seed makes exact."""

from statistics import median
from time import perf_counter

import torch

WARM_UP = 3
REPEATS = 11


def latency(model: torch.nn.Module, x: torch.Tensor) -> float:
    """Median seconds of a pass forward over the batch `x`, on the device where both lie.

    After some passes that do not count; on CUDA the device is waited for before each reading of the clock.
    """
    wait = torch.cuda.synchronize if x.device.type == "cuda" else lambda: None
    model.eval()
    seconds = []
    with torch.inference_mode():
        for _ in range(WARM_UP + REPEATS):
            wait()
            started = perf_counter()
            model(x)
            wait()
            seconds.append(perf_counter() - started)
    return median(seconds[WARM_UP:])
