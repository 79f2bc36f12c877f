"""A recursive grammar with contexts, weights, dead ends and a cap, against its recursion written down a second time.

The recursion below knows the grammar of `archgym.testing.Expressions` and nothing of the framework: no choices, no
genomes, no replay. It gives every tree and its exact probability.
"""

import zlib
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product
from math import exp, prod

import pytest

import archgym
from archgym import variation
from archgym.errors import IllegalDesign, IllegalGenome
from archgym.population import enumerated_law
from archgym.streams import generator, uniform
from archgym.testing import Expressions, toy
from archgym.testing.law import chi_square

WEIGHTS = {"one": Fraction(35, 100), "two": Fraction(25, 100), "sum": Fraction(15, 100), "half": Fraction(10, 100),
           "third": Fraction(5, 100), "times": Fraction(10, 100)}
WANTED = {"half": 2, "third": 3}
SPACES = [  # (depth, cap, nodes)
    (1, 12, tuple(WEIGHTS)),
    (2, 5, ("one", "two", "sum", "half")),
    (2, 5, ("one", "sum", "half", "third")),
    (2, 4, ("one", "third", "times")),
]


def value(tree):
    symbol, *parts = tree
    if symbol == "sum":
        return value(parts[0]) + value(parts[1])
    if symbol == "times":
        return parts[0] * value(parts[1])
    if symbol in WANTED:
        return value(parts[0]) // WANTED[symbol]
    return {"one": 1, "two": 2}[symbol]


def size(tree):
    return 1 + sum(size(part) for part in tree[1:] if type(part) is tuple)


@cache
def trees(room, multiple, nodes, struck=frozenset()):
    """({tree: probability}, probability of a dead end) of a node with this many levels below it."""
    legal = [s for s in nodes if s not in struck and (room > 0 if s in ("sum", "half", "third", "times") else
                                                      {"one": 1, "two": 2}[s] % multiple == 0)]
    if not legal:
        return {}, Fraction(1)
    found, dead = Counter(), Fraction(0)
    for symbol in legal:
        p = WEIGHTS[symbol] / sum(WEIGHTS[s] for s in legal)
        made = Counter()
        if symbol in ("one", "two"):
            made[symbol,] = Fraction(1)
        elif symbol == "sum":
            sides, _ = trees(room - 1, 1, nodes)
            for (left, p_left), (right, p_right) in product(sides.items(), repeat=2):
                made["sum", left, right] = p_left * p_right
        elif symbol == "times":
            for factor, (tree, q) in product((2, 3, 4), trees(room - 1, 1, nodes)[0].items()):
                made["times", factor, tree] = q / 3
        else:
            for tree, q in trees(room - 1, WANTED[symbol], nodes)[0].items():
                made[symbol, tree] = q
        fits = {tree: q for tree, q in made.items() if value(tree) % multiple == 0}
        for tree, q in fits.items():
            found[tree] += p * q
        if failed := 1 - sum(fits.values()):
            again, lost = trees(room, multiple, nodes, struck | {symbol})
            for tree, q in again.items():
                found[tree] += p * failed * q
            dead += p * failed * lost
    return dict(found), dead


def oracle(depth, cap, nodes):
    """{tree: probability} of the finished draw: what is too big, or dead at its root, is drawn again."""
    found = {tree: p for tree, p in trees(depth, 1, nodes)[0].items() if size(tree) <= cap}
    return {tree: p / sum(found.values()) for tree, p in found.items()}


@pytest.fixture(params=SPACES, ids=lambda p: f"depth {p[0]}, cap {p[1]}, {len(p[2])} symbols")
def known(request):
    """(space, its exact law over designs)."""
    return Expressions(*request.param), oracle(*request.param)


def test_the_oracle_is_a_distribution_with_dead_ends_and_rejections():
    found, dead = trees(2, 1, ("one", "sum", "half", "third"))
    assert sum(found.values()) + dead == 1
    assert any(size(tree) > 5 for tree in found)
    assert trees(1, 3, ("one", "third"))[1] > 0  # a third of a third of one: dead all the way up


def test_enumeration_gives_every_design_once_in_order(known):
    space, law = known
    genomes = list(space.enumerate())
    assert genomes == sorted({space.encode(tree) for tree in law})
    assert {space.decode(genome) for genome in genomes} == set(law)
    assert space.size == len(law)


def test_the_law_over_enumerated_designs_counts_every_detour(known):
    space, law = known
    genomes, probability = enumerated_law(space)
    given = {space.decode(genome): p for genome, p in zip(genomes, probability)}
    assert given == pytest.approx({tree: float(p) for tree, p in law.items()})


def test_draws_follow_the_exact_law(known):
    space, law = known
    u = uniform(2)
    counts = Counter(space.decode(space.sample(u)) for _ in range(6_000))
    assert set(counts) <= set(law)
    assert chi_square([counts[tree] for tree in law], [float(p) for p in law.values()]) > 1e-3


def test_draws_of_a_grammar_too_big_to_enumerate_follow_the_exact_law():
    law = oracle(2, 12, tuple(WEIGHTS))
    assert len(law) == 222
    space, u = Expressions(2, 12), uniform(3)
    counts = Counter(space.decode(space.sample(u)) for _ in range(8_000))
    assert set(counts) <= set(law)
    assert chi_square([counts[tree] for tree in law], [float(p) for p in law.values()]) > 1e-3


def test_the_law_is_far_from_uniform_over_designs():
    space, u = Expressions(*SPACES[1]), uniform(0)
    counts = Counter(space.sample(u) for _ in range(3_000))
    assert chi_square([counts[g] for g in space.enumerate()], [1 / space.size] * space.size) < 1e-12


def test_log_prob_is_of_the_decisions_without_detours():
    space = Expressions(2, 5, ("one", "two", "sum", "half"))
    # at first 35/85 one, 25/85 two, 15/85 sum, 10/85 half; below a half no one; at the bottom of a half a two for sure
    for tree, p in ((("one",), 35 / 85), (("half", ("two",)), 10 / 85 * 25 / 50),
                    (("sum", ("one",), ("half", ("two",))), 15 / 85 * 35 / 85 * 10 / 85 * 1),
                    (("half", ("sum", ("two",), ("two",))), 10 / 85 * 15 / 50 * (25 / 60) ** 2)):
        assert exp(space.log_prob(space.encode(tree))) == pytest.approx(p), tree


def test_abandoned_picks_are_not_in_the_genome():
    space = Expressions(2, 5, ("one", "two", "sum", "half"))
    # half, then sum (one + two is odd: struck), then two in its place
    detour = (3, 2, 0, 1, 1)
    trace = space.trace(detour)
    assert trace.design == ("half", ("two",))
    assert space.clean(trace) == (3, 1) == space.encode(("half", ("two",)))
    assert [c.path for c in space.trace((3, 1)).choices] == [("tree", 0), ("tree", 0, "operand", 0)]
    assert trace.choices[-1].path == ("tree", 0, "operand", 1)
    assert trace.choices[-1].legal == (False, True, False, True, False, False)


def test_a_detour_counts_as_the_design_that_it_ends_in():
    class Detours(archgym.Agent):
        def search(self, bench):
            for genome in ((3, 1), (3, 2, 0, 1, 1)):
                self.last = bench.measure([archgym.Proposal(genome)])

    task = toy(Expressions(2, 5, ("one", "two", "sum", "half")), seeds=2)
    run = archgym.run(task, Detours(), archgym.Budget(evaluations=5))
    assert run.trajectory.genomes == [(3, 1), (3, 1)]
    assert run.trajectory.duplicates(run.task.space).tolist() == [False, True]


def test_the_baseline_of_a_task_weighs_designs_by_the_exact_law(known):
    space, law = known
    rows = toy(space).population()
    given = dict(zip(map(space.decode, rows.genomes), rows.weights))
    assert given == pytest.approx({tree: float(p) for tree, p in law.items()})


# Variation, on a grammar without dead ends whose laws can be written down.


def surgery(tree, at=()):
    """Every node of an expression: its place, and what replaces it there by design, by hand."""
    yield at, tree
    for i, part in enumerate(tree[1:], start=1):
        if type(part) is tuple:
            yield from surgery(part, (*at, i))


def replaced(tree, at, part):
    return part if not at else tuple(replaced(p, at[1:], part) if i == at[0] else p for i, p in enumerate(tree))


def sound(tree, room, multiple=1):
    """Whether the grammar builds this tree: depth, contexts, divisibility."""
    symbol, *parts = tree
    if value(tree) % multiple:
        return False
    if symbol in ("one", "two"):
        return True
    return room > 0 and all(sound(p, room - 1, WANTED.get(symbol, 1)) for p in parts if type(p) is tuple)


@pytest.mark.parametrize("ours, theirs", [
    (("sum", ("one",), ("half", ("sum", ("one",), ("one",)))), ("times", 3, ("third", ("times", 3, ("two",))))),
    (("half", ("times", 4, ("one",))), ("sum", ("two",), ("times", 3, ("sum", ("one",), ("two",))))),
])
def test_exchange_picks_alike_among_all_grafts_that_fit_as_they_are(ours, theirs):
    depth, cap = 3, 6
    space = Expressions(depth, cap)
    grafts = [replaced(ours, here, part) for here, _ in surgery(ours) for _, part in surgery(theirs)]
    factors = [replaced(ours, (*here, 1), part[1]) for here, node in surgery(ours) for _, part in surgery(theirs)
               if node[0] == part[0] == "times"]
    fitting = Counter(t for t in grafts + factors if t != ours and sound(t, depth) and size(t) <= cap)
    assert 3 < len(fitting) < len(grafts)
    u = uniform(0)
    children = Counter(space.decode(space.exchange(space.encode(ours), space.encode(theirs), u)) for _ in range(1_500))
    assert set(children) == set(fitting)
    assert chi_square([children[t] for t in fitting], [n / fitting.total() for n in fitting.values()]) > 1e-3


def test_exchange_gives_nothing_where_nothing_fits():
    space = Expressions(0)
    assert space.exchange(space.encode(("one",)), space.encode(("one",)), uniform(0)) is None


def test_mutated_and_regrown_designs_are_what_the_grammar_builds():
    space, u = Expressions(3, 8), uniform(0)
    seen = set()
    for i in range(400):
        parent = space.sample(uniform(i))
        for child in (space.mutate(parent, u), space.mutate(parent, u, law="path"), space.regrow(parent, u)):
            tree = space.decode(child)
            assert child != parent and space.encode(tree) == child
            assert sound(tree, 3) and size(tree) <= 8
            seen.add(tree)
    assert len(seen) > 150


def test_every_design_is_reached_by_mutation_from_any_other():
    space = Expressions(2, 5, ("one", "two", "sum", "half"))
    reached, u = {space.encode(("one",))}, uniform(0)
    for _ in range(4_000):
        reached.add(space.mutate(sorted(reached)[int(u() * len(reached))], u))
    assert reached == set(space.enumerate())


def test_neighbours_are_the_designs_one_decision_away():
    space = Expressions(1, 12, ("one", "two", "times"))
    genome = space.encode(("times", 3, ("one",)))
    near = Counter(space.decode(g) for i in range(300) for g in space.neighbours(genome, uniform(i)))
    # at the root one or two, one of two other factors, the other leaf
    assert near == {("one",): 300, ("two",): 300, ("times", 2, ("one",)): 300, ("times", 4, ("one",)): 300,
                    ("times", 3, ("two",)): 300}


def test_neighbours_draw_what_an_edit_leaves_open():
    space = Expressions(1, 12, ("one", "two", "times"))
    near = Counter(space.decode(g) for i in range(2_000) for g in space.neighbours(space.encode(("one",)), uniform(i)))
    assert near.pop(("two",)) == 2_000
    p = {"one": 35 / 60, "two": 25 / 60}
    expected = {("times", f, (leaf,)): p[leaf] / 3 for f in (2, 3, 4) for leaf in p}
    assert chi_square([near[t] for t in expected], list(expected.values())) > 1e-3 and set(near) == set(expected)


def test_a_context_that_a_mutation_breaks_is_drawn_anew_below():
    space = Expressions(3, 12)
    genome = space.encode(("sum", ("half", ("two",)), ("one",)))
    trace = space.trace(genome)
    at = [c.path for c in trace.choices].index(("tree", 0, "left", 0))
    third = 4
    made = [variation.edit(space, trace, at, third, uniform(i)) for i in range(60)]
    children = {space.decode(genome) for genome in made if genome is not None}
    # a two is no multiple of three, so below the third something else stands; the other side keeps its pick
    assert all(child[0] == "sum" and child[2] == ("one",) for child in children)
    assert all(value(child[1][1]) % 3 == 0 for child in children if child[1][0] == "third")
    assert any(child[1][0] == "third" for child in children)


# Random keys.


def test_random_keys_decode_as_a_second_decoder_reads_them():
    space = Expressions(4, 9)
    rotated = 0
    for vector in generator(0).random((300, space.vector_length)).tolist():
        rotated += _decoded(space, vector, 0) is None
        turn = next(t for t in range(len(vector)) if _decoded(space, vector, t) is not None)
        assert space.decode(space.from_vector(vector)) == _decoded(space, vector, turn)
    assert rotated > 3  # the cap rejects some
    assert zlib.crc32(repr(("tree", 0)).encode()) % 32 == 5  # which key the first choice reads, on every platform


def _decoded(space, vector, turn):
    keys = [(k + turn * 0.6180339887498949) % 1.0 if turn else k for k in vector[turn:] + vector[:turn]]

    def pick(path, options, weights):
        key = keys[zlib.crc32(repr(path).encode()) % len(keys)]
        total = sum(weights)
        for option, w in zip(options, weights):
            key -= w / total
            if key < 0:
                return option
        return options[-1]

    def node(path, room, multiple):
        struck = []
        while True:
            legal = [s for s in WEIGHTS if s not in struck and (room > 0 if s not in ("one", "two") else
                                                                {"one": 1, "two": 2}[s] % multiple == 0)]
            if not legal:
                return None
            here = (*path, len(struck))
            symbol = pick(here, legal, [float(WEIGHTS[s]) for s in legal])
            if symbol in ("one", "two"):
                return (symbol,)
            parts = [pick((*here, "factor"), (2, 3, 4), (1, 1, 1))] if symbol == "times" else []
            for side in ("left", "right") if symbol == "sum" else ("operand",):
                parts.append(node((*here, side), room - 1, WANTED.get(symbol, 1)))
                if parts[-1] is None:
                    break
            if parts[-1] is not None and value((symbol, *parts)) % multiple == 0:
                return (symbol, *parts)
            struck.append(symbol)

    tree = node(("tree",), space.depth, 1)
    return tree if tree and size(tree) <= space.cap else None


def test_equal_keys_find_a_design_even_where_they_would_grow_for_ever():
    space = Expressions(depth=None)
    # at 0.62 every node is a sum, at 1 every node a product: rejected, and moved on until every node is a one
    found = {space.from_vector([x] * space.vector_length) for x in (0.0, 0.3, 0.62, 0.999, 1.0)}
    assert found == {space.encode(("one",))}


# What is illegal.


def test_a_genome_that_ends_in_a_dead_end_says_so():
    space = Expressions(1, 12, ("one", "sum"))
    with pytest.raises(IllegalGenome, match=r"genome \(1,\) picks 1 at choice 'tree/0'; allowed: 0 \(one\), 2 \(sum\)"):
        space.decode((1,))
    capped = Expressions(2, 2, ("one", "sum"))
    with pytest.raises(IllegalGenome, match="builds no design: Reject"):
        capped.decode((2, 0, 0))


@pytest.mark.parametrize("tree", [("half", ("one",)), ("sum", ("sum", ("one",), ("one",)), ("one",)), ("nothing",)])
def test_a_design_that_the_grammar_does_not_build_is_refused(tree):
    with pytest.raises(IllegalDesign, match="design .* takes .* at choice .*; allowed: "):
        Expressions(1, 12).encode(tree)


def test_text_names_every_decision_and_comes_back():
    space = Expressions()
    tree = ("sum", ("times", 3, ("one",)), ("half", ("two",)))
    text = space.format(tree)
    assert text == ('{"tree/0": "sum", "tree/0/left/0": "times", "tree/0/left/0/factor": 3, '
                    '"tree/0/left/0/operand/0": "one", "tree/0/right/0": "half", "tree/0/right/0/operand/0": "two"}')
    assert space.parse(text) == tree
    with pytest.raises(IllegalDesign, match="no option given for choice 'tree/0/right/0/operand/0'"):
        space.parse(text.replace('"tree/0/right/0/operand/0": "two"', '"tree/0/right/0/operand": "two"'))
    with pytest.raises(IllegalDesign, match="choice 'tree/0/left/0/factor' cannot take 5; allowed: 2, 3, 4"):
        space.parse(text.replace("3", "5"))
    with pytest.raises(IllegalDesign, match="these options build no design: Reject"):
        Expressions(cap=3).parse(text)


def test_twins_share_a_key_and_nothing_else_does():
    space = Expressions(2, 5, ("one", "two", "sum", "half"))

    def canonical(tree):
        parts = [canonical(p) if type(p) is tuple else p for p in tree[1:]]
        return (tree[0], *(sorted(parts) if tree[0] == "sum" else parts))

    keys = {}
    for genome in space.enumerate():
        keys.setdefault(space.key_of(genome), set()).add(canonical(space.decode(genome)))
    assert all(len(designs) == 1 for designs in keys.values())
    assert len(keys) == len({canonical(space.decode(g)) for g in space.enumerate()}) < space.size


def test_the_default_graph_is_the_derivation():
    space = Expressions()
    graph = space.graph(("sum", ("one",), ("times", 2, ("two",))))
    assert graph.labels == ("design", "node=sum", "node=one", "node=times", "factor=2", "node=two")
    assert graph.edges == ((0, 1), (1, 2), (1, 3), (3, 4), (3, 5))
    assert prod(d["label"] in graph.labels for _, d in graph.to_networkx().nodes(data=True))
