"""NAS-Bench-Graph's space: official numbers and identity against the authors' package, trees against recursion."""

from itertools import product

import pytest
from nas_bench_graph.architecture import Arch

import archgym
from archgym.errors import IllegalDesign
from archgym.spaces.nas_bench_graph import LAYOUTS, OPERATIONS, Network, numbered


@pytest.fixture(scope="module")
def space():
    return archgym.space("NASBenchGraph")


@pytest.fixture(scope="module")
def networks(space):
    return [space.decode(genome) for genome in space.enumerate()]


def official(network):
    return Arch([int(node) for node in network.layout], list(network.operations))


def test_every_network_has_its_official_number_and_comes_back_from_it(networks):
    assert {network.number for network in networks} == {official(network).hash_arch() for network in networks}
    assert all(numbered(network.number) == network and network.number == official(network).hash_arch()
               for network in networks)


def test_keys_part_the_networks_as_the_official_hash_does(space, networks):
    ours, theirs = {}, {}
    for network in networks:
        key, number = space.key(network), official(network).valid_hash()
        assert ours.setdefault(key, number) == number and theirs.setdefault(number, key) == key, str(network)
    assert len(ours) == 26_206 + 1  # and skips alone


def test_proteins_has_the_networks_of_five_operations(networks):
    small = archgym.space("NASBenchGraphProteins")
    found = [small.decode(genome) for genome in small.enumerate()]
    assert set(found) == {n for n in networks if set(n.operations) <= set(small.operations)}
    assert len({small.key(network) for network in found}) == 2_021 + 1


@pytest.mark.parametrize("text, key", [
    ("0123: gcn fc gat gin", "gcn(fc(gat(gin)))"), ("0123: skip gcn skip fc", "gcn(fc)"),
    ("0122: gat gcn skip skip", "gat(gcn(skip,skip))"), ("0112: gat gcn skip fc", "gat(gcn(fc),skip)"),
    ("0000: gat skip fc skip", "fc+gat"), ("0011: skip gat fc gcn", "fc+gat+gcn"),
    ("0123: skip skip skip skip", "skip"), ("0123: gcn skip skip skip", "gcn"),
])
def test_a_key_is_the_tree_without_skips_that_do_nothing(space, text, key):
    assert space.key(space.parse(text)) == key


def below(sources, node=0):
    """The tree as nested sorted tuples, from what each node takes and its operation."""
    return tuple(sorted((operation, below(sources, child)) for child, (source, operation) in enumerate(sources, start=1)
                        if source == node))


def test_nodes_may_stand_in_any_order(space):
    operations = ("gat", "gcn", "gin", "fc")
    layouts = set()
    for layout in product((0,), (0, 1), (0, 1, 2), (0, 1, 2, 3)):
        text = f"{''.join(map(str, layout))}: {' '.join(operations)}"
        read = space.parse(text)
        layouts.add(read.layout)
        assert below(list(zip(layout, operations))) == below([*zip(map(int, read.layout), read.operations)])
    assert layouts == set(LAYOUTS)


def test_the_graph_is_the_tree_with_its_ends_at_the_output(space):
    graph = space.graph(Network("0112", ("gcn", "fc", "gat", "skip")))
    assert graph.labels == ("input", "gcn", "fc", "gat", "skip", "output")
    assert set(graph.edges) == {(0, 1), (1, 2), (1, 3), (2, 4), (3, 5), (4, 5)}
    assert len(OPERATIONS) == 9


@pytest.mark.parametrize("text, complaint", [
    ("", "'' is no layout: four digits"), ("012: gcn fc gat skip", "'012' is no layout"),
    ("0312: gcn fc gat skip", "node 2 of layout 0312 takes node 3.*no cycle"),
    ("0122: gcn fc gat", "has 3 operations; expected a layout and four operations"),
    ("0122: gcn fc gat conv", "node 4 has operation 'conv'; allowed: gat, gcn"),
])
def test_a_text_that_is_no_network_says_what_is_wrong(space, text, complaint):
    with pytest.raises(IllegalDesign, match=complaint):
        space.parse(text)
