"""An evaluator that looks up what was recorded, and its holdout: columns of their own, or the seeds not seen."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import Infeasible
from ..evaluator import Evaluator, Measurement, Measurements, Metric


class Rows:
    """Which row of a table records a design: by its genome, or by its key where a table has one row a key.

    genomes, keys: of each row; where there are keys, the genomes are not looked at.
    """

    def __init__(self, space, genomes, keys=None):
        self.space, self.genomes, self.keys = space, genomes, keys
        self._codes = None
        if keys is None and isinstance(genomes, np.ndarray) and getattr(space, "code_count", None):
            codes = space.codes(genomes)
            self._order = np.argsort(codes)
            self._codes = codes[self._order]
            self._whole = len(codes) == space.size and bool((self._order == np.arange(len(codes))).all()
                                                            and (self._codes == np.arange(len(codes))).all())

    @cached_property
    def _places(self):
        names = self.keys if self.keys is not None else [tuple(map(int, genome)) for genome in self.genomes]
        return {name: row for row, name in enumerate(names)}

    def find(self, design) -> int:
        """-1 where the table does not hold the design."""
        return self._places.get(self.space.key(design) if self.keys is not None else self.space.encode(design), -1)

    def row(self, design) -> int:
        """Infeasible where the table does not hold the design."""
        if (row := self.find(design)) < 0:
            raise Infeasible(self.lack(design))
        return row

    def lack(self, design) -> str:
        return f"the table has no row for {self.space.format(design)}"

    def many(self, designs) -> np.ndarray:
        """`find` for each."""
        genomes = getattr(designs, "genomes", None)
        if self._codes is None or not isinstance(genomes, np.ndarray):
            if genomes is not None and self.keys is None:
                return np.array([self._places.get(tuple(map(int, genome)), -1) for genome in genomes], int)
            return np.array([self.find(design) for design in designs], int)
        codes = designs.codes
        if self._whole:
            return codes
        at = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return np.where(self._codes[at] == codes, self._order[at], -1)


@dataclass(frozen=True)
class Column:
    """What is recorded of one metric: (rows, seeds) at each fidelity, NaN where fewer seeds were recorded."""

    metric: Metric
    records: dict[int | None, np.ndarray]
    """By fidelity; {None: ...} where it is the same at all."""

    def at(self, fidelity) -> np.ndarray:
        return self.records[None] if None in self.records else self.records[fidelity]

    def take(self, rows, seeds, fidelity):
        records = self.at(fidelity)
        return records[rows, seeds] if records.shape[1] > 1 else records[rows, 0]

    def item(self, row, seed, fidelity) -> float:
        records = self.at(fidelity)
        return records.item(row, seed if records.shape[1] > 1 else 0)

    def mean(self) -> "Column":
        """The mean over the recorded seeds."""
        return Column(self.metric, {f: np.nanmean(a, axis=1, keepdims=True) for f, a in self.records.items()})


@dataclass(frozen=True)
class OtherSeeds:
    """The holdout of a column with seeds: the mean, at the highest fidelity, of those that the search did not see.

    At a lower fidelity a record is held to be of the same training as the top one of the same seed, which is left out
    too; a lone record a design is of none of them.
    """

    metric: Metric
    column: Column
    top: int | None

    def take(self, rows, seeds, fidelity):
        records = self.column.at(self.top)[rows]
        if self.column.at(fidelity).shape[1] == 1:
            return np.nanmean(records, axis=1)
        seen = records[np.arange(len(records)), seeds]
        return (np.nansum(records, axis=1) - seen) / ((~np.isnan(records)).sum(axis=1) - 1)

    def item(self, row, seed, fidelity) -> float:
        return float(self.take(np.array([row]), np.array([seed]), fidelity)[0])


class Table(Evaluator):
    """Recorded measurements, a column a metric.

    cost: (rows,) of a measurement at each fidelity, {None: ...} where it is the same at all.
    counts: (rows,) how many seeds each design has; None: one.
    fidelity: what `fidelity=None` means, the highest where there are several.
    """

    instant = True

    def __init__(self, rows: Rows, columns, cost: dict, fingerprint: str, *, fidelities=(), fidelity=None, counts=None,
                 cost_unit="s"):
        self.rows, self.columns = rows, tuple(columns)
        self.metrics = tuple(column.metric for column in self.columns)
        self.fidelities = tuple(fidelities)
        self.fidelity = self.fidelities[-1] if self.fidelities else fidelity
        self.fingerprint, self.cost_unit = fingerprint, cost_unit
        self.identity = "genome" if rows.keys is None else "key"
        self.seeds = 1 if counts is None else int(counts.max())
        self._cost, self._counts = cost, counts

    def _at(self, fidelity):
        return self.fidelity if fidelity is None else fidelity

    def _cost_at(self, fidelity):
        return self._cost[None] if None in self._cost else self._cost[fidelity]

    def seeds_of(self, design):
        if self._counts is None:
            return 1
        try:
            return int(self._counts[self.rows.row(design)])
        except Infeasible:
            return 1

    def seeds_of_many(self, designs):
        if self._counts is None:
            return np.ones(len(designs), int)
        rows = self.rows.many(designs)
        return np.where(rows < 0, 1, self._counts[rows])

    def evaluate(self, design, *, fidelity, seed):
        row, fidelity = self.rows.row(design), self._at(fidelity)
        return Measurement({c.metric.name: c.item(row, seed, fidelity) for c in self.columns},
                           self._cost_at(fidelity).item(row))

    def evaluate_many(self, designs, *, fidelity, seeds):
        rows, seeds, fidelity = self.rows.many(designs), np.asarray(seeds), self._at(fidelity)
        found = Measurements({c.metric.name: c.take(rows, seeds, fidelity) for c in self.columns},
                             self._cost_at(fidelity)[rows])
        if (lacks := rows < 0).any():
            for column in found.values.values():
                column[lacks] = np.nan
            found.cost[lacks] = 0.0
            found.statuses = ["infeasible" if lack else "ok" for lack in lacks]
            found.errors = [self.rows.lack(designs[i]) if lack else None for i, lack in enumerate(lacks)]
        return found
