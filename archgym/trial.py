"""What an agent wants measured (Proposal, Batch) and what it gets back (Trial, Trials)."""

from collections.abc import Sequence

import numpy as np


class Proposal:
    """A genome to measure. `tag` and `parents` (ids of earlier trials) are stored: ancestry cannot be recovered later."""

    __slots__ = ("genome", "fidelity", "tag", "parents")

    def __init__(self, genome: tuple[int, ...], fidelity: int | None = None, tag: str | None = None,
                 parents: tuple[int, ...] = ()):
        self.genome = genome
        self.fidelity = fidelity
        self.tag = tag
        self.parents = parents

    def __repr__(self):
        return f"Proposal({self.genome})"


class Batch:
    """Many genomes at once, for agents that need no proposal a design: rows of an integer array, or a list."""

    __slots__ = ("genomes",)

    def __init__(self, genomes):
        self.genomes = genomes

    def __len__(self):
        return len(self.genomes)


class Trial:
    """A proposal and its measurement. Larger `value` is better, whatever the metric's own goal."""

    __slots__ = ("id", "genome", "value", "ok", "measurement", "seed", "proposal", "charged")

    def __init__(self, id, genome, value, ok, measurement, seed, proposal, charged=True):
        self.id = id
        """Index in the run's trajectory."""
        self.genome = genome
        self.value = value
        """The scalarised search objective; the task's worst value where the design failed."""
        self.ok = ok
        """False where the design was infeasible or failed: impute its value, or leave it out."""
        self.measurement = measurement
        self.seed = seed
        """Which of the evaluator's seeds was measured."""
        self.proposal = proposal
        self.charged = charged

    @property
    def values(self) -> dict[str, float]:
        """Every search metric by name, in its own unit."""
        return self.measurement.values

    @property
    def cost(self) -> float:
        return self.measurement.cost

    @property
    def status(self) -> str:
        return self.measurement.status

    @property
    def error(self) -> str | None:
        return self.measurement.error

    @property
    def fidelity(self):
        return self.proposal.fidelity

    @property
    def tag(self):
        return self.proposal.tag

    @property
    def parents(self) -> tuple[int, ...]:
        return self.proposal.parents

    def __repr__(self):
        return f"Trial(id={self.id}, genome={self.genome}, value={self.value:.6g}, status={self.status!r})"


class Trials(Sequence):
    """The columns of a measured batch; indexing makes a Trial."""

    def __init__(self, first_id, genomes, measurements, values, seeds):
        self.first_id = first_id
        self.genomes = genomes
        self.measurements = measurements
        self.values = values
        self.seeds = seeds

    def __len__(self):
        return len(self.values)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        measurement = self.measurements[index]
        genome = tuple(int(p) for p in self.genomes[index])
        return Trial(self.first_id + index, genome, float(self.values[index]), measurement.status == "ok", measurement,
                     int(self.seeds[index]), Proposal(genome))

    @property
    def best(self) -> Trial:
        return self[int(np.argmax(self.values))]
