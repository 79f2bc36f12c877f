"""Nested Monte-Carlo search against the paper's recursion on the same stream, and on small spaces and grammars."""

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Budget, Choice, ProductSpace
from archgym.streams import generator, uniform
from archgym.testing import Expressions, Ladders, toy


class Enough(Exception):
    pass


def plain_recursion(task, u, level, evaluations):
    """The genomes that the paper's recursion measures for the first time, on cells of six edges, five operations."""
    known = {}

    def playout(prefix):
        genome = prefix + tuple(int(u() * 5) for _ in range(6 - len(prefix)))
        if genome not in known:
            if len(known) == evaluations:
                raise Enough
            known[genome] = task.measure(genome).values["val_accuracy"]
        return known[genome], genome

    def nested(prefix, level):
        if level == 0:
            return playout(prefix)
        best = None
        for step in range(len(prefix), 6):
            for pick in range(5):
                found = nested((*prefix, pick), level - 1)
                if best is None or found[0] > best[0]:
                    best = found
            prefix = best[1][:step + 1]
        return best or playout(prefix)

    try:
        while True:
            nested((), level)
    except Enough:
        return list(known)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_it_measures_what_the_papers_recursion_measures(level):
    task = archgym.task("NASBench201-v0", noise="mean")
    t = archgym.run(task, "nested-monte-carlo", Budget(evaluations=400), 6, level=level).trajectory
    u = uniform(generator(6, task.id, "nested-monte-carlo", "playouts"))
    assert [t.genome(i) for i in range(400)] == plain_recursion(task, u, level, 400)


def test_a_design_is_reached_by_the_best_option_of_every_choice():
    """One search of level 1 where the remaining choices are worth nothing: it ends at the optimum."""
    space = ProductSpace(tuple(Choice((i,), ("a", "b", "c")) for i in range(5)))
    weights = [81, 27, 9, 3, 1]
    task = archgym.task(space=space, evaluate=lambda d: sum(w * "bca".index(x) for w, x in zip(weights, d)))
    run = archgym.run(task, "nested-monte-carlo", Budget(evaluations=15), 0, level=1)
    assert run.incumbent.design == ("a",) * 5


@pytest.mark.parametrize("level", [1, 2])
def test_a_small_space_is_measured_whole_before_anything_twice(level):
    run = archgym.run(toy(Ladders()), "nested-monte-carlo", Budget(evaluations=90), level=level)
    assert len({run.trajectory.genome(i) for i in range(72)}) == 72 == Ladders().size


@pytest.mark.parametrize("space", [Expressions(), Expressions(depth=None)], ids=repr)
@pytest.mark.parametrize("level", [1, 2])
def test_nothing_is_measured_twice_in_a_grammar(space, level):
    t = archgym.run(toy(space), "nested-monte-carlo", Budget(evaluations=150), 1, level=level).trajectory
    assert len({t.genome(i) for i in range(150)}) == 150


def test_failed_designs_lead_nowhere():
    space = ProductSpace(tuple(Choice((i,), ("fails", "a", "b")) for i in range(5)))

    def evaluate(design):
        if design[0] == "fails":
            raise archgym.EvaluationFailed("always")
        return -1000.0 - design.count("fails")

    t = archgym.run(archgym.task(space=space, evaluate=evaluate), "nested-monte-carlo", Budget(evaluations=11), 0,
                    level=1).trajectory
    assert [t.genome(i)[0] for i in range(11)].count(0) == 1  # the one that tried the option


def test_it_beats_random_search():
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "nested-monte-carlo", Budget(evaluations=300), seed).incumbent.value
            for seed in range(50)]
    assert np.mean(task.random_baseline(300).best.score(best)) > 0.7


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("nested-monte-carlo") == "7e35818a781785bc"
