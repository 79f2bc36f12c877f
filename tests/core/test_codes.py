"""What models read: ordered columns, counts, and paths, against counts by hand."""

import numpy as np
import pytest
from hypothesis import given
from random_spaces import product_spaces, seeds

import archgym
from archgym import Choice, ProductSpace
from archgym.encoding import (
    ENCODINGS,
    LabelledGraph,
    PathEncoding,
    encoding,
    one_hot,
    one_hot_and_counts,
    ordered,
    paths,
)
from archgym.streams import uniform
from archgym.testing import Expressions, Ladders, NoChoice


def test_an_ordered_choice_is_one_number_from_0_to_1():
    # width 8, 16, 32, 64; depth 1, 2, 3; then activation and norm, which have no order
    codes = ordered(Ladders(), [(0, 0, 0, 0), (3, 1, 2, 2), (1, 2, 1, 0)])
    assert codes.tolist() == [[0, 0, 1, 0, 0, 1, 0, 0], [1, 0.5, 0, 0, 1, 0, 0, 1], [1 / 3, 1, 0, 1, 0, 1, 0, 0]]


def test_an_ordered_choice_of_one_option_is_0():
    space = ProductSpace((Choice(("x",), (7,), ordered=True),))
    assert ordered(space, [(0,)]).tolist() == [[0]]


def test_in_a_grammar_an_ordered_pick_counts_for_the_options_up_to_it():
    space = Expressions()
    tree = ("sum", ("times", 3, ("one",)), ("times", 4, ("two",)))
    # factors 2, 3, 4, then nodes one, two, sum, half, third, times
    assert ordered(space, [space.encode(tree)]).tolist() == [[2, 2, 1, 1, 1, 1, 0, 0, 2]]


@given(product_spaces(), seeds)
def test_counts_are_how_often_each_option_of_a_sort_is_picked(space, seed):
    u = uniform(seed)
    genomes = [space.sample(u) for _ in range(3)]
    codes = one_hot_and_counts(space, genomes)
    plain = one_hot(space, genomes)
    assert (codes[:, :plain.shape[1]] == plain).all()
    for row, genome in zip(codes[:, plain.shape[1]:].tolist(), genomes):
        taken = [(choice.sort_name, pick) for choice, pick in zip(space.choices, genome)]
        assert row == [taken.count((sort, i)) for sort, options in space.sorts.items() for i in range(len(options))]


def test_paths_are_those_of_a_graph_by_hand_shortest_first():
    graph = LabelledGraph(("in", "a", "b", "a", "out"), ((0, 1), (0, 2), (0, 3), (1, 2), (2, 4), (3, 4)))
    assert paths(graph) == [("in", "b", "out"), ("in", "a", "out"), ("in", "a", "b", "out")]
    assert paths(LabelledGraph(("alone",), ())) == [("alone",)]


def test_of_two_to_the_thirty_paths_the_shortest_are_given():
    rungs = 60
    edges = [(i, j) for i in range(rungs) for j in (i + 1, i + 2) if j < rungs]
    found = paths(LabelledGraph(tuple(map(str, range(rungs))), tuple(edges)))
    assert len(found) < 10_000 and all(len(a) <= len(b) for a, b in zip(found, found[1:]))


def test_nas_bench_201_has_155_paths():
    """Five operations on one, two or three edges in a row: 5 + 25 + 125; the shortest 30 have at most two."""
    space = archgym.space("NASBench201")  # the long path takes the first, the third and the last choice
    genomes = [(i, j, j, k, j, k) for i in range(5) for j in range(5) for k in range(5)]
    code = PathEncoding(space, genomes)
    assert len(code.columns) == 155
    assert code([(0, 1, 2, 3, 4, 0)]).sum() == 4 == code([(2, 1, 0, 3, 4, 1)]).sum()
    short = PathEncoding(space, genomes, width=30)
    assert sorted(map(len, short.columns)) == [3] * 5 + [4] * 25
    assert (short(genomes) == code(genomes)[:, :30]).all()


def test_a_path_that_the_genomes_did_not_show_has_no_column():
    space = Expressions()
    code = PathEncoding(space, [space.encode(("one",))])
    assert code([space.encode(("two",)), space.encode(("one",))]).tolist() == [[0], [1]]


@pytest.mark.parametrize("kind", ENCODINGS)
@pytest.mark.parametrize("space", [Ladders(), Expressions(), NoChoice(), ProductSpace(())], ids=lambda s: s.name)
def test_every_encoding_gives_a_row_a_genome_and_tells_designs_apart_where_it_can(space, kind):
    u = uniform(1)
    genomes = [space.sample(u) for _ in range(20)]
    codes = encoding(kind, space, genomes)(genomes)
    assert codes.shape[0] == 20 and codes.dtype == float and np.isfinite(codes).all()
    if isinstance(space, Ladders):
        assert len({tuple(row) for row in codes.tolist()}) == len(set(genomes))
