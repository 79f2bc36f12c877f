"""NAS-Bench-201's space: strings, identity, graphs, against the rule written down again and random functions."""

import random
from collections import defaultdict
from itertools import product

import pytest

import archgym
from archgym.errors import IllegalDesign
from archgym.experiments import space_counts
from archgym.spaces.cell import EDGES, OPERATIONS, Cell, has_live_path, live_key
from archgym.testing import check_space

CELL = "|nor_conv_3x3~0|+|none~0|skip_connect~1|+|avg_pool_3x3~0|nor_conv_1x1~1|none~2|"


@pytest.fixture(scope="module")
def space():
    return archgym.space("NASBench201")


@pytest.fixture(scope="module")
def cells(space):
    """Every genome and its cell."""
    return {genome: space.decode(genome) for genome in space.enumerate()}


def test_it_keeps_the_contract_of_a_space(space):
    assert not [promise for promise, _ in check_space(space).untried if "log_prob" not in promise]


def test_official_strings_go_in_and_out(space, cells):
    assert len(cells) == space.size == 15_625
    texts = {str(cell) for cell in cells.values()}
    written = {"|{}~0|+|{}~0|{}~1|+|{}~0|{}~1|{}~2|".format(*ops) for ops in product(OPERATIONS, repeat=6)}
    assert texts == written
    for genome, cell in cells.items():
        assert space.parse(str(cell)) == cell and space.encode(cell) == genome


def test_a_genome_reads_the_edges_in_the_order_of_the_string(space):
    assert space.encode(space.parse(CELL)) == (3, 0, 1, 4, 2, 0)
    assert space.format(space.decode((3, 0, 1, 4, 2, 0))) == CELL
    first = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
    assert space.decode(space.encode(space.parse(first))) == Cell(
        ("avg_pool_3x3", "nor_conv_1x1", "skip_connect", "nor_conv_1x1", "skip_connect", "skip_connect"))


@pytest.mark.parametrize("text, complaint", [
    ("", "has 1 nodes joined by '.', a cell has 3, such as .none~0."),
    (CELL.replace("+", "-"), "has 1 nodes joined by"),
    (CELL.replace("|none~2|", "|"), "node 3 of .* has 2 edges"),
    (CELL.replace("none~2", "none~3"), "'none~3' in .* enters node 3 from node 3: a cycle; edges lead from"),
    (CELL.replace("none~2", "none~1"), "'none~1' in .* is no edge from node 2; expected OP~2 with OP one of none"),
    (CELL.replace("avg_pool_3x3", "max_pool_3x3"), "'max_pool_3x3~0' in .* is no edge from node 0"),
    (CELL.replace("avg_pool_3x3~0", "avg_pool_3x3"), "'avg_pool_3x3' in .* is no edge"),
])
def test_a_string_that_is_no_cell_says_what_is_wrong(space, text, complaint):
    with pytest.raises(IllegalDesign, match=complaint):
        space.parse(text)


def expression(text, zeros):
    """Node 3 as a text, by the words of the official rule; zeros: "kept", "dropped" from sums, or "an operation"."""
    nodes = ["0"]
    for node in text.split("+"):
        parts = []
        for edge in node.strip("|").split("|"):
            operation, source = edge.split("~")
            parent = nodes[int(source)]
            if operation == "skip_connect":
                parts.append(parent)
            elif zeros != "an operation" and (operation == "none" or parent == "#"):
                parts.append("#")
            else:
                parts.append("(" + parent + ")@" + operation)
        if zeros == "dropped":
            parts = [part for part in parts if part != "#"] or ["#"]
        nodes.append("+".join(sorted(parts)))
    return nodes[3]


@pytest.mark.parametrize("zeros, classes", [("kept", 6_466), ("an operation", 12_751), ("dropped", 5_390)])
def test_the_rule_written_down_again_has_the_published_numbers_of_classes(cells, zeros, classes):
    assert len({expression(str(cell), zeros) for cell in cells.values()}) == classes


def classes(cells, name):
    """Cells that have one name, as a list of sets of genomes."""
    found = defaultdict(set)
    for genome, cell in cells.items():
        found[name(cell)].add(genome)
    return sorted(map(sorted, found.values()))


def test_keys_part_the_cells_as_the_official_rule_does(space, cells):
    ours = classes(cells, space.key)
    assert ours == classes(cells, lambda cell: expression(str(cell), "kept")) and len(ours) == 6_466


def test_live_keys_part_the_cells_as_that_rule_does_without_zero_maps(cells):
    ours = classes(cells, live_key)
    assert ours == classes(cells, lambda cell: expression(str(cell), "dropped")) and len(ours) == 5_390


def test_both_identities_are_counted_each_under_its_own_name():
    counts = {count.quantity: count.computed for count in space_counts.rows(["NASBench201"])}
    assert counts == {"cells": 15_625, "keys, by the official rule: sums keep their zero maps": 6_466,
                      "classes, zero maps and dead parts dropped altogether": 5_390, "cells with a live path": 15_284}


def test_cells_of_one_key_compute_one_function_whatever_the_operations_are(space, cells):
    """Operations are random polynomials modulo a prime, so sums are exact; what is '#' is one unknown constant.

    An operation on '#' gives '#', on a sum of several '#' something else: the normalisation's bias.
    """
    prime, rng = 2**61 - 1, random.Random(0)
    for _ in range(2):
        factors = {operation: [rng.randrange(1, prime) for _ in range(4)] for operation in OPERATIONS}
        zero, image = rng.randrange(prime), rng.randrange(prime)
        found = {}
        for cell in cells.values():
            values, is_zero = [image], [False]
            operations = iter(cell.operations)
            for node in (1, 2, 3):
                parts = []
                for source in range(node):
                    operation = next(operations)
                    if operation == "none" or is_zero[source]:
                        parts.append(zero)
                    elif operation == "skip_connect":
                        parts.append(values[source])
                    else:
                        a, b, c, d = factors[operation]
                        x = values[source]
                        parts.append((a * x**3 + b * x**2 + c * x + d) % prime)
                values.append(sum(parts) % prime)
                is_zero.append(node == 1 and parts == [zero])
            assert found.setdefault(space.key(cell), values[3]) == values[3], str(cell)
    assert len(set(found.values())) > 5_500  # a constant function would pass as well


def test_a_key_stands_for_the_same_cells_in_every_process(space):
    assert space.key(space.parse(CELL)) == "#+((0)@nor_conv_3x3)@nor_conv_1x1+(0)@avg_pool_3x3"
    assert space.key(Cell(("none",) * 6)) == "#+#+#"
    assert space.key(Cell(("skip_connect",) * 6)) == "0+0+0+0"


def test_a_live_path_is_a_way_from_input_to_output(cells):
    def reaches(cell, node=3):
        return node == 0 or any(operation != "none" and reaches(cell, source)
                                for (at, source), operation in zip(EDGES, cell.operations) if at == node)

    alive = [cell for cell in cells.values() if has_live_path(cell)]
    assert len(alive) == 15_284
    assert all(has_live_path(cell) == reaches(cell) for cell in cells.values())


def test_the_graph_has_operations_on_nodes_and_a_path_for_every_path_of_the_cell(space):
    networkx = pytest.importorskip("networkx")
    cell = space.parse(CELL)
    graph = space.graph(cell).to_networkx()
    labels = [graph.nodes[i]["label"] for i in graph]
    assert labels == ["input", *cell.operations, "output"]
    paths = {tuple(labels[i] for i in path[1:-1]) for path in networkx.all_simple_paths(graph, 0, 7)}
    a, b, c, d, e, f = cell.operations
    assert paths == {(d,), (a, e), (b, f), (a, c, f)}
    assert networkx.is_directed_acyclic_graph(graph) and graph.number_of_edges() == 3 + 1 + 2 + 2 + 3 - 1
