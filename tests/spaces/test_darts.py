"""DARTS: official genotypes, the exact count, and the identity of cells against every order of their nodes."""

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.errors import IllegalDesign
from archgym.spaces.darts import DARTS, NODES, OPERATIONS, Genotype, canonical_cell
from archgym.streams import uniform

SPACE = DARTS()
# The second-order cells that the paper shows, its edges in the order it gives them.
PUBLISHED = ("Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), "
             "('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], "
             "normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), "
             "('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), "
             "('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])")


def completions(node):
    """Cells from this node on, counted one edge after the other."""
    if node > 5:
        return 1
    return sum(len(OPERATIONS) ** 2 for a in range(node) for b in range(a)) * completions(node + 1)


def test_the_size_is_the_count_by_recursion():
    assert SPACE.size == completions(2) ** 2 == (180 * 7**8) ** 2
    assert f"{SPACE.size:.4e}" == "1.0767e+18"


def test_a_published_genotype_goes_in_and_comes_out_with_its_edges_in_order():
    design = SPACE.parse(PUBLISHED)
    assert design.normal[4:6] == (("skip_connect", 0), ("sep_conv_3x3", 1))
    assert SPACE.decode(SPACE.encode(design)) == design == SPACE.parse(str(design))
    assert str(design).endswith("reduce_concat=range(2, 6))")


@pytest.mark.parametrize("old, new, complaint", [
    ("Genotype", "Gene", "is no genotype; expected Genotype(normal=[("),
    ("reduce_concat=[2, 3, 4, 5]", "reduce_concat=[2, 3]", "is no genotype"),
    ("('dil_conv_3x3', 2)", "('dil_conv_7x7', 2)", "node 5 of cell normal has operation 'dil_conv_7x7'; allowed: "),
    ("('dil_conv_3x3', 2)", "('dil_conv_3x3', 5)", "node 5 of cell normal takes node 5, which does not come before it"),
    ("('dil_conv_3x3', 2)", "('dil_conv_3x3', 0)", "node 5 of cell normal takes node 0 twice"),
    (", ('dil_conv_3x3', 2)", "", "cell normal has 7 edges, a cell has 8"),
    ("('dil_conv_3x3', 2)", "dil_conv_3x3", "is no list of edges such as"),
])
def test_a_text_that_is_no_genotype_says_what_is_wrong(old, new, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        SPACE.parse(PUBLISHED.replace(old, new))


def smallest_renaming(edges, nodes):
    """The identity by brute force: every order of the nodes, the smallest list of edges wins."""
    def renamed(order):
        name = {0: 0, 1: 1, **dict(zip(nodes, order))}
        return sorted((name[a], name[b], operation) for a, b, operation in edges)

    return min(renamed(order) for order in permutations(nodes))


cells = st.tuples(*[st.tuples(st.sampled_from([(a, b) for b in range(node) for a in range(b)]),
                              st.tuples(*[st.sampled_from(["skip", "pool"])] * 2)) for node in NODES])


def edges_of(cell):
    return [(source, node, operation) for node, (sources, operations) in zip(NODES, cell)
            for source, operation in zip(sources, operations)]


@given(cells, cells, st.permutations(NODES))
def test_two_cells_have_one_key_exactly_where_an_order_of_nodes_makes_them_equal(one, other, order):
    one, other = edges_of(one), edges_of(other)
    same = smallest_renaming(one, NODES) == smallest_renaming(other, NODES)
    assert (canonical_cell(one, NODES) == canonical_cell(other, NODES)) is same
    name = {0: 0, 1: 1, **dict(zip(NODES, order))}
    twin = [(name[a], name[b], operation) for a, b, operation in reversed(one)]
    assert canonical_cell(twin, NODES) == canonical_cell(one, NODES)


def test_the_inputs_are_not_interchangeable_and_cells_not_either():
    one = SPACE.parse(PUBLISHED)
    assert SPACE.key(one) != SPACE.key(Genotype(one.reduce, one.normal))
    mirrored = PUBLISHED.replace("('dil_conv_3x3', 2)", "('dil_conv_3x3', 1)")
    assert SPACE.key(SPACE.parse(mirrored)) != SPACE.key(SPACE.parse(PUBLISHED))


@given(st.integers(0, 2**32))
def test_the_graph_has_both_cells_and_every_operation(seed):
    genome = SPACE.sample(uniform(seed))
    graph = SPACE.graph(SPACE.decode(genome))
    assert len(graph.labels) == 2 * (2 + 8 + 1)
    assert all(a < b for a, b in graph.edges)
    entered = {b for _, b in graph.edges}
    assert entered == {i for i, label in enumerate(graph.labels) if "c_{k" not in label}
