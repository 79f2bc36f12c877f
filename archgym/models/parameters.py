"""What a design was given, as numbers that trees can split: a column a choice, by its path."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

NOT_ASKED = -1


@dataclass(frozen=True)
class Parameter:
    """A choice that designs meet."""

    path: tuple
    options: int
    """How many."""
    ordered: bool

    @property
    def name(self) -> str:
        return "/".join(map(str, self.path))


class Parameters(Sequence):
    """The parameters of a space, and the numbers that its genomes are in them."""

    def __init__(self, space, found: Sequence[Parameter]):
        self.space, self._found = space, tuple(found)
        self._at = {parameter.path: i for i, parameter in enumerate(self._found)}

    @classmethod
    def of(cls, space, genomes) -> "Parameters":
        """All of a product space; in an open space those that these genomes meet, in the order of meeting them."""
        choices = {c.path: c for c in getattr(space, "choices", ())}
        if not hasattr(space, "choices"):
            for genome in genomes:
                for choice in space.trace(tuple(map(int, genome))).choices:
                    choices.setdefault(choice.path, choice)
        return cls(space, [Parameter(c.path, len(c.options), c.ordered) for c in choices.values()])

    def __len__(self):
        return len(self._found)

    def __getitem__(self, index):
        return self._found[index]

    def picks(self, genomes) -> np.ndarray:
        """(N, parameters) position of the option taken, NOT_ASKED where a design does not meet the choice."""
        if hasattr(self.space, "choices"):
            return np.asarray(genomes).reshape(len(genomes), len(self))
        rows = np.full((len(genomes), len(self)), NOT_ASKED)
        for row, genome in zip(rows, genomes):
            trace = self.space.trace(tuple(map(int, genome)))
            for choice, pick in zip(trace.choices, trace.picks):
                if choice.path in self._at:
                    row[self._at[choice.path]] = pick
        return rows

    @cached_property
    def _columns(self):
        """(parameter, option) of each column; option NOT_ASKED for the position itself, where order has a meaning."""
        pairs = [(i, option) for i, p in enumerate(self._found)
                 for option in ([NOT_ASKED] if p.ordered or p.options < 3 else range(p.options))]
        parameter, option = np.array(pairs, int).reshape(-1, 2).T
        return parameter, option, option == NOT_ASKED

    def columns(self, picks) -> np.ndarray:
        """(N, columns) float32: positions of ordered options, a 0/1 column an option of the others."""
        parameter, option, position = self._columns
        taken = picks[:, parameter]
        return np.where(position, taken, taken == option).astype(np.float32)
