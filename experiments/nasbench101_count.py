"""Every cell of NAS-Bench-101, found and hashed: 423,624 of them, as published.

    python -m archgym.experiments.nasbench101_count [--most-vertices N]

Cells are enumerated up to isomorphism, counted a second time by Burnside's lemma, and hashed by the official rule:
three numbers that must be equal. About a minute on one core, all of it hashing.
"""

import argparse
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

from ..spaces.nasbench101 import VERTICES, fingerprint
from ..spaces.nasbench101_cells import cells, count_with, shapes

PUBLISHED = 423_624


class Found(NamedTuple):
    vertices: int
    shapes: int
    cells: int
    counted: int
    """By Burnside's lemma."""
    hashes: int
    """Different ones."""
    seconds: float


def found(most_vertices: int = VERTICES) -> Iterator[Found]:
    """What there is with two vertices, with three, and so on."""
    for vertices in range(2, most_vertices + 1):
        start = perf_counter()
        hashes = [fingerprint(cell) for cell in cells(vertices)]
        yield Found(vertices, len(shapes(vertices)), len(hashes), count_with(vertices), len(set(hashes)),
                    perf_counter() - start)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Count the cells of NAS-Bench-101.")
    parser.add_argument("--most-vertices", type=int, choices=range(2, VERTICES + 1), default=VERTICES, metavar="N",
                        help=f"count cells of 2 to N vertices only (default {VERTICES}: all)")
    options = parser.parse_args(arguments)
    print("| vertices | shapes | cells | by Burnside's lemma | different hashes | seconds |")
    print("|---:|---:|---:|---:|---:|---:|")
    rows = []
    for row in found(options.most_vertices):
        rows.append(row)
        print("| {} | {:,} | {:,} | {:,} | {:,} | {:.1f} |".format(*row), flush=True)
    totals = [sum(column) for column in zip(*rows)][1:]
    print("| all | {:,} | {:,} | {:,} | {:,} | {:.1f} |".format(*totals))
    agree = totals[1] == totals[2] == totals[3]
    if options.most_vertices == VERTICES:
        agree = agree and totals[1] == PUBLISHED
        print(f"\nPublished: {PUBLISHED:,}. {'All three agree with it.' if agree else 'THEY DISAGREE.'}")
    return int(not agree)


if __name__ == "__main__":
    sys.exit(main())
