"""Local search: move to the first neighbour that is better; start afresh where none is.

White, Nolen, Savani, "Exploring the Loss Landscape in Neural Architecture Search", UAI 2021, in the first-improvement
form of the authors' code: neighbours are measured one by one in random order, none twice. One random start, as in the
paper; it never proposes a design it has measured while an unmeasured one is near.
"""

from dataclasses import dataclass

from archgym.agent import AskTellAgent, tunable
from archgym.fresh import fresh_sample
from archgym.trial import Proposal


@dataclass
class LocalSearch(AskTellAgent):
    starts: int = tunable(1, over=(1, 5, 10, 20), at_least=1)
    """Random designs measured before the first climb, and at every restart; the best of them is climbed from."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("local search")
        self.measured = set()
        self.restart()

    def restart(self):
        self.current, self.untried, self.starting = None, [], self.starts

    def ask(self, n):
        while self.starting == 0:
            if self.untried:
                genome = self.untried.pop(int(self.uniform() * len(self.untried)))
                if genome in self.measured:
                    continue
                return [Proposal(genome, None, "neighbour", (self.current.id,))]
            self.restart()
        self.starting -= 1
        return [Proposal(fresh_sample(self.space, self.measured, self.uniform), None, "start")]

    def tell(self, trials):
        trial, = trials
        self.measured.add(trial.genome)
        if self.current is None or trial.value > self.current.value:
            self.current, self.untried = trial, []
        if self.starting == 0 and (trial is self.current or not trial.parents and not self.untried):
            self.untried = self.space.neighbours(self.current.genome, self.uniform)
