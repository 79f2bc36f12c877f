"""Small tables of scikit-learn's: features without a place, half of it to train, a quarter each for the others."""

import numpy as np

from archgym.registry import needed

from ..data import Data, split, standardized


def table(name) -> Data:
    loaded = getattr(needed("sklearn.datasets", f"data set {name}"), f"load_{name.replace('-', '_')}")()
    count = len(loaded.target)
    sizes = count - 2 * (count // 4), count // 4, count // 4
    return standardized(split(name, loaded.data.astype(np.float32), loaded.target, len(loaded.target_names), sizes))
