"""GBDT-NAS: gradient-boosted trees predict every design, the best predicted are measured.

Luo, Tan, Wang, Qin, Chen, Liu, "Accuracy Prediction with Non-neural Model for Neural Architecture Search", 2020
(arXiv 2007.04785); read as described in notes on the paper and on the authors' code. Trees as there: 100 of at most 31
leaves, rate 0.05, 90 % of the columns and 80 % of the designs; one-hot columns and counts of the operations. What
differs: scikit-learn's trees in place of LightGBM's, drawing columns anew for every split and designs for every tree;
leaves may hold a single design; the trees learn the rank of a value, since a few designs that train badly would take
most of the squared error; and in place of one fit to 1,000 designs there are rounds of a fit and the 20 best predicted.

A product space of at most 100,000 genomes is predicted as a whole; elsewhere 1,000 random designs and 100 mutants of
each of the ten best are. Nothing is proposed twice while there are others to rank.
"""

from dataclasses import dataclass

import numpy as np

from archgym.agent import tunable
from archgym.encoding import ENCODINGS
from archgym.predictor import Regression

from ._predictor_agent import PredictorAgent


@dataclass
class GBDTNAS(PredictorAgent):
    initial: int = tunable(20, over=(10, 20, 40, 100), at_least=1)
    """Random designs measured before the first fit."""
    batch: int = tunable(20, over=(5, 10, 20, 50), at_least=1)
    """The best predicted that are measured before the next fit."""
    model: str = tunable("gbdt", over=("gbdt", "sklearn.ensemble:RandomForestRegressor"))
    """"gbdt", or any regressor with scikit-learn's interface as `module:Class`."""
    encoding: str = tunable("one-hot-and-counts", over=ENCODINGS, one_of=ENCODINGS)
    """What the model reads: columns for options, numbers for ordered choices, or the paths through a design's graph."""

    def make_predictor(self, rng):
        return self.chosen(self.model, "gbdt", rng, lambda: Regression(self.space, rng, RankTrees, self.encoding),
                           self.encoding)


class RankTrees:
    """Gradient boosting of the ranks of values, read back as the values that have these ranks."""

    def __init__(self, random_state=None):
        self.trees = BoostedTrees(np.random.RandomState(random_state))

    def fit(self, codes, values):
        self.values = np.sort(values)
        below, upto = (np.searchsorted(self.values, values, side) for side in ("left", "right"))
        self.trees.fit(codes, (below + upto) / (2 * len(values)))

    def predict(self, codes):
        ranks, lowest, highest = self.trees.predict(codes), self.values[0], self.values[-1]
        values = np.interp(ranks, (np.arange(len(self.values)) + 0.5) / len(self.values), self.values)
        # Beyond the best rank a straight line goes on, so that those predicted best are no equals.
        return values + np.maximum(ranks - 1 + 0.5 / len(self.values), 0) * (highest - lowest)


class BoostedTrees:
    """Stochastic gradient boosting of squared errors: what scikit-learn's GradientBoostingRegressor of these settings
    computes from this generator, without the checks and the accounts that it makes for every tree."""

    count, rate, share = 100, 0.05, 0.8
    tree = {"max_leaf_nodes": 31, "max_features": 0.9}

    def __init__(self, rng: np.random.RandomState):
        self.rng = rng

    def fit(self, codes, targets):
        import sklearn
        from sklearn.tree import DecisionTreeRegressor

        codes = np.asarray(codes, np.float32)
        self.mean, self.trees = targets.mean(), []
        fitted = np.full(len(codes), self.mean)
        with sklearn.config_context(skip_parameter_validation=True):
            for _ in range(self.count):
                rows = self.drawn(len(codes))
                tree = DecisionTreeRegressor(**self.tree, random_state=self.rng)
                tree = tree.fit(codes[rows], (targets - fitted)[rows], check_input=False).tree_
                fitted += self.rate * tree.predict(codes)[:, 0]
                self.trees.append(tree)

    def drawn(self, count):
        """The rows that a tree learns from, in order; all where there is one."""
        missing, rows = int(self.share * count) or 1, []
        if count == 1:
            return [0]
        for row, x in enumerate(self.rng.uniform(size=count).tolist()):
            if x * (count - row) < missing:
                rows.append(row)
                missing -= 1
        return rows

    def predict(self, codes):
        codes = np.asarray(codes, np.float32)
        found = np.full(len(codes), self.mean)
        for tree in self.trees:
            found += self.rate * tree.predict(codes)[:, 0]
        return found
