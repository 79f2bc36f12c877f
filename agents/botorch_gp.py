"""Bayesian optimization with BoTorch: a Gaussian process over encoded designs, and log expected improvement.

Balandat et al., "BoTorch", NeurIPS 2020; the process is its SingleTaskGP, with the priors of Hvarfner, Hellsten, Nardi,
"Vanilla Bayesian Optimization Performs Great in High Dimensions", ICML 2024; the acquisition is that of Ament et al.,
"Unexpected Improvements to Expected Improvement for Bayesian Optimization", NeurIPS 2023; BoTorch 0.18's source was
read. BoTorch fits the kernel's parameters whenever the designs have doubled; in between, the posterior is brought up
to date here, exactly, since a fit costs as much as hundreds of updates.

The acquisition is climbed from random designs and the neighbours of the best five, three climbers at once; in an open
space twenty mutants stand for the neighbours, and the process reads how often each option was picked. Nothing is
proposed twice while the climb or a random draw finds another.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.encoding import encoding
from archgym.fresh import fresh_sample
from archgym.registry import needed
from archgym.trial import Proposal

from ._predictor_agent import Results

FIT_STEPS = 50  # of L-BFGS on the marginal likelihood
SAMPLED, PARENTS, CLIMBERS = 100, 5, 3
MUTANTS = 20  # that stand for the neighbours in an open space


@dataclass
class BoTorchGP(AskTellAgent):
    initial: int = tunable(20, over=(5, 10, 20, 40), at_least=1)
    """Random designs measured before the first fit."""
    refit: float = tunable(2.0, over=(1.2, 1.5, 2.0, 4.0), at_least=1.0)
    """Kernel parameters are fitted again once there are so many times the designs of the last fit."""
    encoding: str = tunable("ordered", over=("ordered", "one-hot"), one_of=("ordered", "one-hot"))
    """What the process reads: a column an option, or for ordered choices ("ordered") their rank as a number."""

    def setup(self, bench):
        needed("botorch", "agent 'botorch-gp'")
        self.space, self.uniform, self.rng = bench.space, bench.uniform("designs"), bench.rng("fit")
        self.encode = encoding(self.encoding, self.space, [])
        self.results, self.proposed, self.coded = Results(), set(), {}
        self.model, self.next_fit = None, 0

    def ask(self, n):
        genome = None
        if len(self.proposed) >= self.initial and self.results.good:
            genome = self.climb()
        if genome is None:
            genome = fresh_sample(self.space, self.proposed, self.uniform)
        self.proposed.add(genome)
        return [Proposal(genome)]

    def tell(self, trials):
        for trial in trials:
            self.results.add(trial)

    def learn(self):
        """The acquisition: genomes -> logarithm of the expected improvement over the best mean of what was measured."""
        genomes, values = self.results.training_set()
        new = [genome for genome in genomes if genome not in self.coded]
        self.coded.update(zip(new, self.encode(new) if new else ()))
        x, y = np.stack([self.coded[genome] for genome in genomes]), np.asarray(values)
        y = (y - y.mean()) / (y.std() or 1.0)
        if len(y) >= self.next_fit:
            self.model, self.next_fit = fitted(x, y, int(self.rng.integers(2**63))), self.refit * len(y)
        posterior = Posterior(self.model, x, y)
        return lambda genomes: log_expected_improvement(*posterior(self.encode(genomes)), y.max())

    def climb(self):
        """The best unmeasured genome that hill climbing meets; None where all that it met were measured."""
        space, u = self.space, self.uniform
        near = [space.sample(u) for _ in range(SAMPLED)]
        for parent in self.results.best(PARENTS):
            near += self.near(parent)
        acquisition, scores, climbers = None, {}, []
        while True:
            new = [genome for genome in dict.fromkeys(near) if genome not in scores and genome not in self.proposed]
            if new:
                acquisition = acquisition or self.learn()
                scores.update(zip(new, acquisition(new).tolist()))
            found = sorted([*climbers, *new], key=scores.get, reverse=True)[:CLIMBERS]
            if found == climbers:
                return found[0] if found else None
            near = [genome for climber in found if climber not in climbers for genome in self.near(climber)]
            climbers = found

    def near(self, genome):
        if hasattr(self.space, "choices"):
            return self.space.neighbours(genome, self.uniform)
        mutants = (self.space.mutate(genome, self.uniform) for _ in range(MUTANTS))
        return [mutant for mutant in mutants if mutant is not None]


def fitted(x, y, seed):
    """BoTorch's SingleTaskGP with its priors, the kernel's parameters at the maximum of their posterior."""
    import torch
    from botorch.fit import fit_gpytorch_mll
    from botorch.models import SingleTaskGP
    from gpytorch.mlls import ExactMarginalLogLikelihood

    # A fit that fails is started again from draws of the priors, which come from torch's global generator.
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        model = SingleTaskGP(torch.as_tensor(x), torch.as_tensor(y)[:, None], outcome_transform=None)
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model),
                         optimizer_kwargs={"options": {"maxiter": FIT_STEPS}})
    return model.requires_grad_(False)


class Posterior:
    """A fitted model's exact posterior given these data, which may be more than it was fitted to."""

    def __init__(self, model, x, y):
        from scipy.linalg import cho_factor, cho_solve

        self.model, self.x = model, x
        covariance = self.kernel(x)
        covariance[np.diag_indices(len(x))] += model.likelihood.noise.item()
        self.factor, self.constant = cho_factor(covariance, lower=True), model.mean_module.constant.item()
        self.weights = cho_solve(self.factor, y - self.constant)

    def kernel(self, x):
        """(N, data) covariances."""
        import torch

        return self.model.covar_module(torch.as_tensor(x), torch.as_tensor(self.x)).to_dense().numpy()

    def __call__(self, x):
        """(mean, deviation) of the noiseless values at x."""
        from scipy.linalg import solve_triangular

        k = self.kernel(x)
        v = solve_triangular(self.factor[0], k.T, lower=True)
        # The kernel of SingleTaskGP has variance 1.
        return self.constant + k @ self.weights, np.sqrt(np.maximum(1.0 - (v * v).sum(axis=0), 1e-12))


def log_expected_improvement(mean, deviation, best):
    """Its logarithm for normal beliefs, exact where the improvement itself would underflow."""
    from scipy.special import erfcx, ndtr

    u = (mean - best) / deviation
    near = np.maximum(u, -1.0)
    far = np.minimum(u, -1.0)
    # log(phi(u) + u Phi(u)); below -1 phi is taken out of it.
    ratio = -far * np.sqrt(np.pi / 2) * erfcx(-far / np.sqrt(2))
    tail = np.where(far > -1e6, np.log1p(-np.minimum(ratio, 1 - 1e-16)), -2 * np.log(-far))
    return np.log(deviation) + np.where(
        u > -1, np.log(np.exp(-near * near / 2) / np.sqrt(2 * np.pi) + near * ndtr(near)),
        -far * far / 2 - np.log(2 * np.pi) / 2 + tail)
