"""Differential evolution: a vector moves by the difference of two others, and stays where that is no worse.

Awad, Mallik, Hutter, "Differential Evolution for Neural Architecture Search", NAS workshop at ICLR 2020: rand/1/bin on
vectors of the unit cube, which the space decodes; the population keeps the vectors. Read: the authors' code, DE-NAS,
whose defaults these are. As there: components that leave the cube are drawn anew; crossover forces one component of the
mutant only where it chose none; a trial vector that is as good replaces its target; synchronous generations may draw
the target among the three that make its mutant, the asynchronous updates may not.

Different: "deferred" and "synchronous" differ in that only, as in the code; where no turn of a vector's random keys
builds a design, the vector is drawn anew. Duplicates are proposed and charged, as published.
"""

from dataclasses import dataclass
from math import inf

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError
from archgym.trial import Proposal

UPDATES = ("synchronous", "immediate", "deferred", "random", "worst")
REDRAWN = 100  # vectors that may decode to nothing in a row


@dataclass
class DifferentialEvolution(AskTellAgent):
    population: int = tunable(20, over=(5, 10, 20, 50, 100), at_least=4)
    """Vectors alive."""
    factor: float = tunable(0.5, over=(0.1, 0.3, 0.5, 0.7, 0.9), at_least=0.0)
    """F: how much of the difference of two vectors is added to a third."""
    crossover: float = tunable(0.5, over=(0.1, 0.3, 0.5, 0.7, 0.9), at_least=0.0, at_most=1.0)
    """CR: the probability with which a component comes from the mutant."""
    update: str = tunable("synchronous", over=UPDATES, one_of=UPDATES)
    """Which targets are tried, and when a winner counts: "synchronous" and "deferred", all, after the generation;
    "immediate", one after the other, at once; "random" and "worst", one drawn alike or the worst, at once."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("vectors")
        self.vectors = [self.random_vector() for _ in range(self.population)]
        self.values = [-inf] * self.population
        self.waiting = list(enumerate(self.vectors))  # (target, vector) not measured yet, in order
        self.turn = -1

    def ask(self, n):
        if not self.waiting:
            self.waiting = [(target, self.bred(target)) for target in self.targets()]
        self.asked = []
        proposals = []
        for target, vector in self.waiting[:n]:
            vector, genome = self.decoded(vector)
            self.asked.append((target, vector))
            proposals.append(Proposal(genome))
        del self.waiting[:n]
        return proposals

    def tell(self, trials):
        for (target, vector), trial in zip(self.asked, trials):
            if trial.value >= self.values[target]:
                self.vectors[target], self.values[target] = vector, trial.value

    def targets(self):
        """Whose trial vectors are bred before any of them is measured."""
        if self.update in ("synchronous", "deferred"):
            return range(self.population)
        if self.update == "random":
            return [int(self.uniform() * self.population)]
        if self.update == "worst":
            return [self.values.index(min(self.values))]
        self.turn = (self.turn + 1) % self.population
        return [self.turn]

    def bred(self, target):
        """The trial vector of a target: rand/1 mutation, binomial crossover."""
        u, rate, factor = self.uniform, self.crossover, self.factor
        parents = [] if self.update == "synchronous" else [target]
        others = len(parents)
        while len(parents) < others + 3:
            drawn = int(u() * self.population)
            if drawn not in parents:
                parents.append(drawn)
        a, b, c = (self.vectors[i] for i in parents[others:])
        trial = self.vectors[target][:]
        crossed = [i for i in range(len(trial)) if u() < rate]
        if not crossed and trial:
            crossed = [int(u() * len(trial))]
        for i in crossed:
            x = a[i] + factor * (b[i] - c[i])
            trial[i] = x if 0 <= x <= 1 else u()
        return trial

    def decoded(self, vector):
        """(vector, its genome)."""
        for _ in range(REDRAWN):
            try:
                return vector, self.space.from_vector(vector)
            except ArchGymError:
                vector = self.random_vector()
        return vector, self.space.from_vector(vector)

    def random_vector(self):
        return [self.uniform() for _ in range(self.space.vector_length)]
