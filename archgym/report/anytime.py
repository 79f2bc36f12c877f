"""Anytime curves: regret, or value where the optimum is unknown, against evaluations, declared cost and agent time."""

import math
from html import escape

import numpy as np

from .. import stats
from . import trends
from .layout import blank, grid_of, handle, legend, legend_height, panels, plain_tick, random_handle, scatter_markers, thousands, title
from .picture import Picture
from .style import BAND, RANDOM
from .text import THIN, count, in_unit, listed, plural

FEW = 8
"""Agents up to which intervals are drawn as bands; beyond, as bars at the curves' ends."""
QUANTILES = (0.05, 0.5, 0.95)


class Scale:
    """How values are shown: as regret on a logarithmic axis with a floor, or in the metric's own sign."""

    def __init__(self, found, split):
        self.optimum = found.optimum(split)
        self.sign = found.objective.sign
        self.log = self.optimum is not None
        metric = found.objective.metric if split == "search" else found.objective.holdout
        what = "regret" if self.log else str(metric).replace("_", " ")
        unit = found.regret_unit if self.log else found.unit
        self.name = what
        self.label = ("holdout " if split == "holdout" and self.log else "") + what + in_unit(unit)
        self.floor = 0.0

    def of(self, values):
        values = np.asarray(values, float)
        return np.maximum(self.optimum - values, 0) if self.log else self.sign * values

    def interval(self, interval):
        """(estimate, low, high) as shown, low the smaller number."""
        ends = self.of(interval.low), self.of(interval.high)
        flipped = self.log or self.sign < 0
        return self.of(interval.estimate), ends[flipped], ends[1 - flipped]

    def settle(self, shown):
        """Choose the floor from what will be drawn: below every positive number of at most four decades."""
        if not self.log:
            return
        positive = np.concatenate([y[np.isfinite(y) & (y > 0)] for y in shown] or [np.ones(1)])
        top = positive.max() if len(positive) else 1.0
        least = max(positive.min() if len(positive) else 0.1, top * 1e-4)
        self.floor = 10.0 ** math.floor(math.log10(least) - 1e-9)
        self.cut = bool(len(positive)) and positive.min() < self.floor
        self.top = top

    def drawn(self, y):
        return np.maximum(y, self.floor) if self.log else y

    def dress(self, ax):
        from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

        if not self.log:
            thousands(ax, "y")
            return
        ax.set_yscale("log")
        ax.set_ylim(self.floor * 0.8, self.top * 1.6)
        ax.yaxis.set_major_locator(LogLocator(10, numticks=8))
        ax.yaxis.set_minor_formatter(NullFormatter())
        at_floor = f"≤{plain_tick(self.floor)}" if self.cut else "0"
        ax.yaxis.set_major_formatter(FuncFormatter(
            lambda y, _: at_floor if y <= self.floor * 1.001 else plain_tick(y)))


def draw(found, looks):
    """The anytime figure of one task: a row for the search metric and one for the holdout, a column an axis."""
    axes = trends.axes(found)
    names = list(found.ran)
    labels = names + (["random search, exact" if found.baseline.exact else "random search, estimated"] if found.baseline else [])
    figure, grid = panels(len(found.splits), len(axes), legend=legend_height(labels), between=(0.16, 0.5), left=0.55, share_y=True,
                          height=1.75)
    rows, cut = [], False
    for r, split in enumerate(found.splits):
        scale = Scale(found, split)
        lines = {(axis.name, name): trends.trend(found, found.cells[name], axis, split) for axis in axes for name in names}
        shown = {key: scale.interval(t.mean) for key, t in lines.items() if t}
        curve = _random(found)
        settle = [y for y, _, _ in shown.values()]
        if curve is not None and (mean := curve.mean if split == "search" else curve.holdout_mean) is not None:
            settle.append(scale.of(mean))
        scale.settle(settle)
        cut |= scale.log and scale.cut
        for c, axis in enumerate(axes):
            ax = grid[r, c]
            if axis.name == "evaluations":
                rows += _draw_random(ax, curve, scale, split)
            for i, name in enumerate(names):
                if (axis.name, name) in shown:
                    rows += _line(ax, lines[axis.name, name], shown[axis.name, name], scale, looks[name], i, len(names),
                                  (split, axis.name, name))
            if axis.log:
                ax.set_xscale("log")
            thousands(ax)
            ax.set_xlabel(axis.label)
            ax.margins(x=0.02)
        scale.dress(grid[r, 0])
        grid[r, 0].set_ylabel(scale.label)
        title(grid[r, 0], f"{found.label}, {split}" if found.has_holdout else found.label, 44)
    legend(figure, [handle(looks[n]) for n in names] + [random_handle()] * (len(labels) - len(names)), labels)
    header = ("split", "axis", "series", "x", "estimate", "low", "high", "runs")
    return Picture(f"anytime-{found.slug}", figure, caption(found, axes, cut), header, rows,
                   alt=f"Anytime {scale.name} of {listed(names)} on {found.label}")


def _line(ax, trend, shown, scale, look, index, count, key):
    mean, low, high = map(scale.drawn, shown)
    if count <= FEW:
        ax.fill_between(trend.x, low, high, color=look.colour, alpha=0.16, lw=0)
    elif np.isfinite(low[-1]):
        ax.errorbar(trend.x[-1], mean[-1], [[max(mean[-1] - low[-1], 0)], [max(high[-1] - mean[-1], 0)]], color=look.colour,
                    lw=0.8, capsize=1.5, capthick=0.6)
    ax.plot(trend.x, mean, color=look.colour, linestyle=look.line, marker=look.marker,
            markevery=scatter_markers(index, count, len(trend.x)))
    return [(*key, x, y, lo, hi, trend.runs) for x, y, lo, hi in zip(trend.x, *shown)]


def _random(found):
    """The baseline along the evaluations, as far as it is known."""
    if found.baseline is None:
        return None
    grid = trends.evaluation_grid(found.last_evaluation)
    if not found.baseline.exact:
        grid = grid[grid <= len(found.baseline.values)]
    return found.baseline.curve(grid, QUANTILES)


def _draw_random(ax, curve, scale, split):
    if curve is None:
        return []
    mean = curve.mean if split == "search" else curve.holdout_mean
    if mean is None:
        return []
    ends = np.full((2, len(curve.n)), np.nan)
    if split == "search":
        ends = np.sort(scale.of(curve.quantiles[[0, -1]]), axis=0)
        ax.fill_between(curve.n, *map(scale.drawn, ends), color=BAND, alpha=0.22, lw=0)
    ax.plot(curve.n, scale.drawn(scale.of(mean)), color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3, zorder=1.9)
    return [(split, "evaluations", "random search", *row, "") for row in zip(curve.n, scale.of(mean), *ends)]


def caption(found, axes, cut):
    what = "regret (distance of the incumbent from the best value there is)" if found.task.optimum is not None else (
        "value of the incumbent; the optimum is not known, so there is no regret")
    runs = sorted({c.runs for c in found.ran.values()})
    seeds = plural(runs[0], "run") if len(runs) == 1 else f"{count(runs[0])} to {count(runs[-1])} runs"
    parts = [f"<strong>{escape(found.label)}.</strong> Mean {what}; {seeds} an agent."]
    if found.has_holdout:
        parts.append("Upper row: the value that agents saw; lower row: the incumbent's holdout score"
                     + (", against the best holdout score there is." if found.optimum("holdout") is not None else "."))
    else:
        parts.append("<strong>This task has no holdout:</strong> what agents saw is what is shown.")
    if runs[-1] > 1:
        parts.append("Coloured bands" if len(found.ran) <= FEW else "Bars at the ends")
        parts[-1] += ": 95 % bootstrap interval of the mean over runs."
    else:
        parts.append("One run an agent: no interval.")
    parts.append(random_words(found))
    if len(axes) > 1:
        parts.append("Over cost and time a curve ends where the agent's median run ends, and runs that ended earlier count with "
                     "their last incumbent." + (" Random search is shown over evaluations only: what a given cost buys is itself "
                                                "random." if found.baseline else ""))
    if cut:
        parts.append("Means below the lowest tick are drawn on it.")
    return " ".join(parts)


def random_words(found, band=True):
    """The law of the random baseline and whether it is exact, in a sentence."""
    if found.baseline is None:
        return f"No random baseline: {escape(found.why_no_baseline)}"
    b = found.baseline
    how = (f"exact over {count(len(b.values))} {escape(b.rows_are)}" if b.exact
           else f"estimated from {count(len(b.values))} samples ({escape(b.rows_are)})")
    return (f"Dotted: expected best of so many random draws, law {escape(b.law)}, {how}"
            + ("; grey: where nine random searches in ten lie." if band else "."))


def shares(findings, looks):
    """Share of the runs that have found the optimum, a panel a task whose optimum is known. None where none is."""
    tasks = [t for t in findings.ran if t.task.optimum is not None]
    if not tasks:
        return None
    names = [a for a in findings.agents if any(t.cells[a].runs for t in tasks)]
    exact = any(t.baseline is not None for t in tasks)
    labels = names + (["random search"] if exact else [])
    size = grid_of(len(tasks))
    figure, grid = panels(*size, legend=legend_height(labels), share_y=True, between=(0.16, 0.62), height=1.45)
    rows = []
    for ax, found in zip(grid.flat, tasks):
        curve = _random(found)
        if curve is not None and curve.chance_of_optimum is not None:
            ax.plot(curve.n, 100 * curve.chance_of_optimum, color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3, zorder=1.9)
            rows += [(found.label, "random search", n, p, "", "", "") for n, p in zip(curve.n, curve.chance_of_optimum)]
        for i, name in enumerate(names):
            share = trends.shares_at_optimum(found, found.cells[name])
            if share is None:
                continue
            x, interval = share
            look = looks[name]
            if len(names) <= FEW and found.cells[name].runs > 1:
                ax.fill_between(x, 100 * interval.low, 100 * interval.high, color=look.colour, alpha=0.12, lw=0)
            ax.plot(x, 100 * interval.estimate, color=look.colour, linestyle=look.line, marker=look.marker,
                    markevery=scatter_markers(i, len(names), len(x)))
            rows += [(found.label, name, *r, found.cells[name].runs)
                     for r in zip(x, interval.estimate, interval.low, interval.high)]
        if found.last_evaluation > 1000:
            ax.set_xscale("log")
        thousands(ax)
        ax.set_ylim(-3, 103)
        ax.margins(x=0.02)
        ax.set_xlabel("evaluations")
        title(ax, found.label, 26)
    for r in range(size[0]):
        grid[r, 0].set_ylabel("runs at the optimum (%)")
    blank(grid, len(tasks))
    legend(figure, [handle(looks[n]) for n in names] + [random_handle()] * exact, labels)
    return Picture("optimum-share", figure,
                   "Share of the runs that have found the optimum, by evaluations. Bands: 95 % Wilson interval over runs. "
                   "Dotted: the chance that random search has seen it.",
                   ("task", "series", "evaluations", "share", "low", "high", "runs"), rows,
                   alt="Share of runs that have found the optimum")
