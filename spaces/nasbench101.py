"""The space of NAS-Bench-101: cells of at most seven vertices and nine edges, an operation on each vertex.

Ying, Klein, Real, Christiansen, Murphy, Hutter, "NAS-Bench-101: Towards Reproducible Neural Architecture Search",
ICML 2019.
"""

import json
from hashlib import md5
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Graph, Link, Node
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign, Reject
from archgym.registry import register_space as space
from archgym.space import Space

OPERATIONS = ("conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3")
VERTICES, MOST_EDGES = 7, 9
EDGES = tuple((source, vertex) for vertex in range(VERTICES) for source in range(vertex))
"""(from, to), in the order of the bits of the official enumeration."""
EXAMPLE = '{"matrix": [[0, 1, 1], [0, 0, 1], [0, 0, 0]], "operations": ["input", "maxpool3x3", "output"]}'


class Cell(NamedTuple):
    """Seven vertices as they are written, those included that lie on no path from the input to the output."""

    matrix: tuple[tuple[int, ...], ...]
    """Upper triangular: row is source, column is target."""
    operations: tuple[str, ...]
    """Of the five vertices between the input and the output."""

    def __str__(self):
        return json.dumps({"matrix": self.matrix, "operations": ("input", *self.operations, "output")})

    def pruned(self) -> "Cell":
        """Only what lies on a path from the input to the output. IllegalDesign where there is no path."""
        last = len(self.matrix) - 1
        reached, reaching = {0}, {last}
        for vertex in range(1, last + 1):
            if any(self.matrix[source][vertex] for source in reached):
                reached.add(vertex)
        for vertex in range(last - 1, -1, -1):
            if any(self.matrix[vertex][target] for target in reaching):
                reaching.add(vertex)
        live = sorted(reached & reaching)
        if 0 not in live:
            raise IllegalDesign(f"NASBench101: no path leads from the input to the output of {self}")
        return Cell(tuple(tuple(self.matrix[a][b] for b in live) for a in live),
                    tuple(self.operations[vertex - 1] for vertex in live[1:-1]))

    @property
    def edges(self) -> int:
        return sum(map(sum, self.matrix))

    def picture(self) -> Graph:
        """Vertices as they are written, those without an edge left out."""
        ends = [(a, b) for a, row in enumerate(self.matrix) for b, entry in enumerate(row) if entry]
        labels = ("input", *self.operations, "output")
        drawn = {vertex: at for at, vertex in enumerate(sorted({vertex for edge in ends for vertex in edge}))}
        return Graph(tuple(Node.of(labels[vertex]) for vertex in drawn),
                     tuple(Link(drawn[a], drawn[b]) for a, b in ends))


def cell(matrix, operations) -> Cell:
    """A cell of two to seven vertices, widened to seven by vertices without edges.

    operations: a name a vertex, "input" first and "output" last. IllegalDesign says which part is wrong.
    """
    count = len(matrix)
    if not 2 <= count <= VERTICES or any(len(row) != count for row in matrix):
        raise IllegalDesign(f"NASBench101: a matrix is square, of 2 to {VERTICES} rows; its rows have "
                            f"{[len(row) for row in matrix]} entries")
    for a, row in enumerate(matrix):
        for b, entry in enumerate(row):
            if type(entry) is not int or entry not in (0, 1):
                raise IllegalDesign(f"NASBench101: row {a}, column {b} of the matrix is {entry!r}, expected 0 or 1")
            if entry and a >= b:
                raise IllegalDesign(f"NASBench101: the matrix has an edge from vertex {a} to vertex {b}; edges lead to "
                                    "later vertices only, so that there is no cycle")
    if len(operations) != count or operations[0] != "input" or operations[-1] != "output":
        raise IllegalDesign(f"NASBench101: {count} vertices have {count} operations, 'input' first and 'output' last, "
                            f"got {list(operations)}")
    for vertex, operation in enumerate(operations[1:-1], start=1):
        if operation not in OPERATIONS:
            raise IllegalDesign(f"NASBench101: vertex {vertex} has operation {operation!r}; allowed: "
                                f"{', '.join(OPERATIONS)}")
    place = [*range(count - 1), VERTICES - 1]
    wide = [[0] * VERTICES for _ in range(VERTICES)]
    for a, row in enumerate(matrix):
        for b, entry in enumerate(row):
            wide[place[a]][place[b]] = entry
    found = Cell(tuple(map(tuple, wide)), (*operations[1:-1], *OPERATIONS[:1] * (VERTICES - count)))
    try:
        left = found.pruned().edges
    except IllegalDesign:
        raise IllegalDesign(f"NASBench101: no path leads from the input to the output of {matrix}") from None
    if left > MOST_EDGES:
        raise IllegalDesign(f"NASBench101: {found} has {left} edges on paths from the input to the output; at most "
                            f"{MOST_EDGES} are allowed")
    return found


@space("NASBench101")
class NASBench101(Space):
    """Every edge of seven vertices drawn or not, an operation on five: 423,624 cells, and many ways to write each."""

    law = "each edge with probability 1/2, operations uniform; again where no path is left or more than nine edges"
    sorts = {"edge": (0, 1), "operation": OPERATIONS}
    size = 1_538_083 * 3**5
    choices = (*(Choice((f"vertex{b}", f"from{a}"), (0, 1), sort="edge", ordered=True) for a, b in EDGES),
               *(Choice((f"vertex{b}", "operation"), OPERATIONS, sort="operation") for b in range(1, VERTICES - 1)))

    def build(self):
        picked = []
        for choice in self.choices:
            picked.append((yield choice))
        bits = dict(zip(EDGES, picked))
        found = Cell(tuple(tuple(bits.get((a, b), 0) for b in range(VERTICES)) for a in range(VERTICES)),
                     tuple(picked[len(EDGES):]))
        try:
            live = found.pruned()
        except IllegalDesign:
            raise Reject("no path leads from the input to the output") from None
        if live.edges > MOST_EDGES:
            raise Reject(f"more than {MOST_EDGES} edges")
        return found

    def answer(self, design, choice):
        vertex, part = int(choice.path[0][6:]), choice.path[1]
        return design.operations[vertex - 1] if part == "operation" else design.matrix[int(part[4:])][vertex]

    def format(self, design):
        return str(design)

    def parse(self, text):
        """Read JSON with `matrix` and `operations`, of two to seven vertices."""
        try:
            given = json.loads(text)
            matrix, operations = given["matrix"], given["operations"]
            assert len(given) == 2 and all(isinstance(part, list) for part in (matrix, operations, *matrix))
        except (TypeError, ValueError, KeyError, AssertionError):
            raise IllegalDesign(f"NASBench101: {text!r} is no cell; expected JSON such as {EXAMPLE}") from None
        return cell(matrix, operations)

    def key(self, design):
        """The official hash of the pruned cell: the same for isomorphic cells, and for no others of this size."""
        return fingerprint(design.pruned())

    def graph(self, design):
        """The pruned cell."""
        live = design.pruned()
        return LabelledGraph(("input", *live.operations, "output"),
                             tuple((a, b) for a, row in enumerate(live.matrix) for b, entry in enumerate(row) if entry))

    def drawing(self, design):
        return Drawing(self.name, (design.picture(),))

    def counts(self):
        from .nasbench101_cells import count, writable

        yield "matrices and operations, as written", self.size, None
        yield "the same, counted over all matrices", writable() * 3**5, None
        yield "cells up to isomorphism", count(), 423_624


def fingerprint(pruned: Cell) -> str:
    """The hash under which the official table holds a cell.

    A vertex starts with the hash of (edges out, edges in, label), label being -1 for the input, -2 for the output, else
    the operation's number; then as many rounds as there are vertices mix in the sorted hashes of its neighbours.
    """
    matrix = pruned.matrix
    span = range(len(matrix))
    labels = (-1, *map(OPERATIONS.index, pruned.operations), -2)
    into = [[a for a in span if matrix[a][v]] for v in span]
    out_of = [[b for b in span if matrix[v][b]] for v in span]
    hashes = [_hash(str((len(out_of[v]), len(into[v]), labels[v]))) for v in span]
    for _ in span:
        hashes = ["|".join(("".join(sorted(hashes[w] for w in into[v])), "".join(sorted(hashes[w] for w in out_of[v])),
                            hashes[v])) for v in span]
        hashes = list(map(_hash, hashes))
    return _hash(str(sorted(hashes)))


def _hash(text):
    return md5(text.encode(), usedforsecurity=False).hexdigest()
