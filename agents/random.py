"""Random search: independent draws by the space's own law. The baseline that every strategy must beat."""

from dataclasses import dataclass

from archgym.agent import AskTellAgent
from archgym.trial import Batch


@dataclass
class RandomSearch(AskTellAgent):
    """No hyper-parameters; draws with replacement, so that its results follow the closed form of the best of n."""

    def setup(self, bench):
        self.space, self.rng = bench.space, bench.rng("draws")

    def ask(self, n):
        return Batch(self.space.sample_many(self.rng, n))
