"""The errors of ArchGym: what a user can cause, and the signals between a build, an evaluator, a bench and a run."""

import difflib


class ArchGymError(Exception):
    """Bad input of any kind. The message names the offending thing, what is allowed, and what to do."""


class UnknownName(ArchGymError):
    """No task, agent, space, option or key of that name."""


class IllegalGenome(ArchGymError):
    """Picks that do not build a design of the space."""


class IllegalDesign(ArchGymError):
    """A design, or a text of one, that the space cannot have built."""


class NotAnEvaluation(ArchGymError):
    """An evaluator gave something that is not a measurement: a NaN, a missing metric, a wrong type."""


class AgentError(ArchGymError):
    """An agent broke its contract: it returned nothing, too much, or something that is not a proposal."""


class BudgetSpent(Exception):
    """Raised by `measure`, `step` and `reset` when nothing is left. The run catches it; agents need not."""

    stop = "budget"


class Exhausted(BudgetSpent):
    """Ten thousand proposals in a row cost nothing: all that this agent asks for has been measured already."""

    stop = "exhausted"


class StillAsking(BaseException):
    """An agent swallows BudgetSpent and asks on and on. No Exception, so that `except Exception` lets it pass.

    The run makes an AgentError of it.
    """


class DeadEnd(Exception):
    """Raised inside `Space.build` where a pick turned out impossible; the parent asks again without it."""


class Reject(Exception):
    """Raised inside `Space.build` where a cap is passed (nodes, parameters): the whole draw is rejected."""


class Infeasible(Exception):
    """Raised by an evaluator: this design breaks a constraint. Charged and recorded as `infeasible`."""


class EvaluationFailed(Exception):
    """Raised by an evaluator: this design diverged or ran out of its limits. Charged and recorded as `failed`."""


def unknown(kind, name, known, how=None):
    """An UnknownName that names the nearest known one and how to list them all."""
    known = sorted(map(str, known))
    lowered = {k.lower(): k for k in known}
    near = difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.5)
    hint = f"; did you mean {lowered[near[0]]!r}?" if near else "."
    if how:
        tail = f" {how}"
    elif known:
        tail = f" Allowed: {', '.join(known)}."
    else:
        tail = f" There are no {kind}s here."
    return UnknownName(f"unknown {kind} {name!r}{hint}{tail}")
