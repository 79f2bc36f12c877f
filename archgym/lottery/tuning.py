"""Tuning an agent as a task of its own: the space is its hyper-parameters, a measurement all runs of one setting.

Any agent can search it, at its price: the declared cost of a measurement is the evaluations that its runs make.
"""

import numpy as np

from .. import registry
from ..agent import agent_name
from ..budget import Budget
from ..errors import EvaluationFailed
from ..evaluator import Evaluator, Measurement, Metric, source_digest
from ..run import run
from ..sweep.plan import AgentEntry, Plan, TaskEntry
from ..task import Objective, Task, TaskInfo
from .configurations import HyperparameterSpace

REPEATS = 3
"""Runs of a tuner: its luck is part of the story."""


class Tuning(Evaluator):
    """The mean final value of an agent's runs on a task, a configuration the design."""

    metrics = (Metric("score", "", "max", doc="mean over seeds of the best value found, larger is better"),)
    cost_unit = "evaluations"

    def __init__(self, agent: str, task: Task, seeds: list[int], evaluations: int):
        self.agent, self.task, self.seeds_run, self.budget = agent, task, seeds, Budget(evaluations=evaluations)
        cls = registry.agent_class(agent)
        self.fingerprint = (f"tuning:{agent_name(cls)}:{source_digest(cls)}:{task.id}:{task.fingerprint}:"
                            f"{seeds[0]}+{len(seeds)}:{evaluations}")

    def evaluate(self, design, *, fidelity, seed):
        try:
            agent = registry.agent(self.agent, **design)
            runs = [run(self.task, agent, self.budget, s) for s in self.seeds_run]
        except Exception as why:  # refused, or broken under this configuration: a failed run, as in a sweep
            raise EvaluationFailed(f"{type(why).__name__}: {why}") from why
        finals = [r.incumbent.value for r in runs if r.incumbent is not None]
        if len(finals) < len(runs) or not np.isfinite(finals).all():
            raise EvaluationFailed("a run found no valid design")
        return Measurement({"score": float(np.mean(finals))}, float(sum(r.trajectory.charged.sum() for r in runs)))


def tuning(agent: str, task: str, task_options: dict, first_seed: int, seeds: int, evaluations: int) -> Task:
    """The task of tuning `agent` on `task` by the mean of `seeds` runs of `evaluations` each."""
    opened = registry.task(task, **task_options)
    return Task("tuning", HyperparameterSpace(agent),
                Tuning(agent, opened, list(range(first_seed, first_seed + seeds)), evaluations), Objective("score"),
                {"agent": agent, "task": opened.id, "first_seed": first_seed, "seeds": seeds,
                 "evaluations": evaluations},
                about=TaskInfo(summary=f"Tune {agent} on {opened.id}.",
                               holdout_note="No holdout here; a lottery judges what was chosen with fresh seeds."))


def label_of(agent: str, task: str) -> str:
    """What the tuning of an agent on a task is called in the folder."""
    return f"{agent} on {task}"


def tuning_plan(entered) -> Plan:
    """The lottery's tuner on every agent that has something to tune, with as many configurations as were drawn."""
    tasks = [TaskEntry(label_of(e.name, t.label), f"{__name__}:tuning",
                       {"agent": e.name, "task": t.name, "task_options": t.options, "first_seed": entered.seeds[0],
                        "seeds": len(entered.seeds), "evaluations": entered.evaluations},
                       Budget(evaluations=len(e.drawn)))
             for e in entered.entrants if e.space.size > 1 for t in entered.tasks]
    return Plan("tuning", tasks, [AgentEntry(entered.tuner, entered.tuner, {})], list(range(REPEATS)), "free")
