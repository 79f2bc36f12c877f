"""LaNAS: selections against a tree built whole with another solver, small spaces, grammars, reference figures."""

from math import inf, log, sqrt

import numpy as np
import pytest

import archgym
from archgym import Budget
from archgym.testing import Expressions, Ladders, toy

HEIGHT, INITIAL, SELECTIONS, PENALTY = 5, 10, 20, 3.0


class Node:
    """A node of the full tree, fitted at once: indices of measured designs, mask of designs, both children."""

    def __init__(self, level, seen, inside, codes, measured, scores):
        self.visits, self.total, self.inside, self.children = len(seen), float(scores[seen].sum()), inside, []
        if level == HEIGHT:
            return
        good, above = np.ones(len(seen), bool), inside
        if len(seen):
            x, y = codes[measured[seen]], scores[seen]
            # Ridge regression as least squares with a row a weight, and an intercept without penalty.
            columns = x.shape[1]
            stacked = np.block([[x, np.ones((len(x), 1))], [sqrt(PENALTY) * np.eye(columns), np.zeros((columns, 1))]])
            solution = np.linalg.lstsq(stacked, np.r_[y, np.zeros(columns)], rcond=None)[0]
            predicted = codes @ solution[:-1] + solution[-1]
            boundary = (x @ solution[:-1] + solution[-1]).mean()
            good = y >= boundary - 1e-12
            above = inside & (predicted >= boundary - 1e-9)
        for part, side in ((seen[good], above), (seen[~good], inside & ~above)):
            self.children.append(Node(level + 1, part, side, codes, measured, scores))

    def bound(self, parent, exploration):
        if self.visits == 0:
            return inf
        return self.total / self.visits + 2 * exploration * sqrt(2 * log(parent.visits) / self.visits)

    def leaves(self):
        return [[self]] if not self.children else [[self, *path] for c in self.children for path in c.leaves()]

    def walks(self, exploration):
        """Paths that the bandit may take: all of them where bounds tie."""
        if not self.children:
            return [[self]]
        bounds = [child.bound(self, exploration) for child in self.children]
        return [[self, *path] for child, b in zip(self.children, bounds) if b >= max(bounds) - 1e-12
                for path in child.walks(exploration)]


@pytest.mark.parametrize("exploration", [0.01, 0.1, 1.0])
def test_every_design_comes_from_the_leaf_that_the_bandit_leads_to(exploration):
    task = archgym.task("NASBench201-v0", noise="mean")
    t = archgym.run(task, "lanas", Budget(evaluations=130), 5, exploration=exploration).trajectory
    genomes = np.array([t.genome(i) for i in range(130)])
    every = np.array(list(task.space.enumerate()))
    codes = (every[:, :, None] == np.arange(5)).reshape(len(every), -1).astype(float)
    measured = task.space.codes(genomes)
    left = np.ones(len(every), bool)
    left[measured[:INITIAL]] = False
    followed = 0
    for i in range(INITIAL, 130):
        if (i - INITIAL) % SELECTIONS == 0:
            low, high = t.value[:i].min(), t.value[:i].max()
            scores = (t.value - low) / (high - low)
            root = Node(1, np.arange(i), np.ones(len(every), bool), codes, measured[:i], scores[:i])
        walks = root.walks(exploration)
        followed += any(path[-1].inside[measured[i]] for path in walks)
        # An empty leaf gives way to the first that is not empty, the best.
        if any(not (path[-1].inside & left).any() for path in walks):
            walks.append(next(path for path in root.leaves() if (path[-1].inside & left).any()))
        for node in next(path for path in walks if path[-1].inside[measured[i]]):
            node.visits += 1
            node.total += scores[i]
        left[measured[i]] = False
    assert followed > 60


def test_a_small_space_is_measured_whole_before_anything_twice():
    run = archgym.run(toy(Ladders()), "lanas", Budget(evaluations=100))
    assert len({run.trajectory.genome(i) for i in range(72)}) == 72 == Ladders().size
    assert run.incumbent.value == run.task.population().values.max()


@pytest.mark.parametrize("space", [Expressions(), Expressions(depth=None)], ids=repr)
def test_nothing_is_measured_twice_in_a_grammar(space):
    t = archgym.run(toy(space), "lanas", Budget(evaluations=150), 1).trajectory
    assert len({t.genome(i) for i in range(150)}) == 150


def test_the_better_half_has_the_options_that_do_well():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), ("bad", "good", "worse")) for i in range(8)))
    task = archgym.task(space=space, evaluate=lambda design: design.count("good") - design.count("worse"))
    t = archgym.run(task, "lanas", Budget(evaluations=150), 0, exploration=0.01).trajectory
    assert t.value[:10].mean() < 2 and t.value[-40:].mean() > 4 and t.value.max() == 8


def test_failed_designs_are_kept_away_from():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), ("fails", "a", "b")) for i in range(8)))

    def evaluate(design):
        if design[0] == "fails":
            raise archgym.EvaluationFailed("always")
        return -1000.0 - design.count("a")

    run = archgym.run(archgym.task(space=space, evaluate=evaluate), "lanas", Budget(evaluations=150), 0,
                      exploration=0.01)
    assert [run.trajectory.genome(i)[0] for i in range(50, 150)].count(0) < 20


def test_regrets_are_those_of_the_reference():
    """CIFAR-10, noise-free, Cp 0.01: .547/.266/.037/.011 after 50/100/200/300 evaluations, from 20 to 30 seeds."""
    task, seeds = archgym.task("NASBench201-v0", noise="mean"), 40
    best = np.array([archgym.run(task, "lanas", Budget(evaluations=300), seed, exploration=0.01)
                     .trajectory.incumbents() for seed in range(seeds)])
    regret = task.optimum - best[:, [49, 99, 199, 299]]
    error = regret.std(axis=0) * np.sqrt(1 / seeds + 1 / 25) + 0.005
    assert (abs(regret.mean(axis=0) - [0.547, 0.266, 0.037, 0.011]) < 3.5 * error).all(), regret.mean(axis=0)
    assert regret.mean(axis=0)[1] < 0.3 and regret.mean(axis=0)[3] < 0.05
