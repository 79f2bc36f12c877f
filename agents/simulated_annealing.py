"""Simulated annealing: worse neighbours are accepted too, less and less often.

Kirkpatrick, Gelatt, Vecchi, "Optimization by Simulated Annealing", Science 1983: the rule of Metropolis et al. (1953)
under geometric cooling. From memory of the paper; what it leaves to the user is ours and stated here.

Temperature has no scale of its own: the first designs are drawn by the space's law, and the temperature begins where a
loss of the mean difference between two of their values would be accepted with probability `acceptance`. The best of
them is the start. Every step cools; once the temperature is a thousandth of the first, the search begins again at a
random design and the first temperature. Neighbours differ in one pick. A design is measured once: where the chain comes
back to it, its value is remembered, and the step costs nothing. A failed design is never moved to from one that did not
fail.
"""

from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from archgym.agent import AskTellAgent, tunable
from archgym.fresh import fresh_sample
from archgym.trial import Proposal

COLDEST = 1e-3  # share of the first temperature at which the search begins again
FREE_STEPS = 200  # among designs measured before, until a random one is drawn


@dataclass
class SimulatedAnnealing(AskTellAgent):
    cooling: float = tunable(0.95, over=(0.9, 0.95, 0.98, 0.99, 0.995), at_least=0.01, at_most=1.0)
    """Factor of the temperature after every step."""
    acceptance: float = tunable(0.5, over=(0.2, 0.5, 0.8, 0.95), at_least=0.001, at_most=0.999)
    """How likely a mean loss is accepted at the first temperature."""
    calibration: int = tunable(10, over=(2, 5, 10, 20, 50), at_least=2)
    """Random designs that set the first temperature."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("annealing")
        self.measured = {}  # genome -> its last trial
        self.starts = []
        self.hottest = None

    def ask(self, n):
        if self.hottest is not None:
            for _ in range(FREE_STEPS):
                if self.temperature < COLDEST * self.hottest:
                    break
                genome = self.space.mutate(self.current.genome, self.uniform)
                if genome is None:
                    break
                if genome not in self.measured:
                    return [Proposal(genome, None, "neighbour", (self.current.id,))]
                self.step(self.measured[genome])
            self.temperature = self.hottest
        return [Proposal(fresh_sample(self.space, self.measured, self.uniform), None, "start")]

    def tell(self, trials):
        trial, = trials
        self.measured[trial.genome] = trial
        if self.hottest is None:
            self.starts.append(trial)
            if len(self.starts) == self.calibration:
                self.calibrate()
        elif trial.parents:
            self.step(trial)
        else:
            self.current = trial

    def calibrate(self):
        values = [trial.value for trial in self.starts if trial.ok]
        gaps = [abs(a - b) for a, b in combinations(values, 2)]
        self.hottest = self.temperature = sum(gaps) / len(gaps) / -log(self.acceptance) if gaps else 0.0
        self.current = max(self.starts, key=lambda trial: trial.value)

    def step(self, trial):
        """Move to a neighbour, or not, and cool."""
        if self.accepts(trial):
            self.current = trial
        self.temperature *= self.cooling

    def accepts(self, trial):
        here = self.current
        if not (trial.ok and here.ok):
            return not here.ok
        loss = here.value - trial.value
        return loss <= 0 or self.temperature > 0 and self.uniform() < exp(-loss / self.temperature)
