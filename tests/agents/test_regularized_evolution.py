"""Regularised evolution against a plain loop on the same stream, the law of its tournament, and reference figures."""

from collections import Counter

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.agents.regularized_evolution import RegularizedEvolution
from archgym.streams import generator, uniform
from archgym.testing import toy
from archgym.testing.law import chi_square

LETTERS = ProductSpace(tuple(Choice(("letter", i), tuple("abcde"), sort="letter") for i in range(10)))


def plain_loop(task, u, evaluations, population, tournament, law):
    """Algorithm 1 of the paper in lists and dictionaries; the space's edges are picked by hand."""
    edges = {"choice": [1] * 6, "path": [6, 3, 3, 2, 2, 2]}[law]  # node then edge: 1/3, 1/6, 1/6, 1/9, 1/9, 1/9
    alive, history = [], []
    for _ in range(evaluations):
        if len(alive) < population:
            genome = tuple(int(u() * 5) for _ in range(6))
        else:
            drawn = [alive[int(u() * population)] for _ in range(tournament)]
            parent = max(drawn, key=lambda entry: entry[1])[0]
            at, level = 0, u() * sum(edges)
            while level >= edges[at]:
                level -= edges[at]
                at += 1
            other = int(u() * 4)
            genome = (*parent[:at], other if other < parent[at] else other + 1, *parent[at + 1:])
        value = task.measure(genome).values[task.objective.metric]
        alive.append((genome, value))
        if len(alive) > population:
            alive.pop(0)
        history.append((genome, value))
    return history


@pytest.mark.parametrize("population, tournament, law", [
    (100, 10, "choice"), (10, 3, "choice"), (10, 3, "path"), (1, 1, "choice")])
def test_it_does_what_a_plain_loop_does_with_the_same_numbers(population, tournament, law):
    task = archgym.task("NASBench201-v0", noise="mean")
    run = archgym.run(task, "regularized-evolution", Budget(evaluations=300), 4, population=population,
                      tournament=tournament, mutation=law)
    u = uniform(generator(4, task.id, "regularized-evolution", "evolution"))
    found = [(run.trajectory.genome(i), run.trajectory.value[i]) for i in range(300)]
    assert found == plain_loop(task, u, 300, population, tournament, law)


def test_the_first_drawn_of_equals_is_the_parent():
    """Values with many ties; the paper's maximum is the first that is found."""
    space = archgym.space("NASBench201")
    task = archgym.task(space=space, evaluate=lambda cell: cell.operations.count("nor_conv_3x3"), name="ties")
    run = archgym.run(task, "regularized-evolution", Budget(evaluations=300), 4, population=20, tournament=5)
    u = uniform(generator(4, task.id, "regularized-evolution", "evolution"))
    found = [(run.trajectory.genome(i), run.trajectory.value[i]) for i in range(300)]
    assert found == plain_loop(task, u, 300, 20, 5, "choice")


def windows(population, tournament, evaluations=4_000):
    """(values of those alive, value of the parent, ids alive, parent) for every child of a run."""
    t = archgym.run(toy(LETTERS), "regularized-evolution", Budget(evaluations=evaluations), 0, population=population,
                    tournament=tournament).trajectory
    assert all(t.parents[i] == () for i in range(population))
    for i in range(population, evaluations):
        parent, = t.parents[i]
        yield t.value[i - population:i], t.value[parent], range(i - population, i), parent


def test_the_oldest_dies_whatever_its_score():
    died = [alive[0] for values, _, alive, parent in windows(6, 3, 600) if values.argmax() == 0]
    assert len(died) > 20  # the best was the oldest, many a time
    assert all(parent in alive for _, _, alive, parent in windows(6, 3, 600))


def test_the_tournament_is_drawn_with_replacement():
    """P(the parent is the r-th worst of P) = (r**k - (r-1)**k) / P**k; without replacement the k-1 worst never win."""
    population, tournament = 6, 3
    ranks = Counter(int((values <= value).sum()) for values, value, _, _ in windows(population, tournament)
                    if len(set(values)) == population)
    law = {r: (r**tournament - (r - 1)**tournament) / population**tournament for r in range(1, population + 1)}
    assert ranks.total() > 3_000 and ranks[1] > 0
    assert chi_square([ranks[r] for r in law], list(law.values())) > 1e-3


def test_a_child_differs_from_its_parent_in_one_choice():
    t = archgym.run(toy(LETTERS), "regularized-evolution", Budget(evaluations=500), 0, population=20).trajectory
    for i in range(20, 500):
        parent, = t.parents[i]
        assert sum(a != b for a, b in zip(t.genome(i), t.genome(parent))) == 1


def test_mean_regrets_are_those_of_the_reference():
    """CIFAR-10, noise-free, population 10, tournament 3: .571/.291/.117/.065 after 50/100/200/300 evaluations."""
    task = archgym.task("NASBench201-v0", noise="mean")
    best = np.array([archgym.run(task, "regularized-evolution", Budget(evaluations=300), seed, population=10,
                                 tournament=3).trajectory.incumbents() for seed in range(200)])
    regret = task.optimum - best[:, [49, 99, 199, 299]]
    error = regret.std(axis=0) * np.sqrt(2 / 200)  # of the difference of two means of 200 runs
    assert (abs(regret.mean(axis=0) - [0.571, 0.291, 0.117, 0.065]) < 3.5 * error).all(), regret.mean(axis=0)


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("regularized-evolution") == "a3c330d99f49c724"


START = (0,) * 10


def test_a_start_is_measured_once_and_all_others_descend_from_it():
    t = archgym.run(toy(LETTERS), "regularized-evolution", Budget(evaluations=200), 0, population=20, tournament=5,
                    start=LETTERS.text_of(START)).trajectory
    assert t.genome(0) == START and t.parents[0] == ()
    assert all(len(t.parents[i]) == 1 for i in range(1, 200))
    # The copies of the start die one by one: while the 20 are alive, any parent may be the start or a child of it.
    assert t.parents[1] == (0,) and 0 in {t.parents[i][0] for i in range(2, 15)}
    assert all(t.parents[i][0] >= i - 20 for i in range(40, 200))


def test_while_a_start_is_measured_its_mutants_are_proposed():
    task = toy(LETTERS)
    bench = Bench(task.memo, Budget(evaluations=50), 0, task.id, "regularized-evolution")
    agent = RegularizedEvolution(population=5, tournament=2, start=LETTERS.text_of(START))
    agent.setup(bench)
    first, pending = agent.ask(8), agent.ask(8)
    assert [p.genome for p in first] == [START]
    assert all(sum(a != b for a, b in zip(p.genome, START)) == 1 for p in pending)
    agent.tell(bench.measure(pending))  # comes back first: then it is what fills the population
    agent.tell(bench.measure(first))
    assert len(agent.alive) == 5


def test_a_start_that_is_no_design_is_refused():
    with pytest.raises(archgym.ArchGymError, match="letter"):
        archgym.run(toy(LETTERS), "regularized-evolution", Budget(evaluations=5), 0, start="no design")
