"""Random search without running it: what the best of n random designs is worth.

Exact where the population can be enumerated, an unbiased estimate from a sample where it cannot.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .distribution import Distribution
from .draws import Draws
from .equivalent import equivalent_n
from .estimate import standard_error


@dataclass(frozen=True)
class BaselineCurve:
    """The best of n random draws for many n."""

    n: np.ndarray
    """(L,) draws."""
    mean: np.ndarray
    """(L,) expected best search value."""
    levels: tuple[float, ...]
    """(Q,) probabilities of the quantiles."""
    quantiles: np.ndarray
    """(Q, L) quantiles of the best search value."""
    chance_of_optimum: np.ndarray | None
    """(L,) chance that the optimum was seen; None where the optimum is not known."""
    holdout_mean: np.ndarray | None
    """(L,) expected holdout value of the draw that is best by search value."""


@dataclass(frozen=True, eq=False, repr=False)
class RandomBaseline:
    """The best of `n` random draws from a population of scored rows; larger is better.

    A row is what one measurement can find: a design, or a (design, training seed) pair with the weight of drawing both.
    Raises ValueError for values that are not finite, weights without replacement, n < 1, or n > N without replacement.
    """

    values: np.ndarray
    """(N,) search value of each row."""
    n: int
    """Draws."""
    holdout: np.ndarray | None = None
    """(N,) holdout value of each row's design."""
    weights: np.ndarray | None = None
    """(N,) sampling law over rows, normalised here; None is uniform."""
    replace: bool = True
    """Whether a row can be drawn twice."""
    law: str = "uniform"
    """The sampling law in words."""
    rows_are: str = "rows"
    """What a row is, in the plural: "cells", "(cell, seed) rows"."""
    optimum: float | None = None
    """The value that counts as the optimum; None takes the best row where the population is exact."""
    exact: bool = True
    """False where the rows are a sample and every figure is an estimate; see `from_sample`."""

    def __post_init__(self):
        object.__setattr__(self, "n", int(self.draws.budget(self.n)))
        if self.holdout is not None:
            holdout = np.asarray(self.holdout, float)
            if holdout.shape != (self.draws.rows,) or not np.isfinite(holdout).all():
                raise ValueError(f"holdout needs one finite value for each of the {self.draws.rows} rows")
            object.__setattr__(self, "holdout", holdout)
        if not self.exact and self.replace:
            raise ValueError("an estimate from a sample is made by RandomBaseline.from_sample, without replacement")
        if self.optimum is None and self.exact:
            object.__setattr__(self, "optimum", float(self.draws.support[-1]))

    @classmethod
    def from_sample(cls, values, n, *, holdout=None, law="the space's own", rows_are="draws", optimum=None):
        """Unbiased estimate from N >= n independent draws of a population that cannot be enumerated.

        The best of every subset of n draws, averaged: sum_k u_k [C(M_k, n) - C(M_{k-1}, n)]/C(N, n), a U-statistic
        (Dodge et al., "Show Your Work", EMNLP 2019, use (M/N)**n, which is biased downwards; Tang et al., "Showing Your
        Work Doesn't Always Work", ACL 2020, show it and give this form). Draw ten times n or more: see
        `standard_error`.
        """
        return cls(values, n, holdout, None, False, law, rows_are, optimum, False)

    @cached_property
    def draws(self):
        return Draws(self.values, weights=self.weights, replace=self.replace)

    def at(self, n):
        """The same population at another n, sorted no second time."""
        other = object.__new__(RandomBaseline)
        other.__dict__.update({k: v for k, v in self.__dict__.items() if k not in ("best", "holdout_of_best")})
        other.__dict__["n"] = int(self.draws.budget(n))
        return other

    @cached_property
    def best(self):
        """Distribution of the best search value."""
        return Distribution(self.draws.support, self.draws.probability(self.n))

    @cached_property
    def holdout_of_best(self):
        """Distribution of the holdout value of the draw that is best by search value, None without holdout values.

        A row among equals at the best value is the first drawn, each with the same chance.
        """
        if self.holdout is None:
            return None
        chance = (self.best.probability / self.draws.mass)[self.draws.group] * self.draws.share
        support, group = np.unique(self.holdout, return_inverse=True)
        return Distribution(support, np.bincount(group, chance))

    @property
    def mean(self):
        return self.best.mean

    @property
    def sd(self):
        return self.best.sd

    def quantile(self, q):
        """The smallest value that the best of n does not exceed with probability q."""
        return self.best.quantile(q)

    def cdf(self, x):
        """P(best of n <= x)."""
        return self.best.cdf(x)

    @property
    def standard_error(self):
        """Standard error of `mean`: 0 where exact, the jackknife's where estimated (NaN from a sample of only n)."""
        return 0.0 if self.exact else standard_error(self.values, self.n)

    @property
    def holdout_mean(self):
        """Expected holdout value of the best by search value, sum_k p_k mean(holdout | search = u_k), or None."""
        return None if self.holdout is None else float(self.draws.expectation(self.n, self._holdout_scores))

    @property
    def chance_of_optimum(self):
        """P(best of n >= optimum); None where the optimum is not known."""
        return None if self.optimum is None else float(self.draws.hit(self.n, self.optimum))

    @property
    def expected_draws_to_optimum(self):
        """Expected draws until the optimum is seen; None where it is not known, or the rows are but a sample."""
        return None if self.optimum is None or not self.exact else self.draws.draws_until(self.optimum)

    def beaten_by(self, values, rng, *, level=0.95, resamples=2000):
        """P(agent better than the best of n), ties half, with an Interval over the agent's seeds.

        values: (S,) the agent's final search values. For holdout values ask `holdout_of_best.beaten_by`.
        """
        return self.best.beaten_by(values, rng, level=level, resamples=resamples)

    def equivalent_n(self, means):
        """Random-equivalent budget: how many draws have the given expected best. See `equivalent.equivalent_n`."""
        return equivalent_n(self.draws, means)

    def curve(self, ns, quantiles=(0.05, 0.5, 0.95)):
        """Mean and quantiles of the best of n for many n at once."""
        ns, levels = np.atleast_1d(self.draws.budget(ns)), tuple(float(q) for q in quantiles)
        scores = [self.draws.support] if self.holdout is None else [self.draws.support, self._holdout_scores]
        means = self.draws.expectation(ns, np.array(scores))
        return BaselineCurve(
            n=ns,
            mean=means[0],
            levels=levels,
            quantiles=self.draws.quantile(ns[None, :], np.array(levels)[:, None]),
            chance_of_optimum=None if self.optimum is None else self.draws.hit(ns, self.optimum),
            holdout_mean=None if self.holdout is None else means[1],
        )

    @property
    def words(self):
        """The baseline in words: its law, its population, and whether it is exact."""
        rows = f"{self.draws.rows:,} {self.rows_are}"
        if not self.exact:
            return f"best of {self.n:,} random draws, law {self.law}; unbiased estimate from a sample of {rows}"
        again = "with" if self.replace else "without"
        return f"best of {self.n:,} random draws {again} replacement, law {self.law}; exact over {rows}"

    def __repr__(self):
        return f"<RandomBaseline: {self.words}>"

    @cached_property
    def _holdout_scores(self):
        """(K,) mean holdout value at each distinct search value."""
        return np.bincount(self.draws.group, self.draws.share * self.holdout) / self.draws.mass
