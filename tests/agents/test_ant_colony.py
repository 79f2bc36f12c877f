"""The ant colony: what it starts from, its two rules for pheromone, and how ants choose."""

from collections import Counter

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square


def started(task, evaluations=1, seed=0, **hyperparameters):
    agent = archgym.agent("ant-colony", **hyperparameters)
    bench = Bench(task.memo, Budget(evaluations=evaluations), seed, task.id, "ant-colony")
    agent.setup(bench)
    return agent, bench


@pytest.mark.parametrize("greediness", [0.0, 1.0])
@pytest.mark.parametrize("space", [Ladders(), Expressions(2, 5, ("one", "two", "sum", "half"))], ids=lambda s: s.name)
def test_while_pheromone_is_level_ants_follow_the_law_of_the_space(space, greediness):
    task = toy(space)
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    agent, _ = started(task, greediness=greediness, depth=1)
    agent.swarm = 2  # ants go by pheromone at every choice
    counts = np.zeros(len(at))
    for _ in range(3_000):
        counts[at[agent.walk().genome]] += 1
    assert chi_square(counts, rows.weights) > 1e-3


@pytest.mark.parametrize("fails", [0.0, 0.5])
def test_levels_are_those_of_the_two_rules(fails):
    """Local: 0.1 of the way back to 0.1, each ant's picks. Global: `evaporation` of the way to 1, the best's."""
    task = toy(Ladders(), fails=fails)
    agent, bench = started(task, 61, ants=4, evaporation=0.3)
    levels = [[0.1] * len(choice.options) for choice in task.space.choices]
    best = None
    for swarm in range(16):
        size = 4 if swarm else 1
        while size:
            trials = bench.measure(agent.ask(3))
            agent.tell(trials)
            size -= len(trials)
            for trial in trials:
                for level, pick in zip(levels, trial.genome):
                    level[pick] = level[pick] * 0.9 + 0.1 * 0.1
                if trial.ok and (best is None or trial.value > best.value):
                    best = trial
        assert size == 0
        if swarm and best:
            for level, pick in zip(levels, best.genome):
                level[pick] = level[pick] * 0.7 + 0.3
    for choice, level in zip(task.space.choices, levels):
        assert agent.rows[choice.path] == pytest.approx(level)


def test_an_option_is_taken_by_its_level_or_for_being_the_highest():
    space = ProductSpace((Choice(("x",), ("a", "b", "c"), weights=(0.5, 0.25, 0.25)),))
    agent, _ = started(toy(space), greediness=0.4, depth=1)
    agent.swarm = 2
    agent.walk()
    agent.rows["x",][:] = [0.2, 0.8, 0.4]
    found = Counter(agent.walk().genome[0] for _ in range(20_000))
    mass = np.array([0.5 * 0.2, 0.25 * 0.8, 0.25 * 0.4])
    law = 0.4 * np.array([0, 1, 0]) + 0.6 * mass / mass.sum()
    assert chi_square([found[i] for i in range(3)], law) > 1e-3


def test_each_swarm_follows_pheromone_at_one_more_choice():
    space = ProductSpace(tuple(Choice((i,), ("low", "high")) for i in range(6)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("high"), name="count")
    agent, bench = started(task, 200, ants=8, depth=4, greediness=1.0, evaporation=1.0)
    agent.tell(bench.measure(agent.ask(1)))
    for swarm in range(1, 8):
        held = swarm if swarm <= 4 else 6
        trail = [row.index(max(row)) if len(set(row)) > 1 else None for row in agent.rows.values()]
        trials = bench.measure(agent.ask(8))
        for trial in trials:
            assert all(pick == led for pick, led in zip(trial.genome[:held], trail) if led is not None)
        if 1 < swarm <= 4:
            assert len({trial.genome[held:] for trial in trials}) > 1
        agent.tell(trials)


def test_choices_of_a_sort_share_their_trail_in_a_grammar():
    agent, bench = started(toy(Expressions()), 60)
    with pytest.raises(archgym.BudgetSpent):
        agent.search(bench)
    assert set(agent.rows) == {"node", "factor"}


def test_a_trail_into_endless_depth_is_left_for_the_law():
    agent, bench = started(toy(Expressions(depth=None)), 40, depth=1)
    agent.tell(bench.measure(agent.ask(1)))
    agent.swarm = 2
    agent.greediness = 1.0
    agent.rows["node"] = [0.1, 0.1, 1.0, 0.1, 0.1, 0.1]  # sums of sums of sums
    walk = agent.walk()
    assert not walk.selected and agent.space.decode(walk.genome)


def test_it_beats_random_search_on_the_real_table():
    """Mean regret after 300 evaluations, CIFAR-10, noise-free: .05 against the closed form's .358."""
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "ant-colony", Budget(evaluations=300), seed).incumbent.value for seed in range(60)]
    assert task.optimum - np.mean(best) < 0.15 < task.optimum - task.random_baseline(300).mean


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("ant-colony") == "73b2143eca6485cf"
