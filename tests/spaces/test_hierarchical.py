"""Hierarchical motifs: flattening against recursion, keys, the paper's mutation, text."""

from collections import Counter
from math import log10

import pytest
from flowing import operate, through_edges
from hypothesis import given
from hypothesis import strategies as st

from archgym import registry
from archgym.errors import ArchGymError, IllegalDesign
from archgym.spaces.hierarchical import HierarchicalMotifs, Motifs
from archgym.streams import uniform

SPACE = registry.space("HierarchicalMotifs")
SMALL = HierarchicalMotifs(motifs=2, motif_nodes=3, cell_nodes=3, primitives=("identity", "conv_1x1"))
spaces = st.sampled_from([SPACE, SMALL, HierarchicalMotifs(3, 4, 4, ("identity", "max_pool_3x3"))])
seeds = st.integers(0, 2**32)


def test_there_are_10_to_the_38_9_genotypes():
    assert SPACE.size == (7**6) ** 6 * 7**10
    assert round(log10(SPACE.size), 1) == 38.9


def test_a_small_space_is_enumerated_whole():
    found = {SMALL.decode(genome) for genome in SMALL.enumerate()}
    assert len(found) == SMALL.size == (3**3) ** 2 * 3**3


def computed(design, value, motif_nodes, cell_nodes):
    """By recursion: an edge of the cell computes what its motif does."""

    def wired(carried, nodes, value, on_edge):
        known, at = [value], 0
        for node in range(1, nodes):
            known.append(sum(on_edge(name, known[source]) for source, name in enumerate(carried[at:at + node]))
                         % (2**61 - 1))
            at += node
        return known[-1]

    def motif(name, value):
        return 0 if name == "none" else wired(design.motifs[int(name[5:]) - 1], motif_nodes, value, operate)

    return wired(design.cell, cell_nodes, value, motif)


def outcome(space, design):
    return computed(design, 5, space.nodes["motif1"], space.nodes["cell"])


@given(spaces, seeds)
def test_the_flattened_cell_computes_what_the_hierarchy_does(space, seed):
    design = space.decode(space.sample(uniform(seed)))
    dag = space.dag(design)
    assert through_edges(dag.edges, dag.input, dag.output, 5) == outcome(space, design)


@given(spaces, seeds)
def test_genotypes_with_one_key_compute_the_same(space, seed):
    u = uniform(seed)
    genome = space.sample(u)
    design = space.decode(genome)
    for near in space.neighbours(genome, u)[::5]:
        other = space.decode(near)
        if space.key(other) == space.key(design):
            assert outcome(space, other) == outcome(space, design)


@given(seeds, st.permutations(range(6)))
def test_names_of_motifs_do_not_matter(seed, order):
    design = SPACE.decode(SPACE.sample(uniform(seed)))
    names = {f"motif{old + 1}": f"motif{new + 1}" for new, old in enumerate(order)} | {"none": "none"}
    renamed = Motifs(tuple(design.motifs[old] for old in order), tuple(names[name] for name in design.cell))
    assert SPACE.key(renamed) == SPACE.key(design)


@given(seeds)
def test_motifs_that_no_edge_carries_do_not_matter(seed):
    u = uniform(seed)
    design = SPACE.decode(SPACE.sample(u))
    used = [motif if f"motif{i}" in design.cell else ("none",) * 6 for i, motif in enumerate(design.motifs, start=1)]
    assert SPACE.key(Motifs(tuple(used), design.cell)) == SPACE.key(design)


def wiring(space, motif, cell):
    return space.parse(f"motif1: {motif}; motif2: |none~0|+|none~0|none~1|; cell: {cell}")


def test_order_of_nodes_identities_and_dead_ends_do_not_matter():
    cell = "|none~0|+|motif1~0|none~1|"
    plain = wiring(SMALL, "|none~0|+|conv_1x1~0|none~1|", cell)
    later = wiring(SMALL, "|identity~0|+|none~0|conv_1x1~1|", cell)
    dead_end = wiring(SMALL, "|conv_1x1~0|+|conv_1x1~0|none~1|", cell)
    chain = wiring(SMALL, "|conv_1x1~0|+|none~0|conv_1x1~1|", cell)
    across = wiring(SMALL, "|none~0|+|conv_1x1~0|none~1|", "|motif1~0|+|none~0|motif1~1|")
    assert SMALL.key(plain) == SMALL.key(later) == SMALL.key(dead_end) != SMALL.key(chain) == SMALL.key(across)


def test_what_no_path_crosses_is_called_disconnected_and_nothing_but_identities_identity():
    assert SMALL.key_of((0,) * 9) == "disconnected"
    assert SMALL.key(wiring(SMALL, "|identity~0|+|none~0|identity~1|", "|motif1~0|+|none~0|motif1~1|")) == "identity"


def test_the_walk_down_the_paths_is_the_papers_mutation():
    """Level, motif, node and predecessor each uniform; then another of the seven operations."""
    u, draws = uniform(1), 30_000
    genome = SPACE.sample(u)
    changed = Counter()
    for _ in range(draws):
        mutant = SPACE.mutate(genome, u, law="path")
        (position,) = (i for i, (a, b) in enumerate(zip(genome, mutant, strict=True)) if a != b)
        changed[SPACE.choices[position].path] += 1
    chi2 = 0.0
    for choice in SPACE.choices:
        level, name, node, _ = choice.path
        nodes = 3 if level == "level2" else 4
        expected = draws / 2 / (6 if level == "level2" else 1) / nodes / int(node[4:])
        chi2 += (changed[choice.path] - expected) ** 2 / expected
    assert chi2 < 45 + 4 * 90**0.5


@given(spaces, seeds)
def test_a_genotype_survives_the_way_there_and_back(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    assert space.parse(str(design)) == design
    assert space.encode(design) == genome


GOOD = {"motif1": "|conv_1x1~0|+|none~0|identity~1|", "motif2": "|none~0|+|none~0|none~1|",
        "cell": "|motif1~0|+|none~0|motif2~1|"}


@pytest.mark.parametrize("part, wiring, complaint", [
    ("motif1", "|conv_1x1~1|+|none~0|none~1|", "'conv_1x1~1' in motif1 enters node 1 from node 1: a cycle"),
    ("motif1", "|none~0|+|none~0|none~2|", "'none~2' in motif1 enters node 2 from node 2: a cycle"),
    ("motif1", "|none~0|", "motif1 '|none~0|' wires 1 nodes, expected 2"),
    ("motif1", "|none~0|+|none~0|", "1 edges enter node 2 of motif1 (|none~0|), expected 2"),
    ("motif1", "|sep~0|+|none~0|none~1|",
     "'sep~0' in motif1 is no edge from node 0 to node 1; expected OP~0 with OP one of none, identity, conv_1x1"),
    ("cell", "|conv_1x1~0|+|none~0|none~1|", "'conv_1x1~0' in cell is no edge from node 0 to node 1"),
    ("cell", "|motif3~0|+|none~0|none~1|", "expected OP~0 with OP one of none, motif1, motif2"),
    ("cell", None, "has no cell; expected each of motif1, motif2, cell once"),
    ("motif3", "|none~0|", "unknown part 'motif3: |none~0|'"),
])
def test_the_wrong_part_of_a_text_is_shown(part, wiring, complaint):
    parts = {**GOOD, part: wiring}
    text = "; ".join(f"{name}: {wired}" for name, wired in parts.items() if wired)
    with pytest.raises(IllegalDesign) as error:
        SMALL.parse(text)
    assert complaint in str(error.value)


def test_a_repeated_part_is_shown():
    text = "; ".join(f"{name}: {wired}" for name, wired in GOOD.items())
    SMALL.parse(text)
    with pytest.raises(IllegalDesign, match="repeated part 'motif1"):
        SMALL.parse(text + "; motif1: " + GOOD["motif1"])


def test_a_space_without_motifs_or_nodes_is_refused():
    with pytest.raises(ArchGymError, match="motif_nodes=1"):
        registry.space("HierarchicalMotifs", motif_nodes=1)
