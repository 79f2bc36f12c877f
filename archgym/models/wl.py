"""Weisfeiler-Lehman subtrees of labelled graphs, and the kernels on their histograms.

Shervashidze et al., "Weisfeiler-Lehman Graph Kernels", JMLR 2011; Kriege, Giscard, Wilson, "On Valid Optimal Assignment
Kernels and Applications to Graph Classification", NeurIPS 2016. A node's subtree of depth h is its label together with
the multiset of the subtrees of depth h - 1 of its successors, as in grakel where edges are directed; parallel edges
count once. Read from the descriptions; grakel is the reference in the tests.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from ..encoding import LabelledGraph

WIRINGS = 1024  # sets of edges remembered by identity: in many spaces all graphs share one
COMMON = 0.04  # share of the rows from which on a column counts as common
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
        self.keys: list = []
        """What each column stands for: a label, or (the same node's column one depth less, columns of its successors)."""
        self.depths: list[int] = []
        """Depth of each column's subtree."""
        self._columns: list[dict] = [{} for _ in range(deepest + 1)]
        self._wiring: dict[int, tuple] = {}

    def __len__(self):
        return len(self.keys)

    def read(self, graphs: Sequence[LabelledGraph], depth: int | None = None) -> Histograms:
        """The histogram of every graph, of one or more, of subtrees up to a depth; None is the deepest."""
        depths = 1 + (self.deepest if depth is None else depth)
        sizes = [len(graph.labels) for graph in graphs]
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        columns = self.refine(graphs, offsets, depths)
        # One number says the graph, the depth and the column, in this order.
        place = np.repeat(np.arange(len(graphs)) * depths, sizes)[:, None] + np.arange(depths)
        found, counts = np.unique(place * len(self) + columns, return_counts=True)
        place, columns = np.divmod(found, len(self))
        ends = np.searchsorted(place, np.arange(len(graphs) * depths), side="right")
        return Histograms(columns, counts, ends.reshape(len(graphs), depths))

    def refine(self, graphs, offsets, depths) -> np.ndarray:
        """(nodes, depths) column of every node's subtree at every depth; graph i has the nodes from offsets[i] on."""
        columns = np.empty((offsets[-1], depths), np.int64)
        columns[:, 0] = self._labels(list(chain.from_iterable([graph.labels for graph in graphs])))
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
        try:
            return list(map(known.__getitem__, labels))
        except KeyError:
            for label in dict.fromkeys(labels):  # in this order under every hash seed
                if label not in known:
                    known[label] = len(self.keys)
                    self.keys.append(label)
                    self.depths.append(0)
            return list(map(known.__getitem__, labels))

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
    """A graph, and where its kernel keeps its histogram: 0 before it was asked for."""

    __slots__ = ("graph", "place")

    def __init__(self, graph):
        self.graph, self.place = graph, 0


class Kept:
    """Histograms side by side in arrays that grow, each at a place."""

    def __init__(self, depths: int):
        self.columns, self.counts = np.empty(0, np.int64), np.empty(0)
        self.starts, self.ends = np.zeros(1, np.int64), np.full((1, depths), -1)
        """By place; the end at a depth that was not read is -1."""
        self.scales = np.zeros((1, depths))
        """By place, what the kernel up to a depth is multiplied by."""
        self._entries, self._graphs = 0, 1  # at place 0 nothing was read

    def add(self, found: Histograms, scales) -> np.ndarray:
        """The places of these histograms."""
        graphs, depths = found.ends.shape
        entry, self._entries = self._entries, self._entries + len(found.columns)
        place, self._graphs = self._graphs, self._graphs + graphs
        self.columns, self.counts = (_with_room(kept, self._entries) for kept in (self.columns, self.counts))
        self.starts, self.ends, self.scales = (
            _with_room(kept, self._graphs) for kept in (self.starts, self.ends, self.scales))
        self.columns[entry:self._entries], self.counts[entry:self._entries] = found.columns, found.counts
        self.starts[place:self._graphs] = entry + found.starts
        self.ends[place:self._graphs, :depths], self.ends[place:self._graphs, depths:] = entry + found.ends, -1
        self.scales[place:self._graphs, :depths] = scales
        return np.arange(place, self._graphs)


def _with_room(array, rows):
    """The array, or a longer copy of it where it has less rows than that."""
    if rows <= len(array):
        return array
    return np.concatenate([array, np.empty((2 * rows - len(array), *array.shape[1:]), array.dtype)])


class WLKernel:
    """The subtree kernel: the product of two histograms, summed over depths 0 to h.

    assignment: the optimal assignment kernel instead, the intersection of the histograms.
    normalized: divided by the root of the product of both graphs' kernels with themselves.
    """

    def __init__(self, deepest: int = 3, *, assignment: bool = False, normalized: bool = True):
        self.depths = tuple(range(deepest + 1))
        self.assignment, self.normalized = assignment, normalized
        self.subtrees, self._kept = Subtrees(deepest), Kept(deepest + 1)

    def read(self, graphs: Sequence[LabelledGraph]) -> list[Seen]:
        """What `cross` takes for graphs: their subtrees are read once, when first asked for."""
        return list(map(Seen, graphs))

    def cross(self, a: Sequence[Seen], b: Sequence[Seen], depth: int) -> np.ndarray:
        """(len(a), len(b)) kernel of every graph of `a` with every one of `b`."""
        places = self._read(a, depth), self._read(b, depth)
        a, b = (self._entries(at, depth) for at in places)
        kernel = _intersection(a, b) if self.assignment else _product(a, b)
        if self.normalized:
            kernel *= np.multiply.outer(*(self._kept.scales[at, depth] for at in places))
        return kernel

    def counts(self, graphs: Sequence[Seen], depth: int) -> "Entries":
        """(N, subtrees met so far) counts of the subtrees up to a depth."""
        return self._entries(self._read(graphs, depth), depth)

    def _entries(self, places, depth):
        kept = self._kept
        starts = kept.starts[places]
        lengths = kept.ends[places, depth] - starts
        rows = np.repeat(np.arange(len(places)), lengths)
        at = np.arange(len(rows)) + (starts - np.cumsum(lengths) + lengths)[rows]
        return Entries(rows, kept.columns[at], kept.counts[at], (len(places), len(self.subtrees)))

    def _read(self, graphs, depth):
        """The places of their histograms, which are read where they were not, or not as deep."""
        places = np.array([seen.place for seen in graphs])
        shallow = np.flatnonzero(self._kept.ends[places, depth] < 0)
        if len(shallow):
            new = [graphs[i] for i in shallow.tolist()]
            found = self.subtrees.read([seen.graph for seen in new], depth)
            places[shallow] = self._kept.add(found, self._inverse_norms(found))
            for seen, place in zip(new, places[shallow].tolist()):
                seen.place = place
        return places

    def _inverse_norms(self, found):
        sums = np.concatenate([[0], np.cumsum(found.counts if self.assignment else found.counts**2)])
        own = sums[found.ends] - sums[found.starts][:, None]
        return np.where(own > 0, 1 / np.sqrt(np.maximum(own, 1)), 0.0)


class Entries(NamedTuple):
    """What is not zero in a matrix, row by row."""

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    shape: tuple[int, int]

    def where(self, mask) -> "Entries":
        return Entries(self.rows[mask], self.columns[mask], self.values[mask], self.shape)

    def dense(self, columns) -> np.ndarray:
        """The matrix of these columns, given as a mask."""
        wanted = self.where(columns[self.columns])
        matrix = np.zeros((self.shape[0], np.count_nonzero(columns)))
        place = wanted.rows * matrix.shape[1] + (np.cumsum(columns) - 1)[wanted.columns]
        matrix.reshape(-1)[place] = wanted.values
        return matrix


def _product(a: Entries, b: Entries) -> np.ndarray:
    """a @ b.T. Columns that many rows of `b` share are multiplied densely, which takes half the time."""
    shares = np.bincount(b.columns, minlength=b.shape[1])
    met = np.zeros(b.shape[1], bool)
    met[a.columns] = True
    common = met & (shares > COMMON * b.shape[0])
    product = a.dense(common) @ b.dense(common).T
    rare = met & (shares > 0) & ~common
    a, b = a.where(rare[a.columns]), b.where(rare[b.columns])
    # Each entry of `a` meets those of `b` in its column.
    order = np.argsort(b.columns)
    met = shares[a.columns]
    mine = np.repeat(np.arange(len(met)), met)
    theirs = order[np.arange(len(mine)) + (np.searchsorted(b.columns[order], a.columns) - np.cumsum(met) + met)[mine]]
    np.add.at(product.reshape(-1), a.rows[mine] * product.shape[1] + b.rows[theirs], a.values[mine] * b.values[theirs])
    return product


def _intersection(a: Entries, b: Entries) -> np.ndarray:
    """Sum of min(a, b) over the columns: of all n, how often both have n or more."""
    kernel = np.zeros((a.shape[0], b.shape[0]))
    for n in range(1, int(min(a.values.max(initial=0), b.values.max(initial=0))) + 1):
        kernel += _product(*(e.where(e.values >= n)._replace(values=np.ones((e.values >= n).sum())) for e in (a, b)))
    return kernel
