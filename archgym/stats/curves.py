"""Anytime curves: what each run had found by each point of its budget.

A run is a row: (S, N) arrays, NaN after a run's last evaluation. The x axis is whatever was spent: evaluations,
declared cost, seconds. Between two evaluations a run has what the earlier one left it: curves are steps.
"""

import numpy as np

from .intervals import Interval, bootstrap, proportion, seeds_first


def running_best(values):
    """(S, N) running maximum along each run; NaN stays where the run has ended."""
    values = np.asarray(values, float)
    return np.where(np.isnan(values), np.nan, np.fmax.accumulate(values, axis=-1))


def carried(values):
    """Each run's curve with its last value carried on after its end. A NaN before the first value stays."""
    values = np.asarray(values, float)
    at = np.where(np.isnan(values), 0, np.arange(values.shape[-1]))
    return np.take_along_axis(values, np.maximum.accumulate(at, axis=-1), -1)


def last(values):
    """(S,) what each run ended with; NaN for a run without any evaluation."""
    return carried(values)[..., -1]


def regret(incumbents, optimum):
    """Simple regret, optimum - incumbent. Negative where noise lets a measurement pass the optimum."""
    return optimum - np.asarray(incumbents, float)


def common_grid(xs, points=200, spacing="linear"):
    """Points at which curves of different runs can be compared.

    xs: (S, N) what each run had spent after each evaluation, or a list of such arrays, one an agent.
    From the first point where every run has measured something to the end of the longest run; `spacing` "linear" or
    "log".
    Raises ValueError where there is no evaluation, or for a log grid that would start at 0.
    """
    xs = [np.asarray(x, float) for x in (xs if isinstance(xs, (list, tuple)) else [xs])]
    starts = np.concatenate([np.atleast_2d(x)[:, 0] for x in xs if x.size])
    starts = starts[~np.isnan(starts)]
    if not len(starts):
        raise ValueError("no evaluation to lay a grid over: give the x of at least one finished run")
    start, stop = float(starts.max()), float(max(np.nanmax(x) for x in xs if not np.isnan(x).all()))
    if spacing == "linear":
        return np.linspace(start, stop, points)
    if spacing != "log":
        raise ValueError(f"unknown spacing {spacing!r}: 'linear' or 'log'")
    if start <= 0:
        raise ValueError(f"a log grid cannot start at {start:g}: use spacing='linear', or leave out what was free")
    grid = np.geomspace(start, stop, points)
    grid[[0, -1]] = start, stop
    return grid


def align(x, y, grid, after="carry"):
    """Step curves read off at common points.

    x: (S, N) or (N,) what was spent by each evaluation, not decreasing along a run, NaN after its end; y: (S, N).
    grid: (G,). after: "carry" keeps a run's last value after its end (what it found stays found), "nan" leaves it out.
    Returns (S, G), y of the last evaluation with x <= grid; NaN before a run's first.
    """
    if after not in ("carry", "nan"):
        raise ValueError(f"after={after!r}: 'carry' keeps a run's last value, 'nan' leaves the run out after its end")
    y, grid = seeds_first(y), np.asarray(grid, float)
    x = np.broadcast_to(np.asarray(x, float), y.shape)
    result = np.full((len(y), len(grid)), np.nan)
    for row, xs, ys in zip(result, x, y, strict=True):
        steps = int((~np.isnan(xs)).sum())
        if not steps:
            continue
        at = np.searchsorted(xs[:steps], grid, side="right") - 1
        row[:] = np.where(at >= 0, ys[at], np.nan)
        if after == "nan":
            row[grid > xs[steps - 1]] = np.nan
    return result


def share_reaching(incumbents, target, *, level=0.95):
    """Share of the runs at or above a target after each evaluation, with Wilson's interval.

    incumbents: (S, N); a run that has ended keeps its last. Returns an Interval of (N,) arrays.
    """
    incumbents = carried(seeds_first(incumbents))
    return proportion((incumbents >= target).sum(0), len(incumbents), level=level)


def first_reach(x, incumbents, targets):
    """What a run had spent when it first was at or above a target; inf if it never was.

    x: (S, N) or (N,); incumbents: (S, N). Returns (S,) for one target, (S, T) for T of them.
    """
    incumbents = seeds_first(incumbents)
    x = np.broadcast_to(np.asarray(x, float), incumbents.shape)
    columns = []
    for target in np.atleast_1d(targets):
        there = incumbents >= target
        at = there.argmax(-1)
        columns.append(np.where(there.any(-1), x[np.arange(len(x)), at], np.inf))
    return columns[0] if np.ndim(targets) == 0 else np.stack(columns, -1)


def expected_budget(x, incumbents, targets, rng, *, level=0.95, resamples=2000):
    """Expected budget to reach a target (ERT): what all runs spent until there or ended, over the runs that got there.

    Hansen et al., "COCO", Optimization Methods and Software 36(1), 2021. It stands for restarting the agent until it
    succeeds. x: (S, N) or (N,) what was spent; targets: one or (T,). Interval over seeds; inf where no run got there.
    """
    incumbents = seeds_first(incumbents)
    x = np.broadcast_to(np.asarray(x, float), incumbents.shape)
    reached = first_reach(x, incumbents, np.atleast_1d(targets))
    hits = np.isfinite(reached)
    whole = np.nan_to_num(last(np.where(np.isnan(incumbents), np.nan, x)))  # a run without an evaluation spent nothing
    spent = np.where(hits, reached, whole[:, None])

    def rate(pairs, axis):
        # Hits a unit spent: finite where its inverse is not.
        sums = pairs.sum(axis)
        with np.errstate(invalid="ignore"):  # a resample of runs that measured nothing says nothing
            return sums[..., 0, :] / sums[..., 1, :]

    rates = bootstrap(np.stack((hits, spent), 1), rng, rate, level=level, resamples=resamples)
    with np.errstate(divide="ignore"):
        ends = (1 / rates.estimate, 1 / rates.high, 1 / rates.low)
    return Interval(*(end if np.ndim(targets) else float(end[0]) for end in ends), level)
