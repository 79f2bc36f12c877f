"""A * B: both spaces as one."""

import json
import pickle
from collections import Counter
from itertools import product
from math import exp

import numpy as np
import pytest
from growing import Masked, Trees
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym import Choice, ProductSpace, Space
from archgym.errors import IllegalDesign
from archgym.streams import uniform
from archgym.testing import check_space


class Chain(Space):
    """A length, then so many letters."""

    def build(self):
        length = yield Choice(("length",), (1, 2), weights=(0.25, 0.75))
        letters = []
        for i in range(length):
            letters.append((yield Choice(("letter", i), ("a", "b"), sort="letter")))
        return "".join(letters)

    def answer(self, design, choice):
        return len(design) if choice.path == ("length",) else design[choice.path[1]]


def pick(*sizes):
    return ProductSpace(tuple(Choice(("size", i), tuple(range(n)), sort=f"of {n}") for i, n in enumerate(sizes)))


PAIRS = [pick(2, 3) * Masked(), Chain() * pick(3), Trees() * Chain(), (Chain() * Trees()) * Masked(), Chain() * Chain()]
pairs = st.sampled_from(PAIRS)
seeds = st.integers(0, 2**32)


def parts(space, genome):
    cut = space.cut(genome)
    return genome[:cut], genome[cut:]


def test_two_product_spaces_stay_one():
    space = pick(2, 3) * pick(4)
    assert isinstance(space, ProductSpace)
    assert space.sample_many(np.random.default_rng(0), 5).shape == (5, 3)
    assert not isinstance(pick(2) * Chain(), ProductSpace)


def test_sizes_multiply_where_both_are_known():
    assert (pick(2, 3) * Masked()).size == 6 * 16
    assert (Chain() * pick(2)).size is None


@given(pairs, seeds)
def test_a_design_is_the_pair_of_designs_of_its_parts(space, seed):
    genome = space.sample(uniform(seed))
    first, second = parts(space, genome)
    assert space.decode(genome) == (space.first.decode(first), space.second.decode(second))


@given(pairs, seeds)
def test_text_keys_and_probabilities_are_those_of_the_parts(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    first, second = parts(space, genome)
    assert json.loads(space.format(design)) == [space.first.format(design[0]), space.second.format(design[1])]
    assert space.text_of(genome) == space.format(design)
    assert json.loads(space.key(design)) == [space.first.key_of(first), space.second.key_of(second)]
    assert space.key_of(genome) == space.key(design)
    assert space.log_prob(genome) == pytest.approx(space.first.log_prob(first) + space.second.log_prob(second))


@given(pairs, seeds)
def test_a_pair_survives_the_way_there_and_back(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    assert space.parse(space.format(design)) == design
    assert space.encode(design) == genome


@given(pairs, seeds, st.sampled_from(["choice", "path"]))
def test_mutants_and_exchanged_subtrees_are_other_designs(space, seed, law):
    u = uniform(seed)
    genome, donor = space.sample(u), space.sample(u)
    for child in (space.mutate(genome, u, law=law), space.regrow(genome, u), space.exchange(genome, donor, u)):
        assert child is None or child != genome and space.encode(space.decode(child)) == child


@given(pairs, seeds)
def test_a_vector_is_the_vectors_of_the_parts(space, seed):
    u = uniform(seed)
    vector = [u() for _ in range(space.vector_length)]
    cut = space.first.vector_length
    genome = space.from_vector(vector)
    assert parts(space, genome) == (space.first.from_vector(vector[:cut]), space.second.from_vector(vector[cut:]))


@pytest.mark.parametrize("space", PAIRS, ids=repr)
def test_sorts_are_declared_for_every_choice(space):
    u = uniform(1)
    for _ in range(50):
        for choice in space.trace(space.sample(u)).choices:
            assert space.sorts[choice.sort_name] == choice.options


def test_enumeration_is_the_product_of_enumerations():
    space = Chain() * pick(3)
    expected = [a + b for a, b in product(Chain().enumerate(), pick(3).enumerate())]
    assert list(space.enumerate()) == expected == list(archgym.Space.enumerate(space))


def test_samples_follow_log_prob():
    space, u, draws = Chain() * Masked(), uniform(5), 40_000
    seen = Counter(space.sample(u) for _ in range(draws))
    expected = {g: draws * exp(space.log_prob(g)) for g in space.enumerate()}
    live = [g for g, e in expected.items() if e > 0]
    assert sum(expected.values()) == pytest.approx(draws) and set(seen) <= set(live)
    chi2 = sum((seen[g] - expected[g]) ** 2 / expected[g] for g in live)
    freedom = len(live) - 1
    assert abs(chi2 - freedom) < 4 * (2 * freedom) ** 0.5


def test_a_whole_part_can_be_exchanged():
    space, u = Chain() * Chain(), uniform(2)
    a, b = space.encode(("a", "a")), space.encode(("bb", "bb"))
    assert ("bb", "a") in {space.decode(space.exchange(a, b, u)) for _ in range(50)}


@pytest.mark.parametrize("text", ["", "3", '["a"]', '["x", 3]', '{"first": 1}'])
def test_a_text_that_is_no_pair_is_refused(text):
    with pytest.raises(IllegalDesign, match="JSON list of the text of a Chain"):
        (Chain() * Trees()).parse(text)


def test_a_wrong_part_is_named():
    with pytest.raises(IllegalDesign, match="'letter/0' cannot take 'z'"):
        (Chain() * Trees()).parse(json.dumps(['{"length": 1, "letter/0": "z"}', "{}"]))


def test_only_spaces_multiply():
    with pytest.raises(TypeError):
        Chain() * 3


@pytest.mark.parametrize("space", PAIRS, ids=repr)
def test_a_product_keeps_what_spaces_promise(space):
    check_space(space, samples=16)


def test_a_pickled_product_forgets_which_choices_it_renamed():
    space, u = Chain() * Trees(), uniform(0)
    genomes = [space.sample(u) for _ in range(20)]
    designs = [space.decode(genome) for genome in genomes]
    again = pickle.loads(pickle.dumps(space))
    assert [again.decode(genome) for genome in genomes] == designs


@pytest.mark.parametrize("agent", ["random", "local-search", "regularized-evolution"])
def test_agents_run_on_a_product(agent):
    task = archgym.task(space=Chain() * pick(2, 3), evaluate=lambda d: d[0].count("a") + sum(d[1]), worst=-1.0)
    run = archgym.run(task, agent, budget=archgym.Budget(evaluations=60), seed=1)
    assert run.incumbent.value >= 4
