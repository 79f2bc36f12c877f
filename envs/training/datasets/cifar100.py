"""Photographs of a hundred kinds of things, 3 x 32 x 32: 40,000 to train, 10,000 to validate, 10,000 to test.

Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

from ..data import Data
from ._cifar import load_cifar, pairs
from ._place import place

ORIGIN = ("It holds train and test, or train.bin and test.bin: unpack cifar-100-python.tar.gz or "
          "cifar-100-binary.tar.gz of https://www.cs.toronto.edu/~kriz/cifar.html, and name the folder "
          "cifar-100-python or cifar-100-binary in it.")


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    found = pairs(place("cifar100", folder, ORIGIN), ("train",), "test", ("coarse_labels", "fine_labels"), ORIGIN)
    return load_cifar("cifar100", found, 100, train, valid, test)
