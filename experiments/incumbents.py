"""The figure of two pages: what agents have found after so many evaluations, as they saw it and as it is judged."""

import numpy as np

from archgym import stats
from archgym.report.layout import handle, legend, legend_height, name_axes, panels, random_handle
from archgym.report.style import RANDOM, SINGLE, looks
from archgym.streams import generator

SHOWN = 5
"""Evaluations from where the height is chosen: the first few would take most of it."""
FEW = 5
"""Seeds below which each has its line, for intervals say little."""


def incumbents(sweep, entry, unit: str, random=None):
    """Means over seeds of the incumbent, and 95 % intervals, or each seed where they are few.

    random: a BaselineCurve, drawn dotted.
    """
    look = looks([a.label for a in sweep.agents if len(sweep.results(entry.label, a.label))])
    names, handles = list(look), [handle(each, markersize=0) for each in look.values()]
    if random is not None:
        names, handles = [*names, "random search, exact"], [*handles, random_handle()]
    figure, axes = panels(1, 2, width=SINGLE, height=1.5, left=0.55, top=0.2, between=(0.4, 0), below=0.36,
                          legend=legend_height(names, SINGLE))
    for ax, title in zip(axes[0], ("what the search saw", "holdout")):
        lows = []
        for name, each in look.items():
            found = sweep.results(entry.label, name)
            values = found.holdout if title == "holdout" else found.incumbents
            lows.append(_line(ax, values, each, generator(0, entry.task.id, name, title)))
        if random is not None:
            exact = random.holdout_mean if title == "holdout" else random.mean
            ax.plot(random.n, exact, color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3)
            lows.append(exact[min(np.searchsorted(random.n, SHOWN), len(exact) - 1)])
        ax.set_xscale("log")
        ax.set_title(title, loc="left", y=1.0)
        ax.set_ylim(bottom=min(lows))
        name_axes(ax, "evaluations", unit if title != "holdout" else "")
    legend(figure, handles, names)
    return figure


def _line(ax, values, look, rng):
    """Draws one agent; returns the lowest mean from `SHOWN` evaluations on."""
    at = np.unique(np.geomspace(1, values.shape[1], 60).astype(int))
    mean = np.nanmean(values[:, at - 1], axis=0)
    ax.plot(at, mean, color=look.colour, linestyle=look.line, lw=1.2)
    if len(values) < FEW:
        for row in values:
            ax.plot(at, row[at - 1], color=look.colour, lw=0.5, alpha=0.6)
    else:
        interval = stats.bootstrap(values[:, at - 1], rng)
        ax.fill_between(at, interval.low, interval.high, color=look.colour, alpha=0.2, lw=0)
    return float(np.nanmin(mean[at >= min(SHOWN, at[-1])]))
