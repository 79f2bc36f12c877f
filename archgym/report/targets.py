"""Budgets to reach targets: how many evaluations an agent needs for the best designs of a table."""

from html import escape

import numpy as np

from .. import stats
from .captions import dagger, law_words, one_or_each
from .findings import CURVE_RESAMPLES, RESAMPLES, generator
from .layout import (
    FEW,
    blank,
    grid_of,
    handle,
    legend,
    legend_height,
    name_axes,
    panels,
    random_handle,
    scatter_markers,
    thousands,
    title,
)
from .markup import fold, join, p, swatch, table, tag
from .picture import Picture, write_csv
from .style import RANDOM
from .text import NOTHING, count, figures, with_bracket
from .trends import evaluation_grid

NAMES = ("best 10 %", "best 1 %", "best 0.1 %", "optimum")


def of(found):
    """(T,) targets of a task, ascending; None where its population is not known exactly."""
    if found.baseline is None or not found.baseline.exact or not found.ran:
        return None
    draws = found.baseline.draws
    return stats.quantile_targets(found.baseline.values, draws.share)


def find(findings):
    """{task: {agent: [(Interval of the evaluations spent, runs that got there) a target]}} where there are targets."""
    result = {}
    for task in findings.ran:
        if (targets := of(task)) is None:
            continue
        result[task.label] = {name: _reached(task, cell, targets) for name, cell in task.ran.items()}
    return result


def _reached(task, cell, targets):
    x = np.arange(1, cell.incumbents.shape[1] + 1)
    rng = generator(task.label, cell.agent, "expected budget")
    budgets = stats.expected_budget(x, cell.incumbents, targets, rng, resamples=RESAMPLES)
    hits = np.isfinite(stats.first_reach(x, cell.incumbents, targets)).sum(0)
    return [(stats.Interval(*(float(v[i]) for v in (budgets.estimate, budgets.low, budgets.high))), int(hits[i]))
            for i in range(len(targets))]


def section(findings, reached, look):
    """The tables: a row an agent, a column a target."""
    for task in findings.ran:
        if task.label not in reached:
            continue
        targets, draws = of(task), task.baseline.draws
        rows = [[join([swatch(look[name]), name], " "), *(told(*pair, task.cells[name].runs) for pair in pairs)]
                for name, pairs in reached[task.label].items()]
        rows.append(["random search, exact", *(figures(draws.draws_until(t)) for t in targets)])
        yield fold(tag("strong", task.heading), table(["agent", *NAMES], rows, class_="dense"))
    yield p("Expected evaluations until a measured value is among the best 10, 1 or 0.1 % of what random draws "
            "measure, or is the best there is: those of all runs, failures at their full budget, over the runs that got there, "
            "with 95 % bootstrap intervals; in brackets behind, the runs that got there where some did not. Values are "
            "what the search sees.")


def told(interval, hits, runs):
    """The expected evaluations in words, with the runs that got there where not all did."""
    if not hits:
        return NOTHING
    return with_bracket(interval, figures) + (f" ({count(hits)} of {count(runs)} runs)" if hits < runs else "")


def save(findings, reached, path):
    """Every number of the tables: one row a task, agent and target."""
    rows = [(label, name, which, target, interval.estimate, interval.low, interval.high, hits,
             next(t for t in findings.ran if t.label == label).cells[name].runs)
            for label, agents in reached.items() for name, pairs in agents.items()
            for which, target, (interval, hits) in zip(
                NAMES, of(next(t for t in findings.ran if t.label == label)), pairs)]
    path.unlink(missing_ok=True)
    if rows:
        write_csv(path, ("task", "agent", "target", "value", "evaluations", "low", "high", "reached", "runs"), rows)


def picture(findings, reached, looks):
    """Share of (run, target) pairs reached, against evaluations: a panel a task. None where no task has targets."""
    tasks = [t for t in findings.ran if t.label in reached]
    if not tasks:
        return None
    names = [a for a in findings.agents if any(a in t.ran for t in tasks)]
    labels = [*names, "random search, exact"]
    figure, axes = panels(*grid_of(len(tasks)), legend=legend_height(labels), height=1.5, share_y=True,
                          between=(0.16, 0.62))
    rows = []
    for ax, task in zip(axes.flat, tasks):
        targets, grid = of(task), evaluation_grid(task.last_evaluation)
        chance = np.mean([task.baseline.draws.hit(grid, target) for target in targets], axis=0)
        ax.plot(grid, chance, color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3)
        rows += [(task.label, "random search, exact", n, c, None, None) for n, c in zip(grid, chance)]
        for i, (name, cell) in enumerate(task.ran.items()):
            x = np.arange(1, cell.incumbents.shape[1] + 1)
            rng = generator(task.label, name, "targets")
            share = stats.target_ecdf(x, cell.incumbents, targets, grid, rng, resamples=CURVE_RESAMPLES)
            look = looks[name]
            if len(task.ran) <= FEW:
                ax.fill_between(grid, share.low, share.high, color=look.colour, alpha=0.16, lw=0)
            ax.plot(grid, share.estimate, color=look.colour, linestyle=look.line, marker=look.marker,
                    markevery=scatter_markers(i, len(task.ran), len(grid)))
            rows += [(task.label, name, *row) for row in zip(grid, share.estimate, share.low, share.high)]
        ax.set_ylim(0, 1.02)
        thousands(ax)
        name_axes(ax, "evaluations")
        title(ax, task)
        ax.margins(x=0.02)
    for ax in axes[:, 0]:
        name_axes(ax, y="share of targets reached")
    blank(axes, len(tasks))
    legend(figure, [*(handle(looks[n]) for n in names), random_handle()], labels)
    return Picture(
        "targets", figure,
        "Share of the (run, target) pairs reached by so many evaluations; the targets are the best 10, 1 and 0.1 % of "
        "what random draws measure, and the optimum. Dotted: random search, "
        + one_or_each(tasks, law_words) + "."
        + (" Bands: 95 % bootstrap interval over runs." if len(names) <= FEW else "")
        + dagger(tasks),
        ("task", "series", "evaluations", "share", "low", "high"), rows,
        alt=f"Share of targets reached against evaluations on {escape(', '.join(t.label for t in tasks))}")
