"""Monte-Carlo tree search: bandits at the choices met so far, random picks below them.

Kocsis, Szepesvari, "Bandit Based Monte-Carlo Planning", ECML 2006 (UCT), over the choices of a design as in Negrinho,
Gordon, "DeepArchitect: Automatically Designing and Training Deep Architectures", arXiv 2017. Read: the searcher of the
second's authors, whose exploration constant is the default. A simulation walks down by mean + c sqrt(2 ln N / n), adds
one node (untried options are drawn by the space's law), completes the design by the law, and backs its reward up.

Different from theirs: the reward, there the score as it stands, is the share of the run's earlier designs that the
design beats, ties half, so that it lies in [0, 1] whatever the task measures (a failed design gets 0); nothing is
measured twice: a rollout to a measured design is drawn again, and a node below which nothing new turns up is closed.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass
from math import inf, log, sqrt

from archgym.agent import AskTellAgent, tunable
from archgym.choice import draw
from archgym.fresh import fresh_sample
from archgym.trial import Proposal

ROLLOUTS = 100  # below one node until it is closed, and nodes closed in a row until a design is drawn without the tree


@dataclass
class MCTS(AskTellAgent):
    exploration: float = tunable(1.0, over=(0.01, 0.03, 0.1, 0.3, 1.0, 2.0), at_least=0.0)
    """The constant c of the confidence bound: 0 follows the best mean."""
    batch: int = tunable(1, over=(1, 4, 16), at_least=1)
    """Simulations whose results may be outstanding; until they come, each counts as a loss (reward 0) on its path."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("simulations")
        self.root = Node()
        self.measured, self.values = set(), []

    def ask(self, n):
        self.paths, proposals = [], []
        for _ in range(min(n, self.batch)):
            genome, path = self.simulate()
            for node in path:
                node.visits += 1
            self.measured.add(genome)
            self.paths.append(path)
            proposals.append(Proposal(genome))
        return proposals

    def simulate(self):
        """A design that was not measured yet, and the nodes that its reward belongs to."""
        for _ in range(ROLLOUTS):
            path = [self.root]
            genome = None if self.root.closed else self.descend(path)
            if genome is not None:
                return genome, path
            close(path)
        return fresh_sample(self.space, self.measured, self.uniform), []

    def descend(self, path):
        """A new design below the node that the bandits lead to, which ends `path`; None where rollouts find none."""
        u, prefix = self.uniform, []

        def walk(choice):
            if path[-1].visits == 0:  # the node that this simulation added, or the root at first
                return draw(choice, u)
            pick, node = self.select(path[-1], choice)
            prefix.append(pick)
            path.append(node)
            return pick

        trace = self.space.attempt(walk)
        for _ in range(ROLLOUTS):
            if trace is not None:
                genome = self.space.clean(trace)
                if genome not in self.measured:
                    return genome
                if len(trace.picks) == len(prefix):  # nothing was left to draw
                    break
            picks = iter(prefix)
            trace = self.space.attempt(lambda choice: draw(choice, u) if (p := next(picks, None)) is None else p)
        return None

    def select(self, node, choice):
        """(pick, child): an option that was never tried, drawn by the law, else the highest confidence bound."""
        picks, _, share = choice.law
        children = node.children
        if len(children) < len(picks):
            node.width = len(picks)
            untried = [(pick, p) for pick, p in zip(picks, share) if pick not in children]
            level = self.uniform() * sum(p for _, p in untried)
            for pick, p in untried:
                level -= p
                if level < 0:
                    break
            children[pick] = child = Node()
            return pick, child
        highest, ties = -inf, 0
        spread = self.exploration * sqrt(2 * log(node.visits))
        for pick, child in children.items():
            if child.closed:
                continue
            bound = child.reward / child.visits + spread / sqrt(child.visits)
            if bound > highest:
                highest, ties, best = bound, 1, pick
            elif bound == highest:
                ties += 1
                if self.uniform() * ties < 1:
                    best = pick
        return best, children[best]

    def tell(self, trials):
        values = self.values
        for trial, path in zip(trials, self.paths):
            reward = 0.0
            if trial.ok:
                value = trial.value
                ties_twice = bisect_left(values, value) + bisect_right(values, value)
                reward = ties_twice / (2 * len(values)) if values else 0.5
                insort(values, value)
            for node in path:
                node.reward += reward


class Node:
    """A sequence of picks: how often it was taken, and the sum of what that brought."""

    __slots__ = ("visits", "reward", "children", "width", "closed")

    def __init__(self):
        self.visits, self.reward = 0, 0.0
        self.children = {}
        self.width = 0
        """Options of the choice that follows, once a simulation has met it."""
        self.closed = False


def close(path):
    """Nothing new is left below a path's last node, nor below earlier ones whose options are all closed."""
    path[-1].closed = True
    for node in reversed(path[:-1]):
        if len(node.children) < node.width or not all(child.closed for child in node.children.values()):
            break
        node.closed = True
