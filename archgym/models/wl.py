"""Kernels on the histograms of Weisfeiler-Lehman subtrees.

Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011; Kriege, Giscard, Wilson, "On Valid Optimal Assignment
Kernels and Applications to Graph Classification", NeurIPS 2016. Read from the descriptions; grakel is the reference in
the tests.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..encoding import LabelledGraph
from .subtrees import Histograms, Subtrees

COMMON = 0.04  # share of the rows from which on a column counts as common
FEW = 2**14  # pairs of entries that are compared one by one


class Kept:
    """Histograms side by side in arrays that grow, each at a place."""

    def __init__(self, depths: int):
        self.columns, self.counts = np.empty(0, np.int64), np.empty(0)
        self.bounds = np.full((1 + depths, 1), -1)
        """By place: the start, and the end at each depth, which is -1 where that was not read."""
        self.scales = np.zeros((depths, 1))
        """By depth and place, what the kernel up to a depth is multiplied by."""
        self._entries, self._places = 0, 1  # at place 0 nothing was read

    def add(self, found: Histograms, norms) -> np.ndarray:
        """The places of these histograms. norms: of every count, what it adds to its graph's kernel with itself."""
        entry, self._entries = self._entries, self._entries + len(found.columns)
        place, self._places = self._places, self._places + len(found.ends)
        self.columns, self.counts = (_with_room(kept, self._entries) for kept in (self.columns, self.counts))
        self.bounds, self.scales = (_with_room(kept, self._places) for kept in (self.bounds, self.scales))
        self.columns[entry:self._entries], self.counts[entry:self._entries] = found.columns, found.counts
        bounds, depths = self.bounds[:, place:self._places], found.ends.shape[1]
        bounds[0], bounds[1:1 + depths], bounds[1 + depths:] = found.starts, found.ends.T, -1
        sums = np.zeros(len(norms) + 1)
        norms.cumsum(out=sums[1:])
        sums = sums.take(bounds[:1 + depths])
        scales = np.sqrt(sums[1:] - sums[0])
        self.scales[:depths, place:self._places] = np.divide(1, scales, out=scales, where=scales > 0)
        bounds[:1 + depths] += entry
        return np.arange(place, self._places)

    def entries(self, places, depths, columns: int) -> "Entries":
        """Counts, a row a depth and place: of the subtrees deeper than the depth before and up to this one."""
        bounds = [self.bounds[i].take(places) for i in (0, *(1 + depth for depth in depths))]
        starts, lengths = np.concatenate(bounds[:-1]), np.concatenate(bounds[1:])
        lengths -= starts
        past = lengths.cumsum()
        rows = np.arange(len(lengths)).repeat(lengths)
        at = np.arange(len(rows)) + (starts - past + lengths).repeat(lengths)
        return Entries(rows, self.columns[at], self.counts[at], (len(lengths), columns))


def _with_room(array, size):
    """The array, or a copy of it with a longer last axis where that is shorter."""
    if size <= array.shape[-1]:
        return array
    return np.concatenate([array, np.empty((*array.shape[:-1], 2 * size - array.shape[-1]), array.dtype)], axis=-1)


class WLKernel:
    """The subtree kernel: the product of two histograms, summed over depths 0 to h.

    assignment: the optimal assignment kernel instead, the intersection of the histograms.
    normalized: divided by the root of the product of both graphs' kernels with themselves.
    """

    def __init__(self, deepest: int = 3, *, assignment: bool = False, normalized: bool = True):
        self.depths = tuple(range(deepest + 1))
        self.assignment, self.normalized = assignment, normalized
        self.subtrees, self._kept = Subtrees(deepest), Kept(deepest + 1)
        self._graphs: list[LabelledGraph] = []
        self._places = np.zeros(0, np.int64)  # by graph; 0 where nothing was read

    def read(self, graphs: Sequence[LabelledGraph]) -> list[int]:
        """Their numbers, which `cross` takes. The kernel keeps the graphs; subtrees are read when first asked for."""
        first = len(self._graphs)
        self._graphs.extend(graphs)
        self._places = _with_room(self._places, len(self._graphs))
        self._places[first:len(self._graphs)] = 0
        return list(range(first, len(self._graphs)))

    def cross(self, a: Sequence[int], b: Sequence[int], depth: int) -> np.ndarray:
        """(len(a), len(b)) kernel of every graph of `a` with every one of `b`."""
        return self.crosses(a, b, (depth,))[0]

    def crosses(self, a: Sequence[int], b: Sequence[int], depths: Sequence[int]) -> np.ndarray:
        """(depths, len(a), len(b)) `cross` at different depths, which rise: little more work than at the last."""
        at_a = self._read(a, depths[-1])
        entries_a = self._entries(at_a, depths)  # a row a depth and graph, of what that depth adds
        at_b = at_a if b is a else self._read(b, depths[-1])
        entries_b = entries_a if b is a and len(depths) == 1 else self._entries(at_b, depths[-1:])
        product = (_intersection if self.assignment else _product)(entries_a, entries_b)
        kernel = product.reshape(-1, len(at_a), len(at_b))
        if len(depths) > 1:
            np.cumsum(kernel, axis=0, out=kernel)
        if self.normalized:
            for found, scales in zip(kernel, self._kept.scales[list(depths)]):
                found *= np.multiply.outer(scales[at_a], scales[at_b])
        return kernel

    def counts(self, graphs: Sequence[int], depth: int) -> "Entries":
        """(N, subtrees met so far) counts of the subtrees up to a depth."""
        return self._entries(self._read(graphs, depth), (depth,))

    def _entries(self, places, depths):
        return self._kept.entries(places, depths, len(self.subtrees))

    def _read(self, graphs, depth):
        """The places of their histograms, which are read where they were not, or not as deep."""
        graphs = np.asarray(graphs, np.int64)
        places = self._places[graphs]
        shallow = np.flatnonzero(self._kept.bounds[1 + depth].take(places) < 0)
        if len(shallow):
            new = graphs[shallow]
            found = self.subtrees.read([self._graphs[graph] for graph in new.tolist()], depth)
            norms = found.counts if self.assignment else np.square(found.counts)
            places[shallow] = self._places[new] = self._kept.add(found, norms)
        return places


class Entries(NamedTuple):
    """What is not zero in a matrix, row by row."""

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    shape: tuple[int, int]

    def at_least(self, n) -> "Entries":
        """1 where the value is `n` or more."""
        mask = self.values >= n
        return Entries(self.rows[mask], self.columns[mask], np.ones(np.count_nonzero(mask)), self.shape)


def _product(a: Entries, b: Entries) -> np.ndarray:
    """a @ b.T. Columns that many rows of `b` share are multiplied densely, which takes half the time."""
    if len(a.rows) * len(b.rows) <= FEW:
        product = np.zeros((a.shape[0], b.shape[0]))
        return _with_pairs(product, a, b, *np.nonzero(np.equal.outer(a.columns, b.columns)))
    shares = np.bincount(b.columns, minlength=b.shape[1])
    common = shares > COMMON * b.shape[0]
    dense = np.cumsum(common)
    place = np.where(common, dense, 0)
    product = _dense(a, place, dense[-1]) @ _dense(b, place, dense[-1]).T
    # Each entry of `a` in a rare column meets those of `b` there.
    shares[common] = 0
    rare = np.flatnonzero(shares[b.columns])
    rare = rare[b.columns[rare].argsort()]
    met = shares[a.columns]
    mine = np.repeat(np.arange(len(met)), met)
    first = (np.cumsum(shares) - shares)[a.columns] - np.cumsum(met) + met
    return _with_pairs(product, a, b, mine, rare[np.arange(len(mine)) + first[mine]])


def _dense(entries, place, columns):
    """The matrix of these columns: `place` has 1, 2, ... for them, 0 for the others."""
    matrix = np.zeros((entries.shape[0], columns + 1))
    matrix[entries.rows, place[entries.columns]] = entries.values
    return matrix[:, 1:]


def _with_pairs(product, a, b, mine, theirs):
    """With the products of these entries of `a` and of `b` added."""
    np.add.at(product.reshape(-1), a.rows[mine] * product.shape[1] + b.rows[theirs], a.values[mine] * b.values[theirs])
    return product


def _intersection(a: Entries, b: Entries) -> np.ndarray:
    """Sum of min(a, b) over the columns: of all n, how often both have n or more."""
    kernel = np.zeros((a.shape[0], b.shape[0]))
    for n in range(1, int(min(a.values.max(initial=0), b.values.max(initial=0))) + 1):
        kernel += _product(a.at_least(n), b.at_least(n))
    return kernel
