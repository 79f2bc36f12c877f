"""Draws from a finite population of scored rows, and the law of the best of n of them.

With u_1 < ... < u_K the distinct values, M_k the rows at or below u_k and N all rows,
P(best of n <= u_k) is (M_k/N)**n with replacement and C(M_k, n)/C(N, n) without. Under a sampling law that is not
uniform, the law's probability of a row at or below u_k stands for M_k/N.
"""

from functools import cached_property

import numpy as np

FAR_BELOW = -40.0  # exp(-40) = 4e-18: what is rarer than that leaves no trace in a sum of doubles
EVERY, STEP = 200, 1.01  # a table of n holds every n up to 200, then steps of one percent


def best_of(values, n, *, weights=None, replace=True):
    """Distribution of the best of `n` draws from a finite table.

    values: (N,) scores, larger is better; ties allowed. weights: (N,) the sampling law, normalised here; None is
    uniform.
    Returns (support, probability): the K <= N distinct scores that can be drawn, ascending, and P(best = score).
    Raises ValueError if n < 1, n > N without replacement, or weights are given without replacement.
    """
    draws = Draws(values, weights=weights, replace=replace)
    return draws.support, draws.probability(draws.budget(n))


class Draws:
    """A population sorted once, so that many n cost little.

    support: (K,) distinct values, ascending. group: (N,) each row's place in it. rows: N.
    share: (N,) each row's probability of one draw. log_share: (K,) log P(one draw <= support).
    """

    def __init__(self, values, *, weights=None, replace=True):
        values = np.asarray(values, float)
        if values.ndim != 1 or len(values) == 0:
            raise ValueError(f"values of shape {values.shape}: a population is a non-empty (N,) array of scores")
        if not np.isfinite(values).all():
            raise ValueError("values must be finite: give failed designs the task's worst value")
        if weights is not None and not replace:
            raise ValueError("weights need replace=True: draws without replacement are uniform here")
        self.replace, self.rows, self.weighted = bool(replace), len(values), weights is not None
        self.share = _normalised(weights, values.shape) if self.weighted else np.full(self.rows, 1 / self.rows)
        self.support, self.group = np.unique(values, return_inverse=True)
        if (self.share == 0).any():  # a row that is never drawn is no part of the support
            drawn = np.bincount(self.group, self.share) > 0
            self.group = np.where(self.share > 0, (np.cumsum(drawn) - 1)[self.group], 0)
            self.support = self.support[drawn]
        self.mass = np.bincount(self.group, self.share)
        self.at_or_below = np.cumsum(np.bincount(self.group))
        if self.weighted:
            below, above = np.cumsum(self.mass), np.append(np.cumsum(self.mass[:0:-1])[::-1], 0.0)
        else:
            below = self.at_or_below / self.rows
            above = (self.rows - self.at_or_below) / self.rows
        self.log_share = np.where(below < 0.5, np.log(below), np.log1p(-np.minimum(above, 0.75)))

    def budget(self, n):
        """`n` as whole draws, one or many. Raises ValueError where this population has no best of n."""
        whole = np.asarray(n)
        if whole.dtype.kind not in "iu":
            if not np.all(whole == np.floor(whole)):
                raise ValueError(f"n = {n}: the number of draws is whole")
            whole = whole.astype(int)
        if whole.size and whole.min() < 1:
            raise ValueError(f"n = {n}: at least one draw is needed")
        if not self.replace and whole.size and whole.max() > self.rows:
            raise ValueError(
                f"n = {whole.max()} draws without replacement from {self.rows} rows: n may be at most {self.rows}; "
                "give a larger sample, or replace=True for a population drawn with replacement"
            )
        return whole

    @cached_property
    def _log_factorial(self):
        # Summed in extended precision where the machine has it: what is left is the rounding of one number, 1e-10.
        return np.concatenate(([0], np.cumsum(np.log(np.arange(1, self.rows + 1, dtype=np.longdouble))))).astype(float)

    def log_cdf(self, n, k):
        """log P(best of n <= support[k]), broadcast over n and k."""
        if self.replace:
            return n * self.log_share[k]
        f, among = self._log_factorial, self.at_or_below[k]
        rest = among - n
        chance = f[among] - f[np.maximum(rest, 0)] - f[self.rows] + f[self.rows - n]
        return np.where(rest < 0, -np.inf, chance)

    def probability(self, n):
        """(K,) P(best of n = support)."""
        return np.diff(np.exp(self.log_cdf(n, np.arange(len(self.support)))), prepend=0.0)

    def expectation(self, ns, scores=None):
        """E[score of the best of n] for many n at once.

        scores: (..., K) a score for each distinct value; None takes the values themselves. Returns (..., *shape of ns).
        Summed by parts from the top, top - sum_k (s_{k+1} - s_k) P(best <= u_k), so that a small regret keeps its
        digits and only the upper part of the population is visited when n is large.
        """
        scores = self.support if scores is None else scores
        shortfall = self.shortfall(ns, scores)
        return scores[..., -1].reshape(scores.shape[:-1] + (1,) * np.ndim(ns)) - shortfall

    def shortfall(self, ns, scores=None):
        """top score - E[score of the best of n], for n >= 0, shaped as in `expectation`."""
        gaps = np.diff(self.support if scores is None else scores)
        ns, last = np.asarray(ns), gaps.shape[-1]
        result = np.zeros(gaps.shape[:-1] + ns.shape)
        for i, n in np.ndenumerate(ns):
            # Without replacement the chance is smaller still, so the same cut is safe.
            first = np.searchsorted(self.log_share[:last], FAR_BELOW / n) if n > 0 else 0
            result[(..., *i)] = gaps[..., first:] @ np.exp(self.log_cdf(n, slice(first, last)))
        return result

    @cached_property
    def shortfall_table(self):
        """(shortfalls, descending and distinct; their n): from no draw at all to where only the top value is left."""
        if len(self.support) == 1:
            return np.zeros(1), np.zeros(1)
        # exp(-700) is about the last shortfall that a double holds.
        limit = np.ceil(700 / -self.log_share[-2]) if self.replace else self.rows
        steps = np.arange(np.ceil(np.log(max(limit, EVERY) / EVERY) / np.log(STEP)) + 1)
        ns = np.unique(np.concatenate((np.arange(EVERY + 1), np.floor(EVERY * STEP**steps), [limit]))).astype(int)
        ns = ns[ns <= limit]
        shortfall = self.shortfall(ns)
        keep = np.concatenate(([True], shortfall[1:] < np.minimum.accumulate(shortfall)[:-1]))
        return shortfall[keep], ns[keep]

    def quantile(self, ns, q):
        """The smallest value with P(best of n <= value) >= q; ns and q broadcast."""
        ns, q = np.broadcast_arrays(ns, np.asarray(q, float))
        if not np.all((q >= 0) & (q <= 1)):
            raise ValueError(f"quantile {np.unique(q).tolist()}: a probability lies between 0 and 1")
        with np.errstate(divide="ignore"):
            bound = np.log(q) - 1e-12  # exp(log(0.5)) misses one half by an ulp
        if self.replace:
            k = np.searchsorted(self.log_share, bound / ns)
            return self.support[np.minimum(k, len(self.support) - 1)]
        low, high = np.zeros(ns.shape, int), np.full(ns.shape, len(self.support) - 1)
        while np.any(low < high):
            middle = (low + high) // 2
            enough = self.log_cdf(ns, middle) >= bound
            low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
        return self.support[low]

    def hit(self, ns, target):
        """P(best of n >= target)."""
        below = int(np.searchsorted(self.support, target)) - 1
        ns = np.asarray(ns)
        return np.ones(ns.shape) if below < 0 else -np.expm1(self.log_cdf(ns, below))

    def draws_until(self, target):
        """Expected draws until one is at or above the target: 1/p with replacement, (N + 1)/(m + 1) without.

        inf where no row is.
        """
        good = (self.support[self.group] >= target) & (self.share > 0)
        if not good.any():
            return float("inf")
        return float(1 / self.share[good].sum()) if self.replace else (self.rows + 1) / (int(good.sum()) + 1)


def _normalised(weights, shape):
    weights = np.asarray(weights, float)
    if weights.shape != shape:
        raise ValueError(f"weights of shape {weights.shape}: one weight a value is needed, shape {shape}")
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise ValueError("weights must be finite and not negative, with a positive sum")
    return weights / weights.sum()
