"""1,797 handwritten digits of 8 x 8, from scikit-learn."""

import numpy as np

from archgym.registry import needed

from ..data import Data, split, standardized


def load() -> Data:
    loaded = needed("sklearn.datasets", "data set digits").load_digits()
    return standardized(split("digits", loaded.images[:, None].astype(np.float32), loaded.target, 10, (1000, 400, 397)))
