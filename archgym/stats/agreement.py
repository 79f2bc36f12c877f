"""How far two rankings agree, and after how many seeds one does not change any more."""

from dataclasses import dataclass

import numpy as np

from .intervals import NORMAL, Interval
from .ranks import rank_agents


def kendall_tau(first, second):
    """Kendall's tau-b of two (n,) arrays: agreeing pairs less disagreeing ones, ties in neither held against them.

    NaN where one of them is constant, or with fewer than two values. Kendall, "The treatment of ties in ranking
    problems", Biometrika 33, 1945; SciPy's implementation.
    """
    from scipy.stats import kendalltau

    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"two (n,) arrays of one length are needed, not {first.shape} and {second.shape}")
    return float(kendalltau(first, second).statistic) if len(first) > 1 else float("nan")


def spearman_rho(first, second):
    """Spearman's rank correlation of two scores of the same things."""
    from scipy.stats import spearmanr

    return float(spearmanr(first, second).statistic)


def kendall_tau_interval(first, second, *, level=0.95):
    """Interval of Kendall's tau-b over the items that (n,) arrays hold, as a sample of more.

    The jackknife's standard error, on the scale of Fisher's z. No width where tau is -1 or 1; NaN where it is, or with
    fewer than four items.
    """
    estimate = kendall_tau(first, second)
    if np.isnan(estimate) or len(first) < 4:
        return Interval(estimate, float("nan"), float("nan"), level)
    ranks = [np.unique(values, return_inverse=True)[1].astype(float) for values in (first, second)]
    a, b = (np.sign(r[:, None] - r) for r in ranks)
    agreement, pairs_a, pairs_b = ((m.sum() - 2 * m.sum(1)) for m in (a * b, a * a, b * b))
    with np.errstate(divide="ignore", invalid="ignore"):
        without = agreement / np.sqrt(pairs_a * pairs_b)
    if abs(estimate) > 1 - 1e-12:
        return Interval(estimate, estimate, estimate, level)
    n = len(without)
    error = np.sqrt((n - 1) / n * ((without - without.mean())**2).sum()) / (1 - estimate**2)
    ends = np.arctanh(estimate) + NORMAL.inv_cdf((1 + level) / 2) * error * np.array([-1, 1])
    return Interval(estimate, *map(float, np.tanh(ends)), level)


def kendall_tau_of_best(signal, truth, share=0.1):
    """Kendall's tau-b among the designs that are truly best: the share of them with the highest `truth`, ties in.

    A signal may rank all designs well and the good ones not at all; search is about the good ones.
    """
    signal, truth = np.asarray(signal, float), np.asarray(truth, float)
    if not 0 < share <= 1:
        raise ValueError(f"share {share!r}: a share of the designs lies between 0 and 1")
    best = truth >= np.sort(truth)[-max(1, int(round(share * len(truth))))]
    return kendall_tau(signal[best], truth[best])


@dataclass(frozen=True, slots=True)
class Stability:
    """What becomes of a ranking when fewer seeds are run."""

    seeds: np.ndarray
    """(N,) numbers of seeds."""
    same: np.ndarray
    """(N,) chance that the whole order of mean values is that of all seeds."""
    same_best: np.ndarray
    """(N,) chance that the best agent is the same."""
    tau: np.ndarray
    """(N,) mean Kendall tau with the order of all seeds."""

    def needed(self, chance=0.95, of="same_best") -> int | None:
        """Fewest seeds from which on that chance is reached; None where it never is."""
        enough = np.flatnonzero(getattr(self, of) < chance)
        at = int(enough[-1]) + 1 if len(enough) else 0
        return int(self.seeds[at]) if at < len(self.seeds) else None


def ranking_stability(values, rng, sizes=None, *, resamples=1000):
    """How a ranking by mean changes with the number of seeds: bootstrap over subsets of the seeds.

    values: (k, S) final values of k agents on the same S seeds. sizes: numbers of seeds (default: 1 to S). Each
    resample draws that many of the S seeds with replacement, all agents of a seed together, and ranks the agents by
    their means; equal means share a rank, and an order with ties is the same only as one with the same ties.
    Raises ValueError for fewer than two agents or two seeds.
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError(f"values of shape {values.shape}: (agents, seeds), two of each at least")
    k, seeds = values.shape
    sizes = np.arange(1, seeds + 1) if sizes is None else np.asarray(sizes, int)
    whole = rank_agents(values.mean(1))
    rows = []
    for size in sizes.tolist():
        picks = rng.integers(0, seeds, (int(resamples), size))
        ranks = rank_agents(values[:, picks].mean(2))  # (k, resamples)
        equal = ranks == whole[:, None]
        rows.append((equal.all(0).mean(), equal[whole == whole.min()].all(0).mean(), _taus(ranks, whole).mean()))
    same, best, tau = np.array(rows).T
    return Stability(sizes, same, best, tau)


def _taus(ranks, whole):
    """Kendall's tau-b of each column with `whole`; 0 where all of a column are equal."""
    first, second = np.triu_indices(len(whole), 1)
    signs, reference = np.sign(ranks[first] - ranks[second]), np.sign(whole[first] - whole[second])
    scale = np.sqrt((signs**2).sum(0) * (reference**2).sum())
    return np.divide((signs * reference[:, None]).sum(0), scale, out=np.zeros(ranks.shape[1]), where=scale > 0)
