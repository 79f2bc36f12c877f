"""Four photographs of CIFAR-10 as a tile of 3 x 64 x 64; the label is how many kinds of things it shows, less one.

Geada, Towers, Forshaw, Atapour-Abarghouei & McGough, "Insights from the Use of Previously Unseen Neural Architecture
Search Datasets", CVPR 2024; read here: the description of the data in their repository cvpr-nas-datasets. Of two kinds
there are two photographs each, of three two of the first. Photographs to train with are moved by up to four pixels and
mirrored half the time. Here labels are equally frequent to within one; a quarter of the training photographs serves
validation alone, where they stay as they are, as in the test.
"""

import numpy as np

from archgym.errors import ArchGymError

from ..data import Data, standardized_bytes
from ._held_back import SEED, held_back
from .cifar10 import images

PATTERNS = np.array([(0, 0, 0, 0), (0, 0, 1, 1), (0, 0, 1, 2), (0, 1, 2, 3)])
"""Which of a tile's kinds its four photographs show, for each label."""


def load(folder: str = "", train: int = 45_000, valid: int = 15_000, test: int = 10_000) -> Data:
    training, testing = images("cifar-tile", folder)
    pools, cut = held_back("cifar-tile", training, testing, None, len(training[0]) // 4, None)
    made = []
    for which, ((x, y), count) in enumerate(zip(pools, (train, valid, test))):
        rng = np.random.default_rng((SEED, which))
        picked, labels = pick(y, count, rng)
        parts = [x[column] for column in picked.T]
        made.append((tiled([moved(part, rng) for part in parts] if which == 0 else parts), labels))
    return standardized_bytes("cifar-tile", *made, 4, f"of the photographs, {cut}")


def pick(y, count, rng):
    """(rows of the photographs (count, 4), no row twice in a tile; labels (count,))."""
    pools = [np.flatnonzero(y == kind) for kind in range(10)]
    if min(map(len, pools)) < 4:
        raise ArchGymError(f"data set cifar-tile: {min(map(len, pools))} photographs of a kind in one of the splits; a "
                           "tile may need four")
    if y.max() > 9:
        raise ArchGymError(f"data set cifar-tile: a photograph has the label {y.max()}; CIFAR-10 has 0 to 9")
    labels = rng.permutation(np.arange(count) % len(PATTERNS))
    kinds = rng.random((count, 10)).argsort(axis=1)  # a random order of the ten kinds a tile
    kinds = rng.permuted(np.take_along_axis(kinds, PATTERNS[labels], axis=1), axis=1)
    sizes, starts = np.array([len(pool) for pool in pools]), np.cumsum([0, *map(len, pools[:-1])])
    ordered, picked, again = np.concatenate(pools), np.empty((count, 4), int), np.arange(count)
    while len(again):
        here = kinds[again]
        picked[again] = ordered[starts[here] + rng.integers(sizes[here])]
        inner = np.sort(picked[again], axis=1)
        again = again[(inner[:, 1:] == inner[:, :-1]).any(axis=1)]
    return picked, labels


def moved(x, rng):
    """Each image shifted by up to four pixels, black where it left, and mirrored half the time."""
    padded = np.pad(x, ((0, 0), (0, 0), (4, 4), (4, 4)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, x.shape[2:], axis=(2, 3))
    down, right = rng.integers(9, size=(2, len(x)))
    out = windows[np.arange(len(x)), :, down, right]
    mirrored = rng.random(len(x)) < 0.5
    out[mirrored] = out[mirrored][..., ::-1]
    return out


def tiled(parts):
    """(N, 3, 2h, 2w) of four times (N, 3, h, w): top left, top right, bottom left, bottom right."""
    top, bottom = np.concatenate(parts[:2], axis=3), np.concatenate(parts[2:], axis=3)
    return np.concatenate([top, bottom], axis=2)
