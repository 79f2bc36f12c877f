"""Anytime curves: regret, or value where the optimum is unknown, against evaluations, declared cost and agent time."""

import math
from html import escape

import numpy as np

from . import trends
from .captions import dagger, law_words, one_or_each, random_words
from .layout import (
    FEW,
    blank,
    grid_of,
    handle,
    legend,
    legend_height,
    logarithmic,
    name_axes,
    panels,
    random_handle,
    scatter_markers,
    thousands,
    title,
)
from .picture import Picture
from .scale import Scale
from .style import BAND, RANDOM
from .text import count, listed, plural

HEAD = 0.02
"""Share of the budget that may lie above the axis of regret: the first draws would take half of it."""
QUANTILES = (0.05, 0.5, 0.95)


def _plain(found):
    """Whether what runs ended with is written without a power of ten, which takes room beside the axis."""
    largest = max((float(np.abs(cell.finals).max(initial=0)) for cell in found.ran.values()), default=0)
    return largest == 0 or 1e-3 <= largest < 1e5


def draw(found, looks):
    """The anytime figure of one task: a row for the search metric and one for the holdout, a column an axis."""
    axes = trends.axes(found)
    names = list(found.ran)
    labels = names + (
        ["random search, exact" if found.baseline.exact else "random search, estimated"] if found.baseline else []
    )
    left = 0.55 if _plain(found) else 0.85
    figure, grid = panels(
        len(found.splits),
        len(axes),
        legend=legend_height(labels),
        between=(0.16, 0.62),
        left=left,
        share_y=True,
        height=1.75,
    )
    rows, late = [], math.ceil(HEAD * found.last_evaluation)
    for r, split in enumerate(found.splits):
        scale = Scale(found, split)
        lines = {
            (axis.name, name): trends.trend(found, found.cells[name], axis, split) for axis in axes for name in names
        }
        shown = {key: scale.interval(t.mean) for key, t in lines.items() if t}
        curve = _random(found)
        settle = [(lines["evaluations", n].x, shown["evaluations", n][0]) for n in names if ("evaluations", n) in shown]
        if curve is not None and (mean := curve.mean if split == "search" else curve.holdout_mean) is not None:
            settle.append((curve.n, scale.of(mean)))
        scale.settle(settle, late)
        for c, axis in enumerate(axes):
            ax = grid[r, c]
            if axis.name == "evaluations":
                rows += _draw_random(ax, curve, scale, split)
            for i, name in enumerate(names):
                if (axis.name, name) in shown:
                    rows += _line(
                        ax,
                        lines[axis.name, name],
                        shown[axis.name, name],
                        scale,
                        looks[name],
                        i,
                        len(names),
                        (split, axis.name, name),
                    )
            if not any(np.isfinite(y).any() for (name, _), (y, _, _) in shown.items() if name == axis.name):
                ax.text(
                    0.5,
                    0.5,
                    "in no agent have all runs\nfound a valid design",
                    transform=ax.transAxes,
                    ha="center",
                    fontsize=6,
                )
            elif axis.log:
                logarithmic(ax)
            thousands(ax)
            name_axes(ax, axis.label)
            ax.margins(x=0.02)
        scale.dress(grid[r, 0])
        name_axes(grid[r, 0], y=scale.label, out=left - 0.17)
        title(grid[r, 0], found, f", {split}" if found.has_holdout else "")
    legend(figure, [handle(looks[n]) for n in names] + [random_handle()] * (len(labels) - len(names)), labels)
    header = ("split", "axis", "series", "x", "estimate", "low", "high", "runs")
    return Picture(
        f"anytime-{found.slug}",
        figure,
        caption(found, axes, late),
        header,
        rows,
        alt=f"Anytime {scale.name} of {listed(names)} on {found.label}",
    )


def _line(ax, trend, shown, scale, look, index, count, key):
    mean, low, high = scale.drawn(shown[0]), scale.edge(shown[1]), scale.edge(shown[2])
    if count <= FEW:
        ax.fill_between(trend.x, low, high, color=look.colour, alpha=0.16, lw=0)
    elif np.isfinite(low[-1]) and key[1] == "evaluations":
        # Beside one another, right of where the curves end.
        ax.errorbar(
            trend.x[-1] * (1.03 + 0.2 * index / count),
            mean[-1],
            [[max(mean[-1] - low[-1], 0)], [max(high[-1] - mean[-1], 0)]],
            color=look.colour,
            lw=0.8,
            marker=look.marker,
            markersize=2,
        )
    ax.plot(
        trend.x,
        mean,
        color=look.colour,
        linestyle=look.line,
        marker=look.marker,
        markevery=scatter_markers(index, count, len(trend.x)),
    )
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
        ax.fill_between(curve.n, *map(scale.edge, ends), color=BAND, alpha=0.22, lw=0)
    ax.plot(curve.n, scale.drawn(scale.of(mean)), color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3, zorder=1.9)
    return [(split, "evaluations", "random search", *row, "") for row in zip(curve.n, scale.of(mean), *ends)]


def caption(found, axes, late):
    what = (
        "regret (distance of the incumbent from the best value there is)"
        if found.task.optimum is not None
        else ("value of the incumbent; the optimum is not known, so there is no regret")
    )
    runs = sorted({c.runs for c in found.ran.values()})
    seeds = plural(runs[0], "run") if len(runs) == 1 else f"{count(runs[0])} to {count(runs[-1])} runs"
    parts = [f"<strong>{escape(found.label)}.</strong> Mean {what}; {seeds} an agent."]
    if found.has_holdout:
        parts.append(
            "Upper row: the value that agents saw; lower row: the incumbent's holdout score"
            + (", against the best holdout score there is." if found.optimum("holdout") is not None else ".")
        )
    else:
        parts.append("<strong>This task has no holdout:</strong> what agents saw is what is shown.")
    if runs[-1] > 1:
        parts.append("Coloured bands" if len(found.ran) <= FEW else "Bars right of the first column's curves")
        parts[-1] += ": 95 % bootstrap interval of the mean over runs."
    else:
        parts.append("One run an agent: no interval.")
    parts.append(random_words(found))
    if len(axes) > 1:
        parts.append(
            "Over cost a curve ends where the agent's median run ends, and runs that ended earlier count with their "
            "last incumbent; over the agent's own time each evaluation stands at the median time of its runs."
            + (
                " Random search is shown over evaluations only: what a given cost buys is itself random."
                if found.baseline
                else ""
            )
        )
    gaps = [name for name, c in found.ran.items() if not np.isfinite(c.incumbents).all()]
    if gaps:
        parts.append(
            f"Where some run has found no valid design yet there is no mean and no curve: {escape(listed(gaps))}."
        )
    if late > 1 and found.task.optimum is not None:
        parts.append(
            f"The axis is laid out for what follows the first {plural(late, 'evaluation')}; zero, where a mean reaches "
            "it, stands on the lowest tick."
        )
    return " ".join(parts)


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
            ax.plot(
                x,
                100 * interval.estimate,
                color=look.colour,
                linestyle=look.line,
                marker=look.marker,
                markevery=scatter_markers(i, len(names), len(x)),
            )
            rows += [
                (found.label, name, *r, found.cells[name].runs)
                for r in zip(x, interval.estimate, interval.low, interval.high)
            ]
        if found.last_evaluation > 1000:
            logarithmic(ax)
        thousands(ax)
        ax.set_ylim(-3, 103)
        ax.margins(x=0.02)
        name_axes(ax, "evaluations")
        title(ax, found)
    for r in range(size[0]):
        name_axes(grid[r, 0], y="runs at the optimum (%)")
    blank(grid, len(tasks))
    legend(figure, [handle(looks[n]) for n in names] + [random_handle()] * exact, labels)
    return Picture(
        "optimum-share",
        figure,
        "Share of the runs that have found the optimum, by evaluations. Bands: 95 % Wilson interval over runs. "
        "Dotted: the chance that random search has seen it, "
        + one_or_each(tasks, lambda t: law_words(t) if t.baseline else "no baseline")
        + "."
        + dagger(tasks),
        ("task", "series", "evaluations", "share", "low", "high", "runs"),
        rows,
        alt="Share of runs that have found the optimum",
    )
