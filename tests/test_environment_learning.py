"""Masked PPO of sb3-contrib, unchanged, on the face `construct`."""

from dataclasses import dataclass

import gymnasium
import numpy as np
import pytest
from growing import letters, masked, trees

import archgym
from archgym import Agent, Bench, Budget

pytest.importorskip("sb3_contrib", reason="needs sb3-contrib: pip install 'archgym[rl]'")
from sb3_contrib import MaskablePPO  # noqa: E402
from stable_baselines3.common.callbacks import BaseCallback  # noqa: E402
from stable_baselines3.common.vec_env import DummyVecEnv  # noqa: E402

SETTINGS = {"n_steps": 120, "batch_size": 60, "learning_rate": 3e-3, "gamma": 1.0, "device": "cpu"}


class Rewards(BaseCallback):
    """The reward of every episode, in order."""

    def _on_training_start(self):
        self.found, self.statuses = [], []

    def _on_step(self):
        for reward, info in zip(self.locals["rewards"], self.locals["infos"]):
            if "trial" in info:
                self.found.append(float(reward))
                self.statuses.append(info["trial"]["status"])
        return True


@dataclass
class Masked(Agent):
    """Masked PPO as it comes, until the budget ends it."""

    copies: int = 1

    def search(self, bench):
        env = DummyVecEnv([lambda: bench.env("construct")] * self.copies)
        MaskablePPO("MlpPolicy", env, seed=bench.seed, **SETTINGS).learn(10**9)


def test_masked_ppo_learns_what_is_good():
    task = letters(length=6, options=4)
    env = Bench(task.memo, Budget(), 0, task.id, "test").env("construct")
    rewards = Rewards()
    MaskablePPO("MlpPolicy", env, seed=0, **SETTINGS).learn(6 * 400, callback=rewards)
    # Uniform picks are worth 1/4 on average, with a standard deviation of .18.
    assert np.mean(rewards.found[:20]) < 0.45
    assert np.mean(rewards.found[-20:]) > 0.8


@pytest.mark.parametrize("task", [masked, trees])
def test_masked_ppo_never_takes_an_illegal_action(task):
    bench = Bench(task().memo, Budget(), 0, "task", "test")
    rewards = Rewards()
    MaskablePPO("MlpPolicy", bench.env("construct", strict=True), seed=0, **SETTINGS).learn(240, callback=rewards)
    assert "ok" in rewards.statuses


def test_masked_ppo_learns_through_gymnasium_make():
    env = gymnasium.make("archgym/NASBench201-v0", face="construct", budget=1_000)
    MaskablePPO("MlpPolicy", env, seed=0, **SETTINGS).learn(120)
    assert env.unwrapped.bench.remaining.evaluations == 1_000 - 20


@pytest.mark.parametrize("copies", [1, 3])
def test_masked_ppo_is_an_agent_whose_run_the_budget_ends(copies):
    runs = [archgym.run(letters(), Masked(copies), Budget(evaluations=70), seed=seed) for seed in (0, 0, 1)]
    assert [(run.stop, len(run.trajectory)) for run in runs] == [("budget", 70)] * 3
    genomes = [run.trajectory.genomes for run in runs]
    assert genomes[0] == genomes[1] != genomes[2]
    assert runs[0].trajectory.ok.all()
