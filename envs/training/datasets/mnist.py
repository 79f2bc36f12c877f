"""Handwritten digits, 1 x 28 x 28: 48,000 to train, 12,000 to validate, 10,000 to test.

LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition", Proc. IEEE 1998.
"""

from ..data import Data
from ._idx_files import HOLDS, load_idx
from ._place import place

ORIGIN = f"{HOLDS}: the four files of http://yann.lecun.com/exdb/mnist, of which there are many copies."


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    return load_idx("mnist", place("mnist", folder, ORIGIN), train, valid, test, classes=10)
