"""Ten kinds of clothes, 1 x 28 x 28: 48,000 to train, 12,000 to validate, 10,000 to test.

Xiao, Rasul & Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms", 2017.
"""

from pathlib import Path

from ..data import Data
from ._idx_files import HOLDS, load_idx
from ._place import place

DEBIAN = "/usr/share/datasets/fashion-mnist"
ORIGIN = (f"Debian's package dataset-fashion-mnist lays it into {DEBIAN}, where it is found without the option; "
          f"elsewhere, take the files of https://github.com/zalandoresearch/fashion-mnist. {HOLDS}.")


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    if not folder and Path(DEBIAN).is_dir():
        folder = DEBIAN
    return load_idx("fashion-mnist", place("fashion-mnist", folder, ORIGIN), train, valid, test, classes=10)
