"""Numbers and graphs from genomes: random keys, one-hot columns, labelled graphs."""

import zlib
from dataclasses import dataclass

import numpy as np

from .choice import pick_at
from .errors import ArchGymError


@dataclass(frozen=True)
class LabelledGraph:
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
    if choices is not None:
        rows = np.asarray(genomes).reshape(len(genomes), len(choices))
        return np.concatenate([np.zeros((len(rows), 0)), *(rows[:, [i]] == np.arange(len(c.options))
                                                           for i, c in enumerate(choices))], axis=1)
    offsets, width = {}, 0
    for sort, options in space.sorts.items():
        offsets[sort] = width
        width += len(options)
    codes = np.zeros((len(genomes), width))
    for row, genome in zip(codes, genomes):
        trace = space.trace(genome)
        for choice, pick in zip(trace.choices, trace.picks):
            row[offsets[choice.sort_name] + pick] += 1
    return codes
