"""What agents with a predictor share: rounds of fit, rank, measure, and the designs that are ranked."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from archgym.agent import AskTellAgent
from archgym.fresh import fresh_sample
from archgym.predictor import Predictor, Regression, regressor
from archgym.product import ProductSpace
from archgym.trial import Proposal

WHOLE = 100_000  # genomes up to which a product space is predicted as a whole
SAMPLED, PARENTS, MUTANTS = 1_000, 10, 100  # elsewhere: samples, and so many mutants of each of the best


@dataclass
class PredictorAgent(AskTellAgent):
    """Random designs first, `initial` of them; then rounds: fit, rank, and measure the first `batch` of the ranking.

    A design that was measured more than once counts with its mean, one that failed with the worst value of those that
    did not. Nothing is proposed twice while there are other designs to rank.
    """

    def setup(self, bench):
        self.space, self.uniform, self.rng = bench.space, bench.uniform("designs"), bench.rng("ranking")
        self.results = Results()
        self.proposed = set()
        self.whole = None  # all genomes of a small product space
        self.queue = []  # the rest of this round, the next at the end
        self.predictor = self.make_predictor(bench.rng("model"))

    @abstractmethod
    def make_predictor(self, rng) -> Predictor:
        """The model that ranks, before the first fit."""

    def chosen(self, name, own: str, rng, make_own, codes="one-hot") -> Predictor:
        """`make_own()` where `name` is the agent's own model, else the regressor that `name` names, over `codes`."""
        return make_own() if name == own else Regression(self.space, rng, regressor(name), codes)

    def ask(self, n):
        if not self.queue:
            self.queue = self.next_round()[::-1]
            self.proposed.update(self.queue)
        return [Proposal(self.queue.pop()) for _ in range(min(n, len(self.queue)))]

    def next_round(self):
        """Genomes to measure, in order."""
        if len(self.proposed) >= self.initial and self.results.good:
            unseen = [genome for genome in self.candidates() if genome not in self.proposed]
            if unseen:
                self.predictor.fit(*self.results.training_set())
                return [unseen[i] for i in self.order(*self.predictor.predict(unseen))[:self.batch]]
        return [fresh_sample(self.space, self.proposed, self.uniform)]

    def tell(self, trials):
        for trial in trials:
            self.results.add(trial)

    def order(self, mean, spread):
        """Indices of the candidates, best first; equals in random order."""
        return np.lexsort((self.rng.random(len(mean)), -mean))

    def candidates(self):
        """What is ranked: all genomes of a small product space; elsewhere random ones and mutants of the best."""
        space, u = self.space, self.uniform
        if isinstance(space, ProductSpace) and space.size <= WHOLE:
            if self.whole is None:
                self.whole = list(space.enumerate())
            return self.whole
        drawn = dict.fromkeys(space.sample(u) for _ in range(SAMPLED))
        for parent in self.results.best(PARENTS):
            drawn.update(dict.fromkeys(self.mutants(parent, MUTANTS)))
        return list(drawn)

    def mutants(self, genome, count):
        """Distinct mutants out of `count` draws, in the order in which they came."""
        drawn = dict.fromkeys(self.space.mutate(genome, self.uniform) for _ in range(count))
        drawn.pop(None, None)
        return list(drawn)


class Results:
    """Genome -> the mean of its values, for those that did not fail, and the genomes that did."""

    def __init__(self):
        self.sums, self.good, self.failed = {}, {}, set()

    def add(self, trial):
        if not trial.ok:
            self.failed.add(trial.genome)
            return
        total, count = self.sums.get(trial.genome, (0.0, 0))
        self.sums[trial.genome] = total + trial.value, count + 1
        self.good[trial.genome] = (total + trial.value) / (count + 1)

    def training_set(self):
        """(genomes, values); at least one design did not fail."""
        failed = sorted(self.failed - self.good.keys())
        return [*self.good, *failed], [*self.good.values(), *[min(self.good.values())] * len(failed)]

    def best(self, count):
        """Genomes of the highest values, the best first, the earlier of equals."""
        return sorted(self.good, key=self.good.get, reverse=True)[:count]
