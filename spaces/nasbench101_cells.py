"""Every cell of NAS-Bench-101 once, found by arithmetic on all matrices together.

Vertices between the input and the output may change places: two matrices are one shape where such a change makes one of
the other, and two cells of a shape are one where a change that keeps the shape makes one's operations the other's.
"""

from collections.abc import Iterator
from itertools import permutations, product

import numpy as np

from .nasbench101 import EDGES, MOST_EDGES, OPERATIONS, VERTICES, Cell


def live_parts(numbers: np.ndarray, vertices: int) -> tuple[np.ndarray, np.ndarray]:
    """(live vertices, edges between them) of the matrices whose edges are the bits of these numbers.

    A vertex is live where it lies on a path from the input to the output. Both are (n,); vertices are bits.
    """
    edges = [(a, b, (numbers >> i & 1).astype(bool)) for i, (a, b) in enumerate(EDGES) if b < vertices]
    reached, reaching = np.zeros((2, vertices, len(numbers)), bool)
    reached[0] = reaching[vertices - 1] = True
    for a, b, there in edges:
        reached[b] |= reached[a] & there
    for a, b, there in sorted(edges, key=lambda edge: -edge[0]):
        reaching[a] |= reaching[b] & there
    live = reached & reaching
    count = np.sum([there & live[a] & live[b] for a, b, there in edges], axis=0, dtype=np.int8)
    return np.sum([live[v].astype(np.int16) << v for v in range(vertices)], axis=0), count


def writable() -> int:
    """How many matrices of seven vertices are cells once they are pruned."""
    live, edges = live_parts(np.arange(2 ** len(EDGES), dtype=np.int32), VERTICES)
    return int(np.sum((live & 1 == 1) & (edges <= MOST_EDGES)))


def shapes(vertices: int) -> list[tuple[np.ndarray, list[tuple[int, ...]]]]:
    """Every shape whose vertices are all live, as a matrix, with the changes of places that keep it."""
    numbers = np.arange(2 ** (vertices * (vertices - 1) // 2), dtype=np.int32)
    live, edges = live_parts(numbers, vertices)
    numbers = numbers[(live == 2**vertices - 1) & (edges <= MOST_EDGES)]
    matrices = np.zeros((len(numbers), vertices, vertices), bool)
    for i, (a, b) in enumerate(EDGES):
        if b < vertices:
            matrices[:, a, b] = numbers >> i & 1
    changes = [(0, *middle, vertices - 1) for middle in permutations(range(1, vertices - 1))]
    weights = 1 << np.arange(vertices**2, dtype=np.int64)
    codes = _codes(matrices, range(vertices), weights)
    smallest = codes.copy()
    for change in changes:
        np.minimum(smallest, _codes(matrices, change, weights), out=smallest)
    _, first = np.unique(smallest, return_index=True)
    matrices, codes = matrices[first], codes[first]
    kept = np.array([_codes(matrices, change, weights) == codes for change in changes])
    return [(matrix, [change for change, keeps in zip(changes, column) if keeps])
            for matrix, column in zip(matrices, kept.T)]


def _codes(matrices, change, weights):
    """A number for each matrix with its vertices in another order."""
    change = list(change)
    order = np.arange(matrices.shape[1] ** 2).reshape(matrices.shape[1:])[np.ix_(change, change)].ravel()
    return matrices.reshape(len(matrices), -1)[:, order] @ weights


def cells(vertices: int) -> Iterator[Cell]:
    """Every cell with this many live vertices once, the smallest of its ways to place operations."""
    between = vertices - 2
    ways = np.array(list(product(range(len(OPERATIONS)), repeat=between)), np.int64)
    ways = ways.reshape(len(OPERATIONS) ** between, between)  # of two vertices: one way, without operations
    weights = len(OPERATIONS) ** np.arange(between)[::-1]
    own = ways @ weights
    for matrix, changes in shapes(vertices):
        rows = tuple(tuple(map(int, row)) for row in matrix)
        first = np.ones(len(ways), bool)
        for change in changes:
            first &= own <= ways[:, [v - 1 for v in change[1:-1]]] @ weights
        for way in ways[first]:
            yield Cell(rows, tuple(OPERATIONS[i] for i in way))


def count() -> int:
    """How many cells there are."""
    return sum(map(count_with, range(2, VERTICES + 1)))


def count_with(vertices: int) -> int:
    """How many have this many live vertices, by Burnside's lemma: operations up to the changes that keep a shape."""
    return sum(sum(len(OPERATIONS) ** (_cycles(change) - 2) for change in changes) // len(changes)
               for _, changes in shapes(vertices))


def _cycles(change):
    seen, cycles = set(), 0
    for start in range(len(change)):
        cycles += start not in seen
        while start not in seen:
            seen.add(start)
            start = change[start]
    return cycles
