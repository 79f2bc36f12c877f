"""Three digits in the channels of 3 x 28 x 28; the label is the last digit of their product."""

from ..data import Data
from ._digit_triples import COUNTS, load_triples


def load(folder: str = "", train: int = COUNTS[0], valid: int = COUNTS[1], test: int = COUNTS[2]) -> Data:
    return load_triples("multnist", lambda r, g, b: r * g * b % 10, 10, folder, train, valid, test)
