"""150 irises, four lengths each, from scikit-learn."""

from ..data import Data
from ._table import table


def load() -> Data:
    return table("iris")
