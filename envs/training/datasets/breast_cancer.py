"""569 tumors, thirty measurements each, from scikit-learn."""

from ..data import Data
from ._table import table


def load() -> Data:
    return table("breast-cancer")
