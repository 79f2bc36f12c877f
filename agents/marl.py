"""MARL: every choice has an agent of its own, all agents act at once, and one reward is shared.

Krishnan, Jaques, Omidshafiei, Zhang, Gur, Reddi, Faust, "Multi-Agent Reinforcement Learning for Microprocessor Design
Space Exploration", arXiv 2211.16385, 2022. Read: the abstract, and the form of the authors' released environment, where
one agent a parameter picks its option, all see the metrics of the last design, and all get the same reward.

Here they act through the face `joint`, many copies of it side by side, and learn independently of each other by the
clipped gradient of PPO (Schulman et al., arXiv 1707.06347). What differs from the authors' Acme agents: a policy is a
softmax that is linear in what is seen and starts from the choice's law; the baseline is the mean of a batch, and
advantages are divided by its standard deviation; nothing is discounted, for an action decides all of the next design;
the learning rate is made for hundreds of evaluations. A failed design's reward is that of the lowest value measured.
For product spaces only. Duplicates are proposed and charged.
"""

from dataclasses import dataclass

import numpy as np

from archgym.agent import Agent, tunable
from archgym.choice import masked_law
from archgym.errors import ArchGymError
from archgym.trial import Proposal

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's usual constants


@dataclass
class MARL(Agent):
    batch: int = tunable(10, over=(5, 10, 20, 50), at_least=1)
    """Designs an update, of as many walks side by side; at most a tenth of the evaluations that are left."""
    learning_rate: float = tunable(0.01, over=(1e-5, 2e-5, 0.003, 0.01, 0.03, 0.1), at_least=0.0)
    """Adam's step size."""
    epochs: int = tunable(4, over=(1, 4, 10), at_least=1)
    """Gradient steps an update."""
    entropy: float = tunable(0.01, over=(0.0, 0.01, 0.1), at_least=0.0)
    """Weight of each agent's entropy in its objective."""
    clip: float = tunable(0.2, over=(0.1, 0.2, 0.3), at_least=0.0)
    """How far an update may move the probability of a pick, as a ratio."""
    steps: int = tunable(10, over=(1, 10, 100), at_least=1)
    """Designs an episode; the next begins at a random one, which is not measured."""

    def search(self, bench):
        space = bench.space
        if not hasattr(space, "choices"):
            raise ArchGymError(f"agent 'marl' gives every choice an agent of its own, but in {space.name} later "
                               "choices depend on earlier picks; 'ppo' and 'reinforce' search such spaces")
        if not space.choices:
            while True:  # one design: nothing to learn
                bench.measure([Proposal(())])
        copies = max(1, int(min(self.batch, bench.remaining.evaluations / 10)))
        envs = bench.env("joint", num_envs=copies, steps=self.steps, worst=0.0)
        shown = slice(envs.columns["measured"].start, envs.columns["metrics"].stop)
        team = Team(space.choices, 1 + shown.stop - shown.start, self)
        uniform, lowest = bench.rng("policies").random, np.inf
        observations, _ = envs.reset()
        while True:
            seen = np.column_stack([np.ones(copies), observations[:, shown]])
            picks = team.act(seen, uniform)
            observations, rewards, *_, info = envs.step(picks)
            if "trial" not in info:  # the step that begins another episode
                continue
            ok, measured = info["trial"]["status"] == "ok", info["_trial"]
            if ok.any():
                lowest = min(lowest, rewards[ok].min())
                rewards[~ok] = lowest
                team.learn(seen[measured], picks[measured], rewards[measured])


class Team:
    """A softmax policy a choice: logits linear in what is seen, added to the logarithm of the choice's law.

    settings: learning_rate, epochs, clip and entropy.
    """

    def __init__(self, choices, features, settings):
        self.settings = settings
        self.law = np.full((len(choices), max(len(choice.options) for choice in choices)), -np.inf)
        for row, choice in zip(self.law, choices):
            picks, _, share = masked_law(len(choice.options), choice.legal, choice.weights)
            row[list(picks)] = np.log(share)
        self.weights = np.zeros((features, *self.law.shape))
        self.first, self.second, self.updates = np.zeros_like(self.weights), np.zeros_like(self.weights), 0

    def probabilities(self, seen):
        """(n, choices, options) for n rows of features."""
        logits = self.law + np.tensordot(seen, self.weights, 1)
        mass = np.exp(logits - logits.max(axis=2, keepdims=True))
        return mass / mass.sum(axis=2, keepdims=True)

    def act(self, seen, uniform):
        """(n, choices) picks."""
        cumulative = np.cumsum(self.probabilities(seen), axis=2)
        level = uniform(cumulative.shape[:2]) * cumulative[:, :, -1]
        return (cumulative <= level[:, :, None]).sum(axis=2)

    def learn(self, seen, picks, rewards):
        """Climb each policy's clipped objective and its entropy. Rewards that are all alike teach nothing."""
        spread = rewards.std()
        if not spread > 0:
            return
        advantages = (rewards - rewards.mean()) / spread
        before = self.probabilities(seen)
        for _ in range(self.settings.epochs):
            self.climb(self.gradient(seen, picks, advantages, before))

    def gradient(self, seen, picks, advantages, before):
        """Of the mean over rows of min(ratio A, clip(ratio) A) + entropy, summed over policies."""
        clip, now = self.settings.clip, self.probabilities(seen)
        taken = np.arange(now.shape[2]) == picks[:, :, None]
        ratio = (now[taken] / before[taken]).reshape(picks.shape)
        a = advantages[:, None]
        moves = np.where(a > 0, ratio < 1 + clip, ratio > 1 - clip)
        logs = np.log(np.where(now > 0, now, 1))
        of_objective = (a * ratio * moves)[:, :, None] * (taken - now)
        of_entropy = now * ((now * logs).sum(axis=2, keepdims=True) - logs)
        return np.tensordot(seen.T, of_objective + self.settings.entropy * of_entropy, 1) / len(seen)

    def climb(self, gradient):
        """A step of Adam."""
        self.updates += 1
        self.first = BETA1 * self.first + (1 - BETA1) * gradient
        self.second = BETA2 * self.second + (1 - BETA2) * gradient**2
        self.weights += (self.settings.learning_rate * self.first / (1 - BETA1**self.updates)
                         / (np.sqrt(self.second / (1 - BETA2**self.updates)) + EPSILON))
