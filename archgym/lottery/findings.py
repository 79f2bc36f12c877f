"""Every number of a lottery's report, before any of them is drawn or written."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .. import stats, streams
from ..errors import ArchGymError
from ..report.text import distinct_slugs
from ..stats import Interval
from .alike import Alike, alike
from .chance import chance_of_beating
from .configurations import Entrant
from .importance import Importance, coded, permutation_importance
from .scores import Scores
from .transfer import Transfer, transfer
from .tuned import TunedCurve, restarts, tuned_curve


@dataclass
class Cell:
    """One agent on one task. Values are signed so that larger is better; what failed has the worst that any run had."""

    entrant: Entrant
    finals: np.ndarray
    """(H, S) of the drawn configurations."""
    failed: int
    """Runs of drawn configurations that failed or were refused."""
    default: np.ndarray
    """(S + F,) of the default: the runs of the lottery and those with fresh seeds."""
    judged_default: np.ndarray
    """(F,) of the default, fresh seeds only."""
    judged_best: np.ndarray
    """(F,) of the best drawn configuration."""
    judged_tuner: list[np.ndarray]
    """(F,) of what each run of the tuner chose."""
    best: dict
    below_random: "Interval | None" = None
    """Share of the configurations whose mean is below the expected best of as many random draws."""
    gain: "Interval | None" = None
    """Best drawn configuration less default, paired by fresh seed."""
    curve: "TunedCurve | None" = None
    restarts: tuple = ()
    importance: "Importance | None" = None
    tuner: list = ()

    @property
    def name(self):
        return self.entrant.name

    @property
    def tunable(self):
        return len(self.finals) > 1

    @cached_property
    def means(self):
        """(H,) score of each configuration."""
        return self.finals.mean(axis=1)


@dataclass
class TaskFindings:
    label: str
    heading: str
    slug: str
    task: object
    baseline: "stats.RandomBaseline | None"
    why_no_baseline: str
    cells: dict[str, Cell]
    tuned: "Alike | None" = None
    """The test between tuned agents."""
    untuned: "Alike | None" = None
    shares: "dict[str, float] | None" = None
    """Of the variance of the final values: what the agent, its configuration, and the seed account for."""

    @property
    def unit(self):
        return self.task.objective.unit

    @property
    def tunable(self) -> list[Cell]:
        return [cell for cell in self.cells.values() if cell.tunable]


@dataclass
class Findings:
    scores: Scores
    tasks: list[TaskFindings]
    agents: list[str]
    chances: "Interval | None"
    """(A, B): P(a random configuration of A beats the default of B), mean over tasks; NaN where A is B's only one."""
    transfers: dict[str, Transfer]

    @property
    def tunable(self) -> list[str]:
        return [e.name for e in self.scores.entrants if e.space.size > 1]


def generator(*labels):
    """Fixed, so that a report can be made again to the byte."""
    return streams.generator(0, "lottery report", *labels)


def find(scores: Scores) -> Findings:
    """Every number that the finished runs allow. ArchGymError where nothing is finished."""
    labels = [t.label for t in scores.tasks]
    headings, slugs = headings_of(scores.tasks), distinct_slugs(labels)
    tasks = [_task(scores, entry, headings[entry.label], slugs[entry.label]) for entry in scores.tasks]
    if not any(t.cells for t in tasks):
        raise ArchGymError(f"no agent of {scores.folder} has finished; the same command goes on")
    agents = [e.name for e in scores.entrants if any(e.name in t.cells for t in tasks)]
    transfers = {}
    for name in agents:
        cells = [t.cells[name] for t in tasks if name in t.cells]
        if len(cells) == len(tasks) > 1 and cells[0].tunable:
            transfers[name] = transfer([c.finals for c in cells], generator(name, "transfer"))
    return Findings(scores, tasks, agents, _chances(tasks, agents), transfers)


def headings_of(tasks) -> dict[str, str]:
    """{label: what tells a task from the others}: the options by which tasks of one name differ."""
    found = {}
    for entry in tasks:
        alike_named = [t.task.options for t in tasks if t.name == entry.name]
        differing = [str(v) for k, v in entry.task.options.items() if any(o.get(k) != v for o in alike_named)]
        one_name = len({t.name for t in tasks}) == 1 and differing
        found[entry.label] = ", ".join(differing) if one_name else " ".join([entry.name, *differing])
    return found


def _task(scores, entry, heading, slug) -> TaskFindings:
    task = entry.task
    try:
        baseline, why = (task.random_baseline(scores.evaluations), "") if task.evaluator.instant else (
            None, "a measurement takes time")
    except (ArchGymError, ValueError) as reason:
        baseline, why = None, str(reason)
    known = [scores.of(entry.label, label) for e in scores.entrants for label in map(e.label, e.taken)]
    finite = [v[np.isfinite(v)] for v in known]
    worst = min((v.min() for v in finite if len(v)), default=np.nan)
    found = TaskFindings(entry.label, heading, slug, task, baseline, why, {})
    for entrant in scores.entrants:
        cell = _cell(scores, entry.label, entrant, worst)
        if cell is not None:
            found.cells[entrant.name] = cell
            _measure(found, cell, scores)
    tunable = found.tunable
    if len(tunable) > 1:
        found.shares = variance_shares([c.finals for c in tunable])
        found.tuned, found.untuned = (
            alike([getattr(c, which) for c in tunable], generator(entry.label, which)) if all(
                len(getattr(c, which)) for c in tunable) else None for which in ("judged_best", "judged_default"))
    return found


def _cell(scores, task, entrant, worst):
    finals = scores.drawn(task, entrant)
    best, seen = scores.best(task, entrant), np.isfinite(finals)
    if best is None:
        return None

    def whole(values):
        return np.where(np.isfinite(values), values, worst)

    plain = entrant.label(entrant.default)
    first, judged = scores.of(task, plain), whole(scores.judged(task, plain))
    return Cell(entrant, whole(finals), int((~seen).sum()), np.concatenate((whole(first), judged)), judged,
                whole(scores.judged(task, entrant.label(best))),
                [whole(scores.judged(task, entrant.label(o))) for o in scores.best_of_tuner(task, entrant)], best,
                tuner=scores.tuned(task, entrant))


def _measure(found, cell, scores):
    rng = generator(found.label, cell.name)
    if found.baseline is not None and cell.tunable:
        cell.below_random = stats.proportion(int((cell.means < found.baseline.mean).sum()), len(cell.means))
    if len(cell.default):
        cell.restarts = restarts(cell.default, scores.evaluations)
    if not cell.tunable:
        return
    cell.curve = tuned_curve(cell.finals, scores.evaluations, rng)
    if len(cell.judged_best) == len(cell.judged_default) > 1:
        cell.gain = stats.paired_difference(cell.judged_best, cell.judged_default, rng)
    cell.importance = permutation_importance(cell.entrant.space.names, coded(cell.entrant.space, cell.entrant.drawn),
                                             cell.means, rng)


def _chances(tasks, agents):
    """Means over tasks of P(a random configuration of the row beats the column's default)."""
    estimate, low, high = np.full((3, len(agents), len(agents)), np.nan)
    for i, mine in enumerate(agents):
        for j, other in enumerate(agents):
            found = [chance_of_beating(t.cells[mine].finals, t.cells[other].default, generator(t.label, mine, other))
                     for t in tasks if mine in t.cells and other in t.cells and len(t.cells[other].default)
                     and (i != j or t.cells[mine].tunable)]
            if found:
                mean = stats.mean_of(found)
                estimate[i, j], low[i, j], high[i, j] = mean.estimate, mean.low, mean.high
    return Interval(estimate, low, high)


def variance_shares(finals) -> dict[str, float]:
    """Sums of squares between agents, between an agent's configurations, and between seeds, as shares of the whole.

    finals: one (H, S) array an agent; each agent has the same weight, whatever H.
    """
    grand = np.mean([f.mean() for f in finals])
    agent = np.mean([(f.mean() - grand) ** 2 for f in finals])
    configuration = np.mean([((f.mean(axis=1) - f.mean()) ** 2).mean() for f in finals])
    seed = np.mean([((f - f.mean(axis=1, keepdims=True)) ** 2).mean() for f in finals])
    whole = agent + configuration + seed
    return {"agent": agent / whole, "configuration": configuration / whole, "seed": seed / whole} if whole else {
        "agent": 0.0, "configuration": 0.0, "seed": 0.0}
