"""What a sweep found: every number of the report, before any of them is drawn or written."""

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .. import stats, streams
from ..errors import ArchGymError
from .text import decimals_for, distinct_slugs, regret_unit

RESAMPLES = 2000
CURVE_RESAMPLES = 1000
LEVEL = 0.95
ALPHA = 0.05


@dataclass
class Cell:
    """One agent on one task: its finished runs and what they came to. Values are signed so that larger is better."""

    agent: str
    planned: int
    results: object
    """The sweep's Results."""
    incumbents: np.ndarray
    """(S, N) best search value so far, carried to the last column after a run's end."""
    holdouts: np.ndarray | None
    """(S, N) holdout value of the incumbent, likewise; None where the task has no holdout."""
    baseline: "stats.RandomBaseline | None" = None
    """Best of as many random draws as this agent measured: the median over its runs."""
    beats: "stats.Interval | None" = None
    """P(better than that best of n)."""
    beats_on_holdout: "stats.Interval | None" = None
    equals: "stats.Interval | None" = None
    """Random-equivalent budget at the end."""
    over_mean: "stats.Interval | None" = None
    """Relative improvement over the mean random design, percent."""
    over_best: "stats.Interval | None" = None
    """Relative improvement over the best of n, percent."""
    at_optimum: "stats.Interval | None" = None
    """Share of runs that found the optimum."""

    @property
    def runs(self):
        return len(self.incumbents)

    @property
    def evaluations(self):
        """Charged evaluations of a run, the median."""
        return int(np.median(self.results.evaluations)) if self.runs else 0

    @cached_property
    def finals(self):
        """(S,) best search value of each run."""
        return self.incumbents[:, -1] if self.runs else np.zeros(0)

    @cached_property
    def holdout_finals(self):
        return None if self.holdouts is None else self.holdouts[:, -1] if self.runs else np.zeros(0)

    def split(self, name):
        return self.finals if name == "search" else self.holdout_finals


@dataclass
class TaskFindings:
    """All agents on one task."""

    label: str
    slug: str
    task: object
    budget: object
    cells: dict[str, Cell]
    baseline: "stats.RandomBaseline | None"
    """At the budget's number of evaluations, or the median of what the runs measured where cost is the limit."""
    why_no_baseline: str
    best: dict[str, "stats.NotWorse"] = field(default_factory=dict)
    """For each split, which agents are not worse than the best."""

    @property
    def objective(self):
        return self.task.objective

    @property
    def unit(self):
        return self.objective.unit

    @property
    def regret_unit(self):
        return regret_unit(self.unit)

    @property
    def has_holdout(self):
        return self.task.has_holdout

    @property
    def heading(self):
        """The label where numbers stand: a task without a holdout says so."""
        return self.label if self.has_holdout else f"{self.label} (no holdout)"

    @property
    def tested(self):
        """Whether agents can be compared: two of them with two runs or more."""
        return sum(c.runs > 1 for c in self.ran.values()) > 1

    @property
    def splits(self):
        return ("search", "holdout") if self.has_holdout else ("search",)

    @property
    def ran(self):
        """The cells that have a finished run."""
        return {label: cell for label, cell in self.cells.items() if cell.runs}

    @property
    def n(self):
        return self.baseline.n if self.baseline else None

    def optimum(self, split="search"):
        """The best value there is, where it is known."""
        if split == "search":
            return self.task.optimum
        known = self.baseline is not None and self.baseline.exact and self.baseline.holdout is not None
        return float(np.max(self.baseline.holdout)) if known else None

    @cached_property
    def decimals(self):
        spreads = [
            np.std(v[np.isfinite(v)], ddof=1)
            for c in self.ran.values()
            for s in self.splits
            if np.isfinite(v := c.split(s)).sum() > 1
        ]
        return decimals_for(spreads, least=2 if self.unit == "%" else 0)

    @cached_property
    def matrix(self):
        """P(i better than j) over the agents that ran, as an Interval of square arrays; None below two agents."""
        return stats.better_matrix({a: c.finals for a, c in self.ran.items()}) if len(self.ran) > 1 else None

    @property
    def last_evaluation(self):
        """Where the axis of evaluations ends."""
        return self.budget.evaluations or max((c.evaluations for c in self.ran.values()), default=0)


@dataclass
class Findings:
    sweep: object
    tasks: list[TaskFindings]
    agents: list[str]

    @property
    def seeds(self):
        return len(self.sweep.seeds)

    @property
    def complete(self):
        return self.sweep.finished >= self.sweep.planned

    @property
    def ran(self):
        return [t for t in self.tasks if t.ran]

    @cached_property
    def whole_agents(self):
        """Agents that have a finished run on every task that has any: only these can be averaged over tasks."""
        return [a for a in self.agents if self.ran and all(t.cells[a].runs for t in self.ran)]


def generator(*labels):
    """The bootstrap's generator for one number: fixed, so that a report can be made again to the byte."""
    return streams.generator(0, "report", *labels)


def find(sweep) -> Findings:
    """Every number of the report."""
    agents = [entry.label for entry in sweep.agents]
    slugs = distinct_slugs(entry.label for entry in sweep.tasks)
    tasks = [_task(sweep, entry, slugs[entry.label]) for entry in sweep.tasks]
    return Findings(sweep, tasks, agents)


def _task(sweep, entry, slug):
    budget = sweep.budget(entry.label)
    planned = Counter((task, agent) for _, task, agent, _ in sweep.manifest["runs"])
    cells = {a.label: _cell(sweep, entry.label, a.label, planned[entry.label, a.label]) for a in sweep.agents}
    drawn = [c.evaluations for c in cells.values() if c.runs]
    n = budget.evaluations or (int(np.median(drawn)) if drawn else None)
    baseline, why = _baseline(sweep, entry, cells, n) if n else (None, "No run has finished.")
    found = TaskFindings(entry.label, slug, entry.task, budget, cells, baseline, why)
    for cell in found.ran.values():
        _against_random(found, cell)
    for split in found.splits:
        values = {a: c.split(split) for a, c in found.ran.items() if np.isfinite(c.split(split)).any()}
        if values:
            found.best[split] = stats.not_worse_than_best(values, ALPHA)
    return found


def _cell(sweep, task, agent, planned):
    results = sweep.results(task, agent)
    if np.any(np.sum(~np.isnan(results.values), axis=1) > results.evaluations):
        results = _charged_only(sweep, task, agent, results)
    holdout = None if results.holdout is None else _whole(results.holdout)
    return Cell(agent, planned, results, _whole(results.incumbents), holdout)


def _charged_only(sweep, task, agent, results):
    """Results with a column a charged evaluation, where duplicates were free: what followed for free joins it."""
    charged = {run.seed: run.trajectory.charged for run in sweep.runs if (run.task, run.agent) == (task, agent)}
    matrices = {name: getattr(results, name) for name in ("values", "incumbents", "holdout", "costs", "agent_seconds")}
    width = int(results.evaluations.max())
    kept = {name: np.full((len(results.seeds), width), np.nan) for name, m in matrices.items() if m is not None}
    for s, seed in enumerate(results.seeds):
        count = np.cumsum(charged[seed])
        last = np.searchsorted(count, np.arange(1, count.max(initial=0) + 1), side="right") - 1
        for name, rows in kept.items():
            rows[s, : len(last)] = matrices[name][s, last]
    return replace(results, **kept)


def _baseline(sweep, entry, cells, n):
    """(RandomBaseline, ""), or (None, why there is none)."""
    task = entry.task
    if task.evaluator.instant:
        try:
            return task.random_baseline(n), ""
        except (ArchGymError, ValueError) as why:
            return None, str(why)
    # A slow evaluator is not asked again: what the sweep's own random search measured are draws of the law.
    measured = [cells[a.label].results.values for a in sweep.agents if a.name == "random" and cells[a.label].runs]
    draws = np.concatenate([v[np.isfinite(v)] for v in measured]) if measured else np.zeros(0)
    if len(draws) < n:
        return None, (
            f"The evaluator is slow and the sweep holds {len(draws)} random evaluations, fewer than {n}; "
            "add the agent 'random' to the sweep."
        )
    return stats.RandomBaseline.from_sample(
        draws, n, law=task.space.law, rows_are="evaluations of this sweep's random search", optimum=task.optimum
    ), ""


def _against_random(found, cell):
    finals = cell.finals
    if found.task.optimum is not None:
        hits = int(np.sum(finals >= found.task.optimum - slack(found.task.optimum)))
        cell.at_optimum = stats.proportion(hits, cell.runs)
    if found.baseline is None:
        return
    rng = generator(found.label, cell.agent)
    cell.baseline = at(found.baseline, max(1, cell.evaluations))
    if cell.baseline is None:
        return
    cell.beats = cell.baseline.beaten_by(cell.finals, rng, resamples=RESAMPLES)
    if cell.holdout_finals is not None and cell.baseline.holdout_of_best is not None:
        cell.beats_on_holdout = cell.baseline.holdout_of_best.beaten_by(cell.holdout_finals, rng, resamples=RESAMPLES)
    if not np.isfinite(finals).all():
        return  # a run that found no valid design has no value to average
    mean = stats.bootstrap(finals, rng, resamples=RESAMPLES)
    cell.equals = stats.Interval(*(float(found.baseline.equivalent_n(v)) for v in (mean.estimate, mean.low, mean.high)))
    sign = found.objective.sign
    for name, reference in (("over_mean", found.baseline.at(1).mean), ("over_best", cell.baseline.mean)):
        if np.isfinite(reference) and sign * reference > 0:  # a percentage of a negative number says nothing
            setattr(cell, name, stats.relative_improvement(finals, reference, rng, resamples=RESAMPLES))


def at(baseline, n):
    """The baseline at another n; None where a sample is too small for it."""
    try:
        return baseline.at(n)
    except ValueError:
        return None


def slack(optimum):
    """Sums of the same terms in another order miss the optimum by some ulps."""
    return 8 * float(np.spacing(abs(optimum)))


def _whole(curves):
    """(S, N) with each run's last value carried to the end; NaN only before its first."""
    curves = np.asarray(curves, float)
    return stats.carried(curves) if curves.size else np.zeros((0, 0))
