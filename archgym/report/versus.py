"""How often one agent ends better than another: matrices over tasks."""

import re

import numpy as np

from .. import stats
from .layout import blank, panels, short
from .picture import Picture
from .style import DOUBLE, SINGLE
from .text import count, probability

SMALL = 5
"""Agents up to which a matrix takes half a page's width."""
WITH_BOUNDS = 8
"""Agents up to which the intervals are written into the cells."""


def versus(findings):
    """Matrices of P(A better than B): one over all tasks, where there are several, and one for each.

    Small ones stand two and two in one figure; large ones have a figure each.
    """
    agents, panes = findings.whole_agents, []
    if len(agents) > 1 and len(findings.ran) > 1:
        parts = [stats.better_matrix({a: t.cells[a].finals for a in agents}) for t in findings.ran]
        panes.append(("all-tasks", f"mean over {count(len(parts))} tasks", agents, stats.mean_of(parts)))
    panes += [(t.slug, t.heading, list(t.ran), t.matrix) for t in findings.ran if t.matrix is not None]
    runs = [c.runs for t in findings.ran for c in t.ran.values()]
    if not panes:
        return []
    if max(len(names) for _, _, names, _ in panes) <= SMALL:
        step = 6
        groups = [panes[i : i + step] for i in range(0, len(panes), step)]
        names = [f"versus-{i}" if len(groups) > 1 else "versus" for i in range(1, len(groups) + 1)]
    else:
        groups, names = [[pane] for pane in panes], [f"versus-{pane[0]}" for pane in panes]
    return [_matrices(name, group, runs) for name, group in zip(names, groups)]


def _matrices(name, panes, runs):
    """Panes of one figure, two beside one another where their cells stay large enough for an interval."""
    k = max(len(agents) for _, _, agents, _ in panes)
    small = k <= SMALL
    names = {a: wrapped(a) if small else short(a, 26) for _, _, agents, _ in panes for a in agents}
    longest = max(len(line) for label in names.values() for line in label.split("\n"))
    left = 0.2 + 0.062 * longest
    slanted = k > 3 or longest > 9
    head = 0.16 + 0.042 * longest if slanted else 0.3
    aside = max(0.3, 0.05 * longest) if slanted else 0.1  # slanted names reach past the last column
    columns = 2 if small and len(panes) > 1 and (DOUBLE - 2 * (left + aside)) / 2 / k >= 0.42 else 1
    width = SINGLE if small and len(panes) == 1 else DOUBLE
    side = min(0.5, (width - columns * (left + aside)) / columns / k)
    figure, axes = panels(
        -(-len(panes) // columns),
        columns,
        width=width,
        left=left,
        height=side * k * (0.8 if small else 0.7),
        right=width - columns * (left + side * k) - (columns - 1) * aside,
        between=(left + aside, head + 0.42),
        top=0.24 + head,
        below=0.06,
    )
    rows = []
    for ax, (_, heading, agents, interval) in zip(axes.flat, panes):
        rows += _matrix(ax, heading, agents, interval)
        _name_agents(ax, [names[a] for a in agents], slanted)
        box, height = ax.get_position(), figure.get_size_inches()[1]
        figure.text(
            box.x0 - (left - 0.06) / width,
            box.y1 + (head + 0.06) / height,
            short(heading, 44),
            va="bottom",
            ha="left",
            fontsize=8,
        )
    blank(axes, len(panes))
    fewest, most = min(runs), max(runs)
    many = f"{count(fewest)} to {count(most)}" if most > fewest else count(most)
    return Picture(
        name,
        figure,
        "How often a run of the row's agent ends with a better search value than a run of the column's, ties "
        f"counted half; {many} run{'s' * (most > 1)} an agent and task. "
        "Bold: the 95 % interval does not hold one half"
        + ("; below each number: that interval." if k <= WITH_BOUNDS else "; the intervals are in the CSV file."),
        ("task", "row", "column", "probability", "low", "high"),
        rows,
        wide=width == DOUBLE,
        alt="Probability that one agent ends better than another: " + ", ".join(pane[1] for pane in panes),
    )


def _matrix(ax, heading, agents, interval):
    k, rows = len(agents), []
    told = np.isfinite(interval.low) & ((interval.low > 0.5) | (interval.high < 0.5))
    edges = np.arange(k + 1) - 0.5
    shown = np.ma.masked_invalid(interval.estimate)
    ax.pcolormesh(edges, edges, shown, cmap=_colours(), vmin=0, vmax=1, edgecolors="white", linewidth=0.6)
    ax.invert_yaxis()
    for i in range(k):
        for j in range(k):
            if i == j:
                continue
            p, low, high = interval.estimate[i, j], interval.low[i, j], interval.high[i, j]
            rows.append((heading, agents[i], agents[j], p, low, high))
            ink = "white" if abs(p - 0.5) > 0.33 else "#111111"
            bounds = k <= WITH_BOUNDS and np.isfinite(low)
            ax.text(
                j,
                i - 0.16 * bounds,
                probability(p),
                ha="center",
                va="center",
                color=ink,
                fontsize=7 if k <= 10 else 6,
                fontweight="bold" if told[i, j] else "normal",
            )
            if bounds:
                ax.text(
                    j,
                    i + 0.25,
                    f"{probability(low)}–{probability(high)}",
                    ha="center",
                    va="center",
                    color=ink,
                    fontsize=6,
                )
    return rows


def wrapped(name, width=14):
    """A label in two or more lines, broken after a hyphen, an underscore or a space."""
    lines = [""]
    for part in re.findall(r"[^-_ ]*[-_ ]?", short(name, 40)):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(short(line.rstrip(" "), 22) for line in lines)


def _name_agents(ax, names, slanted):
    ax.set_yticks(range(len(names)), names)
    ax.xaxis.tick_top()
    ax.set_xticks(
        range(len(names)),
        names,
        rotation=35 if slanted else 0,
        ha="left" if slanted else "center",
        rotation_mode="anchor",
    )
    ax.tick_params(length=0)
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        label.set_linespacing(0.95)
    ax.grid(False)
    ax.set_facecolor("#eceef0")
    for spine in ax.spines.values():
        spine.set_visible(False)


def _colours():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("better", ["#9C4400", "#E8A66B", "#F7F7F7", "#7DB8DC", "#005A8F"])
