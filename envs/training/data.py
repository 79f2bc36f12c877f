"""Data sets in memory: arrays with their splits, checked, and a fingerprint of what they hold."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property

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
    cut: str = ""
    """How samples were held back for validation, where the source does not say which."""

    def __post_init__(self):
        for split in SPLITS:
            object.__setattr__(self, split, self.checked(split))

    @cached_property
    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for split in SPLITS:
            x, y = getattr(self, split)
            for part in (repr((split, x.shape)).encode(), x, y):
                digest.update(part)
        return f"{self.name}{self.cut and f' ({self.cut})'}:sha256={digest.hexdigest()[:24]}"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""
        return self.train[0].shape[1:]

    def checked(self, split):
        x, y = (np.asarray(part) for part in getattr(self, split))
        where = f"data set {self.name}, {split} split"
        if x.dtype.kind not in "biuf" or x.ndim < 2:
            raise ArchGymError(f"{where}: inputs are numbers, several a sample, got {x.dtype} of shape {x.shape}")
        if len(x) == 0 or len(x) != len(y):
            raise ArchGymError(f"{where}: {len(x):,} inputs and {len(y):,} labels; there must be as many of both, "
                               "and some")
        if x.shape[1:] != np.shape(self.train[0])[1:]:
            raise ArchGymError(f"{where}: a sample has the shape {x.shape[1:]}, in the training split "
                               f"{np.shape(self.train[0])[1:]}")
        with np.errstate(over="ignore"):  # said below
            x = np.ascontiguousarray(x, np.float32)
        if not np.isfinite(x).all():
            at = int((~np.isfinite(x)).reshape(len(x), -1).any(axis=1).argmax())
            raise ArchGymError(f"{where}: sample {at} holds NaN or infinity; remove or repair it")
        if y.ndim != 1 or y.dtype.kind not in "biuf" or not (np.isfinite(y) & (y == np.floor(y))).all():
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
    return replace(data, **dict(zip(SPLITS, parts)))


def standardized_bytes(name, train, valid, test, classes, cut="") -> Data:
    """`standardized` for inputs that are bytes, (N, channels, ...): looked up, without a copy in between."""
    values, tables = np.arange(256.0), []
    for channel in range(train[0].shape[1]):
        blocks = np.array_split(train[0][:, channel], len(train[0]) // 1000 + 1)
        share = sum(np.bincount(block.ravel(), minlength=256) for block in blocks) / train[0][:, channel].size
        mean = share @ values
        deviation = np.sqrt(share @ (values - mean) ** 2) or 1
        tables.append(((values - mean) / deviation).astype(np.float32))

    def looked_up(x):
        out = np.empty(x.shape, np.float32)
        for channel, table in enumerate(tables):
            out[:, channel] = table[x[:, channel]]
        return out

    return Data(name, *((looked_up(x), y) for x, y in (train, valid, test)), classes, cut)
