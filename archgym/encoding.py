"""Numbers and graphs from genomes: random keys, columns for models, labelled graphs."""

import zlib
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from .choice import pick_at
from .errors import ArchGymError


class LabelledGraph(NamedTuple):
    """A directed graph with a label a node: what graph kernels and neural predictors read."""

    labels: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    """(from, to) indices into `labels`."""

    def to_networkx(self):
        import networkx

        graph = networkx.DiGraph()
        graph.add_nodes_from((i, {"label": label}) for i, label in enumerate(self.labels))
        graph.add_edges_from(self.edges)
        return graph


def derivation_tree(trace) -> LabelledGraph:
    """A node a choice, labelled `sort=option`, below the nearest earlier choice whose path it extends (or a root)."""
    labels, edges, at = ["design"], [], {(): 0}
    for choice, pick in zip(trace.choices, trace.picks):
        parent = next(at[choice.path[:d]] for d in range(len(choice.path), -1, -1) if choice.path[:d] in at)
        edges.append((parent, len(labels)))
        at[choice.path] = len(labels)
        labels.append(f"{choice.sort_name}={choice.options[pick]}")
    return LabelledGraph(tuple(labels), tuple(edges))


GOLDEN = 0.6180339887498949  # its multiples modulo 1 spread evenly, so that equal keys do not stay in one bin


def slot(path: tuple, length: int) -> int:
    """Which random key a choice reads: a stable hash of its path."""
    return zlib.crc32(repr(path).encode()) % length


def from_random_keys(space, vector):
    """Decode `space.vector_length` numbers in [0, 1] into a genome, by each choice's inverse distribution function.

    A vector whose build is rejected reads its keys rotated by one slot and moved on by the golden ratio, and so on:
    decoding is a function of the vector alone. ArchGymError if no turn builds a design.
    """
    keys = [float(x) for x in vector]
    if len(keys) != space.vector_length or not all(0 <= x <= 1 for x in keys):
        raise ArchGymError(f"{space.name}: a vector is {space.vector_length} numbers between 0 and 1, "
                           f"got {len(keys)}: {vector!r}")
    for turn in range(len(keys)):
        turned = keys if turn == 0 else [(key + turn * GOLDEN) % 1.0 for key in keys[turn:] + keys[:turn]]
        trace = space.attempt(lambda choice: pick_at(choice, turned[slot(choice.path, len(keys))]))
        if trace is not None:
            return space.clean(trace)
    raise ArchGymError(f"{space.name}: no turn of these random keys builds a design")


def one_hot(space, genomes) -> np.ndarray:
    """(N, columns) counts of every (sort, option) pair; in a product space a 0/1 column for every (choice, option)."""
    choices = getattr(space, "choices", None)
    if choices is None:
        return _counts(space, genomes)
    return _marked(choices, _rows(genomes, len(choices)))


def _rows(genomes, width):
    """(N, width) The genomes as an array; numpy alone takes twice as long to read tuples."""
    if isinstance(genomes, np.ndarray):
        return genomes.reshape(len(genomes), width)
    return np.fromiter(chain.from_iterable(genomes), np.int64, len(genomes) * width).reshape(len(genomes), width)


def _marked(choices, rows, further=0):
    """A 0/1 column for every option of these choices, and `further` columns of zeros."""
    ends = np.cumsum([0, *(len(choice.options) for choice in choices)])
    codes = np.zeros((len(rows), ends[-1] + further))
    codes.reshape(-1)[np.arange(len(rows))[:, None] * codes.shape[1] + ends[:-1] + rows] = 1
    return codes


def ordered(space, genomes) -> np.ndarray:
    """`one_hot` with numbers for choices that have an order.

    In a product space such a choice is one column, from 0 for its first option to 1 for its last. In an open space the
    column of an option of an ordered sort counts the picks that took it or a later one.
    """
    choices = getattr(space, "choices", None)
    if choices is not None:
        rows = np.asarray(genomes).reshape(len(genomes), len(choices))
        return np.concatenate([np.zeros((len(rows), 0)), *(
            rows[:, [i]] / max(len(c.options) - 1, 1) if c.ordered else rows[:, [i]] == np.arange(len(c.options))
            for i, c in enumerate(choices))], axis=1)
    return _counts(space, genomes, from_first=True)


def one_hot_and_counts(space, genomes) -> np.ndarray:
    """`one_hot`, and in a product space as many columns more as its sorts have options: how often each was picked."""
    choices = getattr(space, "choices", None)
    if choices is None:
        return _counts(space, genomes)
    rows, (offsets, width) = _rows(genomes, len(choices)), _offsets(space)
    codes = _marked(choices, rows, width)
    counts, row = codes[:, codes.shape[1] - width:], np.arange(len(rows))
    for choice, picks in zip(choices, rows.T):
        counts[row, offsets[choice.sort_name] + picks] += 1
    return codes


def _offsets(space):
    """Sort -> the column of its first option, and the number of columns."""
    offsets, width = {}, 0
    for sort, options in space.sorts.items():
        offsets[sort] = width
        width += len(options)
    return offsets, width


def _counts(space, genomes, from_first=False):
    """A row a genome, a column an option of a sort; `from_first` counts an ordered pick for all options up to it."""
    offsets, width = _offsets(space)
    codes = np.zeros((len(genomes), width))
    for row, genome in zip(codes, genomes):
        trace, columns = space.trace(genome), []
        for choice, pick in zip(trace.choices, trace.picks):
            at = offsets[choice.sort_name]
            if from_first and choice.ordered:
                columns += range(at, at + pick + 1)
            else:
                columns.append(at + pick)
        row[:] = np.bincount(np.array(columns, np.int64), minlength=width)
    return codes


MAX_WALKS = 10_000  # steps taken along the paths of one graph, the shortest paths first


def paths(graph: LabelledGraph) -> list[tuple[str, ...]]:
    """The labels along each path from a node that nothing enters to one that nothing leaves, the shortest first.

    The graph has no cycles. Of a graph with very many paths only the shortest, of ten thousand steps in all.
    """
    after, entered = [[] for _ in graph.labels], set()
    for a, b in graph.edges:
        after[a].append(b)
        entered.add(b)
    walks = {(i, (label,)): None for i, label in enumerate(graph.labels) if i not in entered}
    found, steps = {}, 0
    while walks and steps < MAX_WALKS:
        longer = {}
        for at, labels in walks:
            if not after[at]:
                found[labels] = None
            for b in after[at]:
                longer[b, (*labels, graph.labels[b])] = None
        steps += len(longer)
        walks = longer
    return list(found)


class PathEncoding:
    """(N, columns) 0/1: which paths of labels a design's graph has, after the paths that some genomes show.

    White, Neiswanger, Savani, "BANANAS", AAAI 2021. width: keep so many columns, those of the shortest paths (their
    truncated encoding); None keeps all.
    """

    def __init__(self, space, genomes, width: int | None = None):
        self.space = space
        met = {path for genome in genomes for path in self._paths(genome)}
        self.columns = {path: i for i, path in enumerate(sorted(met, key=lambda path: (len(path), path))[:width])}

    def __call__(self, genomes) -> np.ndarray:
        codes = np.zeros((len(genomes), len(self.columns)))
        for row, genome in zip(codes, genomes):
            row[[self.columns[path] for path in self._paths(genome) if path in self.columns]] = 1
        return codes

    def _paths(self, genome):
        return paths(self.space.graph(self.space.decode(tuple(map(int, genome)))))


ENCODINGS = ("one-hot", "one-hot-and-counts", "ordered", "path")


def encoding(kind: str, space, genomes):
    """A function genomes -> (N, columns) of one of ENCODINGS; `genomes` show which paths there are."""
    if kind == "path":
        return PathEncoding(space, genomes)
    return partial({"one-hot": one_hot, "one-hot-and-counts": one_hot_and_counts, "ordered": ordered}[kind], space)
