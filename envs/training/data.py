"""Data sets in memory: arrays with their splits, checked, and a fingerprint of what they hold."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from archgym.errors import ArchGymError

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Data:
    """Inputs (N, channels, length) or (N, channels, height, width) as float32, or (N, features); labels (N,) from 0."""

    name: str
    train: tuple[np.ndarray, np.ndarray]
    valid: tuple[np.ndarray, np.ndarray]
    """What agents see the accuracy on."""
    test: tuple[np.ndarray, np.ndarray]
    """For holdout metrics only."""
    classes: int
    fingerprint: str = field(init=False)

    def __post_init__(self):
        digest = hashlib.sha256()
        for split in SPLITS:
            x, y = self.checked(split)
            object.__setattr__(self, split, (x, y))
            digest.update(repr((split, x.shape)).encode() + x.tobytes() + y.tobytes())
        object.__setattr__(self, "fingerprint", f"{self.name}:sha256={digest.hexdigest()[:24]}")

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""
        return self.train[0].shape[1:]

    def checked(self, split):
        x, y = (np.asarray(part) for part in getattr(self, split))
        where = f"data set {self.name}, {split} split"
        if x.dtype.kind not in "biuf":
            raise ArchGymError(f"{where}: inputs are numbers, got {x.dtype}")
        if len(x) == 0 or len(x) != len(y):
            raise ArchGymError(f"{where}: {len(x):,} inputs and {len(y):,} labels; there must be as many of both, "
                               "and some")
        if x.shape[1:] != np.shape(self.train[0])[1:]:
            raise ArchGymError(f"{where}: a sample has the shape {x.shape[1:]}, in the training split "
                               f"{np.shape(self.train[0])[1:]}")
        x = np.ascontiguousarray(x, np.float32)
        if not np.isfinite(x).all():
            at = int((~np.isfinite(x)).reshape(len(x), -1).any(axis=1).argmax())
            raise ArchGymError(f"{where}: sample {at} holds NaN or infinity; remove or repair it")
        if y.ndim != 1 or not np.array_equal(y, y.astype(np.int64)):
            raise ArchGymError(f"{where}: labels are one whole number a sample, got {y.dtype} of shape {y.shape}")
        y = y.astype(np.int64)
        if y.min() < 0 or y.max() >= self.classes:
            raise ArchGymError(f"{where}: labels run from {y.min()} to {y.max()}; with {self.classes} classes they run "
                               f"from 0 to {self.classes - 1}")
        return x, y


def split(name, x, y, classes, sizes: tuple[int, int, int], seed: int = 0) -> Data:
    """Data cut at random into training, validation and test samples of these counts; the same for the same seed."""
    if sum(sizes) > len(x):
        raise ArchGymError(f"data set {name} has {len(x):,} samples; {sum(sizes):,} were asked for")
    order = np.random.default_rng(seed).permutation(len(x))
    parts, at = [], 0
    for size in sizes:
        parts.append((x[order[at:at + size]], y[order[at:at + size]]))
        at += size
    return Data(name, *parts, classes)


def standardized(data: Data) -> Data:
    """Every channel (or feature) with mean 0 and deviation 1 over the training samples."""
    x = data.train[0]
    axes = (0, *range(2, x.ndim))
    mean, deviation = x.mean(axes, keepdims=True), x.std(axes, keepdims=True)
    deviation[deviation == 0] = 1
    parts = (((getattr(data, s)[0] - mean) / deviation, getattr(data, s)[1]) for s in SPLITS)
    return Data(data.name, *parts, data.classes)
