"""A folder of {train,valid,test}_{x,y}.npy, the format of Unseen NAS; without valid_, a fifth of train_ is held back.

Geada, Towers, Forshaw, Atapour-Abarghouei & McGough, "Insights from the Use of Previously Unseen Neural Architecture
Search Datasets", CVPR 2024.
"""

from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError

from ..data import SPLITS, Data, standardized
from ._held_back import classes_of, held_back, some
from ._place import place

ORIGIN = ("It holds an array each for train_x, train_y, test_x, test_y, and valid_x and valid_y or neither, written by "
          "numpy.save as train_x.npy and so on.")


def load(folder: str = "", train: int | None = None, valid: int | None = None, test: int | None = None) -> Data:
    path = place("arrays", folder, ORIGIN)
    name = path.resolve().name
    found = {split: (array(path / f"{split}_x.npy"), array(path / f"{split}_y.npy")) for split in SPLITS
             if split != "valid" or any((path / f"valid_{part}.npy").exists() for part in "xy")}
    classes = classes_of(name, found["train"][1])
    if "valid" not in found:
        parts, cut = held_back(name, found["train"], found["test"], train, valid, test)
        return standardized(Data(name, *parts, classes, cut))
    whole = Data(name, *(found[split] for split in SPLITS), classes)  # checked, before any is left out
    parts = (some(name, split, *getattr(whole, split), count) for split, count in zip(SPLITS, (train, valid, test)))
    return standardized(Data(name, *parts, classes))


def array(file: Path):
    if not file.is_file():
        raise ArchGymError(f"data folder {file.parent} has no {file.name}. {ORIGIN}")
    try:
        return np.load(file, allow_pickle=False)
    except (ValueError, EOFError, OSError) as why:
        raise ArchGymError(f"{file} is no plain numpy array, or was cut off: {why}") from None
