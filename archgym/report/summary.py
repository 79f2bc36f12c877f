"""The head of the page: what was compared, how much of it is there, and what came out."""

from . import verdict
from .markup import fold, items, join, link, p, swatch, table, tag
from .text import NOTHING, count, grouped, plural, probability


def lead(findings):
    sweep = findings.sweep
    seeds = plural(findings.seeds, "seed")
    budgets = {grouped(t.budget) for t in findings.tasks}
    budget = budgets.pop() if len(budgets) == 1 else "a budget of its own for each task"
    return join(
        [
            p(
                f"{plural(len(findings.agents), 'search strategy', 'search strategies')} on "
                f"{plural(len(findings.tasks), 'task')}, {seeds} each, under the same budget: {budget}. "
                f"{count(sweep.finished)} of {plural(sweep.planned, 'run')} finished"
                + (f", {count(len(sweep.failures))} failed" if sweep.failures else "")
                + ".",
                class_="lead",
            ),
            progress(findings),
        ]
    )


def progress(findings):
    """What is missing from an unfinished sweep: HTML, empty where nothing is."""
    sweep = findings.sweep
    if findings.complete:
        return ""
    gaps = [
        f"{name} on {found.label} has {count(cell.runs)} of {plural(cell.planned, 'seed')}"
        for found in findings.tasks
        for name, cell in found.cells.items()
        if cell.runs < cell.planned
    ]
    head = f"{count(sweep.finished)} of {count(sweep.planned)} runs"
    words = [tag("strong", "Unfinished: "), f"{head} are there; what follows describes these."]
    if sweep.failures:
        words.append(join([f" {plural(len(sweep.failures), 'run')} failed: ", link("#failures", "see the list"), "."]))
    listing = (
        items(gaps) if len(gaps) <= 6 else fold(f"{plural(len(gaps), 'cell')} (agent on task) lack runs", items(gaps))
    )
    return tag("div", p(*words), listing, class_="warn", role="status")


def summary(findings, look):
    if not findings.ran:
        return p("No run has finished: there is nothing to report yet.", class_="warn")
    header, rows = (
        ["agent", "beats best-of-n random on", "not worse than the best on", "mean P(better than another agent)"],
        [],
    )
    for name in findings.agents:
        cells = [(t, t.cells[name]) for t in findings.ran if t.cells[name].runs]
        compared = [c for _, c in cells if c.beats is not None]
        won = [c for c in compared if verdict.standing(c.beats) == "beats"]
        tested = [t for t, c in cells if "search" in t.best and t.tested]
        best = [t for t in tested if name in t.best["search"].marked]
        better = [_mean_better(t, name) for t in tested]
        if not cells:
            rows.append([join([swatch(look[name]), name], " "), *[("no finished run", "empty")] * 3])
            continue
        rows.append(
            [
                join([swatch(look[name]), name], " "),
                _of(won, compared),
                _of(best, tested),
                probability(sum(better) / len(better)) if better else NOTHING,
            ]
        )
    overall = [p(tag("strong", t.heading), ": ", verdict.headline(t)) for t in findings.tasks]
    return join([tag("div", *overall, class_="overall"), table(header, rows, class_="dense")])


def _of(some, all_):
    return f"{count(len(some))} of {plural(len(all_), 'task')}" if all_ else NOTHING


def _mean_better(found, name):
    row = found.matrix.estimate[list(found.ran).index(name)]
    return float(row[row == row].mean())
