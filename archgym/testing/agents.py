"""check_agent: what every agent must do."""

import dataclasses
import json
import random
import warnings

import numpy as np

from .. import registry
from ..agent import Agent, AskTellAgent, agent_name, hyperparameters, settings
from ..bench import Bench
from ..budget import Budget
from ..choice import Choice
from ..errors import ArchGymError, BudgetSpent
from ..evaluator import Evaluator
from ..product import ProductSpace
from ..run import Run, run
from ..task import Task
from ..trial import Batch, Proposal
from .contract import Checks, ContractBroken, Untried, need
from .reach import numbers, reachable
from .toys import Expressions, Ladders, NoChoice, OneDesign, toy

SECRETS = (4e9, 5e9)  # where the toys' judge has its values, and nothing else has any
ASKED = (8, 1, 3, 8, 8)  # how many proposals the check of ask() asks for, in turn


def check_agent(agent: "Agent | type[Agent] | str", *, evaluations: int = 40, seed: int = 0) -> Checks:
    """Try the contract of an agent (an instance, a class, or a name) in runs of so many evaluations on toys.

    Returns what was kept and what could not be tried: an agent may refuse a space with an ArchGymError that says why.
    ContractBroken says what is broken.
    """
    agent = agent if isinstance(agent, Agent) else registry.agent(agent)
    checks = Checks(f"agent {agent_name(type(agent))}")
    _declared(agent, checks)
    before = random.getstate(), np.random.get_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a budget is small
        try:
            _everywhere(agent, checks, evaluations, seed)
            _repeated(agent, checks, evaluations, seed)
            _asked(agent, checks, seed)
            _blind(agent, checks, evaluations, seed)
            _tuned(agent, checks, evaluations, seed)
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])
    return checks


def _declared(agent, checks):
    cls = type(agent)
    with checks.promise("hyper-parameters are fields of a dataclass, plain data; a tuning range holds the default"):
        for name, value in vars(cls).items():
            need(not isinstance(value, dataclasses.Field), f"{name} is no field: {cls.__name__} lacks @dataclass")
        for hyper in hyperparameters(cls):
            need(hyper.default in hyper.over,
                 f"{hyper.name} is {hyper.default!r} by default, which is not in {hyper.over}")
            for value in hyper.over:
                hyper.check(value, checks.subject)
        need(json.loads(json.dumps(settings(agent))) == settings(agent), f"{settings(agent)} is changed by JSON")
    with checks.promise("dataclasses.replace gives an equal agent: a run works on such a copy"):
        copy = dataclasses.replace(agent)
        need(settings(copy) == settings(agent), f"{settings(agent)} became {settings(copy)}")


def _run(agent, task, budget, seed, **options) -> Run:
    """A run that kept the ledger's rules, or Untried where the agent refuses the task with a plain ArchGymError."""
    try:
        result = run(task, agent, budget, seed, **options)
    except ArchGymError as why:
        if type(why) is ArchGymError:
            raise Untried(str(why)) from None
        raise
    rows = result.trajectory
    need(len(rows), f"it returned without measuring anything ({result.stop})")
    need(budget.evaluations is None or rows.charged.sum() <= budget.evaluations, "it measured more than its budget")
    for i in range(len(rows)):
        if len(rows.genomes[i]) or rows.status[i] == "ok":  # an environment's illegal actions are charged, no design
            task.space.decode(rows.genome(i))
    return result


def _everywhere(agent, checks, evaluations, seed):
    plain = Budget(evaluations=evaluations)
    for what, task, budget in (
            ("a product space with ordered, weighted and forbidden options", toy(Ladders()), plain),
            ("a grammar with dead ends and a cap", toy(Expressions()), plain),
            ("a grammar without a bound on depth", toy(Expressions(depth=None)), plain),
            ("a noisy evaluator", toy(Ladders(), seeds=3), plain),
            ("an evaluator with fidelities", toy(Ladders(), seeds=2, fidelities=(1, 3, 9)), plain),
            ("a space of one design", toy(OneDesign()), plain),
            ("a space without a choice", toy(NoChoice()), plain),
            ("an evaluator that fails often", toy(Ladders(), fails=0.6, worst=0.0), plain),
            ("an evaluator that always fails", toy(Ladders(), fails=1.0, worst=0.0), plain),
            ("an evaluator that always fails, and a worst value of -inf", toy(Expressions(), fails=1.0), plain),
            ("a budget of one evaluation", toy(Ladders()), Budget(evaluations=1)),
            ("a budget of declared cost", toy(Ladders()), Budget(cost=float(evaluations)))):
        with checks.promise(f"it copes with {what}"):
            _run(agent, task, budget, seed)
    if checks.untried and not any("copes" in contract for contract in checks.kept):
        raise ContractBroken(f"{checks.subject} refuses everything: {checks.untried[-1][1]}")


def _repeated(agent, checks, evaluations, seed):
    letters = ProductSpace(tuple(Choice(("letter", i), tuple("abcde"), sort="letter") for i in range(10)))
    budget = Budget(evaluations=evaluations)
    task = toy(letters, seeds=3, name="toy letters")
    first = None
    with checks.promise("a run is a function of its seed: one instance runs twice alike, and keeps nothing of it"):
        held = dict(vars(agent))
        random.seed(1)
        np.random.seed(1)
        first = _run(agent, task, budget, seed)
        need(vars(agent) == held, f"the instance changed from {held} to {vars(agent)}")
        random.seed(2)
        np.random.seed(2)
        for what, again in (("the same instance", _run(agent, task, budget, seed)),
                            ("a fresh instance on a fresh task",
                             _run(dataclasses.replace(agent), dataclasses.replace(task), budget, seed))):
            at = _difference(first, again)
            need(at is None, f"{what} with the same seed differs from evaluation {at} on")
    if first is None:
        return
    with checks.promise("another seed gives another run"):
        quiet = toy(letters, name="toy letters")  # noise would tell seeds apart by itself
        need(_difference(*(_run(agent, quiet, budget, s) for s in (seed, seed + 1))) is not None,
             f"seeds {seed} and {seed + 1} give the same run; draw from bench.rng or bench.uniform")
    with checks.promise("it draws from the bench's generators, never from random's or numpy's global one"):
        states = random.getstate(), np.random.get_state()[1].tolist()
        _run(agent, task, budget, seed)
        need(random.getstate() == states[0], "it drew from the module random")
        need(np.random.get_state()[1].tolist() == states[1], "it drew from numpy.random's global generator")


def _difference(first, other):
    """The first evaluation at which two runs differ; None where they do not."""
    rows = [[(t.genome(i), t.seed[i], t.value[i]) for i in range(len(t))] for t in (first.trajectory, other.trajectory)]
    if rows[0] == rows[1]:
        return None
    return next((i for i, (a, b) in enumerate(zip(*rows)) if a != b), min(map(len, rows)))


def _asked(agent, checks, seed):
    if not isinstance(agent, AskTellAgent):
        return
    with checks.promise("ask(n) gives 1 to n proposals, or a Batch of them, whatever n is from call to call"):
        copy, bench = _opened(agent, toy(Ladders(), seeds=2), sum(ASKED), seed)
        copy.setup(bench)
        for n in ASKED:
            proposals = copy.ask(n)
            need(hasattr(proposals, "__len__") and 1 <= len(proposals) <= n, f"ask({n}) gives {proposals!r}")
            need(type(proposals) is Batch or all(isinstance(p, Proposal) for p in proposals),
                 f"ask({n}) gives {proposals!r}, which are not Proposals")
            copy.tell(bench.measure(proposals))


def _opened(agent, task, evaluations, seed):
    """(copy of the agent, bench), as a run makes them."""
    return dataclasses.replace(agent), Bench(task.memo, Budget(evaluations=evaluations), seed, task.id,
                                             agent_name(type(agent)))


def _blind(agent, checks, evaluations, seed):
    with checks.promise("nothing of the holdout can be reached from what the agent holds"):
        task = toy(Ladders(), seeds=3)
        secrets = task.population().holdout
        need(all(SECRETS[0] <= s < SECRETS[1] for s in secrets), "the toy's secrets are not where they are looked for")
        copy, bench = _opened(agent, task, evaluations, seed)
        try:
            copy.search(bench)
        except BudgetSpent:
            pass
        held = list(reachable(copy, bench))
        for thing in held:
            need(not (isinstance(thing, Task) and thing.open_judge),
                 f"it holds the task {thing!r}, which opens the judge")
            need(not isinstance(thing, Evaluator) or all(m.split == "search" for m in thing.metrics),
                 f"it holds the judge {thing!r}")
        found = [x for x in numbers(held) if SECRETS[0] <= x < SECRETS[1]]
        need(not found, f"it holds holdout values: {found[:3]}")


def _tuned(agent, checks, evaluations, seed):
    short = Budget(evaluations=max(2, evaluations // 3))
    for hyper in hyperparameters(type(agent)):
        with checks.promise(f"it runs with every value of the tuning range of {hyper.name}"):
            for value in hyper.over:
                try:
                    _run(dataclasses.replace(agent, **{hyper.name: value}), toy(Ladders()), short, seed)
                except Untried:
                    raise
                except Exception as error:
                    raise ContractBroken(f"{hyper.name} = {value!r}: {type(error).__name__}: {error}") from error
