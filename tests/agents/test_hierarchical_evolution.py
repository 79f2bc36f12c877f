"""Hierarchical evolution: where it begins, who wins its tournaments, and that nobody dies."""

from collections import Counter
from math import ceil

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

LETTERS = ProductSpace(tuple(Choice(("letter", i), tuple("abcde"), sort="letter") for i in range(10)))


def started(space, **hyperparameters):
    agent, task = archgym.agent("hierarchical-evolution", **hyperparameters), toy(space)
    agent.setup(Bench(task.memo, Budget(evaluations=10), 0, task.id, "hierarchical-evolution"))
    return agent


def test_without_mutations_the_first_designs_are_the_trivial_one():
    t = archgym.run(toy(Ladders()), "hierarchical-evolution", Budget(evaluations=30), population=20,
                    diversification=0).trajectory
    assert {t.genome(i) for i in range(20)} == {(0, 0, 0, 0)}  # the likeliest activation is the first too
    assert list(t.tag) == ["initial"] * 20 + ["child"] * 10


def test_the_trivial_design_of_a_grammar_is_the_smallest():
    space = Expressions()
    assert space.decode(started(space).trivial) in [("one",), ("two",)]


def test_the_published_number_of_mutations_is_made_in_the_published_space():
    assert started(archgym.space("HierarchicalMotifs")).mutations == 1000
    assert started(archgym.space("NASBench201")).mutations == 150


def test_enough_mutations_leave_no_trace_of_the_trivial_design():
    agent = started(ProductSpace((Choice(("x",), ("a", "b", "c")), Choice(("y",), ("a", "b")))))
    assert agent.mutations == 50
    found = Counter(agent.diverse() for _ in range(3_000))
    # Mutations alternate: after an even number, x and y have been changed an even or an odd number of times together.
    assert chi_square([sum(n for g, n in found.items() if g[0] == x) for x in range(3)], [1 / 3] * 3) > 1e-3
    assert chi_square([sum(n for g, n in found.items() if g[1] == y) for y in range(2)], [1 / 2] * 2) > 1e-3


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_the_best_of_a_share_of_all_so_far_is_mutated(share):
    """P(the parent is among the r worst of n) = (r / n)**k, k members drawn with replacement."""
    t = archgym.run(toy(LETTERS), "hierarchical-evolution", Budget(evaluations=1_500), 0, population=50,
                    diversification=10, tournament=share).trajectory
    found, expected, variance = 0, 0.0, 0.0
    for n in range(50, 1_500):
        parent, = t.parents[n]
        assert parent < n and sum(a != b for a, b in zip(t.genome(n), t.genome(parent))) == 1
        k = ceil(share * n)
        order = np.sort(t.value[:n])
        r = int(n * 0.5**(1 / k))
        below = int((order <= order[r - 1]).sum())  # members that share a design share its value
        p = (below / n)**k
        found += t.value[parent] <= order[r - 1]
        expected, variance = expected + p, variance + p * (1 - p)
    assert abs(found - expected) < 3.5 * variance**0.5


def test_nobody_dies():
    t = archgym.run(toy(LETTERS), "hierarchical-evolution", Budget(evaluations=1_000), 0, population=20,
                    diversification=10, tournament=0.02).trajectory
    assert min(t.parents[i][0] for i in range(900, 1_000)) < 100


def test_it_beats_random_search_on_the_real_table():
    """Mean regret after 300 evaluations, CIFAR-10, noise-free, population 20: .04 against the closed form's .358."""
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "hierarchical-evolution", Budget(evaluations=300), seed, population=20).incumbent.value
            for seed in range(40)]
    assert task.optimum - np.mean(best) < 0.15 < task.optimum - task.random_baseline(300).mean


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("hierarchical-evolution", population=50) == "25c4be1b945d4298"
