"""Any images in IDX files: 1 x height x width, with as many classes as there are labels."""

from ..data import Data
from ._idx_files import HOLDS, load_idx
from ._place import place


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    return load_idx("idx", place("idx", folder, f"{HOLDS}."), train, valid, test)
