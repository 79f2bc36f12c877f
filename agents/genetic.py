"""A genetic algorithm: whole generations by tournament, crossover and mutation.

Holland, "Adaptation in Natural and Artificial Systems", 1975, in the form in which ArchGym runs it (Krishnan et al.,
"ArchGym: An Open-Source Gymnasium for Machine Learning Assisted Architecture Design", ISCA 2023). Read: ArchGym's
script, whose defaults and grids these are (its "agents" are the population here, its iterations the budget), and the
class of scikit-opt that it calls: tournaments of three, with replacement; two children of every pair; each gene
mutates with one probability; children replace all parents, so that the best is lost unless `elite` keeps it.

Different: a gene is a pick, there a bit of a Gray code. Crossover exchanges picks in a product space, a subtree below
paths of one sort in an open one (`Space.exchange`). Each pick of a genome brings one mutation with that probability.
Duplicates are proposed and charged, as published; the elite is not measured again.
"""

from dataclasses import dataclass

from archgym.agent import AskTellAgent, tunable
from archgym.trial import Proposal

CROSSOVERS = ("two-point", "uniform")


@dataclass
class Genetic(AskTellAgent):
    population: int = tunable(32, over=(2, 4, 8, 16, 32, 64), at_least=2)
    """Designs of a generation."""
    mutation: float = tunable(0.1, over=(0.1, 0.05, 0.001), at_least=0.0, at_most=1.0)
    """The probability with which a pick mutates."""
    tournament: int = tunable(3, over=(2, 3, 5, 10), at_least=1)
    """Designs drawn with replacement; the best of them is a parent."""
    crossover: str = tunable("two-point", over=CROSSOVERS, one_of=CROSSOVERS)
    """In a product space: the picks between two cuts change places, or each with probability 1/2."""
    elite: int = tunable(0, over=(0, 1, 2), at_least=0)
    """The best of a generation, so many, that live on in the next; at most all but one."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("evolution")
        self.alive = []
        self.unborn = [(self.space.sample(self.uniform), ()) for _ in range(self.population)]

    def ask(self, n):
        if not self.unborn:
            self.breed()
        born = self.unborn[:n]
        del self.unborn[:n]
        return [Proposal(genome, None, None, parents) for genome, parents in born]

    def tell(self, trials):
        self.alive.extend(trials)

    def breed(self):
        """The next generation: the elite, which is alive, and the unborn."""
        parents = self.alive
        self.alive = sorted(parents, key=lambda trial: -trial.value)[:min(self.elite, self.population - 1)]
        wanted = self.population - len(self.alive)
        while len(self.unborn) < wanted:
            pair = self.winner(parents), self.winner(parents)
            ids = tuple(dict.fromkeys(trial.id for trial in pair))
            self.unborn += [(self.mutated(child), ids) for child in self.crossed(pair[0].genome, pair[1].genome)]
        del self.unborn[wanted:]

    def winner(self, parents):
        u, size = self.uniform, len(parents)
        best = parents[int(u() * size)]
        for _ in range(self.tournament - 1):
            rival = parents[int(u() * size)]
            if rival.value > best.value:
                best = rival
        return best

    def crossed(self, one, other):
        """Two children."""
        u = self.uniform
        if not hasattr(self.space, "choices"):
            return [self.space.exchange(one, other, u) or one, self.space.exchange(other, one, u) or other]
        if self.crossover == "uniform":
            swapped = [u() < 0.5 for _ in one]
        else:
            begin, end = sorted(int(u() * (len(one) + 1)) for _ in range(2))
            swapped = [begin <= i < end for i in range(len(one))]
        return [tuple([b if swap else a for a, b, swap in zip(one, other, swapped)]),
                tuple([a if swap else b for a, b, swap in zip(one, other, swapped)])]

    def mutated(self, genome):
        for _ in range(sum(self.uniform() < self.mutation for _ in genome)):
            genome = self.space.mutate(genome, self.uniform) or genome
        return genome
