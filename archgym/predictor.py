"""Models that predict a design's value: one interface, behind which any regressor can be put."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from . import registry
from .encoding import encoding
from .errors import ArchGymError
from .space import Genome, Space

Genomes = Sequence[Genome] | np.ndarray
"""A list of genomes, or the rows of an integer array."""


class Predictor(ABC):
    """Learns from genomes and their values, larger is better. All its draws come from `rng`."""

    def __init__(self, space: Space, rng: np.random.Generator):
        self.space, self.rng = space, rng

    @abstractmethod
    def fit(self, genomes: Genomes, values: Sequence[float]) -> None:
        """Learn anew from these; at least one, all values finite."""

    @abstractmethod
    def predict(self, genomes: Genomes) -> tuple[np.ndarray, np.ndarray]:
        """(mean, spread), both (N,), in the unit of the values. The spread is 0 where a model knows none."""


class Regression(Predictor):
    """A scikit-learn regressor over an encoding: `make` is its class, called anew for every fit.

    Values are standardized for it; `random_state` is drawn from `rng` where it takes one. The spread is what
    `predict(..., return_std=True)` gives where a regressor has that, the deviation between the trees of a forest, and
    0 elsewhere.
    """

    def __init__(self, space, rng, make: Callable, codes: str = "one-hot"):
        super().__init__(space, rng)
        self.make, self.codes = make, codes

    def fit(self, genomes, values):
        self.encode = encoding(self.codes, self.space, genomes)
        values = np.asarray(values, float)
        self.center, self.scale = values.mean(), values.std() or 1.0
        seeded = "random_state" in inspect.signature(self.make).parameters
        self.model = self.make(random_state=int(self.rng.integers(2**31))) if seeded else self.make()
        self.model.fit(self.encode(genomes), (values - self.center) / self.scale)

    def predict(self, genomes):
        mean, spread = self._predict(self.encode(genomes))
        return self.center + self.scale * mean, self.scale * spread

    def _predict(self, codes):
        from sklearn.ensemble import ExtraTreesRegressor, RandomForestRegressor

        if isinstance(self.model, (ExtraTreesRegressor, RandomForestRegressor)):
            members = np.stack([member.predict(codes) for member in self.model.estimators_])
            return members.mean(axis=0), members.std(axis=0)
        if "return_std" in inspect.signature(self.model.predict).parameters:
            return self.model.predict(codes, return_std=True)
        mean = np.asarray(self.model.predict(codes), float).reshape(len(codes))
        return mean, np.zeros(len(codes))


def regressor(name: str) -> Callable:
    """The class that `module:Class` (or `file.py:Class`) names, which has `fit(codes, values)` and `predict(codes)`."""
    if ":" not in name:
        raise ArchGymError(f"model {name!r}: name a regressor as module:Class, such as "
                           "sklearn.ensemble:RandomForestRegressor")
    found = registry.from_text(name, "model")
    if not all(callable(getattr(found, method, None)) for method in ("fit", "predict")):
        raise ArchGymError(f"model {name!r} is no regressor: it needs fit(codes, values) and predict(codes)")
    return found
