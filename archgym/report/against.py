"""Agents against random search: chance to beat it, budget that it would need, relative improvement."""

import numpy as np

from . import trends
from .captions import dagger, law_words, one_or_each
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
    short,
    thousands,
    title,
)
from .picture import Picture
from .style import RANDOM
from .text import count

ROW = 0.17
"""Height in inches of one agent's row."""


def beats(findings, looks):
    """P(better than the best of n random designs), a panel a task, a row an agent: the verdict at a glance."""
    tasks = [t for t in findings.ran if any(c.beats for c in t.ran.values())]
    if not tasks:
        return None
    return _rows(
        findings,
        tasks,
        looks,
        "beats-random",
        _beat_marks,
        (-0.03, 1.03),
        "P(better than best-of-n random)",
        0.5,
        "How often a run ends better than the best of as many random draws as it measured, ties counted half. "
        "Filled: search value; hollow: holdout score. Bars: 95 % bootstrap interval over the agent's runs; the line "
        "at one half is random search itself. Random draws: " + one_or_each(tasks, law_words) + "." + dagger(tasks),
        ("task", "agent", "split", "best_of", "probability", "low", "high", "runs"),
    )


def _beat_marks(found, cell):
    for split, interval in (("search", cell.beats), ("holdout", cell.beats_on_holdout)):
        if interval is not None:
            yield split == "search", interval, (split, cell.baseline.n)


def improvement(findings, looks):
    """Relative improvement over the mean random design beside that over the best of n: pictures of up to four tasks."""
    tasks = [t for t in findings.ran if any(c.over_mean or c.over_best for c in t.ran.values())]
    pictures = []
    step = 4 if len(findings.agents) <= FEW else 2
    for start in range(0, len(tasks), step):
        some = tasks[start : start + step]
        names = [a for a in findings.agents if any(t.cells[a].runs for t in some)]
        left = _label_width(names)
        figure, grid = panels(len(some), 2, left=left, height=ROW * len(names) + 0.12, between=(0.2, 0.56), below=0.4)
        rows = []
        for (mean_ax, best_ax), found in zip(grid, some):
            for ax, key, words in (
                (mean_ax, "over_mean", "over the mean random design"),
                (best_ax, "over_best", f"over best-of-{count(found.n)} random" if found.n else "over best of n"),
            ):
                for i, name in enumerate(names):
                    interval = getattr(found.cells[name], key)
                    if interval is not None:
                        _mark(ax, i, interval, looks[name], True)
                        rows.append(
                            (
                                found.label,
                                name,
                                key,
                                interval.estimate,
                                interval.low,
                                interval.high,
                                found.cells[name].runs,
                            )
                        )
                _name_rows(ax, names, ax is mean_ax)
                ax.axvline(0, color=RANDOM, lw=0.8, linestyle=(0, (1, 1.3)), zorder=1.5)
                ax.margins(x=0.08)
                name_axes(ax, f"{words} (%)")
            title(mean_ax, found)
        suffix = f"-{start // step + 1}" if len(tasks) > step else ""
        pictures.append(
            Picture(
                f"improvement{suffix}",
                figure,
                "Relative improvement of the mean final search value, in percent: left over the mean random design "
                "(Yang et al., 2020), right over the best of as many random designs as the agent measured, which is "
                "the harder comparison. Bars: 95 % bootstrap interval over runs. The scales differ." + dagger(some),
                ("task", "agent", "reference", "percent", "low", "high", "runs"),
                rows,
                alt="Relative improvement over the mean random design and over the best of n",
            )
        )
    return pictures


def _rows(findings, tasks, looks, name, marks, limits, label, line, caption, header):
    names = [a for a in findings.agents if any(t.cells[a].runs for t in tasks)]
    size = grid_of(len(tasks), 3 if len(tasks) < 7 else 4)
    left = _label_width(names)
    figure, grid = panels(
        *size, left=left, height=ROW * len(names) + 0.12, between=(0.16, 0.56), below=0.4, share_y=True
    )
    rows = []
    for ax, found in zip(grid.flat, tasks):
        for i, agent in enumerate(names):
            cell = found.cells[agent]
            for filled, interval, key in marks(found, cell):
                _mark(ax, i if filled else i + 0.28, interval, looks[agent], filled)
                rows.append((found.label, agent, *key, interval.estimate, interval.low, interval.high, cell.runs))
            if not cell.runs:
                ax.text(np.mean(limits), i, "no finished run", ha="center", va="center", fontsize=6, color="#777777")
        ax.axvline(line, color=RANDOM, lw=0.8, linestyle=(0, (1, 1.3)), zorder=1.5)
        ax.set_xlim(*limits)
        ax.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
        name_axes(ax, label if size[1] < 3 else "P(beats random)")
        title(ax, found)
    for r in range(size[0]):
        _name_rows(grid[r, 0], names, True)
    blank(grid, len(tasks))
    return Picture(name, figure, caption, header, rows, alt=label)


def _label_width(names):
    return min(1.9, 0.25 + 0.062 * max((len(short(n, 28)) for n in names), default=8))


def _name_rows(ax, names, labelled):
    ax.set_yticks(range(len(names)), [short(n, 28) for n in names])
    ax.tick_params(axis="y", length=0, labelleft=labelled)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)


def _mark(ax, y, interval, look, filled):
    low = interval.estimate - interval.low if np.isfinite(interval.low) else 0
    high = interval.high - interval.estimate if np.isfinite(interval.high) else 0
    if not np.isfinite(interval.estimate):
        return
    ax.errorbar(
        interval.estimate,
        y,
        xerr=[[max(low, 0)], [max(high, 0)]],
        color=look.colour,
        marker=look.marker,
        lw=1,
        markersize=4 if filled else 3.4,
        markerfacecolor=look.colour if filled else "white",
        markeredgewidth=0.8,
    )


def equivalents(findings, looks):
    """Random-equivalent budget against budget, a panel a task; above the diagonal is better than random search."""
    tasks = [t for t in findings.ran if t.baseline is not None]
    if not tasks:
        return None
    names = [a for a in findings.agents if any(t.cells[a].runs for t in tasks)]
    labels = names + ["random search"]
    size = grid_of(len(tasks))
    figure, grid = panels(*size, legend=legend_height(labels), between=(0.42, 0.62), height=1.6, left=0.58)
    rows = []
    for ax, found in zip(grid.flat, tasks):
        top = found.last_evaluation
        drawn = []
        for i, name in enumerate(names):
            over = trends.equivalents(found, found.cells[name]) if found.cells[name].runs else None
            if over is None:
                continue
            drawn.append((i, name, over))
            finite = over.mean.estimate[np.isfinite(over.mean.estimate)]
            top = max(top, finite.max() if len(finite) else 0)
            rows += [
                (found.label, name, *r, over.runs)
                for r in zip(over.x, over.mean.estimate, over.mean.low, over.mean.high)
            ]
        ceiling = top * 3
        for i, name, over in drawn:
            look = looks[name]
            est, low, high = (np.clip(v, 0.8, ceiling) for v in (over.mean.estimate, over.mean.low, over.mean.high))
            if len(names) <= FEW and over.runs > 1:
                ax.fill_between(over.x, low, high, color=look.colour, alpha=0.14, lw=0)
            ax.plot(
                over.x,
                est,
                color=look.colour,
                linestyle=look.line,
                marker=look.marker,
                markevery=scatter_markers(i, len(names), len(over.x)),
            )
        ax.plot([1, found.last_evaluation], [1, found.last_evaluation], color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3)
        logarithmic(ax)
        logarithmic(ax, "y")
        ax.set_ylim(0.8, ceiling)
        thousands(ax)
        thousands(ax, "y")
        name_axes(ax, "evaluations")
        title(ax, found)
    for r in range(size[0]):
        name_axes(grid[r, 0], y="evaluations of random search", out=0.44)
    blank(grid, len(tasks))
    legend(figure, [handle(looks[n]) for n in names] + [random_handle()], labels)
    return Picture(
        "random-equivalent",
        figure,
        "Random-equivalent budget: how many random draws have an expected best as good as the agent's mean incumbent. "
        "Dotted: random search, equal to itself. Bands: from the 95 % interval of the mean. A curve at the upper edge "
        f"has left behind what random search can reach. Random draws: {one_or_each(tasks, law_words)}." + dagger(tasks),
        ("task", "agent", "evaluations", "equivalent", "low", "high", "runs"),
        rows,
        alt="Random-equivalent budget against budget",
    )
