"""What holds over all tasks: normalised scores, performance profiles, ranks, and whether tasks agree on the agents."""

from dataclasses import dataclass

import numpy as np

from .. import stats
from .findings import RESAMPLES, generator
from .layout import FEW, handle, legend, legend_height, name_axes, panels, scatter_markers, short
from .markup import join, p, swatch, table
from .picture import Picture, write_csv
from .style import DOUBLE, SINGLE
from .text import NOTHING, listed, number, p_value, plural, with_bracket
from .versus import _colours

TAUS = np.linspace(-0.5, 1, 151)
MANY = 14  # tasks up to which the correlations between them are a table


@dataclass
class Across:
    """Agents that ran on every task, and the tasks whose scores can be normalised."""

    agents: list[str]
    tasks: list
    left_out: list[str]
    """Tasks without a known optimum or baseline between which scores could be normalised."""
    scores: dict
    """agent -> one (S,) array of normalised scores a task."""
    middle: dict
    """agent -> Interval of the interquartile mean."""
    gap: dict
    """agent -> Interval of the optimality gap."""
    means: np.ndarray
    """(k, N) mean search value of each agent on each task that ran, for ranks."""
    labels: list[str]
    """Tasks of `means`."""
    friedman: object
    taus: np.ndarray
    """(N, N) Kendall's tau between the tasks' orders of the agents; NaN with fewer than three agents."""


def find(findings):
    """None unless two agents ran on two tasks."""
    agents, ran = findings.whole_agents, findings.ran
    if len(agents) < 2 or len(ran) < 2:
        return None
    means = np.array([[t.cells[a].finals.mean() for t in ran] for a in agents])
    if not np.isfinite(means).all():
        return None
    tasks = [t for t in ran if t.baseline is not None and t.optimum() is not None and t.baseline.mean < t.optimum()]
    scores = {a: [stats.normalised(t.cells[a].finals, t.baseline.mean, t.optimum()) for t in tasks] for a in agents}
    middle, gap = {}, {}
    for a in agents if tasks else ():
        rng = generator("across", a)
        middle[a] = stats.over_tasks(scores[a], rng, stats.interquartile_mean, resamples=RESAMPLES)
        gap[a] = stats.over_tasks(scores[a], rng, stats.optimality_gap, resamples=RESAMPLES)
    n = len(ran)
    taus = np.array([[stats.kendall_tau(means[:, i], means[:, j]) if len(agents) > 2 else np.nan for j in range(n)]
                     for i in range(n)])
    return Across(agents, tasks, [t.label for t in ran if t not in tasks], scores, middle, gap, means,
                  [t.label for t in ran], stats.friedman(means), taus)


def section(across, look):
    if across.middle:
        order = sorted(across.agents, key=lambda a: -across.middle[a].estimate)
        yield table(
            ["agent", "interquartile mean", "optimality gap"],
            [[join([swatch(look[a]), a], " "), with_bracket(across.middle[a], lambda x: number(x, 3)),
              with_bracket(across.gap[a], lambda x: number(x, 3))] for a in order], class_="dense")
        yield p(f"Scores are normalised on each of {plural(len(across.tasks), 'task')}: 0 is the expected best of as "
                "many random draws as the budget has, 1 the optimum. Interquartile mean: of the middle half of all runs' "
                "scores. Optimality gap: how far scores stay below 1 on average. 95 % intervals from seeds resampled "
                "within each task." + (f" Left out, for want of a known optimum or baseline: {listed(across.left_out)}."
                                       if across.left_out else ""))


def tests(across):
    """Ranks over tasks and agreement between tasks, in words and tables."""
    f = across.friedman
    words = (f"Friedman's test over {plural(f.tasks, 'task')}, each agent's mean value ranked: "
             f"F = {number(f.f, 2) if np.isfinite(f.f) else 'infinite'}, p {_p(f.p)}.")
    if f.underpowered:
        yield p(f"{words} Nothing should be concluded from it: {f.underpowered}. The comparisons of each task stand in "
                "its verdict.")
    else:
        yield p(f"{words} Average ranks farther apart than {number(f.critical_difference, 2)} differ at 5 % "
                "(Nemenyi's critical difference).")
    if np.isfinite(across.taus).any():
        pairs = across.taus[np.triu_indices(len(across.labels), 1)]
        told = pairs[np.isfinite(pairs)]
        if len(told):
            yield p(f"Do tasks agree on the order of the agents? Kendall's tau between the orders on two tasks is "
                    f"{number(told.mean(), 2)} on average over {plural(len(told), 'pair')} of tasks, from "
                    f"{number(told.min(), 2)} to {number(told.max(), 2)}; 1 is the same order, 0 no relation.")
        if 2 < len(across.labels) <= MANY:
            yield table(["", *across.labels],
                        [[label, *(NOTHING if i == j else number(tau, 2) for j, tau in enumerate(across.taus[i]))]
                         for i, label in enumerate(across.labels)], class_="dense")


def _p(p):
    return p_value(p) if p_value(p).startswith("<") else f"= {p_value(p)}"


def save(across, path):
    path.unlink(missing_ok=True)
    if across is None:
        return
    rows = [(agent, i, label, mean) for agent, means in zip(across.agents, across.means)
            for i, (label, mean) in enumerate(zip(across.labels, means))]
    write_csv(path, ("agent", "task_index", "task", "mean_value"), rows)


def pictures(across, looks):
    """Performance profiles, the heat map of agents and tasks, the critical-difference diagram where it tells."""
    if across is None:
        return []
    drawn = []
    if across.middle:
        drawn += [_profiles(across, looks), _heat(across)]
    if not across.friedman.underpowered:
        drawn.append(_ranks(across, looks))
    return drawn


def _profiles(across, looks):
    few = len(across.agents) <= FEW
    width = SINGLE if few else DOUBLE
    figure, axes = panels(1, 1, width=width, height=1.9, legend=legend_height(across.agents, width), left=0.42)
    ax, rows = axes[0, 0], []
    low = min(0.0, *(min(map(np.min, s)) for s in across.scores.values()))
    taus = TAUS[TAUS >= max(TAUS[0], low - 0.02)]
    for i, a in enumerate(across.agents):
        rng = generator("profile", a)
        share = stats.over_tasks(across.scores[a], rng, lambda s: stats.performance_profile(s, taus), resamples=500)
        look = looks[a]
        if few:
            ax.fill_between(taus, share.low, share.high, color=look.colour, alpha=0.16, lw=0, step="post")
        ax.plot(taus, share.estimate, color=look.colour, linestyle=look.line, drawstyle="steps-post",
                marker=look.marker, markevery=scatter_markers(i, len(across.agents), len(taus)))
        rows += [(a, *row) for row in zip(taus, *np.broadcast_arrays(share.estimate, share.low, share.high))]
    name_axes(ax, "normalised score (0 random, 1 optimum)", "share of runs above", out=0.3)
    ax.set_ylim(0, 1.02)
    ax.margins(x=0.02)
    legend(figure, [handle(looks[a]) for a in across.agents], across.agents)
    return Picture("profile", figure,
                   f"Performance profiles over {plural(len(across.tasks), 'task')}: the share of an agent's runs whose "
                   "normalised score lies above the value on the axis. Higher is better; where curves cross, neither "
                   "agent is better throughout." + (" Bands: 95 %, seeds resampled within tasks." if few else ""),
                   ("agent", "score", "share", "low", "high"), rows, wide=width == DOUBLE,
                   alt="Share of runs above a normalised score, an agent a curve")


def _heat(across):
    k, n = len(across.agents), len(across.tasks)
    means = np.array([[s.mean() for s in across.scores[a]] for a in across.agents])
    longest = max(len(short(a, 26)) for a in across.agents)
    names = [short(t.label, 24) for t in across.tasks]
    left, head = 0.2 + 0.062 * longest, 0.2 + 0.045 * max(map(len, names))
    width = SINGLE if left + 0.38 * n + 0.3 <= SINGLE else DOUBLE
    cell = min(0.5, (width - left - 0.45) / n)
    figure, axes = panels(1, 1, width=width, height=0.22 * k, left=left, right=width - left - cell * n, top=head,
                          below=0.08)
    ax = axes[0, 0]
    ax.pcolormesh(np.arange(n + 1) - 0.5, np.arange(k + 1) - 0.5, np.clip(means, -1, 1), cmap=_colours(), vmin=-1,
                  vmax=1, edgecolors="white", linewidth=0.6)
    for i in range(k):
        for j in range(n):
            ax.text(j, i, _short(means[i, j]), ha="center", va="center", fontsize=6.5,
                    color="white" if abs(means[i, j]) > 0.66 else "#111111")
    ax.invert_yaxis()
    ax.set_yticks(range(k), [short(a, 26) for a in across.agents])
    ax.xaxis.tick_top()
    ax.set_xticks(range(n), names, rotation=35, ha="left", rotation_mode="anchor")
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    rows = [(a, t.label, means[i, j]) for i, a in enumerate(across.agents) for j, t in enumerate(across.tasks)]
    return Picture("heat", figure, "Mean normalised score of every agent on every task: 0 is the expected best of as "
                   "many random draws, 1 the optimum; blue is better than random, orange worse.",
                   ("agent", "task", "score"), rows, wide=width == DOUBLE,
                   alt="Mean normalised score by agent and task")


def _short(x):
    return number(x, 1) if abs(x) >= 9.95 else number(x, 2).replace("0.", ".", 1) if abs(x) < 1 else number(x, 2)


def _ranks(across, looks):
    """Demsar's diagram: average ranks on a line, bars over agents that are not told apart."""
    f, k = across.friedman, len(across.agents)
    order = np.argsort(f.ranks, kind="stable")
    groups = f.alike()
    height = 0.35 + 0.12 * len(groups) + 0.16 * ((k + 1) // 2)
    figure, axes = panels(1, 1, width=DOUBLE, height=height, left=1.9, right=1.9, top=0.3, below=0.05)
    ax = axes[0, 0]
    ax.set_xlim(1, k)
    ax.set_ylim(height, 0)
    ax.xaxis.tick_top()
    ax.set_yticks([])
    ax.grid(False)
    for side in ("left", "right", "bottom"):
        ax.spines[side].set_visible(False)
    ax.spines["top"].set_visible(True)
    for i, g in enumerate(groups):
        ends = [f.ranks[g[0]], f.ranks[g[-1]]]
        ax.plot([ends[0] - 0.03, ends[1] + 0.03], [0.15 + 0.12 * i] * 2, color="#222222", lw=2.4, solid_capstyle="butt")
    base = 0.3 + 0.12 * len(groups)
    for place, i in enumerate(order.tolist()):
        first = place < (k + 1) // 2
        y = base + 0.16 * (place if first else k - 1 - place)
        end = 1 - 0.02 * k if first else k + 0.02 * k
        ax.plot([f.ranks[i], f.ranks[i], end], [0, y, y], color=looks[across.agents[i]].colour, lw=0.8, clip_on=False)
        ax.text(end, y, f" {short(across.agents[i], 26)} {number(f.ranks[i], 2)} ", ha="right" if first else "left",
                va="center", fontsize=7, clip_on=False)
    ax.plot([1, 1 + f.critical_difference], [-0.02, -0.02], color="#222222", lw=1.2, clip_on=False)
    return Picture("critical-difference", figure,
                   f"Average rank over {plural(f.tasks, 'task')}; 1 is best. Bars join agents whose ranks differ by no "
                   f"more than Nemenyi's critical difference of {number(f.critical_difference, 2)} at 5 %.",
                   ("agent", "average_rank"), [(across.agents[i], f.ranks[i]) for i in order], wide=True,
                   alt="Average ranks with critical difference")
