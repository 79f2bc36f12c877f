"""PPO: where its policy starts, what it learns, and that it leaves the caller's random states alone."""

import random

import numpy as np
import pytest

import archgym
from archgym import Bench, Budget
from archgym.choice import masked_law
from archgym.testing import Expressions, Ladders, toy

torch = pytest.importorskip("torch", reason="needs torch: pip install 'archgym[rl]'")
pytest.importorskip("sb3_contrib", reason="needs sb3-contrib: pip install 'archgym[rl]'")
from archgym.agents._lawful_policy import Lawful, LawfulPolicy, Scale  # noqa: E402


def walked(space, episodes=10):
    """(environment, observation and mask of every choice asked) over some random episodes."""
    task = toy(space, worst=0.0)
    env, rng = Lawful(Bench(task.memo, Budget(), 0, task.id, "ppo").env("construct"), Scale()), np.random.default_rng(0)
    asked = []
    for _ in range(episodes):
        observation, ended = env.reset()[0], False
        while not ended:
            choice = env.unwrapped.choice
            asked.append((choice, observation, env.action_masks()))
            observation, _, ended, *_ = env.step(int(rng.choice(np.flatnonzero(env.action_masks()))))
    return env, asked


@pytest.mark.parametrize("space", [Ladders(), Expressions(depth=None)], ids=lambda s: s.name)
def test_the_policy_starts_from_the_law_of_the_space(space):
    env, asked = walked(space)
    torch.manual_seed(0)
    policy = LawfulPolicy(env.observation_space, env.action_space, lambda _: 1e-3, draws=0)
    assert len({choice.sort_name for choice, *_ in asked}) > 1
    choices, observations, masks = zip(*asked)
    with torch.no_grad():
        asked_all = torch.as_tensor(np.array(observations))
        found = policy.get_distribution(asked_all, np.array(masks)).distribution.probs.numpy()
    expected = np.zeros_like(found)
    for row, choice in zip(expected, choices):
        picks, _, share = masked_law(len(choice.options), choice.legal, choice.weights)
        row[list(picks)] = share
    np.testing.assert_allclose(found, expected, atol=0.02)  # the networks' first say is small
    assert not found[~np.array(masks)].any()


def test_rewards_are_standardised_over_the_run_and_failures_are_the_lowest_measured():
    scale, seen = Scale(), []
    assert scale.reward({"status": "failed", "value": -np.inf}) == 0.0
    for value in (3.0, 5.0, 1.0, 8.0):
        reward = scale.reward({"status": "ok", "value": value})
        seen.append(value)
        assert reward == pytest.approx((value - np.mean(seen)) / (np.std(seen) or 1))
    failed = scale.reward({"status": "failed", "value": -np.inf})
    assert failed == pytest.approx((1 - np.mean(seen)) / np.std(seen))


def test_it_learns_the_better_option():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), ("bad", "good", "worse")) for i in range(4)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("good") - design.count("worse"))
    values = archgym.run(task, "ppo", Budget(evaluations=500), 0).trajectory.value
    assert values[:20].mean() < 1 and values[-40:].mean() > 3.5


def test_it_learns_in_an_open_space():
    task = archgym.task(space=Expressions(depth=None, cap=6), worst=0.0,
                        evaluate=lambda tree: float(str(tree).count("two")))
    values = archgym.run(task, "ppo", Budget(evaluations=300), 0).trajectory.value
    assert values[-60:].mean() > values[:60].mean() + 0.3


def test_the_random_states_of_the_caller_are_as_they_were():
    for generator in (random.seed, np.random.seed, torch.manual_seed):
        generator(5)
    states = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()
    first = archgym.run(toy(Ladders()), "ppo", Budget(evaluations=30), 0).trajectory
    assert states == (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist())
    torch.manual_seed(6)
    again = archgym.run(toy(Ladders()), "ppo", Budget(evaluations=30), 0).trajectory
    assert [first.genome(i) for i in range(30)] == [again.genome(i) for i in range(30)]


def test_an_evaluator_that_seeds_torch_does_not_steer_it():
    def seeding(design):
        torch.manual_seed(0)
        return float(sum(design))

    space = archgym.ProductSpace(tuple(archgym.Choice((i,), (0, 1)) for i in range(12)))
    run = archgym.run(archgym.task(space=space, evaluate=seeding), "ppo", Budget(evaluations=20), 0)
    assert len({run.trajectory.genome(i) for i in range(20)}) > 10


@pytest.mark.parametrize("budget, count", [(Budget(evaluations=1), 1), (Budget(evaluations=47), 47),
                                           (Budget(evaluations=500, cost=60.0), None)])
def test_a_budget_is_spent_to_the_last(budget, count):
    run = archgym.run(toy(Ladders(), seeds=2), "ppo", budget, 0)
    assert run.stop == "budget" and run.trajectory.ok.all()
    assert len(run.trajectory) == count if count else run.trajectory.cost.sum() <= 60
