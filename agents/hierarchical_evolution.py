"""Evolution that forgets nobody: tournaments over a growing population, which starts from trivial designs well mutated.

Liu, Simonyan, Vinyals, Fernando, Kavukcuoglu, "Hierarchical Representations for Efficient Architecture Search", ICLR
2018. Read: the abstract and a summary of the algorithm; the share of a tournament and the first population's size are
from memory. Each of the first designs is a trivial one (there, identity on every edge) after a thousand random
mutations; then the best of 5 % of the population is mutated, and its child joins it; nobody is ever removed. Their
workers ask whenever they are free; here one child is measured at a time, after the first designs. The mutation is a
walk down the tree of paths: in the paper's space level, motif, node, predecessor.

Ours: what is trivial in any space. In a product space every choice takes its likeliest option, the first of equals; in
an open one, it is the design of the fewest picks among a hundred drawn by the law. Whether a member drawn for a
tournament is put back the summary does not say; here it is. Designs smaller than the paper's, 46 picks, are mutated
less often, since 25 mutations a pick leave no trace of where they began. Duplicates are proposed and charged.
"""

from dataclasses import dataclass
from math import ceil

from archgym.agent import AskTellAgent, tunable
from archgym.trial import Proposal

DRAWN = 100  # designs among which an open space's smallest is looked for
ENOUGH = 25  # mutations for each pick of the trivial design: one is untouched with probability exp(-25), were all alike


@dataclass
class HierarchicalEvolution(AskTellAgent):
    population: int = tunable(200, over=(20, 50, 100, 200), at_least=1)
    """Designs before the first tournament."""
    diversification: int = tunable(1000, over=(10, 100, 1000), at_least=0)
    """Mutations of the trivial design, one after the other, that make each of them; at most 25 a pick of it."""
    tournament: float = tunable(0.05, over=(0.02, 0.05, 0.1, 0.2), at_least=0.0, at_most=1.0)
    """Share of the population that a tournament draws, one member at least."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("evolution")
        self.alive = []
        self.trivial = self.trivial_design()
        self.mutations = min(self.diversification, ENOUGH * len(self.trivial))

    def trivial_design(self):
        choices = getattr(self.space, "choices", None)
        if choices is None:
            return min((self.space.sample(self.uniform) for _ in range(DRAWN)), key=len)
        laws = [choice.law for choice in choices]
        return tuple([picks[share.index(max(share))] for picks, _, share in laws])

    def ask(self, n):
        missing = self.population - len(self.alive)
        if missing > 0:
            return [Proposal(self.diverse(), None, "initial") for _ in range(min(n, missing))]
        u, alive = self.uniform, self.alive
        parent = alive[int(u() * len(alive))]
        for _ in range(ceil(self.tournament * len(alive)) - 1):
            rival = alive[int(u() * len(alive))]
            if rival.value > parent.value:
                parent = rival
        return [Proposal(self.mutated(parent.genome), None, "child", (parent.id,))]

    def tell(self, trials):
        self.alive.extend(trials)

    def diverse(self):
        genome = self.trivial
        for _ in range(self.mutations):
            genome = self.mutated(genome)
        return genome

    def mutated(self, genome):
        child = self.space.mutate(genome, self.uniform, law="path")
        return genome if child is None else child
