"""NAS-Bench-1Shot1: parents as specified, text, and what its cells are in NAS-Bench-101."""

import re
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.errors import IllegalDesign
from archgym.spaces.nasbench1shot1 import NASBench1Shot1Space1, NASBench1Shot1Space2, NASBench1Shot1Space3
from archgym.spaces.nasbench101 import MOST_EDGES, OPERATIONS, NASBench101, fingerprint
from archgym.streams import uniform

# Parents of every vertex, the output last.
SPACES = {NASBench1Shot1Space1(): (1, 2, 2, 2, 2), NASBench1Shot1Space2(): (1, 1, 2, 2, 3),
          NASBench1Shot1Space3(): (1, 1, 1, 2, 2, 2)}
ONE, TWO, THREE = SPACES
every = pytest.mark.parametrize("space, parents", SPACES.items(), ids=["space1", "space2", "space3"])
C3, C1, POOL = OPERATIONS
TEXT = f"{C3}(0) {C1}(0,1) {POOL}(0,2) {C3}(1,3) output(2,4)"


def cells_from(parents, vertex=1):
    """Cells from this vertex on, its subsets of earlier vertices counted one after the other."""
    if vertex > len(parents):
        return 1
    ways = sum(1 for chosen in product((0, 1), repeat=vertex) if sum(chosen) == parents[vertex - 1])
    return ways * (3 if vertex < len(parents) else 1) * cells_from(parents, vertex + 1)


@every
def test_the_size_is_the_count_by_recursion(space, parents):
    assert space.size == cells_from(parents)
    assert space.size in (14_580, 29_160, 1_312_200)


@given(st.sampled_from(list(SPACES)), st.integers(0, 2**32))
def test_a_cell_is_one_of_nasbench101_with_the_parents_it_should_have(space, seed):
    design = space.decode(space.sample(uniform(seed)))
    found = design.nasbench101()
    count = len(design.parents)
    entering = [sum(row[vertex] for row in found.matrix) for vertex in (*range(1, count), 6)]
    assert tuple(entering) == SPACES[space] and sum(entering) <= MOST_EDGES
    larger = NASBench101()
    assert larger.decode(larger.encode(found)) == found
    assert space.key(design) == larger.key(found)


def test_a_cell_reads_as_its_matrix():
    found = ONE.parse(TEXT).nasbench101()
    assert found.operations == (C3, C1, POOL, C3, C3)  # vertex 5 is not there: it has no edges
    assert found.matrix == ((0, 1, 1, 1, 0, 0, 0), (0, 0, 1, 0, 1, 0, 0), (0, 0, 0, 1, 0, 0, 1), (0, 0, 0, 0, 1, 0, 0),
                            (0, 0, 0, 0, 0, 0, 1), (0,) * 7, (0,) * 7)
    assert ONE.format(ONE.parse(TEXT.replace("(1,3)", "(3,1)"))) == TEXT


@pytest.mark.parametrize("old, new, complaint", [
    (" output(2,4)", "", "has 4 vertices separated by spaces, a cell has 5, such as conv3x3-bn-relu(0) conv3x3"),
    (POOL, "maxpool5x5", "vertex 3 is 'maxpool5x5(0,2)'; expected one of conv3x3-bn-relu, conv1x1-bn-relu, maxpool3x3"),
    ("output", POOL, "vertex 5 is 'maxpool3x3(2,4)'; expected one of output with its parents, such as output(0,1)"),
    ("(1,3)", "(1)", "vertex 4 has parents 1; it has 2 of the vertices 0, 1, 2, 3, none of them twice"),
    ("(1,3)", "(3,3)", "vertex 4 has parents 3,3"),
    ("(1,3)", "(1,4)", "vertex 4 has parents 1,4"),
])
def test_a_text_that_is_no_cell_says_what_is_wrong(old, new, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        ONE.parse(TEXT.replace(old, new))


def test_loose_ends_are_not_in_the_key():
    loose = f"{C3}(0) {C1}(0,1) {POOL}(0,2) {C3}(1,3) output(0,1)"
    assert ONE.key(ONE.parse(loose)) == ONE.key(ONE.parse(loose.replace(POOL, C1)))
    assert ONE.key(ONE.parse(loose)) != ONE.key(ONE.parse(loose.replace(f"{C3}(0)", f"{POOL}(0)")))


def test_the_keys_of_the_first_space_are_its_cells_up_to_isomorphism():
    pruned = ONE.pruned()

    def smallest(cell):
        last = len(cell.matrix) - 1
        return min((tuple(cell.matrix[a][b] for a in order for b in order),
                    tuple(cell.operations[v - 1] for v in order[1:-1]))
                   for order in ((0, *middle, last) for middle in permutations(range(1, last))))

    assert len(set(map(fingerprint, pruned))) == len(set(map(smallest, pruned))) == 2_685
