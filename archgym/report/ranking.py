"""Average rank of the agents against the budget."""

import numpy as np

from . import trends
from .layout import FEW, handle, legend, legend_height, name_axes, panels, scatter_markers, thousands
from .picture import Picture
from .style import DOUBLE, SINGLE
from .text import count


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
    figure, axes = panels(
        1, 1, width=width, height=2.0 if len(agents) <= FEW else 2.8, legend=legend_height(agents, width), left=0.42
    )
    ax, rows = axes[0, 0], []
    for i, name in enumerate(agents):
        look = looks[name]
        mean, low, high = (v[i][keep] for v in (interval.estimate, interval.low, interval.high))
        if len(agents) <= FEW:
            ax.fill_between(x, low, high, color=look.colour, alpha=0.16, lw=0)
        ax.plot(
            x,
            mean,
            color=look.colour,
            linestyle=look.line,
            marker=look.marker,
            markevery=scatter_markers(i, len(agents), len(x)),
        )
        rows += [(name, *r) for r in zip(x, mean, low, high)]
    ax.invert_yaxis()
    name_axes(ax, "evaluations" if last else "share of the budget (%)", "average rank (1 is best)", out=0.3)
    thousands(ax)
    ax.margins(x=0.02)
    legend(figure, [handle(looks[n]) for n in agents], agents)
    left_out = [a for a in findings.agents if a not in agents]
    few = f"{count(min(seeds))} to {count(max(seeds))}" if min(seeds) != max(seeds) else count(seeds[0])
    return Picture(
        "average-rank",
        figure,
        f"Average rank of the incumbents' search value over {count(len(seeds))} task{'s' * (len(seeds) > 1)} and {few} "
        f"seed{'s' * (max(seeds) > 1)} that all agents ran; ties share their mean rank."
        + (" Bands: 95 % bootstrap interval over seeds." if max(seeds) > 1 else " One seed: no interval.")
        + (
            f" Left out, for lack of finished runs on some task: {len(left_out)} of {len(findings.agents)} agents."
            if left_out
            else ""
        )
        + (" With so few tasks ranks describe these tasks and no others." if len(seeds) < 10 else ""),
        ("agent", "evaluations" if last else "budget_percent", "rank", "low", "high"),
        rows,
        wide=width == DOUBLE,
        alt="Average rank of the agents against the budget",
    )
