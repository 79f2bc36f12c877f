"""Options that only hurt: which agents suffer, and how fast do they learn to avoid them?

Asked after Wu, Saxena and Jain, "Poisoning the search space in neural architecture search", 2021, and Saxena, Wu and
Jain, "Towards one shot search space poisoning in neural architecture search", AAAI 2022 (abstracts read): ineffective
operations, some of them many times over, are put into the search space, and ENAS, whose controller learns from shared
weights, returns networks that err far more often.

Here, every edge of a NAS-Bench-201 cell gets k copies of an option that is worth what the worst of the five operations
is worth in its place, whatever the others are: by construction it never helps. Evaluations are honest, so that what is
asked is whether a strategy finds its way in a space that is mostly bad. The expected best of as many random draws from
the poisoned space, exact, is what a strategy that learns nothing gets.
"""

import numpy as np

from archgym import registry, stats
from archgym.choice import Choice
from archgym.errors import ArchGymError
from archgym.evaluator import Designs, Evaluator, Measurement, Measurements
from archgym.population import enumerate_rows
from archgym.product import ProductSpace
from archgym.report.layout import handle, legend, legend_height, name_axes, panels
from archgym.report.style import INK, SINGLE, looks
from archgym.study_page import last, table
from archgym.task import Objective, Task, TaskInfo

QUICK = {"seeds": 3, "budget": {"evaluations": 100},
         "agents": ["random", "regularized-evolution", "local-search", "reinforce", "lanas"]}
BLOCK = 20
"""Evaluations over which the share of poisoned picks is taken."""


class PoisonedSpace(ProductSpace):
    """The choices of a product space, each with `copies` more options that are one and the same poison."""

    def __init__(self, space: ProductSpace, copies: int):
        self.poison = tuple(f"poison {i}" for i in range(1, copies + 1))
        super().__init__(tuple(Choice(c.path, c.options + self.poison, sort=c.sort) for c in space.choices))


class PoisonedTable(Evaluator):
    """A noise-free table whose poisoned picks are worth the worst that the task's own options give in their place."""

    instant = True

    def __init__(self, task: Task, space: PoisonedSpace):
        self.space, self.metrics = space, (task.metric(task.objective.metric),)
        self.own = tuple(len(c.options) for c in task.space.choices)
        self.fingerprint = f"{task.fingerprint}:poison={len(space.poison)}"
        self.cost_unit = task.evaluator.cost_unit
        rows = enumerate_rows(task)
        found = task.evaluator.evaluate_many(Designs(task.space, rows.genomes), fidelity=None, seeds=rows.seeds)
        self.values, self.costs = with_worst(rows.values.reshape(self.own), found.cost.reshape(self.own))
        self._sign = task.objective.sign
        self._numbers = [{option: min(i, own) for i, option in enumerate(c.options)}
                         for c, own in zip(space.choices, self.own)]

    def evaluate(self, design, *, fidelity, seed):
        at = tuple(numbers[option] for numbers, option in zip(self._numbers, design))
        return Measurement({self.metrics[0].name: self._sign * float(self.values[at])}, float(self.costs[at]))

    def evaluate_many(self, designs, *, fidelity, seeds):
        if not hasattr(designs, "genomes"):
            return super().evaluate_many(designs, fidelity=fidelity, seeds=seeds)
        at = tuple(np.minimum(np.asarray(designs.genomes), self.own).T)
        return Measurements({self.metrics[0].name: self._sign * self.values[at]}, self.costs[at])


def with_worst(values, costs):
    """Both arrays with one more entry along every axis: the worst along it, and what that costs."""
    for axis in range(values.ndim):
        worst = np.expand_dims(values.argmin(axis), axis)
        values, costs = (np.concatenate([a, np.take_along_axis(a, worst, axis)], axis) for a in (values, costs))
    return values, costs


def poisoned(task: Task, copies: int, name: str) -> Task:
    """The task with poison. ArchGymError where it has noise, or choices that are not plain."""
    plain = hasattr(task.space, "choices") and all(c.weights is None and c.legal is None for c in task.space.choices)
    if not plain or task.evaluator.seeds > 1:
        raise ArchGymError(f"{task.id} cannot be poisoned: that takes independent, unweighted choices and no noise")
    if isinstance(copies, bool) or not isinstance(copies, int) or copies < 0:
        raise ArchGymError(f"copies is how many harmful options each choice gets, 0 or more, got {copies!r}")
    space = PoisonedSpace(task.space, copies)
    objective = task.objective
    return Task(name, space, PoisonedTable(task, space), Objective(objective.metric, objective.goal, objective.unit),
                worst=task.worst, optimum=task.optimum,
                about=TaskInfo(summary=f"{task.id} with {copies} harmful options a choice", source=task.about.source,
                               licence=task.about.licence,
                               holdout_note="No holdout: what the search sees is reported."))


def poisoned_nasbench201(copies: int = 1, dataset: str = "cifar10") -> Task:
    """NAS-Bench-201 without noise, with `copies` of a harmful operation at every edge."""
    opened = poisoned(registry.task("NASBench201-v0", dataset=dataset, noise="mean"), copies,
                      "archgym.experiments.poisoned_space:poisoned_nasbench201")
    opened.options = {"copies": copies, "dataset": dataset}
    return opened


def random_best(task: Task, n: int) -> float:
    """Expected best of n uniform draws from the poisoned space: exact, for copies count by their weight alone."""
    copies = len(task.space.poison)
    weights = np.ones(())
    for own in task.evaluator.own:
        weights = np.multiply.outer(weights, np.r_[np.ones(own), copies] / (own + copies))
    return stats.RandomBaseline(task.evaluator.values.ravel(), n, weights=weights.ravel()).mean


def poisoned_shares(sweep, task, agent, own):
    """(S, N) share of the picks of each proposal that are poison."""
    runs = [r for r in sweep.runs if (r.task, r.agent) == (task, agent)]
    width = max((len(r.trajectory) for r in runs), default=0)
    out = np.full((len(runs), width), np.nan)
    for row, run in zip(out, runs):
        row[:len(run.trajectory)] = (np.asarray(run.trajectory.genomes) >= own).mean(1)
    return out


def sections(sweep, figures):
    yield "Which agents suffer?", list(_suffering(sweep, figures))
    yield "How fast do they learn?", list(_learning(sweep, figures))


def _suffering(sweep, figures):
    header, rows, full = ["agent"], {}, []
    for entry in sweep.tasks:
        task, n = entry.task, int(sweep.budget(entry.label).evaluations)
        header.append(entry.label)
        rows.setdefault("*random draws, exact*", []).append(task.optimum - random_best(task, n))
        for agent in sweep.agents:
            results = sweep.results(entry.label, agent.label)
            regrets = task.optimum - last(results.incumbents) if len(results) else np.array([np.nan])
            rows.setdefault(agent.label, []).append(regrets.mean())
            full += [(entry.label, agent.label, int(s), float(r)) for s, r in zip(results.seeds, regrets)]
    order = sorted(rows, key=lambda name: rows[name][-1])
    unit = sweep.tasks[0].task.objective.unit
    yield (f"Mean regret ({unit}, points below the optimum) at the end of a run, and in the last column the regret "
           f"with most poison over that without.")
    yield table([*header, "times"], [
        (name, *("none finished" if np.isnan(v) else f"{v:.3f}" for v in rows[name]), _times(rows[name]))
        for name in order])
    yield figures.table("regret", ("task", "agent", "seed", "regret"), full)


def _times(values):
    if np.isnan(values).any():
        return ""
    return f"{values[-1] / values[0]:.1f}" if values[0] > 5e-4 else "from none"


def _learning(sweep, figures):
    entry = sweep.tasks[-1]
    own = entry.task.evaluator.own
    law = len(entry.task.space.poison) / (own[0] + len(entry.task.space.poison))
    curves, rows = {}, []
    for agent in sweep.agents:
        shares = poisoned_shares(sweep, entry.label, agent.label, own)
        if not shares.size:
            continue
        curve = curves[agent.label] = blocks(np.nanmean(shares, 0))
        under = np.flatnonzero(curve < law / 2)
        rows.append((agent.label, f"{curve[0]:.2f}", f"{curve[-1]:.2f}",
                     f"{(under[0] + 1) * BLOCK}" if len(under) else "never"))
    rows.sort(key=lambda row: float(row[2]))
    yield (f"The share of picks that are poison, with {entry.label}; a uniform draw has {law:.2f}. Blocks of {BLOCK} "
           "evaluations, means over seeds.")
    yield table(("agent", "first block", "last block", "evaluations until it has halved"), rows)
    yield figures.save(_figure(curves, law), "poison", "Share of poisoned picks along the runs")
    yield ("Above: that share along the runs, for six agents from the least to the most poisoned end; the line is the "
           "uniform law's.")


def blocks(values):
    """Means over blocks of BLOCK entries, the rest at the end left out; all in one block where there are fewer."""
    whole = len(values) // BLOCK * BLOCK
    return values[:whole].reshape(-1, BLOCK).mean(1) if whole else np.array([values.mean()])


def _figure(curves, law):
    order = sorted(curves, key=lambda name: curves[name][-1])
    shown = [order[i] for i in sorted({*np.linspace(0, len(order) - 1, min(6, len(order))).round().astype(int)})]
    look = looks(shown)
    figure, axes = panels(1, 1, width=SINGLE, height=1.5, left=0.58, top=0.08, below=0.36,
                          legend=legend_height(shown, SINGLE))
    ax = axes[0, 0]
    ax.axhline(law, color=INK, lw=0.8)
    for name in shown:
        at = (np.arange(len(curves[name])) + 0.5) * BLOCK
        ax.plot(at, curves[name], color=look[name].colour, linestyle=look[name].line, marker=look[name].marker, ms=2.4,
                lw=1.0, markevery=max(1, len(at) // 5))
    ax.set_ylim(0, None)
    name_axes(ax, "evaluations", "poisoned picks (share)")
    legend(figure, [handle(look[n]) for n in shown], shown)
    return figure
