"""Photographs of ten kinds of things, 3 x 32 x 32: 40,000 to train, 10,000 to validate, 10,000 to test.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

from ..data import Data
from ._cifar import load_cifar, pairs
from ._place import place

ORIGIN = ("It holds data_batch_1 to data_batch_5 and test_batch, or the same as .bin: unpack cifar-10-python.tar.gz or "
          "cifar-10-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html, and name the folder "
          "cifar-10-batches-py or cifar-10-batches-bin in it.")


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    return load_cifar("cifar10", images("cifar10", folder), 10, train, valid, test)


def images(name, folder):
    """What the data set of that name is made of: ((images, labels) to train with, (images, labels) to test on)."""
    training = tuple(f"data_batch_{i}" for i in range(1, 6))
    return pairs(place(name, folder, ORIGIN), training, "test_batch", ("labels",), ORIGIN)
