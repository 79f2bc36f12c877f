"""Weisfeiler-Lehman subtrees of labelled graphs, counted.

Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011. A node's subtree of depth h is its label together
with the multiset of the subtrees of depth h - 1 of its successors, as in grakel where edges are directed; parallel
edges count once. Read from the description.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from ..encoding import LabelledGraph

WIRINGS = 1024  # sets of edges remembered by identity: in many spaces all graphs share one
COLUMN_BITS = 32  # in a number that says a place and a column
_SHIFTS, _FACTORS = np.array([30, 27, 31], np.uint64), np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64)
_OWN, _SUCCESSOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x632BE59BD9B4E019)


class Histograms(NamedTuple):
    """How often each subtree occurs in each graph: graph after graph, in each the shallow subtrees first."""

    columns: np.ndarray
    counts: np.ndarray
    ends: np.ndarray
    """(graphs, depths) Where a graph's subtrees of depth 0, of depth 1 at most, ... end."""

    @property
    def starts(self) -> np.ndarray:
        """(graphs,) Where a graph's subtrees start."""
        return np.concatenate([[0], self.ends[:-1, -1]])


class Subtrees:
    """The subtrees met so far, a column each. Reading more graphs adds columns and changes none.

    Equal subtrees are found by 64-bit hashes that do not depend on the order of successors: among a million subtrees
    two share one with a chance of one in thirty million.
    """

    def __init__(self, deepest: int = 3):
        self.deepest = deepest
        self.depths: list[int] = []
        """Depth of each column's subtree."""
        self._roots: list = []  # by column: the label, or the same node's column one depth less
        self._below: list[int] = []  # columns of the successors, column after column
        self._bounds = [0]  # in `_below`: those of a column start at its place and end at the next
        self._of_labels: dict = {}
        self._met = [_Met() for _ in range(deepest + 1)]  # by depth, of which 0 goes by labels
        self._wiring: dict[int, tuple] = {}

    def __len__(self):
        return len(self.depths)

    def read(self, graphs: Sequence[LabelledGraph], depth: int | None = None) -> Histograms:
        """The histogram of every graph, of one or more, of subtrees up to a depth; None is the deepest."""
        depths = 1 + (self.deepest if depth is None else depth)
        labels = [graph.labels for graph in graphs]
        sizes = list(map(len, labels))
        columns = self._refined(labels, [graph.edges for graph in graphs], sizes, depths)
        # One number says the graph, the depth and the column, in this order.
        place = np.repeat(np.arange(0, len(graphs) * depths, depths), sizes) + np.arange(depths)[:, None]
        place <<= COLUMN_BITS
        place += columns
        found = place.ravel()
        found.sort()
        changes = np.ones(len(found) + 1, bool)
        np.not_equal(found[1:], found[:-1], out=changes[1:-1])
        bounds = np.flatnonzero(changes)
        found, counts = found[bounds[:-1]], bounds[1:] - bounds[:-1]
        ends = np.bincount(found >> COLUMN_BITS, minlength=len(graphs) * depths).cumsum()
        return Histograms(found & ((1 << COLUMN_BITS) - 1), counts, ends.reshape(len(graphs), depths))

    def _refined(self, labels, edges, sizes, depths):
        """(depths, nodes) column of every node's subtree at every depth, graph after graph."""
        columns = np.empty((depths, sum(sizes)), np.int64)
        columns[0] = self._labelled(list(chain.from_iterable(labels)))
        if depths == 1:
            return columns
        rows, degrees, targets = self._wired(edges, sizes)
        starts = np.concatenate([[0], np.cumsum(degrees)])
        hashes = _mixed(columns[0].astype(np.uint64)).reshape(rows, -1)
        sums = np.zeros((rows, len(targets) + 1), np.uint64)
        for depth in range(1, depths):
            np.cumsum(_mixed(hashes + _SUCCESSOR).take(targets, axis=1), axis=1, out=sums[:, 1:])
            sums_at = sums.take(starts, axis=1)
            hashes = _mixed(hashes * _OWN + (sums_at[:, 1:] - sums_at[:, :-1]))
            columns[depth], new = self._met[depth].columns(hashes.ravel(), len(self))
            if len(new):
                self._note(depth, new, columns[depth - 1].reshape(rows, -1), starts, targets)
        return columns

    def _labelled(self, labels):
        known = self._of_labels
        try:
            return np.fromiter(map(known.__getitem__, labels), np.int64, len(labels))
        except KeyError:
            for label in dict.fromkeys(labels):  # in this order under every hash seed
                if label not in known:
                    known[label] = len(self)
                    self.depths.append(0)
                    self._roots.append(label)
                    self._bounds.append(len(self._below))
            return self._labelled(labels)

    def _wired(self, edges, sizes):
        """(rows, degrees, targets): in each of `rows` equal parts of the nodes, how many successors each has, which.

        All graphs are one part, unless they share their wiring: then each is its own.
        """
        if len(set(map(id, edges))) == len(set(sizes)) == 1:
            return len(edges), *self._successors(edges[0], sizes[0])
        degrees, targets = zip(*map(self._successors, edges, sizes))
        offsets = np.cumsum(sizes) - sizes
        return 1, np.concatenate(degrees), np.concatenate(targets) + np.repeat(offsets, list(map(len, targets)))

    def _successors(self, edges, size):
        """`successors`, remembered."""
        known = self._wiring.get(id(edges))
        if known is None or known[0] is not edges or len(known[1]) != size:
            known = edges, *successors(edges, size)
            if len(self._wiring) < WIRINGS:
                self._wiring[id(edges)] = known
        return known[1:]

    def _note(self, depth, nodes, own, starts, targets):
        """New columns, for the subtrees of these nodes, with what each consists of."""
        rows, nodes = np.divmod(nodes, own.shape[1])
        lengths = starts[nodes + 1] - starts[nodes]
        ends = lengths.cumsum()
        at = np.arange(ends[-1]) + (starts[nodes] - ends + lengths).repeat(lengths)
        self.depths.extend([depth] * len(nodes))
        self._roots.extend(own[rows, nodes].tolist())
        self._bounds.extend((ends + len(self._below)).tolist())
        self._below.extend(own[rows.repeat(lengths), targets[at]].tolist())

    def label(self, column: int) -> str:
        """Label of the node at a subtree's root."""
        while self.depths[column]:
            column = self._roots[column]
        return self._roots[column]

    def tree(self, column: int) -> tuple:
        """A subtree in full: (label, (subtrees of the successors)), the latter sorted; depth 0 is the label alone."""
        below = self._below[self._bounds[column]:self._bounds[column + 1]]
        return self.label(column), tuple(sorted(map(self.tree, below)))


class _Met:
    """Hashes met so far in their order, and their columns: thousands are found in half a dictionary's time.

    The last entry is there so that every search ends at one; no subtree is expected to have its hash.
    """

    def __init__(self):
        self._hashes, self._columns = np.array([2**64 - 1], np.uint64), np.array([-1])

    def columns(self, hashes, fresh: int) -> tuple[np.ndarray, np.ndarray]:
        """(columns of these hashes, where each new one is first); new ones get the columns from `fresh` on."""
        at = self._hashes.searchsorted(hashes)
        columns = self._columns[at]
        unknown = np.flatnonzero(self._hashes[at] != hashes)
        if not len(unknown):
            return columns, unknown
        new, first, inverse = np.unique(hashes[unknown], return_index=True, return_inverse=True)
        numbers = np.arange(fresh, fresh + len(new))
        columns[unknown] = numbers[inverse]
        at = self._hashes.searchsorted(new)
        self._hashes, self._columns = np.insert(self._hashes, at, new), np.insert(self._columns, at, numbers)
        return columns, unknown[first]


def successors(edges, size) -> tuple[np.ndarray, np.ndarray]:
    """(how many successors each of `size` nodes has, the successors, node by node)."""
    below = [[] for _ in range(size)]
    for source, target in dict.fromkeys(edges):
        below[source].append(target)
    return np.array([len(b) for b in below], np.int64), np.array([t for b in below for t in b], np.int64)


def _mixed(x):
    """SplitMix64's mixing function (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014)."""
    x = x ^ (x >> _SHIFTS[0])
    x *= _FACTORS[0]
    x ^= x >> _SHIFTS[1]
    x *= _FACTORS[1]
    x ^= x >> _SHIFTS[2]
    return x
