"""LaNAS: a tree of linear regressions cuts the space into better and worse halves, and a bandit walks down it.

Wang, Xie, Li, Fonseca, Tian, "Sample-Efficient Neural Architecture Search by Learning Actions for Monte Carlo Tree
Search", TPAMI 2021. Read: the authors' search on NAS-Bench-101, whose settings are the defaults. A full binary tree:
each inner node regresses the score on the design's one-hot code and sends measured designs above the mean prediction to
its better child, unmeasured ones predicted above it likewise. A selection walks down by mean + 2 Cp sqrt(2 ln N / n)
and draws a design of the leaf's; an empty leaf gives way to the best leaf that has one. After so many selections all
nodes are fitted anew. Nothing is measured twice.

Different from the authors' code: the regressions are ridge regressions in closed form, there trained by Adam (3,000
times the time); scores are scaled to [0, 1] by the worst and the best seen, there accuracies in [0, 1] as they are; a
failed design counts as the worst seen. Product spaces of up to 100,000 designs are partitioned whole; elsewhere a pool
is drawn by the space's law at every fit.
"""

from dataclasses import dataclass
from itertools import chain, product
from math import inf, log, prod, sqrt

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.encoding import one_hot
from archgym.fresh import fresh_sample
from archgym.product import ProductSpace
from archgym.trial import Proposal

WHOLE = 100_000  # designs of a product space that are predicted all
RIDGE = 3.0  # the penalty on weights; 1 and 10 do as well
ROUNDING = 1e-9  # a design that the regression says nothing of lies on the boundary: in the better half


@dataclass
class LaNAS(AskTellAgent):
    initial: int = tunable(10, over=(5, 10, 20, 50), at_least=1)
    """Random designs before the first fit."""
    height: int = tunable(5, over=(2, 3, 5, 7), at_least=1)
    """Levels of the tree: 2**(height - 1) leaves."""
    selections: int = tunable(20, over=(1, 5, 10, 20, 50), at_least=1)
    """Designs measured between fits."""
    exploration: float = tunable(0.1, over=(0.001, 0.01, 0.1, 1.0, 10.0), at_least=0.0)
    """The constant Cp of the confidence bound; 0.01 does better on NAS-Bench-201."""
    pool: int = tunable(200, over=(100, 200, 500, 2000), at_least=1)
    """Designs drawn at every fit where the space is not partitioned whole."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("selections")
        self.measured, self.genomes, self.values = set(), [], []
        self.left = self.initial  # selections before the next fit
        self.root = None
        self.whole = whole(self.space)
        if self.whole is not None:
            self.designs, self.codes = self.whole, one_hot(self.space, self.whole)

    def ask(self, n):
        if self.left == 0:
            self.fit()
            self.left = self.selections
        self.left -= 1
        return [Proposal(self.select())]

    def fit(self):
        """Scale the scores, draw the pool where there is one, and begin a new tree, whose nodes are fitted when met."""
        if self.whole is None:
            self.designs = [self.space.sample(self.uniform) for _ in range(self.pool)]
            self.codes = one_hot(self.space, self.designs)
        known = [value for value in self.values if value is not None]
        self.low, self.high = (min(known), max(known)) if known else (0.0, 0.0)
        self.scores = np.array([self.scaled(value) for value in self.values])
        self.measured_codes = one_hot(self.space, self.genomes)
        self.root = Region(np.arange(len(self.scores)), np.arange(len(self.codes)), self.scores)

    def scaled(self, value):
        return 0.0 if value is None or self.high == self.low else (value - self.low) / (self.high - self.low)

    def select(self):
        """An unmeasured design of the leaf that the bandit leads to, else of the first that has one, else any."""
        if self.root is not None:
            path = [self.root]
            while len(path) < self.height:
                path.append(self.preferred(path[-1]))
            for self.path in chain([path], self.leaves([self.root])):
                genome = self.drawn(self.path[-1])
                if genome is not None:
                    return genome
        self.path = []
        return fresh_sample(self.space, self.measured, self.uniform)

    def preferred(self, node):
        better, worse = (self.bound(node, child) for child in self.halves(node))
        take_worse = worse > better or worse == better and self.uniform() < 0.5
        return node.children[take_worse]

    def bound(self, parent, child):
        if child.visits == 0:
            return inf
        return child.total / child.visits + 2 * self.exploration * sqrt(2 * log(parent.visits) / child.visits)

    def halves(self, node):
        """(better, worse): both halves of a node, by a regression on the designs measured in it."""
        if node.children is None:
            codes, scores = self.measured_codes[node.seen], self.scores[node.seen]
            good, above = np.ones(len(scores), bool), np.ones(len(node.designs), bool)
            if len(scores):
                center, mean = codes.mean(axis=0), scores.mean()
                codes = codes - center
                weights = np.linalg.solve(codes.T @ codes + RIDGE * np.eye(codes.shape[1]), codes.T @ (scores - mean))
                # The mean prediction of a regression with an intercept is the mean score.
                good = scores >= mean
                above = (self.codes @ weights)[node.designs] >= center @ weights - ROUNDING
            node.children = (Region(node.seen[good], node.designs[above], scores[good]),
                             Region(node.seen[~good], node.designs[~above], scores[~good]))
        return node.children

    def leaves(self, path):
        """Paths to all leaves below the last node of a path, the better first."""
        if len(path) == self.height:
            yield path
        else:
            for child in self.halves(path[-1]):
                yield from self.leaves([*path, child])

    def drawn(self, leaf):
        """An unmeasured design of a leaf, drawn alike; None where it has none."""
        while count := len(leaf.designs):
            at = int(self.uniform() * count)
            genome = tuple(map(int, self.designs[leaf.designs[at]]))
            leaf.designs[at] = leaf.designs[-1]
            leaf.designs = leaf.designs[:-1]
            if genome not in self.measured:
                return genome
        return None

    def tell(self, trials):
        trial, = trials
        self.measured.add(trial.genome)
        self.genomes.append(trial.genome)
        self.values.append(trial.value if trial.ok else None)
        for node in self.path:
            node.visits += 1
            node.total += self.scaled(self.values[-1])


class Region:
    """A part of the space: indices of measured and of candidate designs in it, and the bandit's accounts."""

    __slots__ = ("seen", "designs", "visits", "total", "children")

    def __init__(self, seen, designs, scores):
        self.seen, self.designs = seen, designs
        self.visits, self.total = len(seen), float(scores.sum())
        self.children = None


def whole(space):
    """(N, choices) every design of a product space that is small enough, or None."""
    if not isinstance(space, ProductSpace) or prod(len(choice.law[0]) for choice in space.choices) > WHOLE:
        return None
    return np.array(list(product(*(choice.law[0] for choice in space.choices))))
