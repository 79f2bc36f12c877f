"""One run: one agent on one task with one seed under one budget."""

import dataclasses
import hashlib
import json
import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from . import __version__, trajectory
from .agent import Agent, agent_name, settings
from .bench import Bench
from .budget import Budget, or_infinity
from .errors import AgentError, ArchGymError, BudgetSpent, StillAsking
from .evaluator import source_digest
from .task import Task
from .trajectory import Trajectory

FEW = 20  # evaluations below which a cost budget says little


@dataclass
class Run:
    task: Task
    agent: Agent
    budget: Budget
    seed: int
    trajectory: Trajectory
    stop: str
    """"budget": spent. "exhausted": nothing new was asked for. "finished": the agent returned."""
    refused: int = 0
    """Duplicate proposals that were refused."""

    @cached_property
    def incumbent(self) -> "Incumbent | None":
        """The best trial found, the earliest on ties; None where nothing was measured."""
        if not len(self.trajectory):
            return None
        row = int(self.trajectory.incumbent_rows()[-1])
        t = self.trajectory
        genome = t.genome(row)
        design = self.task.space.decode(genome) if genome or t.status[row] == "ok" else None
        return Incumbent(row, genome, design, float(t.value[row]),
                         {name: float(column[row]) for name, column in t.metrics.items()}, t.status[row],
                         int(t.seed[row]), int(t.fidelity[row]) or None, self.task)

    def __repr__(self):
        best = f", best {self.incumbent.value:.6g}" if self.incumbent else ""
        return (f"Run({self.task.id}, {agent_name(type(self.agent))}, seed {self.seed}: "
                f"{len(self.trajectory):,} evaluations{best}, {self.stop})")


@dataclass
class Incumbent:
    """The trial that a run returns."""

    id: int
    genome: tuple[int, ...]
    design: Any
    """None where nothing that was proposed is a design."""
    value: float
    values: dict[str, float]
    status: str
    seed: int
    fidelity: int | None
    task: Task

    @cached_property
    def holdout(self) -> dict[str, float]:
        """Holdout metrics of the design, for the seed that the search saw; empty where the task or the design has none."""
        if self.task.judge is None or self.status != "ok":
            return {}
        return self.task.judge.evaluate(self.design, fidelity=self.fidelity, seed=self.seed).values

    @property
    def text(self) -> str:
        return "no design" if self.design is None else self.task.space.text_of(self.genome)

    def __repr__(self):
        return f"Incumbent(id={self.id}, value={self.value:.6g}, design={self.text!r})"


def run(task: "Task | str", agent: "Agent | str", budget: Budget | None = None, seed: int = 0, *,
        duplicates: str = "charge", cache=None, **options) -> Run:
    """Run `agent` on `task` until the budget is spent. Options are the agent's hyper-parameters, when it is a name.

    The agent runs as a copy: what it learns stays in the run. An exception of the agent or the evaluator passes
    through. `cache` is an archgym.cache.EvaluationCache for slow evaluators.
    """
    task, agent = _opened(task, agent, options)
    budget = Budget(evaluations=300) if budget is None else budget
    if not isinstance(budget, Budget) or not budget.limited:
        raise ArchGymError(f"run: budget must be an archgym.Budget with a limit, such as Budget(evaluations=300), got {budget!r}")
    seed = checked_seed(seed)
    agent = dataclasses.replace(agent)
    bench = Bench(task.memo, budget, seed, task.id, agent_name(type(agent)), duplicates=duplicates, cache=cache)
    try:
        agent.search(bench)
    except BudgetSpent:
        pass
    except StillAsking as why:
        raise AgentError(f"agent {agent_name(type(agent))!r}: {why}") from None
    stop = bench.stop or "finished"
    columns = trajectory.build(bench._records, bench._clock, [m.name for m in task.evaluator.metrics],
                               task.evaluator.fidelities)
    result = Run(task, agent, budget, seed, columns, stop, bench.refused)
    if stop == "budget" and columns.charged.sum() < min(FEW, or_infinity(budget.evaluations)):
        warnings.warn(f"the budget of {budget} bought {int(columns.charged.sum())} evaluations of {task.id}, "
                      f"fewer than {FEW}: too few to compare agents", stacklevel=2)
    return result


def _opened(task, agent, options):
    from . import registry

    if isinstance(task, str):
        task = registry.task(task)
    if not isinstance(task, Task):
        raise ArchGymError(f"run: task must be a name or an archgym Task, got {task!r}")
    if isinstance(agent, str) or isinstance(agent, type):
        return task, registry.agent(agent, **options)
    if options:
        raise ArchGymError(f"run: hyper-parameters ({', '.join(options)}) go with an agent's name, not with an instance")
    if not isinstance(agent, Agent):
        raise ArchGymError(f"run: agent must be a name or an archgym Agent, got {agent!r}")
    return task, agent


def checked_seed(seed) -> int:
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ArchGymError(f"a seed is a whole number, 0 or more, got {seed!r}")
    return int(seed)


def identity(task: Task, agent: Agent, budget: Budget, seed: int, duplicates: str = "charge") -> dict:
    """Everything that a run is a function of, as plain data."""
    return {
        "task": task.id, "agent": agent_name(type(agent)), "hyperparameters": settings(agent),
        "budget": budget.to_dict(), "seed": seed, "duplicates": duplicates, "fingerprint": task.fingerprint,
        "objective": str(task.objective), "archgym": __version__,
        "sources": {"agent": source_digest(agent), "task": source_digest(task.evaluator, task.space)},
    }


def run_id(identity: dict) -> str:
    """The run's name: a digest of its identity."""
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


