"""Hardware tasks with an agent for every parameter, and ArchGym's observation: the metrics of the last design.

Face `joint` is the seam: its action has an entry a parameter, its reward is the team's. Here each agent is a bandit of
its own that knows nothing of the others.
"""

import numpy as np
import pytest

from archgym import Bench, Budget, task

TASKS = {"DRAMController-v0": {"levels": "powers", "requests": 200}, "SoC-v0": {"chips": "independent"}}


def joint(name, **options):
    opened = task(name, **TASKS[name])
    bench = Bench(opened.memo, Budget(evaluations=400), 0, opened.id, "test")
    return bench.env("joint", **options)


def test_the_dram_controller_has_ten_agents_as_in_archgyms_study():
    assert joint("DRAMController-v0").action_space.nvec.tolist() == [4, 3, 3, 8, 2, 2, 4, 4, 3, 8]


def test_a_chip_has_an_agent_a_slot_a_connection_and_two_a_task():
    sizes = joint("SoC-v0").action_space.nvec.tolist()
    assert sizes == [2] * 3 + [4] * 6 + [3] * 3 + [4] * 6 + [3] * 36


@pytest.mark.parametrize("name", TASKS)
def test_what_is_observed_is_the_metrics_of_the_last_design(name):
    env = joint(name, steps=400)
    env.reset(seed=0)
    rng, low, high = np.random.default_rng(0), {}, {}
    seen = 0
    while seen < 3:
        genome = env.space.sample(rng.random)
        observation, reward, _, _, info = env.step(np.array(genome))
        trial = info["trial"]
        assert observation[env.columns["measured"]] == (trial["status"] == "ok")
        if trial["status"] != "ok":
            assert not observation[env.columns["metrics"]].any()
            continue
        seen += 1
        assert reward == trial["value"]
        for metric, value in trial["values"].items():
            low[metric], high[metric] = min(low.get(metric, value), value), max(high.get(metric, value), value)
        expected = [(trial["values"][m] - low[m]) / (high[m] - low[m]) if high[m] > low[m] else 0.5 for m in env.names]
        assert observation[env.columns["metrics"]] == pytest.approx(expected)


def test_bandits_of_one_parameter_each_find_better_controllers_than_their_first():
    env = joint("DRAMController-v0", steps=400)
    env.reset(seed=0)
    rng = np.random.default_rng(0)
    preferences = [np.zeros(size) for size in env.action_space.nvec]
    rewards = []
    for _ in range(400):
        odds = [np.exp(p - p.max()) / np.exp(p - p.max()).sum() for p in preferences]
        action = np.array([rng.choice(len(p), p=p) for p in odds])
        _, reward, *_ = env.step(action)
        rewards.append(reward)
        advantage = (reward - np.mean(rewards)) / (np.std(rewards) + 1e-30)
        for preference, p, pick in zip(preferences, odds, action):
            preference -= 0.1 * advantage * p
            preference[pick] += 0.1 * advantage
    assert np.mean(rewards[-50:]) > np.mean(rewards[:50])
