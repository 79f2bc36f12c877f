"""CMAB-NAS: a bandit a choice, played together, and a nested search that fixes one choice after the other.

Huang, Ma, Erfani, Bailey, "Neural Architecture Search via Combinatorial Multi-Armed Bandit", IJCNN 2021 (arXiv
2101.00336). Read: the paper's text. The naive assumption: a design's reward is a sum of what its choices earn, so
every option taken is credited with the reward of the whole. A simulation tries an untried option at each choice, else
the one of the highest mean + exploration sqrt(2 ln n_i / n_j). The nested search makes `simulations` of them, fixes
the first choice at the option of the best mean, simulates on below it, fixes the second, and so on to a design, which
is measured; then exploration decays and the next search begins.

Different: there a bandit is a node of the cell, with all pairs of inputs and operations as arms, here a choice of any
space. There the bandits are forgotten after each search, since the shared weights of the one network were trained
meanwhile, and the reward is accuracy over the number of bandits; here they keep what they know, and the reward is the
share of the run's earlier designs that the design beats, ties half (a failed one gets 0). Numbers of simulations are
those of a search that pays for each. Nothing is measured twice: a simulation that leads to a measured design backs its
value up again, and after twenty in a row an unmeasured mutant of the last is measured. In an open space a bandit holds
a sort, untried options are drawn by the space's law, and builds that are rejected count as plays without a reward.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import inf, log, sqrt

from archgym.agent import tunable
from archgym.fresh import fresh_mutant
from archgym.trial import Proposal

from ._walk import Walker, roulette

FREE = 20  # simulations in a row that meet measured designs, until a mutant of the last is measured


@dataclass
class CmabNas(Walker):
    exploration: float = tunable(1.0, over=(0.1, 0.3, 1.0, 3.0), at_least=0.0)
    """Of the confidence bound (the paper's alpha) in the first nested search."""
    decay: float = tunable(0.95, over=(0.8, 0.9, 0.95, 1.0), at_least=0.0, at_most=1.0)
    """Its factor after each nested search."""
    simulations: int = tunable(8, over=(1, 2, 4, 8, 16), at_least=1)
    """Made before a choice is fixed."""

    def setup(self, bench):
        super().setup(bench)
        self.measured, self.seen = {}, []  # genome -> value or None; values, ascending
        self.spread = self.exploration
        self.fixed, self.made = [], 0

    def new_row(self, options):
        return Bandit(options)

    def select(self, choice, row, at):
        if at == len(self.fixed):
            self.next = choice
        pick = self.fixed[at] if at < len(self.fixed) else self.arm(choice, row)
        row.play(pick)
        return pick

    def arm(self, choice, row):
        picks, _, law = choice.law
        plays = row.plays
        untried = [0.0 if plays[i] else p for i, p in zip(picks, law)]
        if any(untried):
            return roulette(picks, untried, self.uniform())
        spread, highest, ties = self.spread * sqrt(2 * log(row.total)), -inf, 0
        for i in picks:
            bound = row.rewards[i] / plays[i] + spread / sqrt(plays[i])
            if bound > highest:
                highest, ties, best = bound, 1, i
            elif bound == highest:
                ties += 1
                if self.uniform() * ties < 1:
                    best = i
        return best

    def ask(self, n):
        for _ in range(FREE):
            self.played = self.walk()
            if self.played.genome not in self.measured:
                break
            self.back_up(self.measured[self.played.genome])
        else:
            self.played = self.near(self.played.genome)
        return [Proposal(self.played.genome)]

    def near(self, genome):
        """The walk to a mutant that was not measured yet, or to a design drawn by the law."""
        mutant = fresh_mutant(self.space, genome, self.measured, self.uniform)
        return self.fresh(self.measured) if mutant is None else self.walked(mutant)

    def tell(self, trials):
        trial, = trials
        value = self.measured[trial.genome] = trial.value if trial.ok else None
        if trial.ok:
            insort(self.seen, value)
        self.back_up(value)

    def back_up(self, value):
        """Credit what was played, and see whether a choice is to be fixed."""
        if not self.played.selected:
            for name, pick in self.played.steps:
                self.rows[name].play(pick)
        if value is not None:
            below, above = bisect_left(self.seen, value), bisect_right(self.seen, value)
            reward = (below + above) / (2 * len(self.seen))
            for name, pick in self.played.steps:
                self.rows[name].rewards[pick] += reward
        self.made += 1
        if len(self.fixed) >= len(self.played.steps):
            self.fixed, self.made, self.spread = [], 0, self.spread * self.decay
        elif self.made >= self.simulations:
            row = self.rows[self.name(self.next)]
            tried = [i for i in self.next.law[0] if row.plays[i]]
            self.fixed.append(max(tried, key=lambda i: row.rewards[i] / row.plays[i]))
            self.made = 0


class Bandit:
    """Plays of a choice or sort: in all, and of each option; what they were rewarded with."""

    __slots__ = ("total", "plays", "rewards")

    def __init__(self, options):
        self.total, self.plays, self.rewards = 0, [0] * options, [0.0] * options

    def play(self, pick):
        self.total += 1
        self.plays[pick] += 1
