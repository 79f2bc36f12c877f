"""The figures of a lottery's report, each in the width of a paper's column."""

import numpy as np

from ..report.layout import (
    blank,
    grid_of,
    handle,
    legend,
    legend_height,
    logarithmic,
    name_axes,
    panels,
    plain_tick,
    random_handle,
    short,
    thousands,
)
from ..report.picture import Picture
from ..report.style import GRID, INK, RANDOM, SINGLE
from ..report.text import MINUS, count, in_unit, probability, regret_unit
from ..report.versus import _colours
from .findings import generator

ROW = 0.16
"""Height in inches of one agent."""
LEAST = 3e-4
"""Regret that is drawn as none, as a share of the largest."""


class Shown:
    """Values as a reader sees them: regret on a logarithmic axis where the optimum is known, else the metric itself."""

    def __init__(self, found):
        self.optimum, self.objective = found.task.optimum, found.task.objective
        self.regret = self.optimum is not None
        self.label = ("regret" + in_unit(regret_unit(found.unit)) if self.regret else
                      self.objective.metric.replace("_", " ") + in_unit(found.unit))

    def of(self, values):
        values = np.asarray(values, float)
        return np.maximum(self.optimum - values, 0) if self.regret else self.objective.raw(values)

    def floor(self, shown):
        """Where zero regret is drawn: below the least that is positive."""
        positive = shown[shown > 0]
        return max(0.4 * positive.min(), LEAST * positive.max()) if len(positive) else 1e-3

    def axis(self, ax, which, shown):
        """A logarithmic axis with a place for zero, or a plain one; returns how values are drawn on it."""
        if not self.regret:
            thousands(ax, which)
            return lambda v: v
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

        floor, axis = self.floor(shown), getattr(ax, f"{which}axis")
        none = bool((shown < floor).any())
        low, high = floor * (0.75 if none else 2), shown.max() * 1.3
        getattr(ax, f"set_{which}scale")("log")
        getattr(ax, f"set_{which}lim")(low, high)
        decades = [10.0**e for e in range(-12, 12) if max(low, 2 * floor * none) < 10.0**e < high]
        axis.set_major_locator(FixedLocator([floor] * none + decades))
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
        axis.set_major_formatter(FuncFormatter(lambda v, _: "0" if none and v <= 1.001 * floor else plain_tick(v)))
        return lambda v: np.maximum(v, floor)


def scores(findings, look):
    """Every configuration of every agent: its score, with the default and what random search reaches."""
    tasks = [t for t in findings.tasks if t.cells]
    names = findings.agents
    one_label = len({Shown(t).label for t in tasks}) == 1
    figure, axes = panels(len(tasks), 1, width=SINGLE, height=ROW * len(names) + 0.12, left=1.32, right=0.1, top=0.2,
                          between=(0, 0.4 if one_label else 0.52), below=0.36, legend=0.2)
    rows = []
    for ax, found in zip(axes[:, 0], tasks):
        shown = Shown(found)
        everything = np.concatenate([shown.of(c.means) for c in found.cells.values()])
        drawn = shown.axis(ax, "x", everything)
        if found.baseline is not None:
            expected = shown.of(found.baseline.mean)
            ax.axvline(drawn(expected), color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.1)
            rows.append((found.label, "random search, expected", "", float(expected)))
        for i, name in enumerate(names):
            cell = found.cells.get(name)
            if cell is None:
                continue
            place = generator(found.label, name, "jitter").uniform(-0.28, 0.28, len(cell.means))
            ax.plot(drawn(shown.of(cell.means)), i + place * (len(place) > 1), "o", ms=2.1, mew=0, alpha=0.55,
                    color=look[name].colour)
            rows += [(found.label, cell.entrant.label(o), "drawn", float(v)) for o, v in
                     zip(cell.entrant.drawn, shown.of(cell.means))]
            if len(cell.default):
                at = float(shown.of(cell.default.mean()))
                ax.plot(drawn(at), i, "D", ms=4, mfc="none", mec=INK, mew=0.9)
                rows.append((found.label, name, "default", at))
        ax.set_yticks(range(len(names)), [short(n, 22) for n in names])
        ax.set_ylim(len(names) - 0.5, -0.5)
        ax.grid(axis="y", visible=False)
        ax.set_title(short(found.heading, 40), loc="left", y=1.0)
        if found is tasks[-1] or not one_label:
            name_axes(ax, shown.label)
    from matplotlib.lines import Line2D

    legend(figure, [Line2D([], [], marker="o", ls="", ms=2.5, color="#666666"),
                    Line2D([], [], marker="D", ls="", ms=4, mfc="none", mec=INK, mew=0.9), random_handle()],
           ["configuration", "default", "random search"])
    return Picture("scores", figure, "The lottery: each dot is a configuration drawn at random, its mean over "
                   f"{count(len(findings.scores.seeds))} seeds; diamonds are the published defaults (mean of all their "
                   "runs), the dotted line the expected best of as many random draws.",
                   ("task", "configuration", "kind", "shown"), rows, wide=False,
                   alt="Scores of all configurations by agent and task")


def curves(found, findings, look):
    """What tuning buys on one task, and what restarts of the default buy for as much. None without tuning."""
    cells = [c for c in found.tunable if c.curve is not None]
    if not cells:
        return None
    names = [c.name for c in cells]
    figure, axes = panels(2, 1, width=SINGLE, height=1.5, left=0.5, top=0.2, between=(0, 0.28), below=0.4,
                          legend=legend_height([*names, "random search"], SINGLE))
    shown, rows = Shown(found), []
    lines = {"tuned, one run handed over": [(c.name, c.curve.evaluations, c.curve.value) for c in cells],
             "not tuned, best of all restarts of the default": [(c.name, *c.restarts) for c in cells if c.restarts]}
    last = max(x[-1] for some in lines.values() for _, x, _ in some)
    spent = np.unique(np.geomspace(findings.scores.evaluations, last, 40).astype(int))
    random = None if found.baseline is None else shown.of(found.baseline.curve(spent, ()).mean)
    everything = np.concatenate([shown.of(y) for some in lines.values() for _, _, y in some])
    for ax, (title, some) in zip(axes[:, 0], lines.items()):
        logarithmic(ax)
        drawn = shown.axis(ax, "y", everything)
        ax.set_xlim(findings.scores.evaluations * 0.9, last * 1.1)
        thousands(ax)
        if random is not None:
            keep = random >= ax.get_ylim()[0] if shown.regret else np.ones(len(random), bool)
            ax.plot(spent[keep], drawn(random[keep]), color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3)
        for name, x, y in some:
            ax.plot(x, drawn(shown.of(y)), color=look[name].colour, linestyle=look[name].line, marker=look[name].marker,
                    ms=2.6, lw=1.0, markevery=max(1, len(x) // 5))
            rows += [(title, name, *pair) for pair in zip(x, shown.of(y))]
        ax.set_title(title, loc="left", y=1.0)
        name_axes(ax, y=shown.label)
    axes[0, 0].tick_params(labelbottom=False)
    name_axes(axes[1, 0], "evaluations spent")
    legend(figure, [*(handle(look[n]) for n in names), random_handle()], [*names, "random search"])
    return Picture(f"tuned-{found.slug}", figure,
                   f"{found.heading}: what evaluations buy. Above: the best of h configurations, chosen with half of "
                   "the "
                   "seeds and judged with the other half, all runs that chose charged; one run of it is handed over. "
                   "Below: the same evaluations spent on restarts of the default, the best run kept. Dotted: the "
                   "expected "
                   "best of so many random draws.", ("way", "agent", "evaluations", "shown"), rows, wide=False,
                   alt=f"Expected value after tuning and after restarts on {found.heading}")


def importances(findings, look):
    """Permutation importance of every hyper-parameter, mean over tasks. None where no model could be made."""
    from .. import stats

    rows, agents = [], []
    for name in findings.tunable:
        found = [t.cells[name].importance for t in findings.tasks if name in t.cells and t.cells[name].importance]
        if found:
            mean = stats.mean_of([f.share for f in found])
            agents.append((name, float(np.mean([f.explained for f in found]))))
            rows += [(name, hyper, *three) for hyper, *three in zip(
                found[0].names, *map(np.atleast_1d, (mean.estimate, mean.low, mean.high)))]
    if not rows:
        return None
    lines = sum(1.5 for _ in agents) + len(rows)
    figure, axes = panels(1, 1, width=SINGLE, height=0.135 * lines, left=1.1, right=0.1, top=0.06, below=0.4)
    ax, y, ticks = axes[0, 0], 0.0, []
    for name, explained in agents:
        ax.text(0.0, y + 0.15, f"{short(name, 24)} ({100 * max(explained, 0):.0f} % predicted)", fontsize=7,
                transform=ax.get_yaxis_transform(), fontweight="bold", va="center", ha="left",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}, zorder=3)
        y += 1
        for _, hyper, estimate, low, high in (r for r in rows if r[0] == name):
            ax.barh(y, estimate, 0.62, color=look[name].colour, alpha=0.75)
            ax.plot([low, high], [y, y], color=INK, lw=0.8)
            ticks.append((y, hyper))
            y += 1
        y += 0.5
    ax.set_yticks(*zip(*[(at, short(hyper, 18)) for at, hyper in ticks]))
    ax.set_ylim(y - 0.4, -0.6)
    ax.axvline(0, color=INK, lw=0.6)
    ax.grid(axis="y", visible=False)
    name_axes(ax, "rise of the error (share of the variance)")
    return Picture("importance", figure, "Which hyper-parameters matter: how much worse a forest of trees predicts the "
                   "rank of configurations it has not seen when one of their hyper-parameters is shuffled, mean over "
                   f"{count(len(findings.tasks))} tasks with 95 % intervals over configurations. In brackets: the "
                   "share "
                   "of the ranks' variance that the forest predicts; where that is near zero, so is all it "
                   "says. Below zero: the forest was misled.",
                   ("agent", "hyperparameter", "share", "low", "high"), rows, wide=False,
                   alt="Permutation importance of hyper-parameters")


def transfers(findings):
    """A matrix an agent: how the configurations' scores on one task agree with those on another. None with one task."""
    names = list(findings.transfers)
    if not names:
        return None

    headings = [t.heading for t in findings.tasks]
    k = len(headings)
    tall, across = grid_of(len(names), 3)
    left, width = 0.28, SINGLE
    side = (width - left - 0.08 - (across - 1) * 0.1) / across
    figure, axes = panels(tall, across, width=width, height=side, left=left, right=0.08, top=0.2, between=(0.1, 0.22),
                          below=0.24 + 0.12 * k)
    rows = []
    for at, (ax, name) in enumerate(zip(axes.flat, names)):
        found = findings.transfers[name]
        edges = np.arange(k + 1) - 0.5
        ax.pcolormesh(edges, edges, np.ma.masked_invalid(found.correlation), cmap=_colours(), vmin=-1, vmax=1,
                      edgecolors="white", linewidth=0.6)
        for i in range(k):
            for j in range(k):
                value = found.correlation[i, j]
                rows.append((name, headings[i], headings[j], value, found.served[i, j]))
                ax.text(j, i, (MINUS if value < 0 else "") + probability(abs(value)), ha="center", va="center",
                        fontsize=6.5, color="white" if abs(value) > 0.66 else INK)
        ax.invert_yaxis()
        letters = [chr(65 + i) for i in range(k)]
        ax.set_xticks(range(k), letters if at >= len(names) - across else [""] * k)
        ax.set_yticks(range(k), letters if at % across == 0 else [""] * k)
        ax.tick_params(length=0, pad=1)
        ax.grid(False)
        ax.set_facecolor(GRID)
        for spine in ax.spines.values():
            spine.set_visible(False)
        ax.set_title(short(name, 19), loc="left", y=1.0, fontsize=7)
    blank(axes, len(names))
    for i, heading in enumerate(headings):
        figure.text(0.06 / width, (0.06 + 0.12 * (k - 1 - i)) / figure.get_size_inches()[1],
                    f"{chr(65 + i)}: {short(heading, 50)}", fontsize=7, va="bottom")
    return Picture("transfer", figure, "Do settings serve another task? Spearman's rank correlation of the "
                                       "configurations' "
                   "scores on the row's task, by half of the seeds, with those on the column's, by the other half. The "
                   "diagonal is what the noise of the seeds leaves; where the rest is as high, a ranking of settings "
                   "carries over. Grey: every configuration ended "
                   "alike.", ("agent", "first", "second", "correlation", "share_beaten"), rows, wide=False,
                   alt="Rank correlation of configurations between tasks, by agent")


def chances(findings):
    """P(a random configuration of the row beats the column's default), mean over tasks. None for a single agent."""
    names, found = findings.agents, findings.chances
    k = len(names)
    if k < 2:
        return None

    left = 0.12 + 0.052 * max(len(short(n, 24)) for n in names)
    head = 0.1 + 0.036 * max(len(short(n, 24)) for n in names)
    aside = 0.42
    side = (SINGLE - left - aside) / k
    figure, axes = panels(1, 1, width=SINGLE, height=side * k * 0.85, left=left, right=aside,
                          top=head + 0.16, below=0.06)
    ax, edges, rows = axes[0, 0], np.arange(k + 1) - 0.5, []
    ax.pcolormesh(edges, edges, np.ma.masked_invalid(found.estimate), cmap=_colours(), vmin=0, vmax=1,
                  edgecolors="white", linewidth=0.6)
    for i in range(k):
        for j in range(k):
            p = found.estimate[i, j]
            if np.isfinite(p):
                told = found.low[i, j] > 0.5 or found.high[i, j] < 0.5
                ax.text(j, i, probability(p), ha="center", va="center", fontsize=6 if k > 6 else 7,
                        fontweight="bold" if told else "normal", color="white" if abs(p - 0.5) > 0.33 else INK)
            rows.append((names[i], names[j], p, found.low[i, j], found.high[i, j]))
    ax.invert_yaxis()
    ax.set_yticks(range(k), [short(n, 24) for n in names], fontsize=6.5)
    ax.xaxis.tick_top()
    ax.set_xticks(range(k), [short(n, 24) for n in names], rotation=40, ha="left", rotation_mode="anchor", fontsize=6.5)
    ax.tick_params(length=0, pad=1.5)
    ax.grid(False)
    ax.set_facecolor(GRID)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return Picture("chances", figure, "How often a run of a random configuration of the row's agent ends better than "
                                      "a run "
                   f"of the column's default, ties counted half, mean over {count(len(findings.tasks))} "
                   f"task{'s' * (len(findings.tasks) > 1)}. Bold: the 95 % interval, over configurations and runs, "
                   "does "
                   "not hold one half.", ("row", "column", "probability", "low", "high"), rows, wide=False,
                   alt="Chance that a random configuration beats a default")
