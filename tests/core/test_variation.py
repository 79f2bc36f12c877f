"""Laws of variation on a small tree grammar without dead ends, against laws written down by hand."""

from collections import Counter
from fractions import Fraction
from itertools import product

import pytest

import archgym
from archgym import Choice, Space
from archgym.streams import uniform
from archgym.testing.law import chi_square
from archgym.variation import path_walk

KINDS = ("leaf", "pair")
LETTERS = ("a", "b", "c")
P_KIND = {"leaf": Fraction(3, 4), "pair": Fraction(1, 4)}


class Trees(Space):
    """Binary trees of letters, at most two levels below the root; pairs are rarer than leaves."""

    def build(self):
        return (yield from self.node(("tree",), 2))

    def node(self, path, room):
        kind = "leaf"
        if room:
            kind = yield Choice((*path, "kind"), KINDS, weights=(0.75, 0.25), sort="kind")
        if kind == "leaf":
            return (yield Choice((*path, "kind", "letter"), LETTERS, sort="letter"))
        return ((yield from self.node((*path, "kind", "left"), room - 1)),
                (yield from self.node((*path, "kind", "right"), room - 1)))

    def answer(self, design, choice):
        for step in choice.path:
            design = design[0] if step == "left" else design[1] if step == "right" else design
        return design if choice.sort == "letter" else "pair" if type(design) is tuple else "leaf"


def drawn(room):
    """{tree: probability} of a node."""
    letters = {letter: Fraction(1, 3) for letter in LETTERS}
    if not room:
        return letters
    below = drawn(room - 1)
    pairs = {(a, b): P_KIND["pair"] * p * q for (a, p), (b, q) in product(below.items(), repeat=2)}
    return {letter: P_KIND["leaf"] * p for letter, p in letters.items()} | pairs


def places(tree, room, at=()):
    """(where, what is decided there) of every choice."""
    if room:
        yield at, "kind", tree, room
    if type(tree) is tuple:
        yield from places(tree[0], room - 1, (*at, 0))
        yield from places(tree[1], room - 1, (*at, 1))
    else:
        yield at, "letter", tree, room


def put(tree, at, part):
    return part if not at else tuple(put(t, at[1:], part) if i == at[0] else t for i, t in enumerate(tree))


def edits(tree, room):
    """Law of one edit: a decision drawn alike among all, decided otherwise, and what it leaves open drawn anew."""
    law = Counter()
    found = list(places(tree, room))
    for at, sort, now, left in found:
        if sort == "letter":
            for letter in set(LETTERS) - {now}:
                law[put(tree, at, letter)] += Fraction(1, len(found) * 2)
        elif type(now) is tuple:
            for letter in LETTERS:
                law[put(tree, at, letter)] += Fraction(1, len(found) * 3)
        else:
            below = drawn(left - 1)
            for (a, p), (b, q) in product(below.items(), repeat=2):
                law[put(tree, at, (a, b))] += p * q / len(found)
    return law


def follows(law, draw, n):
    counts = Counter(draw() for _ in range(n))
    assert set(counts) <= set(law)
    return chi_square([counts[k] for k in law], [float(p) for p in law.values()])


TREE = (("a", "b"), "c")


def test_the_grammar_draws_as_written_down():
    space, u = Trees(), uniform(0)
    assert sum(drawn(2).values()) == 1 and len(drawn(2)) == len(list(space.enumerate())) == 147
    assert follows(drawn(2), lambda: space.decode(space.sample(u)), 6_000) > 1e-3


@pytest.mark.parametrize("method", ["mutate", "regrow"])
def test_one_decision_drawn_alike_is_decided_otherwise(method):
    # in this grammar the letter of a leaf and the sides of a pair lie below their kind, so both laws are one
    space, u = Trees(), uniform(1)
    law = edits(TREE, 2)
    assert sum(law.values()) == 1
    assert follows(law, lambda: space.decode(getattr(space, method)(space.encode(TREE), u)), 6_000) > 1e-3


class Flagged(Space):
    """A choice with another below it, and one beside it."""

    def build(self):
        a = yield Choice(("a",), (0, 1, 2))
        return a, (yield Choice(("a", "x"), (0, 1, 2))), (yield Choice(("b",), (0, 1)))

    def answer(self, design, choice):
        return design[(("a",), ("a", "x"), ("b",)).index(choice.path)]


def test_regrowth_draws_below_the_edit_and_mutation_keeps_it():
    space, u = Flagged(), uniform(0)
    third = Fraction(1, 3)
    mutated = ({(a, 0, 0): third / 2 for a in (1, 2)} | {(0, x, 0): third / 2 for x in (1, 2)} | {(0, 0, 1): third})
    regrown = mutated | {(a, x, 0): third / 6 for a in (1, 2) for x in (0, 1, 2)}
    assert follows(mutated, lambda: space.mutate((0, 0, 0), u), 3_000) > 1e-3
    assert follows(regrown, lambda: space.regrow((0, 0, 0), u), 3_000) > 1e-3


def test_a_walk_down_the_tree_of_paths_picks_node_then_edge_as_nats_bench_does():
    space, u = archgym.space("NASBench201"), uniform(0)
    genome = (0, 1, 2, 3, 4, 0)
    law = {0: 1 / 3, 1: 1 / 6, 2: 1 / 6, 3: 1 / 9, 4: 1 / 9, 5: 1 / 9}

    def edge():
        child = space.mutate(genome, u, law="path")
        return next(i for i in range(6) if child[i] != genome[i])

    assert follows(law, edge, 6_000) > 1e-3


def test_a_walk_stops_at_inner_paths_as_often_as_it_goes_into_each_child():
    cumulative = path_walk([("a",), ("a", "x"), ("a", "y"), ("b",), ("c", "z")])
    shares = [b - a for a, b in zip([0.0, *cumulative], cumulative)]
    assert shares == pytest.approx([1 / 9, 1 / 9, 1 / 9, 1 / 3, 1 / 3])


@pytest.mark.parametrize("donor", [("c", ("b", "b")), ("b", "c")])
def test_exchange_moves_a_subtree_whole_and_draws_nothing(donor):
    space = Trees()
    found = Counter()
    for i in range(1_500):
        floats = uniform(i)
        used = []
        child = space.exchange(space.encode(TREE), space.encode(donor), lambda: used.append(1) or floats())
        found[space.decode(child)] += 1
        assert len(used) <= 64
    kinds = [(at, tree) for at, sort, tree, _ in places(TREE, 2) if sort == "kind"]
    theirs = [(at, tree, left) for at, sort, tree, left in places(donor, 2) if sort == "kind"]
    law = Counter()
    for at, _ in kinds:
        for _, part, _ in theirs:
            # the lowest level holds letters without a kind: a subtree must fit with every decision, none over
            if fits(part, 2 - len(at), 2 - len(next(a for a, p, _ in theirs if p is part))):
                law[put(TREE, at, part)] += 1
    letters = [tree for _, sort, tree, _ in places(donor, 2) if sort == "letter"]
    for at, sort, _, _ in places(TREE, 2):
        if sort == "letter":
            for letter in letters:
                law[put(TREE, at, letter)] += 1
    del law[TREE]
    law = {child: Fraction(n, law.total()) for child, n in law.items()}
    assert set(found) == set(law)
    assert chi_square([found[t] for t in law], [float(p) for p in law.values()]) > 1e-3


def fits(tree, room, before):
    """Whether a subtree asks the same choices with this room as it did with the room before."""
    asked = [(at, sort) for at, sort, _, _ in places(tree, before)]
    if type(tree) is tuple and not room:
        return False
    return room >= 0 and depth(tree) <= room and [(at, sort) for at, sort, _, _ in places(tree, room)] == asked


def depth(tree):
    return 1 + max(map(depth, tree)) if type(tree) is tuple else 0
