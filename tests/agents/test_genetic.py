"""The genetic algorithm: what a generation is made of, in product spaces and in a grammar."""

from collections import Counter

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.testing import Expressions, toy
from archgym.testing.law import chi_square

LETTERS = ProductSpace(tuple(Choice(("letter", i), tuple("abcde"), sort="letter") for i in range(10)))


def trajectory(space=LETTERS, evaluations=400, seed=0, **hyperparameters):
    return archgym.run(toy(space), "genetic", Budget(evaluations=evaluations), seed, **hyperparameters).trajectory


def started(space=LETTERS, **hyperparameters):
    agent, task = archgym.agent("genetic", **hyperparameters), toy(space)
    agent.setup(Bench(task.memo, Budget(evaluations=10), 0, task.id, "genetic"))
    return agent


@pytest.mark.parametrize("population, crossover", [(7, "two-point"), (16, "uniform"), (2, "uniform")])
def test_a_child_has_its_picks_of_two_parents_of_the_generation_before(population, crossover):
    t = trajectory(population=population, crossover=crossover, mutation=0.0)
    for i in range(400):
        born = i // population * population
        assert all(born - population <= parent < born for parent in t.parents[i]) and bool(t.parents[i]) == (born > 0)
        if born:
            assert all(pick in picks for pick, *picks in zip(t.genome(i), *(t.genome(p) for p in t.parents[i])))


def test_two_points_exchange_one_stretch_anywhere():
    agent = started()
    one, other = (0,) * 10, (1,) * 10
    ends = Counter()
    for _ in range(20_000):
        child, twin = agent.crossed(one, other)
        assert tuple(1 - pick for pick in child) == twin
        if sum(child):
            begin = child.index(1)
            assert child[begin:begin + sum(child)] == (1,) * sum(child)
            ends[begin, begin + sum(child)] += 1
    stretches = [(b, e) for b in range(10) for e in range(b + 1, 11)]
    assert chi_square([ends[s] for s in stretches], [1 / len(stretches)] * len(stretches)) > 1e-3


def test_every_pick_mutates_with_the_probability_that_was_given():
    agent = started(ProductSpace((Choice(("letter",), tuple("abcde")),)), mutation=0.1)
    found = Counter(agent.mutated((2,))[0] for _ in range(20_000))
    assert chi_square([found[i] for i in range(5)], [0.025, 0.025, 0.9, 0.025, 0.025]) > 1e-3
    agent = started(mutation=0.1)
    brought = [sum(a != b for a, b in zip(agent.mutated((0,) * 10), (0,) * 10)) for _ in range(5_000)]
    assert 0.9 < np.mean(brought) < 1.02  # ten picks bring one mutation, of which few fall on one place


def test_tournaments_are_drawn_with_replacement():
    """P(the parent is the r-th worst of P) = (r**k - (r-1)**k) / P**k."""
    agent, size = started(tournament=3), 6
    trials = archgym.run(toy(LETTERS), "random", Budget(evaluations=size)).trajectory.value
    members = [type("Member", (), {"value": value}) for value in sorted(trials)]
    found = Counter(members.index(agent.winner(members)) for _ in range(5_000))
    law = [((r + 1)**3 - r**3) / size**3 for r in range(size)]
    assert chi_square([found[r] for r in range(size)], law) > 1e-3


@pytest.mark.parametrize("elite", [1, 3])
def test_the_elite_lives_on_unmeasured_so_that_the_best_is_never_lost(elite):
    task, agent = toy(LETTERS), archgym.agent("genetic", population=8, elite=elite, mutation=0.05)
    bench = Bench(task.memo, Budget(evaluations=8 + 20 * (8 - elite)), 0, task.id, "genetic")
    agent.setup(bench)
    agent.tell(bench.measure(agent.ask(100)))
    for _ in range(20):
        best = sorted(trial.value for trial in agent.alive)[-elite:]
        trials = bench.measure(agent.ask(100))
        assert len(trials) == 8 - elite and sorted(trial.value for trial in agent.alive) == best
        agent.tell(trials)
        assert len(agent.alive) == 8


def test_without_an_elite_the_best_may_be_lost():
    values = trajectory(population=8, evaluations=400).value.reshape(50, 8).max(axis=1)
    assert (np.diff(values) < 0).any()


def test_in_a_grammar_subtrees_of_one_sort_change_places():
    space = Expressions()
    t = trajectory(space, mutation=0.0, population=16)
    moved = 0
    for i in range(16, 400):
        one, other = t.parents[i] * 2 if len(t.parents[i]) == 1 else t.parents[i]  # it may be crossed with itself
        child, *parents = (Counter((c.sort_name, p) for c, p in zip(trace.choices, trace.picks))
                           for trace in map(space.trace, map(t.genome, (i, one, other))))
        assert not child - parents[0] - parents[1]
        moved += t.genome(i) not in [t.genome(p) for p in t.parents[i]]
    assert moved > 30


def test_it_beats_random_search_on_the_real_table():
    """Mean regret after 300 evaluations, CIFAR-10, noise-free: .07 against the closed form's .358."""
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "genetic", Budget(evaluations=300), seed).incumbent.value for seed in range(60)]
    assert task.optimum - np.mean(best) < 0.2 < task.optimum - task.random_baseline(300).mean


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("genetic") == "82f7c9b9136863ff"
