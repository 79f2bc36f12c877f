"""Local search, step by step: what it may measure next, when it moves, and when it starts afresh."""

from collections import Counter

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Budget
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square


def neighbours(space, genome):
    return {genome[:i] + (pick,) + genome[i + 1:] for i, choice in enumerate(space.choices)
            for pick in range(len(choice.options)) if pick != genome[i] and choice.is_legal(pick)}


def follow(run):
    """Replay a trajectory by the rule of first improvement; returns the local optima that it was left at."""
    space, t, starts = run.task.space, run.trajectory, run.agent.starts
    measured, current, climbed, left, began = set(), None, [], 0, 0
    for i in range(len(t)):
        genome, value = t.genome(i), t.value[i]
        if t.tag[i] == "start":
            if left == 0:  # a new climb
                if current is not None:
                    assert neighbours(space, t.genome(current)) <= measured  # nothing unmeasured was near
                    # better ones were met in an earlier climb, if at all, and are not gone to again
                    assert all(t.value[j] <= t.value[current] for j in range(began, i)
                               if t.genome(j) in neighbours(space, t.genome(current)))
                    climbed.append(current)
                current, left, began = None, starts, i
            left -= 1
            assert t.parents[i] == ()
        else:
            assert left == 0 and t.tag[i] == "neighbour" and t.parents[i] == (current,)
            assert genome in neighbours(space, t.genome(current)) - measured
        if current is None or value > t.value[current]:
            current = i
        measured.add(genome)
    return climbed


@pytest.mark.parametrize("starts", [1, 5])
def test_it_moves_to_the_first_better_neighbour_and_stops_at_local_optima(starts):
    task = archgym.task("NASBench201-v0", noise="mean")
    optima = 0
    for seed in range(15):
        run = archgym.run(task, "local-search", Budget(evaluations=300), seed, starts=starts)
        climbed = follow(run)
        optima += len(climbed)
        assert len(set(map(run.trajectory.genome, range(300)))) == 300  # nothing twice
    assert optima > 15


def test_an_equal_neighbour_is_no_better_one():
    task = archgym.task(space=archgym.space("NASBench201"), name="ties",
                        evaluate=lambda cell: cell.operations.count("nor_conv_3x3"))
    assert sum(len(follow(archgym.run(task, "local-search", Budget(evaluations=300), seed))) for seed in range(5)) >= 5


def test_a_small_space_is_measured_whole_before_anything_twice():
    run = archgym.run(toy(Ladders()), "local-search", Budget(evaluations=200))
    genomes = [run.trajectory.genome(i) for i in range(200)]
    assert len(set(genomes[:72])) == 72 == Ladders().size
    assert run.incumbent.value == run.task.population().values.max()


def test_neighbours_are_tried_in_an_order_drawn_alike():
    task = archgym.task("NASBench201-v0", noise="mean")
    edges = Counter()
    for seed in range(1_200):
        t = archgym.run(task, "local-search", Budget(evaluations=2), seed).trajectory
        edge = next(i for i in range(6) if t.genome(0)[i] != t.genome(1)[i])
        edges[edge, (t.genome(1)[edge] - t.genome(0)[edge]) % 5] += 1
    assert chi_square([edges[e, step] for e in range(6) for step in range(1, 5)], [1 / 24] * 24) > 1e-3


def test_failed_designs_are_passed_over():
    task = toy(Ladders(), fails=0.5)
    run = archgym.run(task, "local-search", Budget(evaluations=72))
    assert len({run.trajectory.genome(i) for i in range(72)}) == 72
    assert run.incumbent.status == "ok" and run.incumbent.value == task.population().values.max()


def test_it_climbs_a_grammar_too():
    t = archgym.run(toy(Expressions()), "local-search", Budget(evaluations=120), 2).trajectory
    current = 0
    for i in range(1, 120):
        if t.tag[i] == "neighbour":
            assert t.parents[i] == (current,)
        if t.tag[i] == "start" or t.value[i] > t.value[current]:
            current = i
    assert len({t.genome(i) for i in range(120)}) == 120


def test_mean_regrets_are_those_of_the_reference():
    """CIFAR-10, noise-free, one start: .236/.069/.006/.000 after 50/100/200/300 evaluations."""
    task = archgym.task("NASBench201-v0", noise="mean")
    best = np.array([archgym.run(task, "local-search", Budget(evaluations=300), seed).trajectory.incumbents()
                     for seed in range(200)])
    regret = task.optimum - best[:, [49, 99, 199, 299]]
    error = regret.std(axis=0) * np.sqrt(2 / 200) + 0.001
    assert (abs(regret.mean(axis=0) - [0.236, 0.069, 0.006, 0.000]) < 3.5 * error).all(), regret.mean(axis=0)


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("local-search") == "c4bbe7b7342a944f"
