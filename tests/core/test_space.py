"""Generator spaces: replay, what an author must and need not write, and what is refused."""

from collections import Counter

import pytest
from hypothesis import given
from random_spaces import product_spaces, seeds

import archgym
from archgym import Choice, DeadEnd, Reject, Space
from archgym.choice import draw
from archgym.encoding import one_hot
from archgym.errors import ArchGymError, IllegalDesign, IllegalGenome
from archgym.streams import generator, uniform

DEPTH = Choice(("depth",), (1, 2, 3), ordered=True)
LAYERS = [Choice(("layer", i), ("conv", "pool"), sort="layer") for i in range(3)]


class Chain(Space):
    """One to three layers; nothing but build, as short as an author may be."""

    def build(self):
        layers = []
        for choice in LAYERS[:(yield DEPTH)]:
            layers.append((yield choice))
        return tuple(layers)


class Answered(Chain):
    def answer(self, design, choice):
        return len(design) if choice is DEPTH else design[choice.path[1]]


def test_a_build_is_replayed_by_its_picks():
    trace = Chain().trace((1, 0, 1))
    assert trace.design == ("conv", "pool")
    assert [c.name for c in trace.choices] == ["depth", "layer/0", "layer/1"]
    assert Chain().decode((0, 1)) == ("pool",)


@pytest.mark.parametrize("genome, complaint", [
    ((), r"genome \(\) ends before choice 'depth'"),
    ((2, 0), r"genome \(2, 0\) ends before choice 'layer/1'"),
    ((0, 0, 0), r"genome \(0, 0, 0\) has 3 picks, its design needs 2"),
    ((0, 2), r"genome \(0, 2\) picks 2 at choice 'layer/0'; allowed: 0 \(conv\), 1 \(pool\)"),
    ((-1, 0), r"picks -1 at choice 'depth'"),
])
def test_an_illegal_genome_is_named_with_what_is_allowed(genome, complaint):
    with pytest.raises(IllegalGenome, match=complaint):
        Chain().decode(genome)


def test_a_space_without_answers_runs_but_does_not_read():
    space = Chain()
    assert space.key_of((0, 1)) == "0-1"
    assert space.text_of((0, 1)) == '{"depth": 1, "layer/0": "pool"}'
    assert space.design({"depth": 2, "layer/0": "pool", "layer/1": "conv"}) == ("pool", "conv")
    with pytest.raises(ArchGymError, match="Chain does not say how a design answers its choices: write answer"):
        space.encode(("pool",))
    run = archgym.run(archgym.task(space=space, evaluate=len), "regularized-evolution", archgym.Budget(evaluations=30))
    assert run.incumbent.value == 3.0


def test_with_answers_designs_go_to_text_and_back():
    space = Answered()
    for genome in space.enumerate():
        design = space.decode(genome)
        assert space.encode(design) == genome
        assert space.parse(space.format(design)) == design
    with pytest.raises(IllegalDesign, match=r"takes 'fc' at choice 'layer/0'; allowed: conv, pool"):
        space.encode(("fc",))


@pytest.mark.parametrize("text, complaint", [
    ("depth", "'depth' is not a design; expected JSON such as"),
    ("[1]", "is not a design; expected JSON such as"),
    ('{"depth": 4}', "choice 'depth' cannot take 4; allowed: 1, 2, 3"),
    ('{"depth": 1}', "no option given for choice 'layer/0'"),
    ('{"depth": 1, "layer/0": "conv", "layer/1": "conv"}', "unknown choice 'layer/1'; did you mean 'layer/0'"),
])
def test_a_text_that_is_no_design_says_which_part_is_wrong(text, complaint):
    with pytest.raises(IllegalDesign, match=complaint):
        Answered().parse(text)


def test_enumeration_is_every_build_in_order():
    assert list(Chain().enumerate()) == sorted(
        [(0, a) for a in (0, 1)] + [(1, a, b) for a in (0, 1) for b in (0, 1)]
        + [(2, a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)])


def test_sorts_are_met_by_sampling_or_declared():
    assert Chain().sorts == {"depth": (1, 2, 3), "layer": ("conv", "pool")}


def test_kept_picks_stay_when_a_mutation_moves_the_depth():
    u, lengths = uniform(0), Counter()
    for _ in range(300):
        child = Answered().mutate((1, 0, 1), u)
        lengths[len(child)] += 1
        if child[0] != 1:
            assert child[1:3] == (0, 1)[:child[0] + 1]
        else:
            assert sum(a != b for a, b in zip(child, (1, 0, 1))) == 1
    assert set(lengths) == {2, 3, 4}


class Picky(Space):
    """Rejects all but one design."""

    def build(self):
        if (yield Choice(("n",), tuple(range(50)))) != 17:
            raise Reject("not 17")
        return 17


def test_rejected_draws_are_drawn_again_and_given_up_in_the_end():
    assert {Picky().sample(uniform(i)) for i in range(5)} == {(17,)}
    assert list(Picky().enumerate()) == [(17,)]

    class Never(Space):
        def build(self):
            yield DEPTH
            raise DeadEnd(())

    with pytest.raises(ArchGymError, match="Never: 10,000 draws in a row were rejected; loosen its caps"):
        Never().sample(uniform(0))


@given(product_spaces(), seeds)
def test_a_sample_is_a_build_whose_picks_are_drawn(space, seed):
    u = uniform(seed)
    assert Space.sample(space, uniform(seed)) == space.play(lambda choice: draw(choice, u)).picks


def test_a_sample_of_what_cannot_be_drawn_says_what_to_do():
    class Nothing(Space):
        def build(self):
            yield Choice(("x",), (1, 2), (True, False), (0.0, 1.0))

    with pytest.raises(ArchGymError, match="choice 'x': no option is both legal and of positive weight"):
        Nothing().sample(uniform(0))


def test_one_hot_counts_each_sort_and_option():
    codes = one_hot(Chain(), [(1, 0, 1), (2, 1, 1, 1)])
    assert codes.tolist() == [[0, 1, 0, 1, 1], [0, 0, 1, 0, 3]]


def test_a_key_of_ones_own_makes_twins():
    class Bag(Answered):
        def key(self, design):
            return "".join(sorted(design))

    assert Bag().key_of((1, 0, 1)) == Bag().key_of((1, 1, 0)) == "convpool"


def test_sample_many_follows_its_generator_alone():
    assert Chain().sample_many(generator(3), 40) == Chain().sample_many(generator(3), 40)
    assert Chain().sample_many(generator(3), 40) != Chain().sample_many(generator(4), 40)
