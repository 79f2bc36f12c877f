"""Sets that bring samples to train with and samples to test on: some of the former are held back for validation."""

import numpy as np

from archgym.errors import ArchGymError

SEED = 0
"""Of all that is drawn to make a data set: cuts, tiles, groups of words."""


def some(name: str, split: str, x, y, count: int | None):
    """`count` of these samples, drawn; all of them, as they lie, where it is None."""
    if count is None:
        return x, y
    if count > len(x):
        raise ArchGymError(f"data set {name} has {len(x):,} {split} samples; {count:,} were asked for")
    rows = np.random.default_rng(SEED).permutation(len(x))[:count]
    return x[rows], y[rows]


def held_back(name: str, training, testing, train: int | None, valid: int | None, test: int | None):
    """((train, valid, test), how it was cut): a fifth of the training samples is held back, or `valid` of them.

    training, testing: (x, y). Validation samples do not change with `train`.
    """
    for split, (x, y) in (("training", training), ("test", testing)):
        if len(x) != len(y):
            raise ArchGymError(f"data set {name}: {len(x):,} inputs and {len(y):,} labels among its {split} samples")
    x, y = training
    count = len(x) // 5 if valid is None else valid
    left = len(x) - count
    if not 0 < count < len(x) or train is not None and train > left:
        raise ArchGymError(f"data set {name} has {len(x):,} training samples; {count:,} to validate with and "
                           f"{'some' if train is None else f'{train:,}'} to train with do not fit")
    order = np.random.default_rng(SEED).permutation(len(x))
    parts = (order[count:][:train], order[:count])
    return ([(x[rows], y[rows]) for rows in parts] + [some(name, "test", *testing, test)],
            f"{count:,} of {len(x):,} training samples held back, drawn by seed {SEED}")


def classes_of(name: str, labels) -> int:
    """How many classes, from the labels to train with: whole numbers from 0, without a gap."""
    labels = np.asarray(labels)
    if not labels.size or labels.dtype.kind not in "biuf" or not np.isfinite(labels).all():
        return 1  # `Data` says what is wrong with them
    found = np.unique(labels)
    if found[0] > 0:
        raise ArchGymError(f"data set {name}: the labels to train with begin at {found[0]:g}; labels are whole numbers "
                           f"from 0, so take {found[0]:g} from all of them")
    if found[-1] >= len(found) and (found >= 0).all():
        gap = int(np.setdiff1d(np.arange(len(found) + 1), found)[0])
        raise ArchGymError(f"data set {name}: labels to train with go up to {found[-1]:g}, but none is {gap}; number "
                           "the classes from 0 without a gap")
    return max(int(found[-1]) + 1, 1)
