"""ArchGym: compare black-box search strategies on architecture design.

`archgym.task(name, **options)` opens a task, `archgym.run(task, agent, budget=, seed=)` spends a budget on it,
`archgym.load(folder)` reads a sweep. Importing archgym registers the Gymnasium ids `archgym/<task>` and nothing heavy.
"""

from pathlib import Path

__version__ = "0.1.0"

# In a checkout the collections stand beside this folder (archgym.spaces is ../spaces); an installed wheel holds them.
_root = Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and all((_root / name).is_dir() for name in ("spaces", "envs", "agents")):
    __path__.append(str(_root))

# Submodules first: importing `archgym.task` binds the module, and the function of that name is bound over it below.
from .agent import Agent, AskTellAgent, tunable  # noqa: E402
from .bench import Bench  # noqa: E402
from .budget import Budget  # noqa: E402
from .choice import Choice  # noqa: E402
from .errors import ArchGymError, BudgetSpent, DeadEnd, EvaluationFailed, Infeasible, Reject  # noqa: E402
from .evaluator import Evaluator, Measurement, Metric  # noqa: E402
from .product import ProductSpace  # noqa: E402
from .run import Run, run  # noqa: E402
from .space import Space  # noqa: E402
from .task import Objective, Task, TaskInfo  # noqa: E402
from .trial import Batch, Proposal, Trial  # noqa: E402
from .gymnasium_ids import register_when_imported  # noqa: E402
from .registry import agent, space, task  # noqa: E402  isort: skip
from .sweep import load  # noqa: E402

register_when_imported()

__all__ = [
    "Agent", "ArchGymError", "AskTellAgent", "Batch", "Bench", "Budget", "BudgetSpent", "Choice", "DeadEnd",
    "EvaluationFailed", "Evaluator", "Infeasible", "Measurement", "Metric", "Objective", "ProductSpace", "Proposal",
    "Reject", "Run", "Space", "Task", "TaskInfo", "Trial", "agent", "load", "run", "space", "task", "tunable",
]
