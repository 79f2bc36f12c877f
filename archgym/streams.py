"""Random streams: one generator a purpose, derived from the run's seed and words, and fast scalars.

An index below k is `int(u() * k)`: `Generator.integers` costs twenty times as much.
"""

from collections.abc import Callable
from hashlib import blake2b
from random import Random

import numpy as np

Uniform = Callable[[], float]
"""A stream of floats in [0, 1)."""


def word(text: str) -> int:
    """A stable 64-bit number for a text: the same on every platform and under every hash seed."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def generator(seed: int, *labels: str) -> np.random.Generator:
    """The generator of one purpose: a function of `seed` and `labels` only."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *map(word, labels)])))


def uniform(rng: np.random.Generator | int) -> Uniform:
    """Calls of the result give floats in [0, 1), of a Mersenne Twister seeded with 128 bits of `rng`.

    An int is taken as a seed. The standard library's twister gives a scalar in half the time of numpy's generators,
    even read in blocks, and the same ones on every platform.
    """
    if not isinstance(rng, np.random.Generator):
        rng = generator(rng)
    return Random(int.from_bytes(rng.bytes(16), "little")).random
