"""An ant colony: ants follow pheromone from choice to choice, and the best one strengthens its trail.

Byla, Pang, "DeepSwarm: Optimising Convolutional Neural Networks Using Swarm Intelligence", 2019 (an ant colony system
after Dorigo, Gambardella, 1997), as ArchGym runs it, whose defaults and grids these are. Read: both programs. One
random design, then swarms. An ant takes the option of most pheromone with probability `greediness`, else one in
proportion to it; each ant's own picks fall back towards the first level (the local rule), and after each swarm the
best design so far strengthens its picks (the global rule). The first swarm follows pheromone at the first choice only,
each later one at one more.

Different: the space's law stands in for the heuristic of an option, so that the first swarm follows the law, and ties
between levels are drawn by it; what the best design adds is 1, the accuracy of a perfect one there, whatever the task
measures; after `depth` swarms, where those programs end, pheromone is followed at every choice. Pheromone lies on the
options of a choice, in an open space on those of a sort. Duplicates are proposed and charged, as published.
"""

from dataclasses import dataclass

from archgym.agent import tunable
from archgym.choice import draw
from archgym.trial import Proposal

from ._walk import Walker, roulette

START, DECAY = 0.1, 0.1  # of the programs: the first level, and what a passing ant takes of the difference to it


@dataclass
class AntColony(Walker):
    ants: int = tunable(16, over=(2, 4, 8, 16, 32, 64), at_least=1)
    """Designs of a swarm."""
    evaporation: float = tunable(0.1, over=(0.1, 0.25, 0.5, 0.75, 1.0), at_least=0.0, at_most=1.0)
    """Share of a level that the best design's trail replaces."""
    greediness: float = tunable(0.5, over=(0.0, 0.25, 0.5, 0.75, 1.0), at_least=0.0, at_most=1.0)
    """The probability of taking the option of most pheromone."""
    depth: int = tunable(4, over=(2, 4, 8, 16), at_least=1)
    """Swarms that go by pheromone at one more choice each; those after them do so at every choice."""

    def setup(self, bench):
        super().setup(bench)
        self.swarm, self.due = 0, 1  # before the first swarm, one design by the law
        self.best = None  # (value, walk)

    def new_row(self, options):
        return [START] * options

    def select(self, choice, row, at):
        picks, _, law = choice.law
        if at >= self.swarm <= self.depth:
            return draw(choice, self.uniform)
        if self.uniform() < self.greediness:
            most = max([row[i] for i in picks])
            mass = [p if row[i] == most else 0.0 for i, p in zip(picks, law)]
        else:
            mass = [p * row[i] for i, p in zip(picks, law)]
        return roulette(picks, mass, self.uniform())

    def ask(self, n):
        self.walks = []
        for _ in range(min(n, self.due)):
            self.walks.append(self.walk())
            if self.swarm:
                self.update(self.walks[-1], DECAY, START)
        return [Proposal(walk.genome) for walk in self.walks]

    def tell(self, trials):
        for trial, walk in zip(trials, self.walks):
            if trial.ok and (self.best is None or trial.value > self.best[0]):
                self.best = trial.value, walk
        self.due -= len(trials)
        if self.due == 0:
            if self.swarm and self.best:
                self.update(self.best[1], self.evaporation, 1.0)
            self.swarm, self.due = self.swarm + 1, self.ants

    def update(self, walk, share, level):
        """A share of what lies on a walk's picks makes way for the same share of `level`."""
        for name, pick in dict.fromkeys(walk.steps):
            self.rows[name][pick] += share * (level - self.rows[name][pick])
