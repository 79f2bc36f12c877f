"""Agents among themselves: average rank against budget, and how often one ends better than another."""

import numpy as np

from . import trends
from .. import stats
from .anytime import FEW
from .layout import handle, legend, legend_height, panels, scatter_markers, short, thousands
from .picture import Picture
from .style import DOUBLE, SINGLE
from .text import count, probability


def ranks(findings, looks):
    """Average rank against the budget, over all tasks. None where there are fewer than two agents to rank."""
    found = trends.ranks(findings)
    if found is None:
        return None
    grid, interval, seeds = found
    agents = findings.whole_agents
    budgets = {t.budget.evaluations for t in findings.ran}
    last = budgets.pop() if len(budgets) == 1 else None
    x = np.unique(np.ceil(grid * last)) if last else 100 * grid
    keep = np.unique(np.ceil(grid * last), return_index=True)[1] if last else np.arange(len(grid))
    width = SINGLE if len(agents) <= FEW else DOUBLE
    figure, axes = panels(1, 1, width=width, height=2.0 if len(agents) <= FEW else 2.8, legend=legend_height(agents, width), left=0.42)
    ax, rows = axes[0, 0], []
    for i, name in enumerate(agents):
        look = looks[name]
        mean, low, high = (v[i][keep] for v in (interval.estimate, interval.low, interval.high))
        if len(agents) <= FEW:
            ax.fill_between(x, low, high, color=look.colour, alpha=0.16, lw=0)
        ax.plot(x, mean, color=look.colour, linestyle=look.line, marker=look.marker,
                markevery=scatter_markers(i, len(agents), len(x)))
        rows += [(name, *r) for r in zip(x, mean, low, high)]
    ax.invert_yaxis()
    ax.set_ylabel("average rank (1 is best)")
    ax.set_xlabel("evaluations" if last else "share of the budget (%)")
    thousands(ax)
    ax.margins(x=0.02)
    legend(figure, [handle(looks[n]) for n in agents], agents)
    left_out = [a for a in findings.agents if a not in agents]
    few = f"{count(min(seeds))} to {count(max(seeds))}" if min(seeds) != max(seeds) else count(seeds[0])
    return Picture("average-rank", figure,
                   f"Average rank of the incumbents' search value over {count(len(seeds))} task{'s' * (len(seeds) > 1)} and {few} "
                   f"seed{'s' * (max(seeds) > 1)} that all agents ran; ties share their mean rank."
                   + (" Bands: 95 % bootstrap interval over seeds." if max(seeds) > 1 else " One seed: no interval.")
                   + (f" Left out, because they lack finished runs on some task: {len(left_out)} of {len(findings.agents)} agents."
                      if left_out else "")
                   + (" With so few tasks ranks describe these tasks and no others." if len(seeds) < 10 else ""),
                   ("agent", "evaluations" if last else "budget_percent", "rank", "low", "high"), rows, wide=width == DOUBLE,
                   alt="Average rank of the agents against the budget")


def versus(findings):
    """Matrices of P(A better than B): one over all tasks, where there are several, and one for each."""
    pictures = []
    agents = findings.whole_agents
    if len(agents) > 1 and len(findings.ran) > 1:
        parts = [stats.better_matrix({a: t.cells[a].finals for a in agents}) for t in findings.ran]
        pictures.append(_matrix("versus-all-tasks", f"mean over {count(len(parts))} tasks", agents, stats.mean_of(parts),
                                "Mean over the tasks of how often a run of the row's agent ends with a better search value than "
                                "a run of the column's"))
    for found in findings.ran:
        if found.matrix is not None:
            names = list(found.ran)
            runs = sorted({c.runs for c in found.ran.values()})
            pictures.append(_matrix(
                f"versus-{found.slug}", found.label, names, found.matrix,
                f"How often a run of the row's agent ends with a better search value than a run of the column's; "
                f"{count(runs[0])}{f' to {count(runs[-1])}' * (len(runs) > 1)} run{'s' * (runs[-1] > 1)} an agent"))
    return pictures


def _matrix(name, heading, agents, interval, caption):
    k = len(agents)
    width = SINGLE if k <= 5 else DOUBLE
    left = min(1.75, 0.2 + 0.062 * max(len(short(a, 26)) for a in agents))
    slanted = k > 3 or max(map(len, agents)) > 9
    head = min(1.2, 0.1 + 0.045 * max(len(short(a, 26)) for a in agents)) if slanted else 0.2
    side = min(0.5, (width - left - 0.3) / k)
    figure, axes = panels(1, 1, width=width, left=left, right=width - left - side * k, height=side * k * (0.8 if k <= 5 else 0.7),
                          top=0.22 + head, below=0.06)
    ax = axes[0, 0]
    told = np.isfinite(interval.low) & ((interval.low > 0.5) | (interval.high < 0.5))
    ax.imshow(np.where(np.isnan(interval.estimate), 0.5, interval.estimate), cmap=_colours(), vmin=0, vmax=1, aspect="auto")
    bounds = k <= 8
    rows = []
    for i in range(k):
        for j in range(k):
            if i == j:
                continue
            p, low, high = interval.estimate[i, j], interval.low[i, j], interval.high[i, j]
            rows.append((agents[i], agents[j], p, low, high))
            ink = "white" if abs(p - 0.5) > 0.33 else "#111111"
            shown = bounds and np.isfinite(low)
            ax.text(j, i - 0.16 * shown, probability(p), ha="center", va="center", color=ink, fontsize=7 if k <= 10 else 6,
                    fontweight="bold" if told[i, j] else "normal")
            if shown:
                ax.text(j, i + 0.24, f"{probability(low)}–{probability(high)}", ha="center", va="center", color=ink,
                        fontsize=5 if k > 5 else 4.9)
    ax.set_yticks(range(k), [short(a, 26) for a in agents])
    ax.xaxis.tick_top()
    ax.set_xticks(range(k), [short(a, 26) for a in agents], rotation=35 if slanted else 0, ha="left" if slanted else "center",
                  rotation_mode="anchor")
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    height = figure.get_size_inches()[1]
    figure.text(0.06 / width, 1 - 0.05 / height, short(heading, 60), va="top", ha="left", fontsize=8)
    return Picture(name, figure, f"{caption}, ties counted half. Bold: the 95 % interval does not hold one half"
                   + ("; below each: the interval." if bounds else "; intervals are in the CSV file."),
                   ("row", "column", "probability", "low", "high"), rows, wide=width == DOUBLE,
                   alt=f"Probability that one agent is better than another, {heading}")


def _colours():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("better", ["#9C4400", "#E8A66B", "#F7F7F7", "#7DB8DC", "#005A8F"])
