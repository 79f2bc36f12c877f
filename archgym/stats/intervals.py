"""Bootstrap intervals over the seeds of an experiment.

The seeds stand on the first axis. The interval is BCa (see `bca`), its percentiles taken further out so that for the
mean of a symmetric law they reach as far as Student's t, as Hesterberg's expanded percentiles do ("What Teachers Should
Know About the Bootstrap", The American Statistician 69(4), 2015, section 5.3). Each does what the other cannot: at 10
normal seeds BCa alone covers 90 %, this 94 %; for the mean of 30 exponential values expanded percentiles alone cover
93.4 %, this 94.2 %, for a 10 % quantile of 30 normal ones 88 %, this 93 %.

What it covers where 95 % is promised, simulated: with 30 and 100 seeds 93 to 97 % for means of normal, uniform,
exponential and chi-square (1) laws and of the best of 300 draws from a table, and for medians of these. Means of laws
that are more skewed need more seeds: lognormal (sigma 1) 91 and 92 %; regrets from 0 to 1.5, half of them 0, 88 and
95 %; where four runs in five end alike and one in thirty far off, 69 and 93 %, since 30 seeds often miss what matters.
No method does well there: the bootstrap-t has 92, 91 and 92 % at 30 seeds, and ends without bound at 10 with ties.
Symmetric laws with heavy tails lose: Student's t with 3 degrees of freedom 91 and 92 % (expanded percentiles 94 %).
Ratios of counts and medians of few distinct values are covered up to 98 %.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from .bca import all_but_one, ends, pulls_of

NORMAL = NormalDist()
CHUNK = 4_000_000  # numbers resampled at a time


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its confidence interval; numbers, or arrays of one shape (a curve, a matrix)."""

    estimate: np.ndarray | float
    low: np.ndarray | float
    """NaN where nothing can be said: fewer than two seeds."""
    high: np.ndarray | float
    level: float = 0.95


def bootstrap(values, rng, statistic="mean", *, level=0.95, resamples=2000):
    """Interval of a statistic over seeds.

    values: (S, ...) one row a seed. A NaN is a seed that has no value there; the mean and the median pass over it.
    rng: numpy Generator. statistic: "mean", "median", or a function `f(values, axis)` that reduces one axis.
    Returns an Interval whose entries have the shape of one row.
    Raises ValueError without seeds, or for a level outside (0, 1).
    """
    values = seeds_first(values)
    reduce = {"mean": _mean, "median": _median}.get(statistic, statistic)
    if not callable(reduce):
        raise ValueError(f"unknown statistic {statistic!r}: give 'mean', 'median' or a function f(values, axis)")
    tail = tail_probability(len(values), level)
    estimate = reduce(values, 0)
    if len(values) < 2:
        nothing = plain(np.full(np.shape(estimate), np.nan))
        return Interval(plain(estimate), nothing, nothing, level)
    picks = rng.integers(0, len(values), (int(resamples), len(values)))
    if reduce is _mean and not np.isinf(values).any():
        replicates = _mean_replicates(values, picks)
    elif reduce is _median and not np.isnan(values).any():
        replicates = _median_replicates(values, picks)
    else:
        replicates = _replicates(values, picks, reduce)
    low, high = ends(replicates, estimate, _pulls(values, reduce, estimate), tail)
    told = np.sum(~np.isnan(values), axis=0) >= 2
    if np.shape(low) == told.shape:
        low, high = np.where(told, low, np.nan), np.where(told, high, np.nan)
    return Interval(plain(estimate), plain(low), plain(high), level)


def bounded_mean(scores, rng, *, level=0.95, resamples=2000):
    """Interval of the mean of scores between 0 and 1 (chances, wins and losses) over seeds.

    scores: (S,). One sure win and one sure loss join the seeds that are resampled, after Agresti and Caffo (The
    American Statistician 54, 2000): from 30 seeds that all won, nobody can tell that none would lose. Simulated with
    10 to 100 seeds it covers 93 % or more under every law tried; a plain bootstrap of 30 seeds covers 60 % where 3 %
    of the runs fail. The estimate itself is the plain mean.
    """
    scores = seeds_first(scores)
    if scores.ndim > 1 or not np.all((scores >= 0) & (scores <= 1)):
        raise ValueError("scores must be an (S,) array of numbers between 0 and 1")
    tail = (1 - _checked(level)) / 2
    joined = np.append(scores, (0.0, 1.0))
    picks = rng.integers(0, len(joined), (int(resamples), len(joined)))
    low, high = _percentiles(_mean_replicates(joined, picks), (tail, 1 - tail))
    estimate = float(_mean(scores, 0))
    if len(scores) < 2:
        return Interval(estimate, float("nan"), float("nan"), level)
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate), level)


def paired_difference(first, second, rng, statistic="mean", *, level=0.95, resamples=2000):
    """Interval of a statistic of `first - second`, for two agents that ran the same seeds in the same order.

    first, second: (S, ...). Use `share_seeds` where the runs of one are not all there.
    """
    first, second = seeds_first(first), seeds_first(second)
    if first.shape != second.shape:
        raise ValueError(f"paired values need one shape, not {first.shape} and {second.shape}: see share_seeds")
    return bootstrap(first - second, rng, statistic, level=level, resamples=resamples)


def share_seeds(*seeds):
    """Where each agent keeps the seeds that all of them ran.

    seeds: one sequence of distinct seeds an agent. Returns (shared seeds, ascending; a list with one index array an
    agent).
    """
    arrays = [np.asarray(s) for s in seeds]
    for array in arrays:
        if len(np.unique(array)) != len(array):
            raise ValueError(f"a seed occurs twice in {array.tolist()}: one run a seed can be paired")
    shared = arrays[0] if arrays else np.array([], int)
    for array in arrays[1:]:
        shared = np.intersect1d(shared, array)
    shared = np.sort(shared)
    rows = []
    for array in arrays:
        order = np.argsort(array)
        rows.append(order[np.searchsorted(array[order], shared)])
    return shared, rows


def proportion(successes, trials, *, level=0.95):
    """Wilson's score interval of a proportion (JASA 22, 1927): not empty at 0 of S or S of S, where a bootstrap is.

    successes: a count or an array of them; trials: runs, the same or one for all. NaN without a trial.
    """
    k, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(trials, float))
    if np.any((k < 0) | (k > n)):
        raise ValueError("successes must lie between 0 and the number of trials")
    z = normal_quantile(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / n
        middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        reach = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # At the ends the formula gives 0 and 1 give or take an ulp.
    low, high = np.where(k == 0, 0.0 * p, middle - reach), np.where(k == n, p, middle + reach)
    return Interval(plain(p), plain(low), plain(high), level)


def tail_probability(seeds, level=0.95):
    """Share of the replicates left out at each end: Phi(-sqrt(S/(S-1)) t), t Student's quantile at S - 1."""
    if seeds < 2:
        return (1 - _checked(level)) / 2
    return NORMAL.cdf(-((seeds / (seeds - 1)) ** 0.5) * student_t_quantile(0.5 + _checked(level) / 2, seeds - 1))


def normal_quantile(level):
    """How many standard deviations a two-sided interval of that level reaches."""
    return NORMAL.inv_cdf(0.5 + _checked(level) / 2)


def student_t_quantile(p, freedom):
    """Quantile of Student's t, p in (0, 1). Closed form at 1 and 2 degrees of freedom, else Cornish and Fisher's series
    (Abramowitz and Stegun 26.7.5): within 1 % for p <= .975 at 3, .03 % from 8 on."""
    if freedom == 1:
        return float(np.tan(np.pi * (p - 0.5)))
    if freedom == 2:
        return (2 * p - 1) * (2 / (4 * p * (1 - p))) ** 0.5
    z = NORMAL.inv_cdf(p)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**k for k, term in enumerate(terms, 1))


def seeds_first(values):
    """The values as a float array with at least one seed on the first axis."""
    values = np.asarray(values, float)
    if values.ndim == 0 or len(values) == 0:
        raise ValueError("no seeds: give an array with one row a finished run")
    return values


def plain(x):
    """A 0-d array as a Python float, any other as it is."""
    return float(x) if np.ndim(x) == 0 else x


def _checked(level):
    if not 0 < level < 1:
        raise ValueError(f"level {level!r}: a confidence level lies between 0 and 1, 0.95 for 95 %")
    return level


def _mean(values, axis):
    absent = np.isnan(values)
    if not absent.any() and not np.isinf(values).any():
        origin = np.take(values, 0, axis)  # equal seeds must have their own value as mean, to the last bit
        return origin + np.mean(values - np.expand_dims(origin, axis), axis)
    with np.errstate(invalid="ignore"):
        return np.where(absent, 0, values).sum(axis) / (~absent).sum(axis)


def _median(values, axis):
    ordered = np.sort(np.moveaxis(values, axis, -1), axis=-1)  # NaN last
    present = (~np.isnan(ordered)).sum(-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(present - 1, 0) // 2, -1)
    high = np.take_along_axis(ordered, np.minimum(present // 2, ordered.shape[-1] - 1), -1)
    return ((low + high) / 2)[..., 0]


def _mean_replicates(values, picks):
    """(B, ...) means of the resamples, by counting how often each seed was drawn: a matrix product."""
    resamples, seeds = picks.shape
    counts = np.bincount((picks + seeds * np.arange(resamples)[:, None]).ravel(), minlength=resamples * seeds)
    counts = counts.reshape(resamples, seeds).astype(float)
    flat = values.reshape(seeds, -1)
    absent = np.isnan(flat)
    if absent.any():
        with np.errstate(invalid="ignore"):
            means = (counts @ np.where(absent, 0, flat)) / (counts @ ~absent)
    else:
        means = flat[0] + (counts @ (flat - flat[0])) / seeds
    return means.reshape(resamples, *values.shape[1:])


def _median_replicates(values, picks):
    """(B, ...) medians of the resamples.

    The median of a resample of sorted values is the value at the median pick: one sort of each serves every column.
    """
    ordered, picks = np.sort(values, axis=0), np.sort(picks, axis=1)
    seeds = len(values)
    return (ordered[picks[:, (seeds - 1) // 2]] + ordered[picks[:, seeds // 2]]) / 2


def _pulls(values, reduce, estimate):
    """(S, ...) how far each seed moves the statistic; of a mean that is how far it lies from it."""
    with np.errstate(invalid="ignore"):  # an infinite seed pulls infinitely far
        if reduce is _mean:
            return np.nan_to_num(values - estimate, posinf=np.inf, neginf=-np.inf)
        return pulls_of(_replicates(values, all_but_one(len(values)), reduce))


def _replicates(values, picks, reduce):
    step = max(1, CHUNK // values.size)
    return np.concatenate([reduce(values[picks[i : i + step]], 1) for i in range(0, len(picks), step)])


def _percentiles(replicates, q):
    # Without interpolation: an end of the interval is a replicate, and may be infinite.
    if np.isnan(replicates).any():
        with np.errstate(all="ignore"):
            return np.nanquantile(replicates, q, axis=0, method="inverted_cdf")
    return np.quantile(replicates, q, axis=0, method="inverted_cdf")
