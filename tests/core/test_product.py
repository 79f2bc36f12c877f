"""Product spaces: what is vectorised agrees with what is generic, and genomes with rows."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_spaces import product_spaces, seeds

from archgym import Choice, ProductSpace, Space, variation
from archgym.errors import ArchGymError, IllegalDesign, IllegalGenome
from archgym.streams import generator, uniform

LETTERS = ProductSpace((Choice(("size",), (8, 16, 32), ordered=True),
                        Choice(("kind",), ("a", "b"), legal=(True, False)),
                        Choice(("norm",), ("x", "y"))))


@given(product_spaces(), seeds)
def test_a_batch_holds_the_draws_that_single_samples_make_of_one_stream(space, seed):
    rows = space.sample_many(generator(seed), 20)
    u = generator(seed).random
    assert [tuple(row) for row in rows.tolist()] == [space.sample(u) for _ in range(20)]


@given(product_spaces(), seeds, st.sampled_from(["choice", "path"]))
def test_mutation_is_the_generic_mutation_of_the_same_stream(space, seed, law):
    genome = space.sample(uniform(seed))
    ours, generic = uniform(seed + 1), uniform(seed + 1)
    assert space.mutate(genome, ours, law=law) == variation.mutate(space, genome, generic, law)
    assert space.mutate(genome, ours, law=law) == variation.mutate(space, genome, generic, law)


@given(product_spaces(), seeds)
def test_regrowth_and_neighbours_are_the_generic_ones(space, seed):
    genome = space.sample(uniform(seed))
    assert space.regrow(genome, uniform(seed)) == variation.regrow(space, genome, uniform(seed))
    assert space.neighbours(genome, uniform(0)) == variation.neighbours(space, genome, uniform(0))


@given(product_spaces())
def test_enumeration_is_the_product_of_the_legal_picks(space):
    legal = [[i for i in range(len(c.options)) if c.legal is None or c.legal[i]] for c in space.choices]
    assert list(space.enumerate()) == list(product(*legal)) == list(variation.enumerate_genomes(space))
    assert space.size == math.prod(map(len, legal))


@given(product_spaces(), seeds)
def test_codes_tell_genomes_apart_and_sort_like_them(space, seed):
    genomes = list(space.enumerate())
    codes = space.codes(np.array(genomes).reshape(len(genomes), len(space.choices)))
    assert (np.diff(codes) > 0).all()


@pytest.mark.parametrize("options", [2, 3, 4, 10])
def test_codes_tell_genomes_apart_beyond_64_bits(options):
    space = ProductSpace(tuple(Choice((i,), tuple(range(options))) for i in range(70)))
    rows = np.zeros((71, 70), np.int16)
    rows[range(70), range(70)] = 1
    rows = np.concatenate([rows, space.sample_many(generator(0), 2_000)])
    assert len(set(space.codes(rows).tolist())) == len(set(map(tuple, rows.tolist())))


def test_a_choice_of_very_many_options_is_drawn_whole():
    space = ProductSpace((Choice(("x",), tuple(range(100_000)), ordered=True),))
    rows = space.sample_many(generator(0), 1_000)
    assert rows.min() >= 0 and rows.max() > 90_000


@given(product_spaces(), seeds)
def test_a_vector_bins_each_axis_by_the_law(space, seed):
    vector = generator(seed).random(len(space.choices)).tolist()
    for x, pick, choice in zip(vector, space.from_vector(vector), space.choices):
        mass = [(choice.weights or [1.0] * 9)[i] * (choice.legal is None or choice.legal[i])
                for i in range(len(choice.options))]
        below = sum(mass[:pick]) / sum(mass)
        assert below - 1e-12 <= x <= below + mass[pick] / sum(mass) + 1e-12
    genome = space.sample(uniform(seed))
    assert space.from_vector(space.to_vector(genome)) == genome


def test_a_pick_without_weight_has_no_vector():
    space = ProductSpace((Choice(("a",), (0, 1), weights=(1.0, 0.0)), Choice(("b",), (0, 1))))
    with pytest.raises(ArchGymError, match="pick 1 of genome .1, 0. has no weight"):
        space.to_vector((1, 0))


def test_a_mutation_passes_over_choices_without_another_weighted_option():
    space = ProductSpace((Choice(("a",), (0, 1), weights=(1.0, 0.0)), Choice(("b",), (0, 1))))
    u = uniform(0)
    assert {space.mutate((0, 0), u) for _ in range(50)} == {(0, 1)}
    assert {space.mutate((1, 0), u) for _ in range(50)} == {(0, 0), (1, 1)}
    assert ProductSpace(space.choices[:1]).mutate((0,), u) is None


def test_regrowth_draws_again_what_lies_below():
    space = ProductSpace((Choice(("cell",), (0, 1)), Choice(("cell", "a"), tuple(range(50))), Choice(("b",), (0, 1))))
    u = uniform(0)
    children = [space.regrow((0, 7, 0), u) for _ in range(300)]
    below = {child[1] for child in children if child[0] == 1}
    assert len(below) > 25 and all(child[2] == 0 for child in children if child[0] == 1)


@pytest.mark.parametrize("genome, complaint", [
    ((0, 0), r"genome \(0, 0\) has 2 picks, its design needs 3"),
    ((0, 0, 0, 0), "has 4 picks, its design needs 3"),
    ((3, 0, 0), r"picks 3 at choice 'size'; allowed: 0 \(8\), 1 \(16\), 2 \(32\)"),
    ((0, 1, 0), r"picks 1 at choice 'kind'; allowed: 0 \(a\)"),
    ((0, 0, -1), "picks -1 at choice 'norm'"),
])
def test_an_illegal_genome_is_named_with_what_is_allowed(genome, complaint):
    with pytest.raises(IllegalGenome, match=complaint):
        LETTERS.decode(genome)
    with pytest.raises(IllegalGenome):
        LETTERS.trace(genome)


def test_rows_are_checked_like_genomes():
    LETTERS.check_rows(np.array([[0, 0, 0], [2, 0, 1]]))
    for rows, complaint in (([[0, 0, 0], [2, 1, 1]], "picks 1 at choice 'kind'"),
                            ([[0, 0, 2]], "picks 2 at choice 'norm'"),
                            ([[0, -1, 0]], "picks -1 at choice 'kind'"),
                            ([[0, 0]], r"rows of 3 picks, got shape \(1, 2\)"),
                            ([[0.0, 0.5, 1.0]], "rows of whole numbers, got an array of float64")):
        with pytest.raises(IllegalGenome, match=complaint):
            LETTERS.check_rows(np.array(rows))


def test_designs_are_named_by_choice_path_or_name():
    size, kind, norm = LETTERS.choices
    wanted = (16, "a", "y")
    for options in ({size: 16, kind: "a", norm: "y"}, {("size",): 16, ("kind",): "a", ("norm",): "y"},
                    {"size": "16", "kind": "a", "norm": "y"}):
        assert LETTERS.design(options) == wanted
    assert LETTERS.parse(LETTERS.format(wanted)) == wanted


@pytest.mark.parametrize("options, complaint", [
    ({"size": 16, "kind": "a"}, "no option given for choice 'norm'; allowed: x, y"),
    ({"size": 17, "kind": "a", "norm": "x"}, "choice 'size' cannot take 17; allowed: 8, 16, 32"),
    ({"size": 16, "kind": "b", "norm": "x"}, "choice 'kind' cannot take 'b'; allowed: a"),
    ({"size": 16, "kind": "a", "norm": "x", "nrm": "x"}, "unknown choice 'nrm'; did you mean 'norm'"),
])
def test_a_design_of_wrong_options_is_refused_with_what_is_allowed(options, complaint):
    with pytest.raises(IllegalDesign, match=complaint):
        LETTERS.design(options)


def test_options_that_are_no_json_survive_their_text():
    space = ProductSpace((Choice(("pair",), ((1, 2), (3, 4))), Choice(("flag",), (None, True, 1.5, "1"))))
    for genome in space.enumerate():
        design = space.decode(genome)
        assert space.parse(space.format(design)) == design


@pytest.mark.parametrize("choices, complaint", [
    ((Choice(("x",), (1,)), Choice(("x",), (2,))), "two choices have one path"),
    ((Choice(("x",), (1, 2), legal=(False, False)),), "choice 'x' has no option that is legal and of positive weight"),
])
def test_a_product_that_cannot_be_is_refused_when_it_is_made(choices, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        ProductSpace(choices)


def test_a_sort_with_two_sets_of_options_is_refused():
    space = ProductSpace((Choice(("x",), (1, 2), sort="s"), Choice(("y",), (1, 3), sort="s")))
    with pytest.raises(ArchGymError, match="sort 's' has two sets of options"):
        space.sorts  # noqa: B018


def test_a_product_is_built_as_its_generator_builds():
    for genome in LETTERS.enumerate():
        assert LETTERS.decode(genome) == Space.decode(LETTERS, genome)
        assert LETTERS.encode(LETTERS.decode(genome)) == genome
