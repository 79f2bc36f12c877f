"""Conformance checks for spaces, evaluators, tasks and agents, ours and yours, and toys to try them on."""

from .agents import check_agent
from .contract import Checks, ContractBroken
from .evaluators import check_evaluator
from .spaces import check_space
from .tasks import check_task
from .toys import Expressions, Ladders, NoChoice, OneDesign, toy

__all__ = [
    "Checks", "ContractBroken", "Expressions", "Ladders", "NoChoice", "OneDesign", "check_agent", "check_evaluator",
    "check_space", "check_task", "toy",
]
