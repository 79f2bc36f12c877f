"""The Pareto set of what a sweep measured, and the exact one where the space can be enumerated."""

from dataclasses import dataclass

import numpy as np

from ..evaluator import Designs
from .picture import Picture
from .style import BAND, COLOURS, INK, RANDOM, SINGLE
from .text import THIN, in_unit, plural

ENUMERATED = 50_000  # designs up to which a space is measured whole
SHOWN = 3000  # designs drawn behind the front
PREFIXED = ("s", "J", "W", "B/s", "Hz")  # units that take prefixes: 5 µJ
ALIKE = 0.999  # rank correlation from which on two metrics say the same


@dataclass
class Front:
    """What no measured design beats in every metric at once."""

    metrics: list
    """Two or three Metrics."""
    points: np.ndarray
    """(N, metrics) of all sound designs, in their own units."""
    on: np.ndarray
    """Rows of `points`, along the first metric."""
    exact: np.ndarray | None
    """(M, metrics) the front of the whole space; None where it is too large to measure or its evaluator too slow."""


def front(task, metrics, points) -> Front:
    """metrics: which of the task's; points: (N, metrics) of measured designs, N at least 1."""
    signs = np.array([1.0 if metric.goal == "max" else -1.0 for metric in metrics])
    on = np.flatnonzero(undominated(points * signs))
    return Front(metrics, points, on[np.lexsort(points[on].T[::-1])], _exact(task, metrics, signs))


def undominated(points) -> np.ndarray:
    """(N,) bool of (N, k) points, larger is better: no other is as good in all and better in one. Equals alike."""
    distinct, place = np.unique(points, axis=0, return_inverse=True)
    kept = []
    for i in range(len(distinct) - 1, -1, -1):  # a point is beaten only by those after it in the order of the first
        if not any((distinct[k] >= distinct[i]).all() for k in kept):
            kept.append(i)
    found = np.zeros(len(distinct), bool)
    found[kept] = True
    return found[place.reshape(-1)]


def objectives(task, columns) -> list:
    """Two or three metrics that are worth setting against each other; fewer where a task has no such.

    Those that its reward looks at, then others, leaving out what orders the measured designs as one before does.
    """
    reward = getattr(task.evaluator, "reward", None)
    by_name = {m.name: m for m in task.evaluator.metrics if m.name in columns}
    wanted = [by_name[name] for name in reward.metrics if name in by_name] if reward else [
        by_name[task.objective.metric]]
    most = max(len(wanted), 2)
    found, ranks = [], []
    for metric in [*wanted, *(m for m in by_name.values() if m not in wanted)]:
        own = np.unique(columns[metric.name], return_inverse=True)[1].astype(float)
        if len(found) < min(most, 3) and own.std() and all(abs(np.corrcoef(own, r)[0, 1]) < ALIKE for r in ranks):
            found.append(metric)
            ranks.append(own)
    return found


def _exact(task, metrics, signs):
    space = task.space
    if not task.evaluator.instant or task.evaluator.seeds > 1 or space.size is None or space.size > ENUMERATED:
        return None
    genomes = list(space.enumerate())
    rows = np.array(genomes) if hasattr(space, "codes") else genomes
    found = task.evaluator.evaluate_many(Designs(space, rows), fidelity=None, seeds=np.zeros(len(genomes), int))
    points = np.stack([found.values[metric.name] for metric in metrics], axis=1)
    if found.statuses is not None:
        points = points[[status == "ok" for status in found.statuses]]
    points = np.unique(points[undominated(points * signs)], axis=0)
    return points if len(points) else None


def picture(found: Front, slug, label, best, rows) -> Picture:
    """The first two metrics of all designs. best: rows of the best designs; rows: of the CSV, those on the front."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import EngFormatter

    x, y = found.metrics[:2]
    figure = Figure(figsize=(SINGLE, 2.7))
    ax = figure.add_axes((0.19, 0.16, 0.78, 0.72))
    behind = found.points[:: max(1, len(found.points) // SHOWN)]
    ax.scatter(behind[:, 0], behind[:, 1], s=3, color=BAND, alpha=0.5, linewidths=0, label="measured")
    ax.plot(found.points[found.on, 0], found.points[found.on, 1], "o-" if len(found.metrics) == 2 else "o", ms=3.5,
            lw=0.9, color=COLOURS[0], label="not beaten")
    if found.exact is not None:
        ax.plot(found.exact[:, 0], found.exact[:, 1], "--" if len(found.metrics) == 2 else "x", lw=0.9, color=RANDOM,
                label="exact", zorder=1)
    ax.plot(found.points[best[:1], 0], found.points[best[:1], 1], "*", ms=9, mfc="none", mec=COLOURS[1],
            label="best by the objective")
    for metric, column, side in ((x, 0, "x"), (y, 1, "y")):
        values = found.points[:, column]
        if (values > 0).all() and values.max() > 20 * values.min():
            getattr(ax, f"set_{side}scale")("log")
        if metric.unit in PREFIXED:
            getattr(ax, f"{side}axis").set_major_formatter(EngFormatter(metric.unit, sep=THIN))
        getattr(ax, f"set_{side}label")(metric.name.replace("_", " ")
                                        + ("" if metric.unit in PREFIXED else in_unit(metric.unit)))
    ax.legend(loc="lower center", bbox_to_anchor=(0.42, 1.0), ncols=4, fontsize=6, handletextpad=0.2, columnspacing=0.8)
    ax.tick_params(colors=INK)
    named = ", ".join(f"{m.name} ({'more' if m.goal == 'max' else 'less'} is better)" for m in found.metrics)
    return Picture(
        f"front-{slug}", figure,
        f"{label}: {plural(len(found.points), 'sound design')} that the runs measured, and the "
        f"{plural(len(np.unique(found.points[found.on], axis=0)), 'point')} that none beats in {named}"
        + (" (drawn over the first two)." if len(found.metrics) > 2 else ".")
        + (f" The front of the whole space has {plural(len(found.exact), 'point')}."
           if found.exact is not None else ""),
        ("design", *(m.name for m in found.metrics)), rows, wide=False,
        alt=f"{y.name} over {x.name} of the measured designs, with those that none beats")

