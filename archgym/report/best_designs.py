"""The best designs of a sweep: parameters, raw metrics, slack, the Pareto set, and which parameters matter."""

from dataclasses import dataclass

import numpy as np

from ..reward import NAME
from ..sweep.designs import MeasuredDesigns, measured_designs
from . import front, importance
from .findings import generator
from .markup import figure, join, link, p, section, table, tag
from .picture import write_csv
from .text import MINUS, NOTHING, count, in_unit, plural

TOP = 4


@dataclass
class BestDesigns:
    """Of one task with several raw metrics."""

    found: object
    """The task's TaskFindings."""
    designs: MeasuredDesigns
    """Those that measured soundly."""
    best: np.ndarray
    """Rows of the best, the best first; of those that measure alike, the first."""
    metrics: list
    front: front.Front | None
    importance: importance.Importance | None


def find(findings) -> list[BestDesigns]:
    """For each task that measures two raw metrics or more, and has a sound design. The reward is not among them."""
    made = []
    for found in findings.ran:
        metrics = [m for m in found.task.evaluator.metrics if m.name != NAME]
        if len(metrics) < 2:
            continue
        designs = measured_designs(findings.sweep, found.label).sound()
        if len(designs):
            made.append(_of(found, metrics, designs))
    return made


def _of(found, metrics, designs):
    task = found.task
    axes = front.objectives(task, {m.name: designs.metrics[m.name] for m in metrics})
    points = np.stack([designs.metrics[m.name] for m in axes], axis=1) if len(axes) > 1 else None
    return BestDesigns(
        found, designs, _best(designs), metrics,
        None if points is None else front.front(task, axes, points),
        importance.importance(task.space, designs.genomes, designs.value, generator(found.label, "importance")))


def _best(designs):
    rows, met = [], set()
    for row in np.argsort(-designs.value, kind="stable"):
        measured = tuple(column[row] for column in designs.metrics.values())
        if measured not in met:
            met.add(measured)
            rows.append(row)
        if len(rows) == TOP:
            break
    return np.array(rows)


def pictures(made: list[BestDesigns]):
    """A generator, so that each figure is saved and let go before the next is drawn."""
    for b in made:
        space = b.found.task.space
        if b.front is not None:
            rows = [(space.text_of(b.designs.genome(row)), *b.front.points[row]) for row in b.front.on]
            yield front.picture(b.front, b.found.slug, b.found.label, b.best, rows)
        if b.importance is not None:
            yield importance.picture(b.importance, b.found.slug, b.found.label)


def blocks(made: list[BestDesigns], drawn) -> list:
    """A block a task; drawn: the saved pictures."""
    by_name = {picture.name: picture for picture in drawn}
    return [section(f"designs-{b.found.slug}", b.found.label, _table(b),
                    *(figure(by_name[name]) for kind in ("front", "importance")
                      if (name := f"{kind}-{b.found.slug}") in by_name),
                    p("All measured designs: ", link(f"tables/designs-{b.found.slug}.csv", "CSV"), class_="files"),
                    level=3)
            for b in made]


def _table(b):
    """A column a design, a row a parameter that they differ in, a metric, a limit."""
    traces = [b.found.task.space.trace(b.designs.genome(row)) for row in b.best]
    options = [{c.name: str(c.options[pick]) for c, pick in zip(t.choices, t.picks)} for t in traces]
    names = list(dict.fromkeys(name for chosen in options for name in chosen))
    first = options[0]
    differ = [n for n in names if any(chosen.get(n) != first.get(n) for chosen in options)]
    alike = [f"{n} = {first[n]}" for n in names if n not in differ]

    def cell(chosen, name):
        text = chosen.get(name, NOTHING)
        return tag("b", text) if text != first.get(name, NOTHING) else text

    rows = [[name, *(cell(chosen, name) for chosen in options)] for name in differ]
    rows += [[f"{m.name.replace('_', ' ')}{in_unit(m.unit)}",
              *(_number(b.designs.metrics[m.name][row]) for row in b.best)]
             for m in b.metrics]
    limits = getattr(getattr(b.found.task.evaluator, "reward", None), "limits", {})
    rows += [[f"slack to {name} {_number(limit)}",
              *(_percent((limit - b.designs.metrics[name][row]) / limit) for row in b.best)]
             for name, limit in limits.items()]
    found_by = ["found by"] + [f"{agent}, seed {seed}" for agent, seed in (b.designs.finders[row] for row in b.best)]
    raw = b.found.objective.raw
    header = ["", *(f"{i}: {_number(raw(b.designs.value[row]))}" for i, row in enumerate(b.best, 1))]
    return join([
        table(header, [*rows, found_by], class_="dense",
              caption=f"The {plural(len(b.best), 'best design')} of {count(len(b.designs))} that measured soundly "
                      f"({b.found.objective}); of designs that measure alike one is shown; bold: other than the first"),
        p(f"Alike in all of them: {', '.join(alike)}." if alike else "", class_="note") if alike else ""])


def _number(x):
    return f"{x:.4g}".replace("-", MINUS)


def _percent(x):
    return f"{100 * x:+.2f} %".replace("-", MINUS)


def save(made: list[BestDesigns], folder):
    """Every sound design of each task, the best first; the files of other tasks are removed."""
    wanted = {f"designs-{b.found.slug}.csv" for b in made}
    for path in folder.glob("designs-*.csv"):
        if path.name not in wanted:
            path.unlink()
    for b in made:
        raw, space = b.found.objective.raw, b.found.task.space
        unbeaten = set() if b.front is None else set(b.front.on.tolist())
        order = np.argsort(-b.designs.value, kind="stable")
        write_csv(folder / f"designs-{b.found.slug}.csv",
                  ("design", "agent", "seed", "on_front", b.found.objective.metric,
                   *(m.name for m in b.metrics if m.name != b.found.objective.metric)),
                  [(space.text_of(b.designs.genome(row)), *b.designs.finders[row], bool(row in unbeaten),
                    raw(b.designs.value[row]),
                    *(b.designs.metrics[m.name][row] for m in b.metrics if m.name != b.found.objective.metric))
                   for row in order])
