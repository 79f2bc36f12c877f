"""Curves over a budget: means with intervals, shares of runs at the optimum, random-equivalent budgets, ranks."""

from dataclasses import dataclass

import numpy as np

from .. import stats
from .findings import CURVE_RESAMPLES, generator, slack
from .text import scale_of

POINTS = 90


@dataclass
class Trend:
    """One agent's mean over its runs, with its interval, along an axis."""

    x: np.ndarray
    mean: "stats.Interval"
    """Value scale: larger is better. NaN where some run has found nothing yet."""
    runs: int


@dataclass
class Axis:
    name: str
    """"evaluations", "cost" or "agent_seconds"."""
    title: str
    factor: float = 1.0
    """Divides the axis's raw unit."""
    unit: str = ""
    log: bool = False

    @property
    def label(self):
        return f"{self.title} ({self.unit})" if self.unit else self.title


def axes(found):
    """The axes that say something on this task."""
    chosen = [Axis("evaluations", "evaluations", log=found.last_evaluation > 1000)]
    ends = {
        name: [
            np.nanmax(getattr(c.results, name))
            for c in found.ran.values()
            if np.isfinite(getattr(c.results, name)).any()
        ]
        for name in ("costs", "agent_seconds")
    }
    if ends["costs"] and max(ends["costs"]) > 0:
        factor, unit = scale_of(found.task.evaluator.cost_unit, max(ends["costs"]))
        chosen.append(Axis("cost", "declared cost", factor, unit, log=found.last_evaluation > 1000))
    if ends["agent_seconds"] and max(ends["agent_seconds"]) > 0:
        factor, unit = scale_of("s", float(np.median(ends["agent_seconds"])))
        chosen.append(Axis("agent_seconds", "agent's own time", factor, unit, log=True))
    return chosen


def trend(found, cell, axis, split="search"):
    """The mean curve of one agent, to the end of its median run; shorter runs count with their last value."""
    curves = cell.incumbents if split == "search" else cell.holdouts
    if axis.name == "evaluations":
        x, rows = _by_evaluation(found, cell, curves)
    elif axis.name == "cost":
        x, rows = _by_cost(cell, curves, axis)
    else:
        x, rows = _by_agent_seconds(found, cell, curves)
    if not len(x):
        return None
    told = np.isfinite(rows).all(0)
    mean = stats.bootstrap(
        np.where(told, rows, 0.0), generator(found.label, cell.agent, axis.name, split), resamples=CURVE_RESAMPLES
    )
    mean = stats.Interval(*(np.where(told, v, np.nan) for v in (mean.estimate, mean.low, mean.high)))
    return Trend(x / axis.factor, mean, cell.runs)


def evaluation_grid(last, points=POINTS):
    """Whole numbers from 1 to `last`, even to the eye on a linear axis and on a logarithmic one."""
    if last <= points:
        return np.arange(1, last + 1)
    half = points // 2
    return np.unique(np.round(np.concatenate((np.geomspace(1, last, half), np.linspace(1, last, half)))).astype(int))


def _by_evaluation(found, cell, curves):
    # An agent that returned early had its whole budget; one that was stopped by cost had no more evaluations.
    ended = sum(stop != "budget" for stop in cell.results.stops) * 2 > cell.runs
    last = found.last_evaluation if ended or found.budget.evaluations else cell.evaluations
    if last < 1 or not curves.shape[1]:
        return np.zeros(0), curves
    grid = evaluation_grid(last)
    return grid.astype(float), curves[:, np.minimum(grid, curves.shape[1]) - 1]


def _by_cost(cell, curves, axis):
    spent = np.asarray(cell.results.costs, float)
    if not spent.size or not np.isfinite(spent[:, 0]).all():
        return np.zeros(0), curves
    start, end = np.max(spent[:, 0]), np.median(np.nanmax(spent, axis=1))
    if not end > 0 or end < start:
        return np.zeros(0), curves
    if axis.log:
        grid = np.geomspace(max(start, end * 1e-6), end, POINTS)
    else:
        grid = np.linspace(start, end, POINTS)
    width = spent.shape[1]
    return grid, stats.align(spent, curves[:, :width], grid)


def _by_agent_seconds(found, cell, curves):
    """Each evaluation at the median of the seconds that runs took to get there: one run that was held up (by the
    machine, say) moves no curve, as it would if runs were averaged at equal seconds."""
    spent = np.asarray(cell.results.agent_seconds, float)
    grid, rows = _by_evaluation(found, cell, curves)
    grid = grid[grid <= spent.shape[1]].astype(int)
    if not grid.size or not np.isfinite(spent[:, 0]).all():
        return np.zeros(0), curves
    reached = np.isfinite(spent[:, grid - 1]).any(axis=0)
    x = np.nanmedian(spent[:, grid[reached] - 1], axis=0)
    return np.maximum.accumulate(x), rows[:, :grid.size][:, reached]


def shares_at_optimum(found, cell):
    """(evaluations, Interval of the share of runs that have seen the optimum), or None where it is not known."""
    optimum = found.task.optimum
    if optimum is None or not cell.runs:
        return None
    grid = evaluation_grid(found.last_evaluation)
    rows = cell.incumbents[:, np.minimum(grid, cell.incumbents.shape[1]) - 1]
    return grid, stats.share_reaching(rows, optimum - slack(optimum))


def equivalents(found, cell):
    """Trend of the random-equivalent budget; infinite where random search never gets there. None without a baseline."""
    if found.baseline is None:
        return None
    over = trend(found, cell, Axis("evaluations", "evaluations"))
    if over is None:
        return None
    draws = found.baseline.equivalent_n
    return Trend(
        over.x,
        stats.Interval(*(np.asarray(draws(v)) for v in (over.mean.estimate, over.mean.low, over.mean.high))),
        over.runs,
    )


def shared_runs(cells):
    """For agents on one task: the seeds that all of them ran, and each one's rows of them."""
    seeds, rows = stats.share_seeds(*(c.results.seeds for c in cells))
    return seeds, rows


def ranks(findings, points=60):
    """(share of the budget spent, Interval (k, G) of the average rank over tasks, seeds, tasks), or None.

    In each seed the agents are ranked by their incumbents, ties averaged; then seeds and tasks are averaged with equal
    weights. Where cost is the limit, the share is of cost.
    """
    agents = findings.whole_agents
    if len(agents) < 2:
        return None
    grid = np.linspace(1 / points, 1, points)
    intervals, counts = [], []
    for found in findings.ran:
        cells = [found.cells[a] for a in agents]
        seeds, rows = shared_runs(cells)
        if not len(seeds):
            continue
        values = np.stack([_by_share(found, cell, grid)[at] for cell, at in zip(cells, rows)])
        values = np.where(np.isnan(values), -np.inf, values)
        intervals.append(stats.average_rank(values, generator(found.label, "ranks"), resamples=CURVE_RESAMPLES))
        counts.append(len(seeds))
    return (grid, stats.mean_of(intervals), counts) if intervals else None


def _by_share(found, cell, grid):
    if found.budget.evaluations or not found.budget.cost:
        last = max(1, found.last_evaluation)
        columns = np.minimum(np.ceil(grid * last).astype(int), cell.incumbents.shape[1]) - 1
        return cell.incumbents[:, np.maximum(columns, 0)]
    return stats.align(np.asarray(cell.results.costs, float), cell.incumbents, grid * found.budget.cost)
