"""Random streams: one generator a purpose, derived from the run's seed and words, and fast scalars from blocks.

A scalar from a block stream costs 30 ns; `Generator.integers` costs 780. An index below k is `int(u() * k)`.
"""

from collections.abc import Callable
from hashlib import blake2b
from itertools import chain

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
    """Calls of the result give floats in [0, 1), drawn from `rng` in blocks. An int is taken as a seed."""
    if not isinstance(rng, np.random.Generator):
        rng = generator(rng)

    # A chain of blocks, because its __next__ is C: half the price of a generator's.
    return chain.from_iterable(iter(lambda: rng.random(512).tolist(), None)).__next__
