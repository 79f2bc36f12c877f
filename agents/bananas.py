"""BANANAS: an ensemble of perceptrons over path encodings, and independent Thompson sampling among mutants of the best.

White, Neiswanger, Savani, "BANANAS: Bayesian Optimization with Neural Architectures for Neural Architecture Search",
AAAI 2021; read as described in notes on the paper and on the authors' code (naszilla). Settings as there: 10 random
designs, then rounds of 10; five perceptrons of 10 layers of 20, fitted anew in 150 epochs with batches of 32, absolute
error and rate 0.01; 100 mutants of the best design, and of the next best of five where it has too few. What differs:
path columns are those that the measured designs show, none cut off, so that they exist for any space with graphs; values
are standardized; a mutant differs in one choice.

Nothing is proposed twice while the best five have a mutant that was not measured, or a random draw finds another.
"""

from dataclasses import dataclass

import numpy as np

from archgym.agent import tunable
from archgym.encoding import ENCODINGS, encoding
from archgym.predictor import Predictor

from ._predictor_agent import PredictorAgent

LAYERS, WIDTH = 10, 20
EPOCHS, BATCH, RATE = 150, 32, 0.01
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's usual constants
PATIENCE = 5  # parents that are looked at, at most


@dataclass
class BANANAS(PredictorAgent):
    initial: int = tunable(10, over=(5, 10, 20, 40), at_least=1)
    """Random designs measured before the first fit."""
    batch: int = tunable(10, over=(1, 5, 10, 20), at_least=1)
    """Designs measured between two fits."""
    mutants_ranked: int = tunable(100, over=(50, 100, 200), at_least=1)
    """Mutants among which each round chooses."""
    model: str = tunable("mlps", over=("mlps", "sklearn.ensemble:RandomForestRegressor"))
    """"mlps", the ensemble of five perceptrons, or any regressor with scikit-learn's interface as `module:Class`."""
    encoding: str = tunable("path", over=ENCODINGS, one_of=ENCODINGS)
    """What the model reads: the paths through a design's graph, columns for options, or numbers for ordered choices."""

    def make_predictor(self, rng):
        return self.chosen(self.model, "mlps", rng, lambda: MLPs(self.space, rng, self.encoding), self.encoding)

    def candidates(self):
        """Unmeasured mutants of the best design; of the next best ones, where it has too few."""
        found = {}
        for parent in self.results.best(PATIENCE):
            found.update(dict.fromkeys(g for g in self.mutants(parent, self.mutants_ranked) if g not in self.proposed))
            if len(found) >= self.mutants_ranked:
                break
        return list(found)[:self.mutants_ranked]

    def order(self, mean, spread):
        """By one independent draw of each candidate's value."""
        return np.argsort(-(mean + spread * self.rng.standard_normal(len(mean))), kind="stable")


class MLPs(Predictor):
    """Rectified perceptrons of 10 layers of 20, trained by Adam on the absolute error, all members at once."""

    def __init__(self, space, rng, codes="path", members=5):
        super().__init__(space, rng)
        self.codes, self.members = codes, members

    def fit(self, genomes, values):
        self.encode = encoding(self.codes, self.space, genomes)
        x = self.encode(genomes).astype(np.float32)
        values = np.asarray(values, float)
        self.center, self.scale = values.mean(), values.std() or 1.0
        y = ((values - self.center) / self.scale).astype(np.float32)[:, None]
        self.start(x.shape[1])
        first, second, step = np.zeros_like(self.flat), np.zeros_like(self.flat), 0
        for _ in range(EPOCHS):
            shuffled = self.rng.permuted(np.tile(np.arange(len(x)), (self.members, 1)), axis=1)
            for at in range(0, len(x), BATCH):
                rows = shuffled[:, at:at + BATCH]
                step += 1
                gradient = self.gradient(x[rows], y[rows])
                first += (1 - BETA1) * (gradient - first)
                gradient *= gradient
                second += (1 - BETA2) * (gradient - second)
                size = RATE * (1 - BETA2**step) ** 0.5 / (1 - BETA1**step)
                self.flat -= size * first / (np.sqrt(second) + EPSILON)

    def start(self, columns):
        """Weights as Glorot and Bengio draw them, biases 0; all are views of one array, a row a member."""
        sizes = [columns, *[WIDTH] * LAYERS, 1]
        self.flat = np.zeros((self.members, sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))), np.float32)
        self.slopes = np.zeros_like(self.flat)
        self.layers, self.layer_slopes = self.views(self.flat, sizes), self.views(self.slopes, sizes)
        for weights, _ in self.layers:
            weights[:] = self.rng.uniform(-1, 1, weights.shape) * (6 / sum(weights.shape[1:])) ** 0.5

    def views(self, flat, sizes):
        """(weights, biases) of every layer: (members, inputs, outputs) and (members, 1, outputs)."""
        found, at = [], 0
        for a, b in zip(sizes, sizes[1:]):
            end = at + a * b
            found.append((flat[:, at:end].reshape(self.members, a, b), flat[:, None, end:end + b]))
            at = end + b
        return found

    def forward(self, x):
        """Inputs of every layer and the output; x is (members or 1, rows, columns)."""
        passed = [x]
        for weights, bias in self.layers:
            x = x @ weights
            x += bias
            passed.append(x)
            if len(passed) <= LAYERS + 1:
                np.maximum(x, 0, out=x)
        return passed

    def gradient(self, x, y):
        """Of the mean absolute error, for all weights; written into one array that is used again."""
        *passed, output = self.forward(x)
        delta = np.sign(output - y) / np.float32(y.shape[1])
        for (weights, _), (slope, bias_slope), entered in zip(self.layers[::-1], self.layer_slopes[::-1], passed[::-1]):
            np.matmul(entered.transpose(0, 2, 1), delta, out=slope)
            np.sum(delta, axis=1, keepdims=True, out=bias_slope)
            if entered is not x:
                delta = delta @ weights.transpose(0, 2, 1)
                delta *= entered > 0
        return self.slopes

    def predict(self, genomes):
        output = self.forward(self.encode(genomes).astype(np.float32)[None])[-1][:, :, 0].astype(float)
        return self.center + self.scale * output.mean(axis=0), self.scale * output.std(axis=0)
