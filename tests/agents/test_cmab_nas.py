"""CMAB-NAS: its confidence bound, its nested search, and what it comes to."""

from math import log, sqrt

import numpy as np
import pytest
from golden import digest

import archgym
from archgym import Bench, Budget, Choice, ProductSpace
from archgym.testing import Expressions, Ladders, toy


def started(task, evaluations=1, seed=0, **hyperparameters):
    agent = archgym.agent("cmab-nas", **hyperparameters)
    bench = Bench(task.memo, Budget(evaluations=evaluations), seed, task.id, "cmab-nas")
    agent.setup(bench)
    return agent, bench


def test_untried_options_come_first_then_the_highest_bound():
    space = ProductSpace((Choice(("x",), tuple("abcd"), legal=(True, True, True, False)),))
    agent, _ = started(toy(space), exploration=0.7)
    assert {agent.walk().genome for _ in range(3)} == {(0,), (1,), (2,)}  # each once, and never what is not legal
    row = agent.rows["x",]
    for plays, rewards in (((5, 3, 9, 0), (2.0, 1.9, 4.1, 0.0)), ((1, 40, 40, 0), (0.2, 30.0, 20.0, 0.0))):
        row.total, row.plays, row.rewards = sum(plays), list(plays), list(rewards)
        bounds = [r / n + 0.7 * sqrt(2 * log(sum(plays)) / n) for r, n in zip(rewards[:3], plays)]
        assert agent.arm(space.choices[0], row) == int(np.argmax(bounds))
    row.total, row.plays, row.rewards = 6, [2, 2, 2, 0], [1.0, 1.0, 0.5, 0.0]
    assert {agent.arm(space.choices[0], row) for _ in range(50)} == {0, 1}


@pytest.mark.parametrize("space", [Ladders(), Expressions(depth=None)], ids=lambda s: s.name)
def test_every_play_is_counted_and_rewarded_with_a_share(space):
    """The share of the designs so far that a design beats; a failed one gets nothing."""
    agent, bench = started(toy(space, fails=0.3), 60)
    with pytest.raises(archgym.BudgetSpent):
        agent.search(bench)
    for row in agent.rows.values():
        assert row.total == sum(row.plays)
        assert all(0 <= reward <= plays for reward, plays in zip(row.rewards, row.plays))


def test_one_choice_after_the_other_is_fixed_at_the_option_of_the_best_mean():
    letters = ProductSpace(tuple(Choice((i,), tuple("abcdefgh")) for i in range(5)))
    agent, bench = started(toy(letters), 200, simulations=4, decay=0.5, exploration=0.8)
    seen = set()
    for _ in range(150):
        proposals = agent.ask(1)  # which may go on with what is known already
        fixed, made, spread = list(agent.fixed), agent.made, agent.spread
        if agent.played.selected:
            assert proposals[0].genome[:len(fixed)] == tuple(fixed)
        agent.tell(bench.measure(proposals))
        if len(fixed) == 5:  # a whole design was measured: the next search begins
            assert (agent.fixed, agent.made, agent.spread) == ([], 0, spread / 2)
        elif made < 3:
            assert (agent.fixed, agent.made, agent.spread) == (fixed, made + 1, spread)
        else:
            row = agent.rows[(len(fixed),)]
            means = [reward / plays if plays else -1.0 for reward, plays in zip(row.rewards, row.plays)]
            assert (agent.fixed, agent.made, agent.spread) == ([*fixed, means.index(max(means))], 0, spread)
        seen.add((len(fixed), made))
    assert {depth for depth, _ in seen} >= set(range(5))
    assert sum(made == 3 for _, made in seen) > 1


def test_nothing_is_measured_twice():
    t = archgym.run(toy(Ladders()), "cmab-nas", Budget(evaluations=72), 0).trajectory
    assert len(set(map(t.genome, range(72)))) == 72 == Ladders().size


def test_a_sum_of_what_choices_earn_is_searched_choice_by_choice():
    """The naive assumption holds; one of 6**8 designs is the best."""
    space = ProductSpace(tuple(Choice((i,), tuple(range(6))) for i in range(8)))
    task = archgym.task(space=space, evaluate=lambda picks: float(sum(picks)), name="sum")
    found = [archgym.run(task, "cmab-nas", Budget(evaluations=1_000), seed).incumbent.value for seed in range(2)]
    random = [archgym.run(task, "random", Budget(evaluations=1_000), seed).incumbent.value for seed in range(2)]
    assert np.mean(found) >= 39 > max(random)


@pytest.mark.parametrize("dataset", ["cifar10", "cifar100"])
def test_it_beats_random_search_on_the_real_table(dataset):
    """P(better after 1,000 evaluations), ties half: at least .75."""
    task, seeds = archgym.task("NASBench201-v0", dataset=dataset, noise="mean"), range(6)
    ours, random = ([archgym.run(task, agent, Budget(evaluations=1_000), seed).incumbent.value for seed in seeds]
                    for agent in ("cmab-nas", "random"))
    assert np.mean([(a > b) + (a == b) / 2 for a in ours for b in random]) >= 0.75


def test_a_seed_gives_the_trajectory_that_it_always_gave():
    assert digest("cmab-nas") == "8045b4bbcd12051f"
