"""NAS-Bench-201's space: a sample and a key, one by one and in arrays; processor time."""

import time

import numpy as np

import archgym
from archgym.streams import uniform

MANY = 200_000


def microseconds(work, count):
    """Best of five of `work()`, a `count`th of it."""
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best / count * 1e6


def measure():
    space, u = archgym.space("NASBench201"), uniform(0)
    rng = np.random.default_rng(0)
    cells = [space.decode(genome) for genome in space.enumerate()]
    one = microseconds(lambda: [space.sample(u) for _ in range(MANY)], MANY)
    generic = microseconds(lambda: [archgym.Space.sample(space, u) for _ in range(MANY // 10)], MANY // 10)
    many = microseconds(lambda: space.sample_many(rng, MANY), MANY)
    key = microseconds(lambda: [space.key(cell) for cell in cells], len(cells))
    yield ("NAS-Bench-201: sample in the generator form / vectorised; key", "3 µs / 0.1 µs; 5 µs",
           f"{generic:.2f} µs / {many:.3f} µs; {key:.2f} µs",
           f"best of 5 passes, processor time; a sample as a product space takes {one:.2f} µs")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
