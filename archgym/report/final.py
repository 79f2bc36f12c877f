"""The final table: agents, random search and the optimum on every task, as HTML and CSV."""

import math
from dataclasses import dataclass

import numpy as np

from .markup import Markup, join, link, p, swatch, table, tag, text
from .picture import write_csv
from .text import NOTHING, bracket, count, grouped, number


@dataclass
class Entry:
    """What one row of the final table says on one task, in the metric's own sign."""

    kind: str
    """"agent", "random" or "optimum"."""
    mean: float
    sd: float = math.nan
    median: float = math.nan
    runs: int | None = None
    p: float = math.nan
    """Holm's adjusted p against the best agent."""
    not_worse: bool = False
    note: str = ""


def entries(found, split):
    """{row label: Entry} for one task."""
    raw = found.objective.raw
    rows = {}
    best = found.best.get(split)
    for name, cell in found.cells.items():
        values = cell.split(split)
        if not cell.runs:
            rows[name] = Entry("agent", math.nan, runs=0)
            continue
        whole = bool(np.isfinite(values).all())
        empty = int(np.sum(~np.isfinite(values)))
        rows[name] = Entry(
            "agent",
            raw(float(np.mean(values))) if whole else math.nan,
            float(np.std(values, ddof=1)) if whole and cell.runs > 1 else math.nan,
            raw(float(np.median(values))),
            cell.runs,
            best.p.get(name, math.nan) if best else math.nan,
            bool(best and found.tested and name in best.marked),
            f"{empty} without a valid design" if empty else "",
        )
    if found.baseline is not None:
        of = found.baseline.best if split == "search" else found.baseline.holdout_of_best
        if of is not None:
            rows[random_label(found)] = Entry("random", raw(of.mean), of.sd, raw(float(of.quantile(0.5))))
    optimum = found.optimum(split)
    if optimum is not None:
        rows["optimum"] = Entry("optimum", raw(optimum))
    return rows


def random_label(found):
    return f"random, best of {count(found.n)}, " + ("exact" if found.baseline.exact else "estimated")


def labels(tasks, split):
    """Row labels over several tasks: agents, then random search, then the optimum."""
    seen = {}
    for found in tasks:
        for label, entry in entries(found, split).items():
            seen.setdefault(label, ("agent", "random", "optimum").index(entry.kind))
    return sorted(seen, key=lambda label: seen[label])


def shown(found, entry):
    """("91.52 ± 0.21", "91.55"), with the task's decimals."""
    mean = number(entry.mean, found.decimals)
    if math.isfinite(entry.sd):
        mean += f" ± {number(entry.sd, found.decimals)}"
    return mean, number(entry.median, found.decimals)


def html(tasks, split, looks):
    by_task = [entries(found, split) for found in tasks]
    rows = []
    for label in labels(tasks, split):
        name = join([swatch(looks[label]), label], " ") if label in looks else label
        kind = None
        cells = []
        for found, of in zip(tasks, by_task):
            entry = of.get(label)
            if entry is None:
                cells.append(NOTHING)
                continue
            kind = entry.kind
            if entry.runs == 0:
                cells.append((Markup('<span class="small">no finished run</span>'), "empty"))
                continue
            mean, median = shown(found, entry)
            under = [] if not math.isfinite(entry.median) else [f"median {median}"]
            under += [f"{count(entry.runs)} run{'s' * (entry.runs != 1)}"] if entry.runs else []
            under += [entry.note] if entry.note else []
            cells.append(
                join(
                    [
                        tag("b", mean) if entry.not_worse else text(mean),
                        tag("span", " · ".join(under), class_="small") if under else "",
                    ]
                )
            )
        rows.append([(name, kind), *cells])
    header = ["agent"] + [join([found.heading, tag("span", heading(found, split), class_="small")]) for found in tasks]
    return table(header, rows, class_="final")


def heading(found, split):
    metric = found.objective.metric if split == "search" else found.objective.holdout
    arrow = "larger is better" if found.objective.goal == "max" else "smaller is better"
    return f"{metric}{f' ({found.unit})' if found.unit else ''}, {arrow}"


def save_csv(tasks, path):
    rows = []
    for found in tasks:
        for split in found.splits:
            for label, e in entries(found, split).items():
                rows.append(
                    (
                        found.label,
                        split,
                        label,
                        e.kind,
                        e.runs,
                        e.mean,
                        e.sd,
                        e.median,
                        e.p,
                        e.not_worse if e.kind == "agent" else None,
                        found.unit,
                        found.n if e.kind == "random" else None,
                    )
                )
    write_csv(
        path,
        (
            "task",
            "split",
            "series",
            "kind",
            "runs",
            "mean",
            "sd",
            "median",
            "holm_p",
            "not_worse_than_best",
            "unit",
            "best_of",
        ),
        rows,
    )


def section(findings, look):
    for split, title in (("search", "Best search value"), ("holdout", "Holdout score of the incumbent")):
        tasks = [t for t in findings.tasks if split in t.splits]
        if not tasks:
            continue
        yield tag("h3", title)
        if split == "holdout" and len(tasks) < len(findings.tasks):
            yield p("Tasks without a holdout are not in this table.")
        yield html(tasks, split, look)
        laws = sorted({grouped(t.baseline.words.split("; ", 1)[-1]) for t in tasks if t.baseline})
        yield p(
            "Mean ± standard deviation over runs. Bold: not worse than the best agent (two-sided rank-sum test, Holm's "
            "correction, 5 %). ",
            f"Random: the best of n draws, {'; '.join(laws)}. " if laws else "No random baseline. ",
            *(f"{t.label} has no holdout: what agents saw is what is reported. " for t in tasks if not t.has_holdout),
            link("tables/final.csv", "CSV"),
            " ",
            link(f"tables/final-{split}.tex", "LaTeX"),
            class_="note",
        )
    if any(t.budget.cost and not t.budget.evaluations for t in findings.tasks):
        yield p("Where cost is the limit, n is the median number of evaluations that the runs made.", class_="note")


def improvement(findings, look):
    tasks = [t for t in findings.ran if any(c.over_mean or c.over_best for c in t.ran.values())]
    if not tasks:
        return ""
    rows = []
    for name in findings.agents:
        cells = [t.cells[name] for t in tasks]
        rows.append(
            [
                join([swatch(look[name]), name], " "),
                *(
                    join([with_percent(i), tag("span", bracket(i, lambda v: number(v, 2)), class_="small")])
                    if i
                    else NOTHING
                    for c in cells
                    for i in (c.over_mean, c.over_best)
                ),
            ]
        )
    return join(
        [
            tag("h3", "Relative improvement"),
            table(
                ["agent", *["over mean random", "over best of n"] * len(tasks)],
                rows,
                groups=[("", 1), *((t.heading, 2) for t in tasks)],
                class_="final",
            ),
        ]
    )


def with_percent(interval):
    return f"{'+' if interval.estimate > 0 else ''}{number(interval.estimate, 2)} %"
