"""CIFAR's two formats: batches that Python pickled, and the binary version.

https://www.cs.toronto.edu/~kriz/cifar.html describes them: a record of the binary version is its labels, a byte each,
and 3,072 bytes of an image, red, green and blue, row by row; a pickled batch has the images as rows of `data`.
"""

from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError
from archgym.tables import pickles

from ..data import Data, standardized_bytes
from ._held_back import held_back

PIXELS = 3 * 32 * 32


def pairs(folder: Path, training: tuple[str, ...], testing: str, labels: tuple[str, ...], origin: str):
    """((images, labels) to train with, (images, labels) to test on): bytes (N, 3, 32, 32), and (N,).

    training, testing: names of batches; a binary one ends in .bin. labels: what a record's labels are, the last is
    learned.
    """
    def read(batch):
        if (folder / f"{batch}.bin").is_file():
            return binary(folder / f"{batch}.bin", len(labels))
        if (folder / batch).is_file():
            return pickled(folder / batch, labels[-1])
        raise ArchGymError(f"{folder} has no {batch} or {batch}.bin. {origin}")

    parts = [read(batch) for batch in training]
    return (np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])), read(testing)


def binary(file, labels):
    content = np.fromfile(file, np.uint8)
    record = labels + PIXELS
    if not len(content) or len(content) % record:
        raise ArchGymError(f"{file} has {len(content):,} bytes, no whole number of records of {record:,}. Was it cut "
                           "off?")
    rows = content.reshape(-1, record)
    return rows[:, labels:].reshape(-1, 3, 32, 32), rows[:, labels - 1]


def pickled(file, labels):
    batch = pickles.records(file.read_bytes(), str(file), encoding="bytes")
    if isinstance(batch, dict):
        batch = {key.decode("latin1") if isinstance(key, bytes) else key: value for key, value in batch.items()}
    if not isinstance(batch, dict) or not {"data", labels} <= batch.keys():
        found = ", ".join(map(str, batch)) if isinstance(batch, dict) else type(batch).__name__
        raise ArchGymError(f"{file} is no batch of CIFAR: it should hold data and {labels}, and holds {found}")
    x, y = batch["data"], np.asarray(batch[labels])
    if not isinstance(x, np.ndarray) or x.dtype != np.uint8 or x.ndim != 2 or x.shape[1] != PIXELS:
        raise ArchGymError(f"{file}: data should be bytes of shape (N, {PIXELS:,}), and is "
                           f"{f'{x.dtype} of shape {x.shape}' if isinstance(x, np.ndarray) else type(x).__name__}")
    if len(x) != len(y):
        raise ArchGymError(f"{file} has {len(x):,} images and {len(y):,} labels")
    return np.asarray(x).reshape(-1, 3, 32, 32), y


def load_cifar(name, found, classes, train, valid, test) -> Data:
    parts, cut = held_back(name, *found, train, valid, test)
    return standardized_bytes(name, *parts, classes, cut)
