"""NAS-BOWL: Bayesian optimization with a Gaussian process over the subtrees of a design's graph.

Ru, Wan, Dong, Osborne, "Interpretable Neural Architecture Search via Bayesian Optimisation with Weisfeiler-Lehman
Kernels", ICLR 2021; implemented from a description of the paper and of the authors' code. A Weisfeiler-Lehman kernel of
a depth that the likelihood chooses, noise that it learns, expected improvement over a pool of mutants of the best
designs and random ones.

What differs. The likelihood has the sign of its definition; the released code turns the complexity term round. The
paper takes -log of the error rate, which asks for a scale whose best is known: here values count by their ranks (normal
scores), so that any scale will do. The incumbent of the expected improvement is the highest posterior mean of a measured
design. A mutant has one change, or more with falling chances, by the space's own mutation. Depth and noise are chosen
again whenever half as many more are measured. Nothing that was measured is proposed again while the pool holds anything
new, and no two designs in a batch that the model cannot tell apart. A failed design counts as the worst that did not
fail.

Any space will do: it works on `space.graph`.
"""

from dataclasses import dataclass

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError
from archgym.fresh import fresh_sample
from archgym.models.graph_kernels import KERNELS, graph_kernel
from archgym.models.scores import normal_scores
from archgym.models.wl_gaussian_process import WLGaussianProcess
from archgym.trial import Proposal

ANOTHER = 0.4  # chance of one more change: as often as the paper's flips of each of six edges with a chance of 1/5


@dataclass
class NASBowl(AskTellAgent):
    n_init: int = tunable(10, over=(5, 10, 20, 50), at_least=1)
    """Random designs measured first."""
    pool: int = tunable(200, over=(50, 100, 200, 400), at_least=1)
    """Candidates a round: mutants, filled up with random designs."""
    parents: int = tunable(10, over=(1, 5, 10, 20), at_least=1)
    """Best designs so far, whose mutants are candidates."""
    batch: int = tunable(5, over=(1, 5, 10), at_least=1)
    """Designs measured a round."""
    kernel: str = tunable("wl", over=("wl", "wl-oa"), one_of=tuple(KERNELS))
    """"wl", subtree counts; "wl-oa", their optimal assignment; the others are grakel's own and much slower."""
    depth: int | None = tunable(None, over=(None, 0, 1, 2, 3), one_of=(None, 0, 1, 2, 3))
    """Of the subtrees; None: the likelihood chooses."""
    targets: str = tunable("ranks", over=("ranks", "values"), one_of=("ranks", "values"))
    """What the model learns: normal scores of the ranks, or the values as they stand."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("pool")
        self.model_kernel = graph_kernel(self.kernel)
        depths = self.model_kernel.depths if self.depth is None else (self.depth,)
        if not set(depths) <= set(self.model_kernel.depths):
            raise ArchGymError(f"nas-bowl: kernel {self.kernel!r} has no depth {self.depth}; give depth = one of None, "
                               f"{', '.join(map(str, self.model_kernel.depths))}")
        self.model = WLGaussianProcess(self.model_kernel, depths)
        self.scores, self.best = [], []  # every value, infinite where a design failed; the trials of the highest
        self.measured, self.graphs = set(), {}

    def ask(self, n):
        if (missing := self.n_init - len(self.scores)) > 0:
            return [Proposal(genome, None, "start") for genome in self.starts(min(n, missing))]
        targets = self.values()
        self.model.fit(targets)
        pool = self.candidates()
        genomes = list(pool)
        mean, spread = self.model.predict(self.read(genomes))
        order = np.argsort(-log_expected_improvement(mean - self.model.fitted(targets).max(), spread), kind="stable")
        chosen, mean, spread = {}, mean.tolist(), spread.tolist()
        for i in order.tolist():
            chosen.setdefault((round(mean[i], 9), round(spread[i], 9)), genomes[i])
            if len(chosen) == min(n, self.batch):
                break
        return [Proposal(genome, None, *pool[genome]) for genome in chosen.values()]

    def tell(self, trials):
        self.model.add(self.read([trial.genome for trial in trials]))
        self.scores += [trial.value if trial.ok else np.inf for trial in trials]
        self.best = sorted([*self.best, *trials], key=lambda trial: -trial.value)[:self.parents]
        self.measured.update(trial.genome for trial in trials)

    def starts(self, count):
        seen = set(self.measured)
        for _ in range(count):
            genome = fresh_sample(self.space, seen, self.uniform)
            seen.add(genome)
            yield genome

    def values(self):
        """(N,) what the model is to learn of every trial."""
        values = np.array(self.scores)
        if (failed := np.isinf(values)).any():
            values[failed] = values[~failed].min() if not failed.all() else 0.0
        return normal_scores(values) if self.targets == "ranks" else values

    def candidates(self):
        """Genome -> (tag, parents): mutants of the best, then random designs; none measured, `pool` of them or fewer."""
        space, u, mutate, measured, pool = self.space, self.uniform, self.space.mutate, self.measured, {}
        for trial in self.best:
            parent, ancestry = trial.genome, ("mutant", (trial.id,))
            for _ in range(self.pool // len(self.best)):
                genome = mutate(parent, u)
                while genome is not None and u() < ANOTHER:
                    genome = mutate(genome, u) or genome
                if genome is not None and genome not in measured:
                    pool.setdefault(genome, ancestry)
        for _ in range(self.pool - len(pool)):
            genome = space.sample(u)
            if genome not in measured:
                pool.setdefault(genome, ("random", ()))
        return pool or {fresh_sample(space, measured, u): ("random", ())}

    def read(self, genomes):
        """The kernel's numbers of designs; each is read once."""
        known = self.graphs
        new = [genome for genome in genomes if genome not in known]
        known.update(zip(new, self.model_kernel.read(map(self.space.graph_of, new))))
        return list(map(known.__getitem__, genomes))


def log_expected_improvement(gain, spread) -> np.ndarray:
    """Logarithm of E[max(0, X)] with X ~ N(gain, spread**2): designs that improve next to nothing still differ."""
    from scipy.special import erfcx

    spread = np.maximum(spread, 1e-12)
    z = np.maximum(gain / spread, -1e5)
    sure = np.minimum(z, 30)  # from there on the expectation is the gain itself
    found = np.log1p(sure * np.sqrt(np.pi / 2) * erfcx(-sure / np.sqrt(2))) - sure**2 / 2 - np.log(2 * np.pi) / 2
    return found + np.log(spread * np.maximum(z / 30, 1))
