"""Data sets by name. Nothing is downloaded: what is missing says where it comes from."""

from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError, unknown
from archgym.registry import needed

from .data import SPLITS, Data, split, standardized
from .mnist1d import mnist1d


def digits() -> Data:
    """1,797 images of 8 x 8, from scikit-learn."""
    loaded = needed("sklearn.datasets", "data set digits").load_digits()
    return standardized(split("digits", loaded.images[:, None].astype(np.float32), loaded.target, 10, (1000, 400, 397)))


def tabular(name) -> Data:
    """A small table of scikit-learn's: features without a place, half of it to train, a quarter each for the others."""
    loaded = getattr(needed("sklearn.datasets", f"data set {name}"), f"load_{name.replace('-', '_')}")()
    count = len(loaded.target)
    sizes = count - 2 * (count // 4), count // 4, count // 4
    return standardized(split(name, loaded.data.astype(np.float32), loaded.target, len(loaded.target_names), sizes))


def folder(path: Path) -> Data:
    """A folder of {train,valid,test}_{x,y}.npy, as Unseen NAS has them; labels are whole numbers from 0."""
    parts = []
    for name in SPLITS:
        for part in "xy":
            file = path / f"{name}_{part}.npy"
            if not file.is_file():
                raise ArchGymError(f"data folder {path} has no {file.name}; it holds an array each for train_x, "
                                   "train_y, valid_x, valid_y, test_x and test_y, written by numpy.save")
            try:
                parts.append(np.load(file, allow_pickle=False))
            except ValueError as why:
                raise ArchGymError(f"{file} is no plain numpy array: {why}") from None
    pairs = list(zip(parts[::2], parts[1::2]))
    labels = pairs[0][1]
    classes = int(labels.max()) + 1 if labels.size and labels.dtype.kind in "iu" else 1
    return standardized(Data(path.name, *pairs, classes))


NAMED = {"mnist1d": mnist1d, "digits": digits, "iris": lambda: tabular("iris"), "wine": lambda: tabular("wine"),
         "breast-cancer": lambda: tabular("breast-cancer")}


def load(name: str) -> Data:
    """The data set of that name, or in that folder."""
    if name in NAMED:
        return NAMED[name]()
    if Path(name).is_dir():
        return folder(Path(name))
    raise unknown("data set", name, NAMED, f"Named ones: {', '.join(NAMED)}; or a folder of train_x.npy, train_y.npy "
                  "and the like.")
