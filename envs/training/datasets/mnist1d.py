"""MNIST-1D: ten shapes as sequences of forty numbers, padded, moved, sheared and blurred.

Greydanus & Kobak, "Scaling Down Deep Learning with MNIST-1D", ICML 2024. The authors' package `mnist1d` draws the
samples; nothing is downloaded.
"""

import random

import numpy as np

from archgym.errors import ArchGymError
from archgym.registry import needed

from ..data import Data


def load(train: int = 1000, valid: int = 1000) -> Data:
    """Samples of the package's default set (5,000 of seed 42), whose own 1,000 test samples are the test split."""
    package = needed("mnist1d.data", "data set MNIST-1D")
    torch = needed("torch", "data set MNIST-1D", "train")
    settings = package.get_dataset_args()
    count = int(settings.num_samples * settings.train_split)
    if train + valid > count:
        raise ArchGymError(f"data set mnist1d has {count:,} samples to train and validate with; {train + valid:,} were "
                           "asked for")

    # The package seeds and draws from all three shared generators: they are given back as they were.
    before = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            drawn = package.make_dataset(settings)
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])
    x, y = drawn["x"][:, None, :], drawn["y"]
    parts = (x[:train], y[:train]), (x[train:train + valid], y[train:train + valid])
    return Data("mnist1d", *parts, (drawn["x_test"][:, None, :], drawn["y_test"]), 10)
