"""Regularised evolution: the oldest dies, whatever its score.

Real, Aggarwal, Huang, Le, "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019, algorithm 1.
Defaults as in the paper's description and its common implementations (population 100, tournament 10). The tournament is
drawn with replacement; duplicates are proposed and charged, as published. `start` is the seeded evolution of Ericsson
et al., "einspace", NeurIPS 2024; there the copies count as evaluations, here the design is measured once.
"""

from collections import deque
from dataclasses import dataclass

from archgym.agent import AskTellAgent, tunable
from archgym.trial import Proposal


@dataclass
class RegularizedEvolution(AskTellAgent):
    population: int = tunable(100, over=(10, 20, 50, 100, 200), at_least=1)
    """Designs alive at a time."""
    tournament: int = tunable(10, over=(2, 3, 5, 10, 25, 50), at_least=1)
    """Designs drawn with replacement; the best of them is the parent."""
    mutation: str = tunable("choice", over=("choice", "path"), one_of=("choice", "path"))
    """Which choice mutates: "choice", all alike; "path", a walk down the tree of paths (NATS-Bench: node, then edge)."""
    start: str = ""
    """A design, as the space writes it, that is measured first and fills the population; random designs where empty."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("evolution")
        self.alive = deque(maxlen=self.population)
        self.first = self.space.encode(self.space.parse(self.start)) if self.start else None
        self.asked = False

    def ask(self, n):
        u, alive = self.uniform, self.alive
        if self.first is not None and not alive:
            return self.begin()
        if missing := self.population - len(alive):
            return [Proposal(self.space.sample(u)) for _ in range(min(n, missing))]
        size = self.population
        parent = alive[int(u() * size)]
        for _ in range(self.tournament - 1):
            rival = alive[int(u() * size)]
            if rival.value > parent.value:
                parent = rival
        child = self.space.mutate(parent.genome, u, law=self.mutation)
        return [Proposal(parent.genome if child is None else child, None, None, (parent.id,))]

    def begin(self):
        """The design to start from, and mutants of it while it is measured."""
        if not self.asked:
            self.asked = True
            return [Proposal(self.first)]
        child = self.space.mutate(self.first, self.uniform, law=self.mutation)
        return [Proposal(self.first if child is None else child)]

    def tell(self, trials):
        if self.first is not None and not self.alive:
            self.alive.extend(trials[:1] * self.population)
            trials = trials[1:]
        self.alive.extend(trials)
