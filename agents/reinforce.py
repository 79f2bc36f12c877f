"""REINFORCE: an independent softmax a choice, moved by the score-function gradient.

Williams, "Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning", Machine Learning
1992, in the form of NATS-Bench's baseline (Dong et al., TPAMI 2021): logits start at 0.001 N(0, 1), one sample an update,
Adam, an exponential moving average as baseline, bias-corrected and updated before the advantage is taken, no entropy
bonus. The reward is the task's value as it stands (percent on accuracy tables, as there); a failed design counts as the
worst seen so far.

Choices with one path share one row of logits; in an open space choices share a row by sort, and the logits add to the
logarithm of the space's law, so that the policy starts from it. Duplicates are proposed and charged, as published.
"""

from dataclasses import dataclass
from math import exp, sqrt

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError
from archgym.trial import Proposal

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's usual constants
INITIAL_SPREAD = 1e-3
FAR = 500.0  # logits beyond which an exponential alone could leave the range of a float
LONGEST = 7.3  # learning rates that a step of Adam can measure: Cauchy and Schwarz on its two averages give 7.28
MAX_REJECTED = 10_000  # draws of the policy that may be rejected in a row


@dataclass
class Reinforce(AskTellAgent):
    learning_rate: float = tunable(0.01, over=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5), at_least=0.0)
    """Adam's step size."""
    momentum: float = tunable(0.9, over=(0.5, 0.8, 0.9, 0.95, 0.99), at_least=0.0, at_most=0.999)
    """Of the moving average that serves as baseline."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("policy")
        self.normal = bench.rng("logits").standard_normal
        choices = getattr(self.space, "choices", None)
        self.by_path = choices is not None
        # Every option of every choice can be drawn, whatever was picked before, and all alike but for the logits.
        self.plain = bool(choices) and all(choice.legal is None and choice.weights is None for choice in choices)
        self.rows = {}  # path or sort -> where its logits begin and end
        self.logits, self.first, self.second = [], [], []  # of all rows, with Adam's moments
        self.odds = []  # exponentials of the logits: chances in a row before the law, up to a factor
        self.average, self.updates, self.lowest = 0.0, 0, 0.0
        for choice in choices if self.plain else ():
            self.begin_row(choice.path, len(choice.options))

    def ask(self, n):
        if self.plain:
            return [Proposal(self.draw())]
        for _ in range(MAX_REJECTED):
            self.episode = []
            trace = self.space.attempt(self.pick)
            if trace is not None:
                return [Proposal(self.space.clean(trace))]
        raise ArchGymError(f"reinforce: {self.space.name} rejected {MAX_REJECTED:,} draws of the policy in a row")

    def draw(self):
        """A genome of a plain space: `pick` for all choices, in one loop."""
        u, odds, genome, self.episode = self.uniform, self.odds, [], []
        for start, stop in self.rows.values():
            mass = odds[start:stop]
            total = sum(mass)
            level = u() * total
            for at, m in enumerate(mass):
                if level < m:
                    break
                level -= m
            genome.append(at)
            self.episode.append((start, None, mass, total, at))
        return tuple(genome)

    def pick(self, choice):
        """Draw from the policy, and remember what its gradient needs."""
        name = choice.path if self.by_path else choice.sort_name
        start, stop = self.rows.get(name) or self.begin_row(name, len(choice.options))
        picks, _, law = choice.law
        mass = self.odds[start:stop]
        if choice.weights is not None:
            mass = [p * mass[i] for i, p in zip(picks, law)]
        elif len(picks) < len(mass):
            mass = [mass[i] for i in picks]
        total = sum(mass)
        level = self.uniform() * total
        for at, m in enumerate(mass):  # where rounding leaves more than the masses hold, the last is taken
            if level < m:
                break
            level -= m
        self.episode.append((start, picks, mass, total, picks[at]))
        return picks[at]

    def begin_row(self, name, width):
        start = len(self.logits)
        self.rows[name] = start, start + width
        self.logits += (self.normal(width) * INITIAL_SPREAD).tolist()
        self.first += [0.0] * width
        self.second += [0.0] * width
        self.exponentiate()
        return start, start + width

    def exponentiate(self):
        logits = self.logits
        if self.updates * self.learning_rate * LONGEST < FAR / 2 or max(map(abs, logits), default=0.0) < FAR:
            self.odds = list(map(exp, logits))
            return
        self.odds = [0.0] * len(logits)
        for start, stop in self.rows.values():
            highest = max(logits[start:stop])
            self.odds[start:stop] = [exp(logit - highest) for logit in logits[start:stop]]

    def tell(self, trials):
        trial, = trials
        reward = trial.value if trial.ok else self.lowest
        self.lowest = min(self.lowest, reward) if self.updates else reward
        self.updates += 1
        self.average = self.momentum * self.average + (1 - self.momentum) * reward
        advantage = reward - self.average / (1 - self.momentum**self.updates)
        self.climb(self.gradient(advantage))
        self.exponentiate()

    def gradient(self, advantage):
        """Of the loss by the logits: advantage times (chances - one-hot of what was taken), summed over the picks."""
        if self.plain:  # every row once, one after the other
            gradient = []
            for start, _, mass, total, taken in self.episode:
                scale = advantage / total
                gradient += [scale * m for m in mass]
                gradient[start + taken] -= advantage
            return gradient
        gradient = [0.0] * len(self.logits)
        for start, picks, mass, total, taken in self.episode:
            gradient[start + taken] -= advantage
            scale = advantage / total
            for i, m in zip(picks, mass):
                gradient[start + i] += scale * m
        return gradient

    def climb(self, gradient):
        """One step of Adam."""
        rate = self.learning_rate / (1 - BETA1**self.updates)
        correction = 1 - BETA2**self.updates
        keep1, keep2, new1, new2 = BETA1, BETA2, 1 - BETA1, 1 - BETA2
        first, second, logits = self.first, self.second, self.logits
        for i, g in enumerate(gradient):
            first[i] = m = keep1 * first[i] + new1 * g
            second[i] = v = keep2 * second[i] + new2 * g * g
            logits[i] -= rate * m / (sqrt(v / correction) + EPSILON)
