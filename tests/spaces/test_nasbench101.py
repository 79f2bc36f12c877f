"""NAS-Bench-101: matrices in and out, pruning, the official hash, and the cells counted in three ways."""

import json
import random
import re
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from archgym.errors import IllegalDesign
from archgym.spaces.nasbench101 import EDGES, MOST_EDGES, OPERATIONS, Cell, NASBench101, cell, fingerprint
from archgym.spaces.nasbench101_cells import cells, count, writable
from archgym.streams import uniform

SPACE = NASBench101()
C3, C1, POOL = OPERATIONS
# The first record of the published table, and the hash that it stands under.
FIRST = Cell(((0, 1, 0, 0, 1, 1, 0), (0, 0, 1, 0, 0, 0, 0), (0, 0, 0, 1, 0, 0, 1), (0, 0, 0, 0, 0, 1, 0),
              (0, 0, 0, 0, 0, 1, 0), (0, 0, 0, 0, 0, 0, 1), (0,) * 7), (C3, POOL, C3, C3, C1))
HASH = "00005c142e6f48ac74fdcf73e3439874"


def written(matrix, *operations):
    return json.dumps({"matrix": matrix, "operations": ["input", *operations, "output"]})


def test_the_key_is_the_hash_of_the_published_table():
    assert SPACE.key(FIRST) == HASH
    assert SPACE.key(SPACE.parse(str(FIRST))) == HASH
    assert SPACE.decode(SPACE.encode(FIRST)) == FIRST


def test_what_lies_on_no_path_is_pruned():
    # Vertex 1 leads nowhere, vertex 2 comes from nowhere; 3 and 4 make a chain.
    text = written([[0, 1, 0, 1, 0, 0], [0] * 6, [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 0, 1], [0] * 6],
                   POOL, POOL, C1, C3)
    chain = Cell(((0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, 0, 0)), (C1, C3))
    assert SPACE.parse(text).pruned() == chain
    assert SPACE.key(SPACE.parse(text)) == SPACE.key(SPACE.parse(written(chain.matrix, C1, C3)))
    assert SPACE.graph(SPACE.parse(text)).labels == ("input", C1, C3, "output")


def test_edges_are_counted_once_the_cell_is_pruned():
    dense = [[int(a < b) for b in range(7)] for a in range(7)]
    with pytest.raises(IllegalDesign, match="has 21 edges on paths from the input to the output; at most 9"):
        SPACE.parse(written(dense, *[C3] * 5))
    cut = [[*row[:6], 0] for row in dense]
    cut[0][6] = 1
    assert sum(map(sum, cut)) == 16 and SPACE.parse(written(cut, *[C3] * 5)).pruned().edges == 1


@pytest.mark.parametrize("text, complaint", [
    ("{}", "is no cell; expected JSON such as"),
    ('{"matrix": [[0, 1]], "operations": ["input", "output"]}', "square, of 2 to 7 rows; its rows have [2] entries"),
    (written([[0, 1, 1], [0, 0, 1], [0, 0, 2]], C3), "row 2, column 2 of the matrix is 2, expected 0 or 1"),
    (written([[0, 1, 1], [0, 0, 1], [0, 1, 0]], C3), "the matrix has an edge from vertex 2 to vertex 1; edges"),
    (written([[0, 1, 0], [0, 0, 0], [0, 0, 0]], C3), "the output of [[0, 1, 0], [0, 0, 0], [0, 0, 0]]"),
    (written([[0, 1, 0], [0, 0, 1], [0, 0, 0]], "conv5x5"), "vertex 1 has operation 'conv5x5'; allowed: conv3x3"),
    (written([[0, 1, 0], [0, 0, 1], [0, 0, 0]]), "3 vertices have 3 operations, 'input' first and 'output' last"),
    (written([[0, 1, 0], [0, 0, 1], [0, 0, 0]], ["x"]), "vertex 1 has operation ['x']"),
])
def test_what_is_no_cell_says_why(text, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        SPACE.parse(text)


def test_example_in_the_error_is_a_cell():
    with pytest.raises(IllegalDesign) as refused:
        SPACE.parse("nothing")
    SPACE.parse(str(refused.value).split("such as ")[1])


def test_all_cells_are_counted_as_published():
    assert count() == 423_624


def test_enumerated_cells_are_their_own_pruned_form_and_have_a_hash_each():
    few = [found for vertices in range(2, 6) for found in cells(vertices)]
    assert len(few) == len({fingerprint(found) for found in few}) == 1 + 6 + 84 + 2_441
    assert all(found.pruned() == found and found.edges <= MOST_EDGES for found in few)


def test_cells_of_four_vertices_by_brute_force():
    """Every matrix and every operation, one at a time, named by the smallest of both ways round."""
    names = set()
    for number in range(2**6):
        bits = {edge: number >> i & 1 for i, edge in enumerate(EDGES[:6])}
        matrix = tuple(tuple(bits.get((a, b), 0) for b in range(4)) for a in range(4))
        for a in OPERATIONS:
            for b in OPERATIONS:
                try:
                    live = Cell(matrix, (a, b)).pruned()
                except IllegalDesign:
                    continue
                if len(live.matrix) == 4:
                    names.add(smallest(live))
    assert len(names) == sum(1 for _ in cells(4)) == len({smallest(found) for found in cells(4)})


def smallest(pruned):
    last = len(pruned.matrix) - 1
    return min(([[pruned.matrix[a][b] for b in order] for a in order], [pruned.operations[v - 1] for v in order[1:-1]])
               .__repr__() for order in ((0, *middle, last) for middle in permutations(range(1, last))))


@given(st.integers(0, 2**32), st.permutations(range(1, 6)))
def test_renamed_vertices_keep_the_key(seed, middle):
    live = SPACE.decode(SPACE.sample(uniform(seed))).pruned()
    last = len(live.matrix) - 1
    order = (0, *(v for v in middle if v < last), last)
    renamed = Cell(tuple(tuple(live.matrix[a][b] for b in order) for a in order),
                   tuple(live.operations[v - 1] for v in order[1:-1]))
    assert fingerprint(renamed) == fingerprint(live)


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_two_cells_have_one_key_only_where_they_are_isomorphic(seed, other):
    one, other = (SPACE.decode(SPACE.sample(uniform(s))).pruned() for s in (seed, other))
    assume(len(one.matrix) == len(other.matrix))
    assert (fingerprint(one) == fingerprint(other)) is (smallest(one) == smallest(other))


def test_the_size_counts_the_matrices_that_prune_to_a_cell():
    assert SPACE.size == writable() * 3**5
    draw, kept = random.Random(0), 0
    for _ in range(4_000):
        bits = {edge: draw.getrandbits(1) for edge in EDGES}
        matrix = [[bits.get((a, b), 0) for b in range(7)] for a in range(7)]
        try:
            cell(matrix, ["input", *[C3] * 5, "output"])
            kept += 1
        except IllegalDesign:
            pass
    assert kept / 4_000 == pytest.approx(writable() / 2**21, abs=0.03)
