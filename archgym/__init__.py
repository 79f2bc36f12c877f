"""ArchGym: compare black-box search strategies on architecture design.

`archgym.task(name, **options)` opens a task, `archgym.run(task, agent, budget=, seed=)` spends a budget on it,
`archgym.load(folder)` reads a sweep. Importing archgym registers the Gymnasium ids `archgym/<task>` and loads nothing
else: each name below is imported when it is first used.
"""

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from .gymnasium_ids import register_when_imported

__version__ = "0.1.0"

# In a checkout the collections stand beside this folder (archgym.spaces is ../spaces); an installed wheel holds them.
_root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if (os.path.isfile(os.path.join(_root, "pyproject.toml"))
        and all(os.path.isdir(os.path.join(_root, name)) for name in ("spaces", "envs", "agents"))):
    __path__.append(_root)

if TYPE_CHECKING:  # what editors and type checkers read; `_HOME` says the same at run time
    from .agent import Agent, AskTellAgent, tunable
    from .bench import Bench
    from .budget import Budget
    from .choice import Choice
    from .errors import ArchGymError, BudgetSpent, DeadEnd, EvaluationFailed, Infeasible, Reject
    from .evaluator import Evaluator, Measurement, Metric
    from .product import ProductSpace
    from .registry import agent, space, task
    from .run import Run, run
    from .space import Space
    from .sweep.load import load
    from .task import Objective, Task, TaskInfo
    from .trial import Batch, Proposal, Trial

_HOME = {name: module for module, names in {
    "agent": ("Agent", "AskTellAgent", "tunable"),
    "bench": ("Bench",),
    "budget": ("Budget",),
    "choice": ("Choice",),
    "errors": ("ArchGymError", "BudgetSpent", "DeadEnd", "EvaluationFailed", "Infeasible", "Reject"),
    "evaluator": ("Evaluator", "Measurement", "Metric"),
    "product": ("ProductSpace",),
    "registry": ("agent", "space", "task"),
    "run": ("Run", "run"),
    "space": ("Space",),
    "sweep.load": ("load",),
    "task": ("Objective", "Task", "TaskInfo"),
    "trial": ("Batch", "Proposal", "Trial"),
}.items() for name in names}

__all__ = [
    "Agent", "ArchGymError", "AskTellAgent", "Batch", "Bench", "Budget", "BudgetSpent", "Choice", "DeadEnd",
    "EvaluationFailed", "Evaluator", "Infeasible", "Measurement", "Metric", "Objective", "ProductSpace", "Proposal",
    "Reject", "Run", "Space", "Task", "TaskInfo", "Trial", "agent", "load", "run", "space", "task", "tunable",
]


def __getattr__(name):
    if name in _HOME:
        found = globals()[name] = getattr(import_module(f"archgym.{_HOME[name]}"), name)
        return found
    if not name.startswith("_"):
        try:
            return import_module(f"archgym.{name}")  # `archgym.streams` after `import archgym`
        except ModuleNotFoundError as why:
            if why.name != f"archgym.{name}":
                raise
    raise AttributeError(f"module 'archgym' has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *_HOME})


class _Package(ModuleType):
    """Importing the submodule `archgym.task` does not bind it here: `archgym.task` is the function of that name."""

    def __setattr__(self, name, value):
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

register_when_imported()
