"""Grammars as spaces: counts and laws against enumeration by hand, text, wrong derivations."""

import pickle
from collections import Counter
from itertools import product
from math import exp, prod

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.errors import ArchGymError, IllegalDesign, UnknownName
from archgym.spaces.grammar import Grammar
from archgym.spaces.grammar_space import Derivation, GrammarSpace
from archgym.streams import uniform

TOPOLOGIES = {
    "Chain": ((1, 2), (2, 3)),
    "Skip": ((1, 2), (1, 3), (2, 3)),
    "Diamond": ((1, 2), (1, 3), (2, 4), (3, 4)),
}
RULES = {
    "flat": "S -> Skip(A, A, A)\nA -> zero | a | a | b",
    "nested": "S -> Chain(C, x) | Skip(A, C, A)\nC -> Skip(A, A, A)\nA -> zero | Chain(B, x)\nB -> x | y",
    "forced": "S -> Skip(A, Z, A) | Diamond(A, zero, A, Z) | Chain(A, A)\nA -> zero | a\nZ -> zero",
    "deep": "S -> Skip(T, T, A)\nT -> Skip(A, A, A) | zero\nA -> zero | a",
    "bare": "S -> f(A, S1) | g(B)\nS1 -> g(A) | h(B, A)\nA -> a | b | a\nB -> zero | c",
}


def spaces(connected):
    return {name: GrammarSpace(Grammar(rules, TOPOLOGIES, connected)) for name, rules in RULES.items()}


SPACES = [*spaces(True).values(), *spaces(False).values()]
IDS = [f"{name}, {'connected' if c else 'any'}" for c in (True, False) for name in RULES]
every = pytest.mark.parametrize("space", SPACES, ids=IDS)
some = st.sampled_from(SPACES)
seeds = st.integers(0, 2**32)


def derivations(rules, symbol, connected):
    """{text: how often it is listed}, read off the rules with no help from the code under test."""
    productions = {line.split("->")[0].strip(): line.split("->")[1].split("|") for line in rules.splitlines()}
    found = Counter()
    for text in map(str.strip, productions[symbol]):
        head, _, inside = text.partition("(")
        names = [n.strip() for n in inside.rstrip(")").split(",")] if inside else []
        below = [derivations(rules, n, connected) if n in productions else {n: 1} for n in names]
        for children in product(*(b.items() for b in below)):
            if connected and head in TOPOLOGIES:
                graph = networkx.DiGraph()
                graph.add_nodes_from((1, max(b for _, b in TOPOLOGIES[head])))
                graph.add_edges_from(edge for edge, (child, _) in zip(TOPOLOGIES[head], children, strict=True)
                                     if child.strip("()").split()[-1:] != ["zero"] or child.count("(") > 1)
                if not networkx.has_path(graph, 1, max(graph)):
                    continue
            written = " ".join((symbol, head, *(child for child, _ in children)))
            found[f"({written})"] += prod(times for _, times in children)
    return found


def rules_of(space):
    return next(text for text in RULES.values() if Grammar(text, TOPOLOGIES).rules == space.grammar.rules)


@every
def test_enumeration_and_the_recursion_find_what_the_rules_derive(space):
    expected = derivations(rules_of(space), "S", space.grammar.connected)
    found = [str(space.decode(genome)) for genome in space.enumerate()]
    assert sorted(found) == sorted(expected)
    assert space.size == len(found)
    assert space.grammar.count(repeats=True) == sum(expected.values())


@every
def test_samples_follow_log_prob(space):
    u, draws = uniform(3), 20_000
    seen = Counter(space.sample(u) for _ in range(draws))
    expected = {genome: draws * exp(space.log_prob(genome)) for genome in space.enumerate()}
    assert sum(expected.values()) == pytest.approx(draws)
    assert set(seen) <= set(expected)
    common = [genome for genome, e in expected.items() if e >= 5]
    rare = draws - sum(expected[genome] for genome in common)
    chi2 = sum((seen[genome] - expected[genome]) ** 2 / expected[genome] for genome in common)
    if rare > 5:
        chi2 += (draws - sum(seen[genome] for genome in common) - rare) ** 2 / rare
    freedom = max(len(common) - (rare <= 5), 1)
    assert chi2 < freedom + 5 * (2 * freedom) ** 0.5


def test_a_production_listed_twice_is_one_option_drawn_twice_as_often():
    space = GrammarSpace(Grammar(RULES["flat"], TOPOLOGIES))
    assert space.sorts == {"A": ("zero", "a", "b")}
    assert exp(space.log_prob((1, 1, 1))) == pytest.approx((2 / 4) ** 3)


def test_zero_is_no_option_where_it_would_cut_the_last_path():
    space = GrammarSpace(Grammar(RULES["flat"], TOPOLOGIES, connected=True))
    asked = space.trace((0, 1, 1)).choices
    assert [choice.legal for choice in asked] == [None, (False, True, True), None]
    assert "left out where it would cut the last path" in space.law


@given(some, seeds)
def test_a_derivation_survives_the_way_there_and_back(space, seed):
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    assert space.parse(space.format(design)) == design
    assert space.encode(space.parse(str(design))) == genome
    again = pickle.loads(pickle.dumps(design))
    assert again == design and hash(again) == hash(design) and space.encode(again) == genome


@given(some, seeds)
def test_named_options_give_the_design(space, seed):
    trace = space.trace(space.sample(uniform(seed)))
    assert space.design({c.name: c.options[p] for c, p in zip(trace.choices, trace.picks, strict=True)}) == trace.design


@given(some, seeds)
def test_sorts_are_declared_and_paths_are_told_apart(space, seed):
    trace = space.trace(space.sample(uniform(seed)))
    assert all(space.sorts[choice.sort] == choice.options for choice in trace.choices)
    assert len(set(trace.paths)) == len(trace.paths)


@given(some, seeds)
def test_folds_go_from_the_start_symbol_to_the_architecture(space, seed):
    design = space.decode(space.sample(uniform(seed)))
    folds = space.folds(design)
    assert folds[0].labels == ("input", "S", "output")
    assert folds[-1] == space.graph(design)
    assert not set(space.grammar.rules) & set(folds[-1].labels)


def test_subtrees_of_symbols_that_ask_nothing_are_exchanged_whole():
    space, u = GrammarSpace(Grammar(RULES["nested"], TOPOLOGIES)), uniform(0)
    cell = "(C Skip (A Chain (B x) x) (A Chain (B y) x) (A Chain (B x) x))"
    ours = space.encode(space.parse("(S Chain (C Skip (A zero) (A zero) (A zero)) x)"))
    theirs = space.encode(space.parse(f"(S Skip (A zero) {cell} (A zero))"))
    children = {str(space.decode(space.exchange(ours, theirs, u))) for _ in range(100)}
    assert f"(S Chain {cell} x)" in children


@pytest.mark.parametrize("rules, complaint", [
    ("S = a", "'S = a' is no rule"),
    ("s -> a", "'s -> a' is no rule"),
    ("S -> a\nS -> b", "'S -> b' is no rule"),
    ("S -> A\nA -> a", "'A' in 'S -> A' is no production"),
    ("S -> a |", "'' in 'S -> a |' is no production"),
    ("S -> Chain(a, b, c)", "has 3 children; Chain has 2 edges"),
    ("S -> Chain(A, LOST)\nA -> a", "unknown symbol 'LOST'"),
    ("S -> Chain(A, a)\nA -> Chain(S, a) | a", "S derives itself (S -> A -> S)"),
])
def test_wrong_rules_are_shown(rules, complaint):
    with pytest.raises(ArchGymError) as error:
        Grammar(rules, TOPOLOGIES)
    assert complaint in str(error.value)


def test_a_production_that_its_own_zeros_cut_is_refused():
    rules = "S -> Skip(Z, zero, A) | a\nA -> zero | a\nZ -> zero"
    with pytest.raises(ArchGymError, match=r"Skip\(Z, zero, A\) of S is cut in two by its own zeros"):
        Grammar(rules, TOPOLOGIES, connected=True)
    assert Grammar(rules, TOPOLOGIES).count() == 3


@pytest.mark.parametrize("text, complaint", [
    ("", "expected '(SYMBOL production ...)' at its end"),
    ("|none~0|", "expected '(SYMBOL production ...)' at |none~0|"),
    ("(S Chain (C Skip (A zero) (A Chain (B y) x) (A zero)) x", "the parenthesis of (S Chain is not closed"),
    ("(S Chain (C Skip (A zero) (A zero)) x)", "Skip takes 3 children, got 2 in (C Skip (A zero) (A zero))"),
    ("(S Chain (C Skip (A zero) (A zero) (A lost)) x)", "no such production in (A lost); A becomes zero, Chain"),
    ("(S Chain (Q x) x)", "unknown symbol 'Q'"),
    ("(S Chain (B x) x)", "no such production in (S Chain (B x) x); S becomes Chain(C, x)"),
    ("(A zero)", "starts with A, expected S"),
    ("(S Chain (C Skip (A Chain (B x) x) (A zero) (A zero)) x)",
     "no path leads from the input to the output of (C Skip (A Chain (B x) x) (A zero) (A zero))"),
    ("(A " * 9999, "nested too deeply"),
])
def test_the_wrong_part_of_a_derivation_is_shown(text, complaint):
    space = GrammarSpace(Grammar(RULES["nested"], TOPOLOGIES, connected=True))
    with pytest.raises(IllegalDesign) as error:
        space.parse(text)
    assert complaint in str(error.value) and str(error.value).startswith("GrammarSpace: ")
    assert len(str(error.value)) < 600


def test_what_follows_a_derivation_is_refused():
    space = GrammarSpace(Grammar(RULES["flat"], TOPOLOGIES))
    with pytest.raises(IllegalDesign, match="nothing may follow its end, got x"):
        space.parse("(S Skip (A a) (A a) (A a)) x")


def test_a_design_that_is_no_derivation_of_the_grammar_is_refused():
    space = GrammarSpace(Grammar(RULES["flat"], TOPOLOGIES, connected=True))
    with pytest.raises(IllegalDesign, match="is no Derivation"):
        space.encode("(S Skip")
    with pytest.raises(IllegalDesign, match="ends where A must become one of zero, a, b"):
        space.encode(Derivation(space.grammar, ("a", "b")))
    with pytest.raises(IllegalDesign, match="goes on with 'b' after its end"):
        space.encode(Derivation(space.grammar, ("a", "b", "a", "b")))
    with pytest.raises(IllegalDesign, match="takes 'zero' at choice 'S/A.1'"):
        space.encode(Derivation(space.grammar, ("zero", "zero", "a")))
    with pytest.raises((IllegalDesign, UnknownName), match="did you mean 'zero'"):
        space.encode(Derivation(space.grammar, ("a", "b", "zeros")))
