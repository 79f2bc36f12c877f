"""Weisfeiler-Lehman subtrees of labelled graphs, and the kernels on their histograms.

Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011; Kriege, Giscard, Wilson, "On Valid Optimal Assignment
Kernels and Applications to Graph Classification", NeurIPS 2016. A node's subtree of depth h is its label together with
the multiset of the subtrees of depth h - 1 of its successors, as in grakel where edges are directed; parallel edges
count once. Read from the descriptions; grakel is the reference in the tests.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..encoding import LabelledGraph

WIRINGS = 1024  # sets of edges remembered by identity: in many spaces all graphs share one
COMMON = 0.04  # share of the rows from which on a column counts as common
_OWN, _SUCCESSOR = np.uint64(0x9E3779B97F4A7C15), np.uint64(0x632BE59BD9B4E019)


class Histogram(NamedTuple):
    """How often each subtree occurs in a graph, the shallow ones first."""

    columns: np.ndarray
    counts: np.ndarray
    ends: list[int]
    """Where the subtrees of depth 0, of depth 1 at most, ... end."""


class Subtrees:
    """The subtrees met so far, a column each. Reading more graphs adds columns and changes none.

    Equal subtrees are found by 64-bit hashes that do not depend on the order of successors: among a million subtrees
    two share one with a chance of one in thirty million.
    """

    def __init__(self, deepest: int = 3):
        self.deepest = deepest
        self.keys: list = []
        """What each column stands for: a label, or (the same node's column one depth less, columns of its successors)."""
        self.depths: list[int] = []
        """Depth of each column's subtree."""
        self._columns: list[dict] = [{} for _ in range(deepest + 1)]
        self._wiring: dict[int, tuple] = {}

    def __len__(self):
        return len(self.keys)

    def read(self, graphs: Sequence[LabelledGraph], depth: int | None = None) -> list[Histogram]:
        """The histogram of every graph, of subtrees up to a depth; None is the deepest."""
        if not graphs:
            return []
        depths = 1 + (self.deepest if depth is None else depth)
        sizes = [len(graph.labels) for graph in graphs]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        columns = self.refine(graphs, offsets, depths)
        # One number says the graph, the depth and the column, in this order.
        place = np.repeat(np.arange(len(graphs)) * depths, sizes)[:, None] + np.arange(depths)
        found, counts = np.unique(place * len(self) + columns, return_counts=True)
        place, columns = np.divmod(found, len(self))
        ends = np.searchsorted(place, np.arange(len(graphs) * depths), side="right")
        ends = ends.reshape(len(graphs), -1)
        cuts = [0, *ends[:, -1].tolist()]
        ends[1:] -= ends[:-1, -1:].copy()
        return [Histogram(columns[start:end], counts[start:end], of)
                for start, end, of in zip(cuts, cuts[1:], ends.tolist())]

    def refine(self, graphs, offsets, depths) -> np.ndarray:
        """(nodes, depths) column of every node's subtree at every depth; graph i has the nodes from offsets[i] on."""
        labels = [label for graph in graphs for label in graph.labels]
        columns = np.empty((len(labels), depths), np.int64)
        columns[:, 0] = self._labels(labels)
        if depths == 1:
            return columns
        starts, targets = self._wired(graphs, offsets)
        hashes = _mixed(columns[:, 0].astype(np.uint64))
        sums = np.zeros(len(targets) + 1, np.uint64)
        for depth in range(1, depths):
            np.cumsum(_mixed(hashes + _SUCCESSOR)[targets], out=sums[1:])
            hashes = _mixed(hashes * _OWN + (sums[starts[1:]] - sums[starts[:-1]]))
            columns[:, depth] = self._found(depth, hashes, columns[:, depth - 1], starts, targets)
        return columns

    def _labels(self, labels):
        known = self._columns[0]
        for label in dict.fromkeys(labels):  # in this order under every hash seed
            if label in known:
                continue
            known[label] = len(self.keys)
            self.keys.append(label)
            self.depths.append(0)
        return list(map(known.get, labels))

    def _wired(self, graphs, offsets):
        """All graphs side by side: the successors of node i are targets[starts[i]:starts[i + 1]]."""
        distinct = {id(graph.edges): graph for graph in graphs}
        if len(distinct) == 1 and (np.diff(offsets) == offsets[1]).all():
            degrees, targets = self._successors(graphs[0])
            degrees, targets = np.tile(degrees, len(graphs)), (targets + offsets[:-1, None]).ravel()
        else:
            wiring = [self._successors(graph) for graph in graphs]
            degrees, targets = map(np.concatenate, zip(*wiring))
            targets = targets + np.repeat(offsets[:-1], [len(target) for _, target in wiring])
        return np.concatenate([[0], np.cumsum(degrees)]), targets

    def _successors(self, graph):
        """`successors`, remembered."""
        known = self._wiring.get(id(graph.edges))
        if known is None or known[0] is not graph.edges or len(known[1]) != len(graph.labels):
            known = graph.edges, *successors(graph)
            if len(self._wiring) < WIRINGS:
                self._wiring[id(graph.edges)] = known
        return known[1:]

    def _found(self, depth, hashes, own, starts, targets):
        """Columns of these subtrees; what is new is noted with what it consists of."""
        distinct, where, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        names, known = distinct.tolist(), self._columns[depth]
        found = list(map(known.get, names))
        if None in found:
            new = [i for i, column in enumerate(found) if column is None]
            for i, column in zip(new, range(len(self), len(self) + len(new))):
                found[i] = known[names[i]] = column
            nodes = where[new]
            below = [own[targets[start:end]] for start, end in zip(starts[nodes], starts[nodes + 1])]
            self.keys.extend(zip(own[nodes].tolist(), below))
            self.depths.extend([depth] * len(new))
        return np.array(found)[inverse]

    def label(self, column: int) -> str:
        """Label of the node at a subtree's root."""
        while self.depths[column]:
            column = self.keys[column][0]
        return self.keys[column]

    def tree(self, column: int) -> tuple:
        """A subtree in full: (label, (subtrees of the successors)), the latter sorted; depth 0 is the label alone."""
        below = self.keys[column][1].tolist() if self.depths[column] else ()
        return self.label(column), tuple(sorted(map(self.tree, below)))


def successors(graph):
    """(how many successors every node has, the successors, node by node)."""
    below = [[] for _ in graph.labels]
    for source, target in dict.fromkeys(graph.edges):
        below[source].append(target)
    return np.array([len(b) for b in below], np.int64), np.array([t for b in below for t in b], np.int64)


def _mixed(x):
    """SplitMix64's mixing function (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


class Seen:
    """A graph, and what was asked of it so far: depth -> (columns of its subtrees that deep, their counts, how many)."""

    __slots__ = ("graph", "upto")

    def __init__(self, graph):
        self.graph, self.upto = graph, {}

    def note(self, histogram: Histogram) -> None:
        for depth, end in enumerate(histogram.ends):
            self.upto[depth] = histogram.columns[:end], histogram.counts[:end], end


class WLKernel:
    """The subtree kernel: the product of two histograms, summed over depths 0 to h.

    assignment: the optimal assignment kernel instead, the intersection of the histograms.
    normalized: divided by the root of the product of both graphs' kernels with themselves.
    """

    def __init__(self, deepest: int = 3, *, assignment: bool = False, normalized: bool = True):
        self.depths = tuple(range(deepest + 1))
        self.assignment, self.normalized = assignment, normalized
        self.subtrees = Subtrees(deepest)

    def read(self, graphs: Sequence[LabelledGraph]) -> list[Seen]:
        """What `cross` takes for graphs: their subtrees are read once, when first asked for."""
        return list(map(Seen, graphs))

    def cross(self, a: Sequence[Seen], b: Sequence[Seen], depth: int) -> np.ndarray:
        """(len(a), len(b)) kernel of every graph of `a` with every one of `b`."""
        a, b = self.counts(a, depth), self.counts(b, depth)
        kernel = _intersection(a, b) if self.assignment else _product(a, b)
        if self.normalized:
            kernel *= self._inverse_norms(a)[:, None] * self._inverse_norms(b)
        return kernel

    def counts(self, graphs: Sequence[Seen], depth: int) -> "Entries":
        """(N, subtrees met so far) counts of the subtrees up to a depth."""
        shallow = [seen for seen in graphs if depth not in seen.upto]
        for seen, histogram in zip(shallow, self.subtrees.read([seen.graph for seen in shallow], depth)):
            seen.note(histogram)
        columns, counts, lengths = zip(*[seen.upto[depth] for seen in graphs])
        return Entries(np.repeat(np.arange(len(graphs)), lengths), np.concatenate(columns),
                       np.concatenate(counts).astype(float), (len(graphs), len(self.subtrees)))

    def _inverse_norms(self, entries):
        own = np.bincount(entries.rows, entries.values if self.assignment else entries.values**2, entries.shape[0])
        return np.where(own > 0, 1 / np.sqrt(np.maximum(own, 1)), 0.0)


class Entries(NamedTuple):
    """What is not zero in a matrix, row by row."""

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    shape: tuple[int, int]

    def where(self, mask) -> "Entries":
        return Entries(self.rows[mask], self.columns[mask], self.values[mask], self.shape)

    def sparse(self):
        from scipy.sparse import csr_matrix

        ends = np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=self.shape[0]))])
        return csr_matrix((self.values, self.columns, ends), shape=self.shape)


def _product(a: Entries, b: Entries) -> np.ndarray:
    """a @ b.T. Columns that many rows of `b` share are multiplied densely, which takes half the time."""
    shares = np.bincount(b.columns, minlength=b.shape[1])
    a = a.where(shares[a.columns] > 0)
    common = shares > COMMON * b.shape[0]
    place = np.cumsum(common) - 1
    dense, rare = [], []
    for entries in (a, b):
        mask = common[entries.columns]
        part = np.zeros((entries.shape[0], place[-1] + 1))
        part[entries.rows[mask], place[entries.columns[mask]]] = entries.values[mask]
        dense.append(part)
        rare.append(entries.where(~mask))
    product = dense[0] @ dense[1].T
    if len(rare[0].rows):
        product += (rare[0].sparse() @ rare[1].sparse().T.tocsr()).toarray()
    return product


def _intersection(a: Entries, b: Entries) -> np.ndarray:
    """Sum of min(a, b) over the columns: of all n, how often both have n or more."""
    kernel = np.zeros((a.shape[0], b.shape[0]))
    for n in range(1, int(min(a.values.max(initial=0), b.values.max(initial=0))) + 1):
        kernel += _product(*(e.where(e.values >= n)._replace(values=np.ones((e.values >= n).sum())) for e in (a, b)))
    return kernel
