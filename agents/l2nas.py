"""L2NAS: an actor answers the best designs so far with the next one, and climbs a critic of high quantiles.

Mills, Han, Salameh, Rezaei, Kong, Lu, Lian, Jui, Niu, "L2NAS: Learning to Optimize Neural Architectures via
Continuous-Action Reinforcement Learning", CIKM 2021. Read: its abstract and a summary, so that sizes and rates are not
the paper's. The state is the mean vector of the best designs. The actor answers it with a number in [0, 1] for every
option of every choice; noise is added, and the highest number of a choice takes it. The critic learns, by the check
loss on a replay of the run, the tau-quantile of the reward given state and design; the actor climbs it. Some steps,
fewer and fewer, draw a random design and do not ask the actor.

The reward is the share of the run's designs that a design beats, ties half (0 where it failed), taken anew in every
update. Nothing is measured twice: noise is drawn again until the actor's design is a new one. In an open space the
numbers are the random keys that the space decodes by its law.
"""

from bisect import insort
from dataclasses import dataclass
from math import inf

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError
from archgym.fresh import fresh_sample
from archgym.trial import Proposal

UNITS = 64  # of both hidden layers, in the actor and in the critic
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's usual constants
DRAWS = 100  # of noise, until nothing new is said to be near the actor's design


@dataclass
class L2NAS(AskTellAgent):
    best: int = tunable(32, over=(8, 16, 32, 64), at_least=1)
    """Designs whose mean is the state."""
    quantile: float = tunable(0.9, over=(0.5, 0.75, 0.9, 0.95), at_least=0.01, at_most=0.99)
    """Which quantile of the reward the critic predicts."""
    learning_rate: float = tunable(0.003, over=(0.0003, 0.001, 0.003, 0.01), at_least=0.0)
    """Adam's step size, for both networks."""
    batch: int = tunable(32, over=(8, 16, 32, 64), at_least=1)
    """Trials drawn from the replay for one update; an update follows every measurement."""
    noise: float = tunable(0.2, over=(0.05, 0.1, 0.2, 0.4), at_least=0.0)
    """Standard deviation of what is added to the actor's numbers."""
    halving: int = tunable(100, over=(20, 50, 100, 200), at_least=1)
    """Evaluations in which the share of random designs halves; at first it is 1."""

    def setup(self, bench):
        self.space, self.uniform, self.rng = bench.space, bench.uniform("exploration"), bench.rng("networks")
        self.choices = getattr(self.space, "choices", None)
        widths = [self.space.vector_length] if self.choices is None else [len(c.options) for c in self.choices]
        self.ends = np.cumsum([0, *widths]).tolist()
        size = self.ends[-1]
        self.actor, self.critic = Network(self.rng, size, size), Network(self.rng, 2 * size, 1)
        self.state = np.full(size, 0.5)
        self.states, self.vectors, self.values = [], [], []  # of every trial; the value of one that failed is -inf
        self.ranking = []  # (value, trial), ascending
        self.measured = set()

    def ask(self, n):
        genome, tag = None, "random"
        if self.uniform() >= 0.5 ** (len(self.values) / self.halving):
            numbers = sigmoid(self.actor(self.state))
            genome, tag = self.fresh(lambda: numbers + self.noise * self.rng.standard_normal(len(numbers))), "actor"
        elif self.choices is None:
            genome = self.fresh(lambda: self.rng.random(len(self.state)))
        if genome is None:
            genome, tag = fresh_sample(self.space, self.measured, self.uniform), "random"
            self.vector = np.full(len(self.state), 0.5) if self.choices is None else self.code(genome)
        return [Proposal(genome, None, tag)]

    def fresh(self, numbers):
        """The first unmeasured design of such numbers, None where there is none; its vector goes into `vector`."""
        for _ in range(DRAWS):
            genome, self.vector = self.design(numbers())
            if genome is not None and genome not in self.measured:
                return genome
        return None

    def design(self, numbers):
        """(genome, vector) of the numbers: the highest of each choice, or random keys; (None, None) if illegal."""
        try:
            if self.choices is None:
                keys = numbers.clip(0, 1)
                return self.space.from_vector(keys), keys
            genome = tuple([max(choice.law[0], key=numbers[first:first + len(choice.options)].tolist().__getitem__)
                            for first, choice in zip(self.ends, self.choices)])
            self.space.decode(genome)
            return genome, self.code(genome)
        except ArchGymError:  # they build no design
            return None, None

    def code(self, genome):
        vector = np.zeros(len(self.state))
        vector[np.add(self.ends[:-1], genome).astype(int)] = 1
        return vector

    def tell(self, trials):
        trial, = trials
        self.measured.add(trial.genome)
        self.states.append(self.state)
        self.vectors.append(self.vector)
        self.values.append(trial.value if trial.ok else -inf)
        insort(self.ranking, (self.values[-1], len(self.values) - 1))
        self.state = np.mean([self.vectors[i] for _, i in self.ranking[-self.best:]], axis=0)
        self.update()

    def update(self):
        """One step of the critic on the check loss, and one of the actor up the critic, both on the same trials."""
        rows = self.rng.integers(len(self.values), size=self.batch).tolist()
        states, vectors = (np.array([column[i] for i in rows]) for column in (self.states, self.vectors))
        ordered, values = [value for value, _ in self.ranking], [self.values[i] for i in rows]
        below, upto = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
        rewards = np.where(np.isinf(values), 0.0, (below + upto) / (2 * len(ordered)))
        predicted = self.critic(np.hstack([states, vectors]))[:, 0]
        # Of the check loss max(tau e, (tau - 1) e), e = reward - prediction, by the prediction.
        slopes = (rewards < predicted) - self.quantile
        self.critic.step(self.critic.gradients(slopes[:, None] / self.batch)[0], self.learning_rate)
        numbers = sigmoid(self.actor(states))
        self.critic(np.hstack([states, numbers]))
        uphill = self.critic.gradients(np.full((self.batch, 1), -1 / self.batch))[1][:, len(self.state):]
        self.actor.step(self.actor.gradients(uphill * numbers * (1 - numbers))[0], self.learning_rate)


class Network:
    """Two hidden layers of rectified units, and Adam."""

    def __init__(self, rng, inputs, outputs):
        shapes = [(inputs, UNITS), (UNITS, UNITS), (UNITS, outputs), (UNITS,), (UNITS,), (outputs,)]
        parts = [rng.uniform(-1, 1, shape) / np.sqrt(max(shape[0], 1)) for shape in shapes[:3]]
        self.flat = flat([*parts, *map(np.zeros, shapes[3:])])
        ends = np.cumsum([0, *map(np.prod, shapes)]).astype(int)
        self.weights = [self.flat[first:end].reshape(shape) for first, end, shape in zip(ends, ends[1:], shapes)]
        self.first, self.second, self.steps = np.zeros_like(self.flat), np.zeros_like(self.flat), 0

    def __call__(self, x):
        self.layers = [x]
        for weights, bias in zip(self.weights[:2], self.weights[3:]):
            self.layers.append(np.maximum(self.layers[-1] @ weights + bias, 0))
        return self.layers[-1] @ self.weights[2] + self.weights[5]

    def gradients(self, slopes):
        """(of all weights in one row, of the inputs) for slopes of a loss by the outputs of the last call."""
        weights, biases = [], []
        for k in (2, 1, 0):
            weights.insert(0, self.layers[k].T @ slopes)
            biases.insert(0, slopes.sum(axis=0))
            slopes = slopes @ self.weights[k].T
            if k:
                slopes = slopes * (self.layers[k] > 0)
        return flat(weights + biases), slopes

    def step(self, gradient, rate):
        self.steps += 1
        self.first += (1 - BETA1) * (gradient - self.first)
        self.second += (1 - BETA2) * (gradient * gradient - self.second)
        correction = 1 - BETA2**self.steps
        self.flat -= rate / (1 - BETA1**self.steps) * self.first / (np.sqrt(self.second / correction) + EPSILON)


def flat(arrays):
    return np.concatenate([array.ravel() for array in arrays])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
