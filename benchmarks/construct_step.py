"""Microseconds a step of the faces `construct` and `edit`, over whole episodes: reset, steps and measurement.

    python benchmarks/construct_step.py [STEPS]

Bare: no wrapper, legal actions drawn beforehand. Processor time of this process, the best of several passes over one
sequence of designs; the first pass also reads the table and checks each design. The ratio is against an environment
that does nothing but return arrays of the same size, in episodes of the same length, in the same run. For copies that
are stepped together, the time of a step is divided by their number, and what their resets take is shared by the steps.
"""

import random
import sys
import time

import gymnasium
import numpy as np

import archgym
from archgym.environment import make_env, make_vec_env

REPEATS = 20  # short passes: the clock of a shared machine changes within seconds
COPIES = 256
PICKS, EDITS = 6, 10  # steps an episode of `construct` and of `edit`


class Nothing(gymnasium.Env):
    """Episodes of `length` steps in which nothing happens."""

    def __init__(self, length, like):
        self.action_space, self.observation_space = like.action_space, like.observation_space
        self.length, self.at = length, 0
        self.state = np.zeros(like.observation_space.shape, np.float32)
        self.mask = np.ones(like.action_space.n, np.int8)

    def reset(self, *, seed=None, options=None):
        self.at = 0
        return self.state.copy(), {"action_mask": self.mask.copy()}

    def step(self, action):
        self.at += 1
        return self.state.copy(), 0.0, self.at == self.length, False, {"action_mask": self.mask.copy()}


def microseconds(env, actions):
    reset, step = env.reset, env.step
    reset()
    start = time.process_time()
    for action in actions:
        if step(action)[2]:
            reset()
    return (time.process_time() - start) / len(actions) * 1e6


def microseconds_together(envs, actions, length):
    """A step and copy. All copies are in step: a reset first, then one after every `length` steps, which is no step."""
    envs.reset()
    step, start = envs.step, time.process_time()
    for row in actions:
        step(row)
    spent = time.process_time() - start
    assert envs._ended.all() == (len(actions) % (length + 1) == length)
    return spent / (len(actions) - len(actions) // (length + 1)) / envs.num_envs * 1e6


def together(tasks, steps):
    """Microseconds a step and copy, by face and noise."""
    rng, times = np.random.default_rng(0), {}
    runs = [(f"`{face}`, noise={noise}", make_vec_env(task, COPIES, face=face),
             rng.integers(options, size=(steps, COPIES)), length)
            for face, options, length in (("construct", 5, PICKS), ("edit", 30, EDITS)) for noise, task in tasks.items()]
    for _ in range(REPEATS):
        for name, envs, actions, length in runs:
            times[name] = min(times.get(name, np.inf), microseconds_together(envs, actions, length))
    return times


def measure(steps=30_000):
    draw = random.Random(0)
    actions = [draw.randrange(5) for _ in range(steps)]
    tasks = {noise: archgym.task("NASBench201-v0", noise=noise) for noise in ("seed", "mean")}
    envs = {f"construct, noise={noise}": make_env(task) for noise, task in tasks.items()}
    envs["construct, noise=seed, budget, trials recorded"] = make_env(tasks["seed"], budget=10**9)
    envs["nothing"] = Nothing(PICKS, make_env(tasks["seed"]))
    times = {name: [] for name in envs}
    for _ in range(REPEATS):
        for name, env in envs.items():
            times[name].append(microseconds(env, actions))
    floor = min(times.pop("nothing"))
    yield ("`construct` step, bare", "4 µs",
           "; ".join(f"{name.removeprefix('construct, ')}: {min(found):.2f} µs (first pass {found[0]:.2f})"
                     for name, found in times.items()),
           f"whole episodes, reset and measurement included, best of {REPEATS} passes of {steps:,} steps, processor "
           f"time; an environment that does nothing takes {floor:.2f} µs")
    found = together(tasks, max(1, 4 * steps // COPIES))
    yield (f"step and copy of {COPIES} copies stepped together, bare", "0.15 µs for `construct`",
           "; ".join(f"{name}: {least:.2f} µs" for name, least in found.items()),
           f"whole episodes, reset and measurement included, best of {REPEATS} passes, processor time; every step of "
           "`edit` is measured")


if __name__ == "__main__":
    for row in measure(*map(int, sys.argv[1:])):
        print(" | ".join(row))
