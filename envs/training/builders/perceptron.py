"""Multilayer perceptrons as networks, and the recipe that a design of these spaces brings along.

The grids of HPOBench and FCNet (`spaces/perceptron.py`) hold how a network is trained as well: batch size, learning
rate, penalty or schedule of a design take the place of the task's recipe, whose optimizer and epochs stay. So these are
the benchmarks' settings on other data and under another optimizer, not their measurements.
"""

import math
from dataclasses import replace

from torch import nn

from ....spaces.perceptron import FCNetSettings, HPOBenchSettings
from ..recipe import Recipe

SPACES = ("HPOBenchMLP", "FCNet")
AXES = None

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


def network(design: HPOBenchSettings | FCNetSettings, shape: tuple[int, ...], classes: int) -> nn.Module:
    """Hidden layers on the flattened sample, each followed by its activation and dropout, and a linear layer."""
    layers, features = [nn.Flatten()], math.prod(shape)
    for units, activation, dropout in hidden(design):
        layers += [nn.Linear(features, units), ACTIVATIONS[activation]()]
        if dropout:
            layers.append(nn.Dropout(dropout))
        features = units
    return nn.Sequential(*layers, nn.Linear(features, classes))


def hidden(design):
    """(units, activation, dropout) of each hidden layer."""
    if isinstance(design, HPOBenchSettings):
        return [(design.width, "relu", 0.0)] * design.depth
    return [(design.n_units_1, design.activation_fn_1, design.dropout_1),
            (design.n_units_2, design.activation_fn_2, design.dropout_2)]


def recipe(design: HPOBenchSettings | FCNetSettings, given: Recipe) -> Recipe:
    """The recipe with what the design sets; `alpha` is the weight decay."""
    if isinstance(design, HPOBenchSettings):
        return replace(given, batch=design.batch_size, learning_rate=design.learning_rate_init,
                       weight_decay=design.alpha)
    schedule = {"cosine": "cosine", "const": "constant"}[design.lr_schedule]
    return replace(given, batch=design.batch_size, learning_rate=design.init_lr, schedule=schedule)
