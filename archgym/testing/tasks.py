"""check_task: what every task must do; its space and its evaluators are checked along."""

import dataclasses
import math

import numpy as np

from .. import registry
from ..agent import AskTellAgent
from ..budget import Budget
from ..errors import ArchGymError
from ..run import run
from ..streams import generator
from ..task import Task
from ..trial import Proposal
from .contract import Checks, Untried, need
from .evaluators import SLOW, check_evaluator
from .spaces import check_space


def check_task(task: "Task | str", *, samples: int = 200, seed: int = 0) -> Checks:
    """Try the contract of a task, or of the task of this name, on `samples` designs (two where measuring takes time).

    Returns what was kept and what could not be tried; ContractBroken says what is broken.
    """
    task = registry.task(task) if isinstance(task, str) else task
    if not isinstance(task, Task):
        raise ArchGymError(f"check_task takes an archgym Task or its name, got {task!r}")
    checks = Checks(f"task {task.id}")
    checks.add(check_space(task.space, seed=seed))
    checks.add(check_evaluator(task.evaluator, task.space, seed=seed))
    _named(task, checks)
    _objective(task, checks)
    _holdout(task, checks, seed)
    _values(task, checks, samples if task.evaluator.instant else SLOW, seed)
    _measured(task, checks, seed)
    return checks


def _named(task, checks):
    with checks.promise("its id opens the same task again: archgym.task(name, **options)"):
        if task.name not in registry.task_names():
            raise Untried("no collection holds a task of this name")
        again = registry.task(task.name, **task.options)
        need(again.id == task.id, f"it opens {again.id}")
        need(again.fingerprint == task.fingerprint,
             f"the fingerprint was {task.fingerprint} and is {again.fingerprint}")
    with checks.promise("its page says what it is, and how search and holdout are kept apart or that they are not"):
        for field in ("summary", "holdout_note"):
            need(getattr(task.about, field).strip(), f"about.{field} is empty")


def _objective(task, checks):
    with checks.promise("the objective is a search metric, goes its way, and is in its unit"):
        metric = task.metric(task.objective.metric)
        need(metric.split == "search", f"metric {metric.name!r} is a holdout metric")
        need(task.objective.goal == metric.goal,
             f"the objective is to {task.objective}, but metric {metric.name!r} says {metric.goal}")
        need(task.objective.unit == metric.unit,
             f"the objective is in {task.objective.unit!r}, its metric in {metric.unit!r}")


def _holdout(task, checks, seed):
    if task.open_judge is None:
        with checks.promise("without a judge the objective has no holdout"):
            need(task.objective.holdout is None,
                 f"the objective's holdout is {task.objective.holdout!r}, but nothing measures it")
        return
    with checks.promise("the judge measures holdout metrics that agents never see, the objective's holdout among them"):
        searched = {metric.name for metric in task.evaluator.metrics}
        names = {metric.name for metric in task.judge.metrics}
        need(all(metric.split == "holdout" for metric in task.judge.metrics),
             "the judge has metrics that are not split='holdout'")
        need(not names & searched, f"agents see {', '.join(sorted(names & searched))}")
        need(task.objective.holdout in names,
             f"the objective's holdout is {task.objective.holdout!r}; the judge measures "
             f"{', '.join(sorted(names))}")
        need(task.judge.seeds == task.evaluator.seeds,
             f"the search has {task.evaluator.seeds} seeds, the judge {task.judge.seeds}")
    judged = check_evaluator(task.judge, task.space, seed=seed)
    judged.subject = f"judge {judged.subject}"
    checks.add(judged)
    with checks.promise("a run opens no judge"):
        fresh = dataclasses.replace(task)
        run(fresh, Draws(), Budget(evaluations=SLOW), seed=seed)
        need("judge" not in vars(fresh), "the judge was opened while an agent searched")


@dataclasses.dataclass
class Draws(AskTellAgent):
    """Draws by the space's law, one by one."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("draws")

    def ask(self, n):
        return [Proposal(self.space.sample(self.uniform))]


def _values(task, checks, samples, seed):
    rng = generator(seed, "values")
    if task.evaluator.instant and task.space.size is not None and task.space.size <= 50_000:
        rows = task.population()
        values, everything = rows.values, True
    else:
        genomes = [tuple(map(int, genome)) for genome in task.space.sample_many(rng, samples)]
        found = [task.measure(genome) for genome in genomes]
        values = np.array([task.objective.value(m.values) for m in found if m.status == "ok"] or [task.worst])
        everything = False
    with checks.promise("a failed design is worth no more than any other: worst <= every value"):
        need(not math.isnan(task.worst), "worst is NaN")
        low = float(np.min(values))
        need(task.worst <= low, f"worst is {task.worst:g}, and a design is worth {low:g}")
    with checks.promise("no value passes the optimum; where all are known, optimum_count of them reach it"):
        if task.optimum is None:
            raise Untried("its optimum is not known")
        high = float(np.max(values))
        need(high <= task.optimum, f"the optimum is {task.optimum!r}, and a design is worth {high!r}")
        if everything:
            count = int(np.sum(values == task.optimum))
            need(high == task.optimum,
                 f"the optimum is {task.optimum!r}, and the best of all designs is worth {high!r}")
            need(task.optimum_count in (None, count),
                 f"optimum_count is {task.optimum_count}, but {count} {rows.rows_are} reach it")


def _measured(task, checks, seed):
    with checks.promise("measure() takes a genome, its text or {choice: option}, and measures all alike"):
        genome = tuple(map(int, task.space.sample_many(generator(seed, "measured"), 1)[0]))
        found = task.measure(genome) if genome else task.measure(task.space.decode(genome))
        try:
            text = task.space.text_of(genome)
            task.space.parse(text)
        except ArchGymError as why:
            raise Untried(f"its designs cannot be read from text: {why}") from None
        trace = task.space.trace(genome)
        for given in (text, {c.name: c.options[p] for c, p in zip(trace.choices, genome)}):
            again = task.measure(given)
            need(again == found, f"design {text} measures {found} as a genome and {again} as {given!r}")
    with checks.promise("measure() refuses seeds and fidelities that are not there"):
        for wrong in ({"seed": task.evaluator.seeds}, {"seed": -1}, {"fidelity": -1}):
            try:
                task.measure(task.space.decode(genome), **wrong)
            except ArchGymError:
                continue
            need(False, f"measure takes {wrong}")
