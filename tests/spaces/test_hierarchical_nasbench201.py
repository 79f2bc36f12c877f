"""Hierarchical NAS-Bench-201: its counts, what its keys mean, and its restriction to NAS-Bench-201."""

from itertools import product
from math import log10

import networkx
import pytest
from flowing import operate, through_edges
from hypothesis import given
from hypothesis import strategies as st

from archgym import registry
from archgym.errors import IllegalDesign
from archgym.spaces.cell import NASBench201, has_live_path
from archgym.spaces.grammar import Tree
from archgym.streams import uniform

FULL = registry.space("HierarchicalNASBench201")
FIXED = registry.space("HierarchicalNASBench201FixedMacro")
SHARED = registry.space("HierarchicalNASBench201SharedCell")
seeds = st.integers(0, 2**32)
EDGES = ((1, 2), (1, 3), (2, 3), (1, 4), (2, 4), (3, 4))


def macro_count(cell):
    """Derivations of the full grammar, multiplied out by hand, where a cell has so many."""
    c = cell**2 + 2 * cell**3
    down = 2 * cell + cell**2
    d0 = c**2 * cell + c**3 * cell + c**2 * cell**2
    d1 = c**2 * down + c**3 * down + c**2 * down**2
    return 2 * d1**2 * d0 + d1**2 * d0**2


def connected_cells(live_operations):
    total = 0
    for open_edges in product((False, True), repeat=6):
        graph = networkx.DiGraph([edge for edge, is_open in zip(EDGES, open_edges, strict=True) if is_open])
        graph.add_nodes_from((1, 4))
        total += networkx.has_path(graph, 1, 4) * live_operations ** sum(open_edges)
    return total


def test_the_full_grammar_has_10_to_the_446_derivations_with_the_duplicate_and_375_8_without():
    rows = {quantity: computed for quantity, computed, _ in FULL.counts()}
    assert rows["derivations, a production listed twice counted twice"] == macro_count(57**6)
    assert rows["derivations"] == macro_count(30**6)
    assert rows["derivations without a cut topology"] == macro_count(connected_cells(29)) == FULL.size
    assert round(log10(macro_count(57**6)), 2) == 446.09
    assert round(log10(macro_count(30**6)), 2) == 375.85


def test_the_fixed_macro_structure_has_fifteen_cells():
    assert FIXED.grammar.count(connected=False) == 30**90
    assert FIXED.size == connected_cells(29) ** 15
    assert str(FIXED.decode(FIXED.sample(uniform(0)))).count("(CELL ") == 15


def test_the_shared_cell_variant_is_nasbench201():
    original = NASBench201()
    keys = {}
    for genome in SHARED.enumerate():
        cell = SHARED.cell(SHARED.decode(genome))
        keys[cell] = SHARED.key_of(genome)
        assert SHARED.graph(SHARED.decode(genome)) == original.graph(cell)
    assert keys == {original.decode(genome): original.key_of(genome) for genome in original.enumerate()}
    assert len(keys) == SHARED.size == 15_625 and len(set(keys.values())) == 6_466


@given(seeds)
def test_every_path_halves_the_resolution_twice(seed):
    space = FULL if seed % 2 else FIXED
    dag = space.dag(space.decode(space.sample(uniform(seed))))
    graph = networkx.DiGraph()
    for a, b, operation in dag.edges:
        graph.add_edge(a, b, halved=operation == "resBlock")
    halved = {dag.input: {0}}
    for node in networkx.topological_sort(graph):
        for before in graph.predecessors(node):
            steps = {n + graph.edges[before, node]["halved"] for n in halved[before]}
            halved[node] = halved.get(node, set()) | steps
    assert halved[dag.output] == {2}


def cells_in(tree):
    if tree.symbol == "CELL":
        yield tree
    for child in tree.children:
        if isinstance(child, Tree):
            yield from cells_in(child)


@given(seeds)
def test_no_cell_is_cut_in_samples_mutants_and_crosses(seed):
    u = uniform(seed)
    one, other = FULL.sample(u), FULL.sample(u)
    for genome in (one, FULL.mutate(one, u), FULL.regrow(one, u), FULL.exchange(one, other, u)):
        for cell in cells_in(FULL.decode(genome).tree):
            graph = networkx.DiGraph([e for e, ops in zip(EDGES, cell.children, strict=True) if ops.head != "zero"])
            assert networkx.has_path(graph, 1, 4)


def test_a_cell_without_a_path_is_refused_and_shown():
    text = str(FULL.decode(FULL.sample(uniform(0))))
    start = text.index("(CELL ")
    end = next(i for i in range(start, len(text)) if text[start:i].count("(") == text[start:i].count(")") > 0)
    dead = "(CELL Cell (OPS id) (OPS zero) (OPS zero) (OPS zero) (OPS zero) (OPS id))"
    with pytest.raises(IllegalDesign) as error:
        FULL.parse(text[:start] + dead + text[end:])
    assert f"no path leads from the input to the output of {dead}" in str(error.value)


def test_cells_without_a_path_are_designs_of_nasbench201():
    dead = [c for c in map(SHARED.cell, map(SHARED.decode, SHARED.enumerate())) if not has_live_path(c)]
    assert len(dead) == 341
    assert SHARED.key(SHARED.parse(str(SHARED.decode((0,) * 6)))) == "#+#+#"


# What keys mean.


def computed(part, value):
    """What a derivation computes, by recursion over its symbols."""
    if not isinstance(part, Tree):
        return operate(part, value)
    if not part.children:
        return operate(part.head, value)
    if part.head.startswith("Linear"):
        for child in part.children:
            value = computed(child, value)
        return value
    edges = {"Residual2": EDGES[:3], "Residual3": ((1, 2), (2, 3), (1, 4), (3, 4)), "Cell": EDGES}[part.head]
    known = {1: value}
    for node in range(2, max(b for _, b in edges) + 1):
        known[node] = sum(computed(child, known[a]) for (a, b), child in zip(edges, part.children, strict=True)
                          if b == node) % (2**61 - 1)
    return known[node]


@given(seeds)
def test_the_architecture_computes_what_its_derivation_does(seed):
    design = FULL.decode(FULL.sample(uniform(seed)))
    dag = FULL.dag(design)
    assert through_edges(dag.edges, dag.input, dag.output, 5) == computed(design.tree, 5)


@given(seeds)
def test_derivations_that_compute_something_else_have_another_key(seed):
    u = uniform(seed)
    genome = FULL.sample(u)
    design = FULL.decode(genome)
    for _ in range(10):
        other = FULL.decode(FULL.mutate(genome, u))
        if FULL.key(other) == FULL.key(design):
            assert computed(other.tree, 5) == computed(design.tree, 5)


def network(stage):
    """A derivation with this last stage."""
    one = "(CELL Cell (OPS id) (OPS avg_pool) (OPS id) (OPS avg_pool) (OPS zero) (OPS id))"
    two = f"(C Linear2 {one} {one})"
    stage_with_halving = f"(D1 Linear3 {two} {two} (DOWN Linear2 {one} resBlock))"
    return FULL.parse(f"(D2 Linear3 {stage_with_halving} {stage_with_halving} {stage})")


NOTHING = "(CELL Cell (OPS id) (OPS zero) (OPS id) (OPS zero) (OPS zero) (OPS id))"


def cell(name):
    return f"(CELL Cell (OPS {name}) (OPS zero) (OPS id) (OPS avg_pool) (OPS id) (OPS id))"


def test_chains_count_as_one_however_they_are_cut():
    a, b = cell("avg_pool"), cell("id")
    short, long = f"(C Linear2 {a} {b})", f"(C Linear3 {a} {b} {a})"
    one = network(f"(D0 Linear3 {short} (C Linear3 {a} {b} {b}) {a})")
    other = network(f"(D0 Linear3 {long} (C Linear2 {b} {b}) {a})")
    reordered = network(f"(D0 Linear3 {long} (C Linear2 {b} {a}) {b})")
    assert FULL.key(one) == FULL.key(other) != FULL.key(reordered)


def test_a_cell_that_is_the_identity_is_left_out():
    a = cell("avg_pool")
    with_it = network(f"(D0 Linear3 (C Linear3 {a} {NOTHING} {a}) (C Linear2 {a} {a}) {a})")
    without = network(f"(D0 Linear3 (C Linear2 {a} {a}) (C Linear2 {a} {a}) {a})")
    assert FULL.key(with_it) == FULL.key(without)


def test_the_branches_of_a_residual_have_no_order():
    a, b = cell("avg_pool"), cell("id")

    def around(*cells):
        return network(f"(D0 Linear3 (C Residual2 {' '.join(cells)}) (C Linear2 {a} {a}) {a})")
    assert FULL.key(around(a, b, NOTHING)) == FULL.key(around(b, a, NOTHING)) == FULL.key(around(NOTHING, b, a))
    assert FULL.key(around(a, b, NOTHING)) != FULL.key(around(a, NOTHING, b))


def test_a_derivation_in_the_text_of_the_authors_code_is_read():
    """The parts written in Schrodi et al.'s own example, completed to a whole network."""
    cell = ("(CELL Cell (OPS zero) (OPS id) (OPS Linear1 (CONVBLOCK Linear3 (ACT relu) (CONV conv1x1o) (NORM layer))) "
            "(OPS avg_pool) (OPS Linear1 (CONVBLOCK Linear3 (ACT mish) (CONV conv3x3o) (NORM instance))) "
            "(OPS Linear1 (CONVBLOCK Linear3 (ACT relu) (CONV dconv3x3o) (NORM layer))))")
    design = network(f"(D0 Residual3 (C Residual2 {cell} {cell} {cell}) (C Linear2 {cell} {cell}) {cell} {cell})")
    assert FULL.encode(design) == FULL.encode(FULL.parse(str(design)))
    assert "(#)@" not in FULL.key(design)
