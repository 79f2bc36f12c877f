"""MANAS: an agent a choice, which learns from the loss of the whole design what its own options add to it.

Lopes, Carlucci, Esperanca, Singh, Yang, Gabillon, Xu, Chen, Wang, "Manas: Multi-Agent Neural Architecture Search",
Machine Learning 2024 (arXiv 1909.01051). Read: the text of an earlier version, with both of its algorithms. "MANAS-LS"
fits the values of all designs so far as a sum of one coefficient for each option taken, by least squares, and each
agent draws its options in proportion to 1 / rank of their coefficients (Zipf's law). "MANAS" is EXP3 (Auer et al.,
2002) at every choice: the reward of the design, divided by the probability of the option, counts for that option
alone, and options are drawn by a softmax of these sums.

Different: there the values come from one network whose shared weights are trained meanwhile, here each design is
measured; nothing is measured twice. The fit has a small ridge, and failed designs enter it as the lowest value so far.
EXP3's reward, which needs a scale, is the share of the earlier designs that the design beats, ties half; its rate,
which the paper leaves open, is sqrt(ln K / (K t)) at the t-th reward of a choice with K options. In an open space an
agent holds a sort, and coefficients count how often an option was taken; probabilities are multiplied by the space's
law, so that the first draws follow it.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from archgym.agent import tunable
from archgym.trial import Proposal

from ._walk import Walker, roulette

CREDITS = ("least-squares", "importance")
RIDGE = 1e-3
DRAWS = 20  # walks to designs measured before, until one is drawn by the law


@dataclass
class Manas(Walker):
    credit: str = tunable("least-squares", over=CREDITS, one_of=CREDITS)
    """How an option earns what its designs are worth: "least-squares" (MANAS-LS), or "importance" (MANAS, by EXP3)."""

    def setup(self, bench):
        super().setup(bench)
        self.measured, self.lowest = set(), None
        self.chances = []  # of this walk's picks
        self.credits = LeastSquares() if self.credit == "least-squares" else Exp3()

    def new_row(self, options):
        return self.credits.new_row(options)

    def select(self, choice, row, at):
        picks, _, law = choice.law
        mass = [p * share for p, share in zip(law, self.credits.shares(row, picks))]
        pick = roulette(picks, mass, self.uniform())
        self.chances[at:] = [mass[picks.index(pick)] / sum(mass)]
        return pick

    def ask(self, n):
        for _ in range(DRAWS):
            self.drawn = self.walk()
            if self.drawn.genome not in self.measured or not self.drawn.selected:
                break
        if self.drawn.genome in self.measured:
            self.drawn = self.fresh(self.measured)
        return [Proposal(self.drawn.genome)]

    def tell(self, trials):
        trial, = trials
        self.measured.add(trial.genome)
        if trial.ok:
            self.lowest = trial.value if self.lowest is None else min(self.lowest, trial.value)
        if self.lowest is not None:
            taken = [(self.rows[name], pick) for name, pick in self.drawn.steps]
            self.credits.learn(taken, self.chances if self.drawn.selected else (),
                               trial.value if trial.ok else self.lowest)


class LeastSquares:
    """Ridge regression of centred values on how often each option was taken; a row is its first column."""

    def __init__(self):
        self.inverse = np.zeros((0, 0))  # of the Gram matrix and the ridge
        self.values = self.counts = np.zeros(0)  # sums over the designs that took an option: of values, of times
        self.coefficients = []
        self.total, self.designs = 0.0, 0

    def new_row(self, options):
        columns = len(self.values)
        grown = np.eye(columns + options) / RIDGE
        grown[:columns, :columns] = self.inverse
        self.inverse = grown
        self.values, self.counts = (np.concatenate([sums, np.zeros(options)]) for sums in (self.values, self.counts))
        self.coefficients += [0.0] * options
        return columns

    def shares(self, row, picks):
        """1 / rank; equals share the best of their ranks."""
        found = [self.coefficients[row + i] for i in picks]
        return [1 / (1 + sum(other > c for other in found)) for c in found]

    def learn(self, taken, chances, value):
        columns = [row + pick for row, pick in taken]
        reach = self.inverse[:, columns].sum(axis=1)
        self.inverse -= np.outer(reach, reach) / (1 + reach[columns].sum())  # Sherman and Morrison's formula
        np.add.at(self.values, columns, value)
        np.add.at(self.counts, columns, 1.0)
        self.total, self.designs = self.total + value, self.designs + 1
        self.coefficients = (self.inverse @ (self.values - self.total / self.designs * self.counts)).tolist()


class Exp3:
    """Sums of rewards by importance; a row is [rewards so far, a sum an option]."""

    def __init__(self):
        self.seen = []  # values, ascending

    def new_row(self, options):
        return [0, [0.0] * options]

    def shares(self, row, picks):
        rewards, sums = row
        rate = sqrt(log(len(sums)) / (len(sums) * max(rewards, 1)))
        most = max(sums[i] for i in picks)  # taken off all of them, so that exp cannot overflow
        return [exp(rate * (sums[i] - most)) for i in picks]

    def learn(self, taken, chances, value):
        """chances: the probabilities with which the options were taken; none where the policy did not take them."""
        seen = self.seen
        reward = (bisect_left(seen, value) + bisect_right(seen, value)) / (2 * len(seen)) if seen else 0.5
        insort(seen, value)
        for (row, pick), chance in zip(taken, chances):
            row[0] += 1
            row[1][pick] += reward / chance
