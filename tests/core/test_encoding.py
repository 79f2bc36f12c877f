"""Vectors and graphs of designs."""

import math

import numpy as np
import pytest
from hypothesis import given
from random_spaces import product_spaces, seeds

from archgym import ArchGymError, Choice, ProductSpace, Reject
from archgym.encoding import derivation_tree, one_hot, slot
from archgym.streams import uniform
from archgym.testing import Expressions, Ladders, NoChoice


@given(product_spaces(), seeds)
def test_one_hot_columns_of_a_product_are_a_one_for_every_pick(space, seed):
    u = uniform(seed)
    genomes = [space.sample(u) for _ in range(5)]
    codes = one_hot(space, genomes)
    assert codes.shape == (5, sum(len(c.options) for c in space.choices))
    for row, genome in zip(codes, genomes):
        offset, expected = 0, []
        for choice, pick in zip(space.choices, genome):
            expected.append(offset + pick)
            offset += len(choice.options)
        assert np.flatnonzero(row).tolist() == expected and set(row) <= {0.0, 1.0}


def test_one_hot_columns_of_a_grammar_count_by_sort():
    space = Expressions()
    tree = ("sum", ("times", 3, ("one",)), ("times", 3, ("two",)))
    codes = one_hot(space, [space.encode(tree), space.encode(("one",))])
    # factors 2, 3, 4, then nodes one, two, sum, half, third, times
    assert codes.tolist() == [[0, 2, 0, 1, 1, 1, 0, 0, 2], [0, 0, 0, 1, 0, 0, 0, 0, 0]]


@pytest.mark.parametrize("space, vector", [
    (Ladders(), [0.5] * 3), (Ladders(), [0.5] * 5), (Ladders(), [0.5, 0.5, 0.5, 1.01]), (Ladders(), [-0.01, 0, 0, 0]),
    (Ladders(), [math.nan] * 4), (Expressions(), [0.5] * 31), (Expressions(), [1.5] * 32), (NoChoice(), []),
])
def test_a_vector_of_the_wrong_length_or_range_is_refused(space, vector):
    with pytest.raises(ArchGymError, match="a vector is .* numbers between 0 and 1, got"):
        space.from_vector(vector)


def test_ends_of_the_unit_interval_are_the_first_and_last_legal_options():
    space = Ladders()
    assert space.from_vector([0.0] * 4) == (0, 0, 0, 0) and space.from_vector([1.0] * 4) == (3, 2, 2, 2)
    assert space.from_vector([0.49, 0.34, 0.79, 0.51]) == (1, 1, 1, 2)


def test_random_keys_that_no_turn_can_build_are_refused():
    class Hopeless(Expressions):
        def build(self):
            yield from super().build()
            raise Reject("never")

    with pytest.raises(ArchGymError, match="Hopeless: no turn of these random keys builds a design"):
        Hopeless().from_vector([0.5] * 32)


def test_slots_are_the_same_in_every_process_and_spread():
    assert [slot(("node", i), 64) for i in range(4)] == [4, 5, 6, 7]
    used = {slot(("layer", i, "op"), 64) for i in range(400)}
    assert len(used) > 60


def test_a_derivation_hangs_each_choice_below_the_nearest_that_its_path_extends():
    space = ProductSpace((Choice(("cell",), ("x", "y")), Choice(("cell", "op"), (1, 2), sort="op"),
                          Choice(("cell", "deep", "op"), (1, 2), sort="op"), Choice(("head",), ("z",))))
    graph = derivation_tree(space.trace((1, 0, 1, 0)))
    assert graph.labels == ("design", "cell=y", "op=1", "op=2", "head=z")
    assert graph.edges == ((0, 1), (1, 2), (1, 3), (0, 4))
