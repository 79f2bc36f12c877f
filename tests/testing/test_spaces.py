"""Checks of spaces: sound ones pass, and each way of breaking the contract is found and named."""

import math
import random

import pytest
from sound_space import PAIR, Sound, Uniform

import archgym
from archgym import Choice, DeadEnd, ProductSpace, Space
from archgym.errors import ArchGymError
from archgym.testing import ContractBroken, Expressions, Ladders, NoChoice, OneDesign, check_space, check_task, toy


@pytest.mark.parametrize("space", [
    Expressions(), Expressions(depth=None), Expressions(1), Ladders(), OneDesign(), NoChoice()], ids=repr)
def test_the_toys_are_sound(space):
    assert check_space(space).kept
    assert check_task(toy(space, seeds=3, fails=0.2)).kept


def test_findings_list_what_was_kept_and_what_could_not_be_tried():
    found = check_space(Expressions())
    assert "  kept     sample() gives clean genomes that build a design, and follows its stream alone" in str(found)
    assert "  untried  sample() follows the law of the choices (the space is not small)" in str(found)
    kept, untried = len(found.kept), len(found.untried)
    assert repr(found) == f"<Checks of space Expressions: {kept} promises kept, {untried} untried>"


class NoGenerator(Sound):
    def build(self):
        return 1, "x"


class TwoOfOneName(Sound):
    def build(self):
        return (yield Choice(("a", 1), (1, 2))), (yield Choice(("a", "1"), ("x", "y")))


class LooksAlike(Sound):
    def build(self):
        return (yield Choice(("a",), (1, "1"))), (yield PAIR[1])


class OwnMind(Sound):
    def sample(self, u):
        return (random.randrange(3), 0)


class Unclean(Sound):
    dead_ends = True

    def build(self):
        if (yield PAIR[0]) == 2:
            yield PAIR[1]  # asked for nothing
        return 1, (yield Choice(("c",), ("x", "y")))

    def answer(self, design, choice):
        return design[0] if choice is PAIR[0] else design[1]

    def sample(self, u):
        return (1, 0, 0)


class TooFew(Sound):
    def sample_many(self, rng, n):
        return super().sample_many(rng, n - 1)


class OtherSorts(Sound):
    sorts = {"a": (1, 2), "b": ("x", "y")}


class Permissive(Sound):
    def decode(self, genome):
        return 1, "x"


class WrongAnswer(Sound):
    def answer(self, design, choice):
        return 1 if choice is PAIR[0] else design[1]


class WrongText(Sound):
    def format(self, design):
        return f"{design[0]}"

    def parse(self, text):
        return int(text), "x"


class ReadsAnything(Sound):
    def parse(self, text):
        try:
            return super().parse(text)
        except ArchGymError:
            return 1, "x"


class FleetingKey(Sound):
    def key(self, design):
        return f"{random.random()}"


class NumberKey(Sound):
    def key(self, design):
        return 3


class IdleMutation(Sound):
    def mutate(self, genome, u, *, law="choice"):
        return genome


class WildMutation(Sound):
    def mutate(self, genome, u, *, law="choice"):
        return ((genome[0] + 1) % 3, 1 - genome[1])


class IllegalRegrowth(Sound):
    def regrow(self, genome, u):
        return (3, 0)


class InventiveExchange(Sound):
    def exchange(self, genome, donor, u):
        return next((a, b) for a in range(3) for b in range(2) if (a, b) != genome and a not in (genome[0], donor[0]))


class SelfishNeighbours(Sound):
    def neighbours(self, genome, u):
        return [genome]


class RepeatingNeighbours(Sound):
    def neighbours(self, genome, u):
        return super().neighbours(genome, u) * 2


class LongVectors(Sound):
    def from_vector(self, vector):
        return (0, 0)


class OpenGraph(Sound):
    def graph(self, design):
        return archgym.encoding.LabelledGraph(("a",), ((0, 1),))


class WrongSize(Sound):
    size = 7


class Forgetful(Sound):
    def enumerate(self):
        return iter(list(super().enumerate())[:-1])


class Disorderly(Sound):
    def enumerate(self):
        return iter(list(super().enumerate())[::-1])


class WrongLogProb(Sound):
    def log_prob(self, genome):
        return -math.log(6)


class UniformRows(Sound):
    def sample_many(self, rng, n):
        return [tuple(row) for row in rng.integers((3, 2), size=(n, 2)).tolist()]


class UnlikeItself(Sound):
    def __init__(self, other=False):
        self.other = other

    def text_of(self, genome):
        return super().text_of(genome) + "!" * self.other

    def __reduce__(self):
        return UnlikeItself, (True,)


class BrokenVector(ProductSpace):
    choices = PAIR

    def to_vector(self, genome):
        return (0.0, 0.0)


class WrongMargins(ProductSpace):
    choices = tuple(Choice((i,), tuple(range(10)), weights=tuple(range(1, 11))) for i in range(6))

    def sample(self, u):
        return tuple(int(u() * 10) for _ in range(6))


@pytest.mark.parametrize("space, complaint", [
    (NoGenerator, r"space NoGenerator: build\(\) gives \(1, 'x'\), not a generator\. The contract: build\(\) is"),
    (TwoOfOneName, "two choices of one build are called 'a/1'"),
    (LooksAlike, "choice 'a' has options that read alike: 1, 1"),
    (OwnMind, "sample from the same stream gives .* The contract: sample.. gives .* follows its stream alone"),
    (Unclean, "sample gives .*, which holds picks that its build abandons; the clean genome is"),
    (TooFew, "sample_many was asked for .* and gives"),
    (OtherSorts, r"choice 'a' of sort 'a' has the options \(1, 2, 3\); sorts says \(1, 2\)"),
    (Permissive, r"is illegal, but decodes to \(1, 'x'\)\. The contract: decode\(\) refuses what builds no design"),
    (WrongAnswer, r"genome \(1, .\) decodes to .*, which encodes to \(0, .\)"),
    (WrongText, "have one text"),
    (ReadsAnything, "the text '' is read as the design"),
    (FleetingKey, "the key of .* is .*, then"),
    (NumberKey, "the key of .* is 3, not a text"),
    (IdleMutation, "gives the same genome; where no other is near it gives None"),
    (WildMutation, "2 choices changed that could have kept their pick: a, b"),
    (IllegalRegrowth, r"IllegalGenome: .*picks 3 at choice 'a'.* The contract: regrow\(\) gives another legal design"),
    (InventiveExchange, "whose 'a' is neither parent's"),
    (SelfishNeighbours, "neighbours of .* repeat"),
    (RepeatingNeighbours, "neighbours of .* repeat"),
    (LongVectors, r"from_vector takes \[0.5, .* for \(0, 0\)"),
    (OpenGraph, r"the graph of .* has an edge \(0, 1\) but 1 nodes"),
    (WrongSize, r"size is 7, but enumerate\(\) gives 6 genomes"),
    (Forgetful, r"enumerate\(\) gives 5 genomes, and 6 can be built; for one, \(2, 1\)"),
    (Disorderly, "not in lexicographic order"),
    (WrongLogProb, r"log_prob of \(0, 0\) says 0.166666667, its picks have 0.3"),
    (Uniform, "sample draws by another law .chi-square p = "),
    (UniformRows, "sample_many draws by another law"),
    (UnlikeItself, "the copy writes"),
    (BrokenVector, "which decodes to"),
    (WrongMargins, "sample draws choice '0' by another law"),
], ids=lambda p: getattr(p, "__name__", ""))
def test_a_broken_space_is_told_what_is_broken_and_what_the_contract_says(space, complaint):
    assert check_space(Sound()).untried == []
    with pytest.raises(ContractBroken, match=complaint) as error:
        check_space(space())
    assert str(error.value).startswith(f"space {space.__name__}: ") and "The contract: " in str(error.value)
    assert isinstance(error.value, AssertionError) and isinstance(error.value, ArchGymError)


def test_a_space_without_answers_is_sound_and_says_what_was_not_tried():
    class Short(Space):
        def build(self):
            return (yield PAIR[0]), (yield PAIR[1])

    found = check_space(Short())
    assert {why for _, why in found.untried} >= {"the space has no answer()"}

    class Dead(Short):
        dead_ends = True

        def build(self):
            if (yield PAIR[0]) == 3:
                raise DeadEnd(())
            return 1

    with pytest.raises(ContractBroken, match="does not say how a design answers its choices"):
        check_space(Dead())
