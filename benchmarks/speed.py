"""How fast this machine is now: microseconds an evaluation of the plain-Python loop that `evolution` compares with."""

import random
from itertools import product
from statistics import median
from time import process_time

from .evolution import plain_loop

EVALUATIONS, RUNS = 1_000, 25


def plain_microseconds() -> float:
    """Median over runs, processor time, on a table of random numbers."""
    draw = random.Random(0).random
    table = {genome: [draw(), draw(), draw()] for genome in product(range(5), repeat=6)}
    found = []
    for seed in range(RUNS):
        started = process_time()
        plain_loop(table, seed, EVALUATIONS)
        found.append((process_time() - started) / EVALUATIONS * 1e6)
    return median(found)


if __name__ == "__main__":
    print(f"{plain_microseconds():.1f} µs")
