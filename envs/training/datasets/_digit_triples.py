"""Three digits in the channels of an image, with a label that depends on all three: AddNIST and MultNIST.

Geada, Towers, Forshaw, Atapour-Abarghouei & McGough, "Insights from the Use of Previously Unseen Neural Architecture
Search Datasets", CVPR 2024; read here: the description of the data in their repository cvpr-nas-datasets. Digits of
MNIST are put together at random so that labels are equally frequent, to train and validate from MNIST's training
images, to test from its test images. Here a quarter of the training images serves validation alone.
"""

import numpy as np

from archgym.errors import ArchGymError

from ..data import Data, standardized_bytes
from ._held_back import SEED, held_back
from ._idx_files import pairs
from ._place import place
from .mnist import ORIGIN

COUNTS = (45_000, 15_000, 10_000)
DIGITS = np.arange(10)


def load_triples(name: str, rule, classes: int, folder: str, *counts: int) -> Data:
    """rule: the label of digits in red, green and blue, which broadcast; outside of range(classes) it is none."""
    training, testing = pairs(name, place(name, folder, f"It is made of MNIST. {ORIGIN}"))
    pools, cut = held_back(name, training, testing, None, len(training[0]) // 4, None)
    made = [compose(name, x[:, 0], y, rule, classes, count, np.random.default_rng((SEED, which)))
            for which, ((x, y), count) in enumerate(zip(pools, counts))]
    return standardized_bytes(name, *made, classes, f"of the digits, {cut}")


def compose(name, x, y, rule, classes, count, rng):
    """(images (count, 3, height, width), labels): digits uniform over the triples of a label, images over a digit's."""
    amiss = np.setxor1d(DIGITS, y)
    if len(amiss):
        raise ArchGymError(f"data set {name}: {'some' if amiss[0] in y else 'no'} image shows a {amiss[0]} among the "
                           f"{len(x):,} of a split; it takes the ten digits, all and no other")
    of_triple = rule(*np.ix_(DIGITS, DIGITS, DIGITS))
    labels = rng.permutation(np.arange(count) % classes)
    digits = np.empty((count, 3), int)
    for label in range(classes):
        here, triples = labels == label, np.argwhere(of_triple == label)
        digits[here] = triples[rng.integers(len(triples), size=here.sum())]
    picked = np.empty((count, 3), int)
    for digit in DIGITS:
        here, images = digits == digit, np.flatnonzero(y == digit)
        picked[here] = images[rng.integers(len(images), size=here.sum())]
    return x[picked], labels
