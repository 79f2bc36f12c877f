"""178 wines, thirteen measurements each, from scikit-learn."""

from ..data import Data
from ._table import table


def load() -> Data:
    return table("wine")
