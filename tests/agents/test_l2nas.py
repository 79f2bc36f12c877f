"""L2NAS: gradients against finite differences, the quantile its critic learns, its steps, and random search beaten."""

import numpy as np
import pytest

import archgym
from archgym import Budget, Choice, ProductSpace
from archgym.agents.l2nas import Network
from archgym.testing import Expressions, Ladders, toy


def test_gradients_are_those_of_finite_differences():
    rng = np.random.default_rng(0)
    net, x, towards = Network(rng, 4, 3), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))

    def loss():
        return float((net(x) * towards).sum())

    loss()
    for numbers, slopes in zip((net.flat, x), net.gradients(towards)):
        for at in list(np.ndindex(numbers.shape))[::5]:
            kept = numbers[at]
            numbers[at] = kept + 1e-6
            upper = loss()
            numbers[at] = kept - 1e-6
            lower = loss()
            numbers[at] = kept
            assert slopes[at] == pytest.approx((upper - lower) / 2e-6, abs=1e-6)


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_the_critic_learns_a_quantile_of_the_reward(quantile):
    """One design again and again, with values drawn alike: ranks are uniform, and their tau-quantile is tau."""
    space = ProductSpace((Choice(("x",), ("only",)),))
    rng = np.random.default_rng(1)
    task = archgym.task(space=space, evaluate=lambda design: float(rng.random()), name="noise", instant=False)
    agent = archgym.agent("l2nas", quantile=quantile)
    bench = archgym.Bench(task.memo, Budget(evaluations=1), 0, task.id, "l2nas")
    agent.setup(bench)
    proposal, = agent.ask(1)
    measured, = bench.measure([proposal])
    for i, value in enumerate(rng.random(400)):
        agent.ask(1)
        agent.tell([archgym.Trial(i, (0,), float(value), True, measured.measurement, 0, proposal)])
    assert agent.critic(np.hstack([agent.state, [1.0]]))[0] == pytest.approx(quantile, abs=0.1)


def test_random_steps_halve_and_the_others_are_the_actors():
    task = archgym.task("NASBench201-v0", noise="mean")
    tags = np.array([[tag == "random" for tag in archgym.run(task, "l2nas", Budget(evaluations=201), seed, halving=100)
                      .trajectory.tag] for seed in range(8)])
    assert tags[:, 0].all()
    for at, share in ((20, 0.87), (100, 0.5), (180, 0.29)):
        found = tags[:, at - 20:at + 20].mean()
        assert abs(found - share) < 4 * np.sqrt(share * (1 - share) / 320), (at, found)


def test_a_small_space_is_measured_whole_before_anything_twice():
    run = archgym.run(toy(Ladders()), "l2nas", Budget(evaluations=100))
    assert len({run.trajectory.genome(i) for i in range(72)}) == 72 == Ladders().size


def test_options_without_weight_are_left_alone():
    space = ProductSpace(tuple(Choice((i,), ("a", "b", "never"), weights=(1.0, 1.0, 0.0)) for i in range(5)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("a"), name="weights")
    t = archgym.run(task, "l2nas", Budget(evaluations=32), 0, halving=10).trajectory
    assert {t.genome(i) for i in range(32)} == {tuple(g) for g in np.ndindex(2, 2, 2, 2, 2)}


@pytest.mark.parametrize("space", [Expressions(), Expressions(depth=None)], ids=repr)
def test_nothing_is_measured_twice_in_a_grammar(space):
    t = archgym.run(toy(space), "l2nas", Budget(evaluations=60), 1, halving=20).trajectory
    assert len({t.genome(i) for i in range(60)}) == 60 and "actor" in set(t.tag)


def test_picks_that_build_no_design_are_not_proposed():
    task = toy(archgym.space("NASBench101"))
    t = archgym.run(task, "l2nas", Budget(evaluations=60), 0, halving=10).trajectory
    assert "actor" in set(t.tag) and len({t.genome(i) for i in range(60)}) == 60


def test_the_actor_learns_the_better_options():
    space = ProductSpace(tuple(Choice((i,), ("bad", "good", "worse")) for i in range(10)))

    def evaluate(design):
        if design[0] == "bad":
            raise archgym.EvaluationFailed("always")
        return -1000.0 + design.count("good") - design.count("worse")

    t = archgym.run(archgym.task(space=space, evaluate=evaluate, name="options"), "l2nas", Budget(evaluations=400), 0,
                    halving=50).trajectory
    last = [i for i in range(300, 400) if t.tag[i] == "actor"]
    assert np.mean([t.genome(i).count(1) for i in last]) > 6 and np.mean([t.genome(i)[0] == 0 for i in last]) < 0.2


def test_it_beats_random_search():
    task = archgym.task("NASBench201-v0", noise="mean")
    best = [archgym.run(task, "l2nas", Budget(evaluations=400), seed).incumbent.value for seed in range(6)]
    assert np.mean(task.random_baseline(400).best.score(best)) > 0.7
