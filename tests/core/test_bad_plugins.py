"""What agents and evaluators can do wrong, and what the user is told."""

import math

import numpy as np
import pytest

import archgym
from archgym import Agent, AskTellAgent, Batch, Budget, EvaluationFailed, Proposal
from archgym.errors import AgentError, IllegalGenome, UnknownName
from archgym.evaluator import Evaluator, Measurements
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.reach import numbers, reachable


def asks(proposals):
    """An agent whose first answer is this."""

    class Asks(AskTellAgent):
        def ask(self, n):
            return proposals() if callable(proposals) else proposals

    return Asks()


@pytest.mark.parametrize("proposals, complaint", [
    (None, r"agent .*Asks.*: ask\(5\) must return 1 to 5 proposals, got None"),
    ([], r"ask\(5\) must return 1 to 5 proposals, got 0"),
    ([Proposal((0, 0, 0, 0))] * 6, r"ask\(5\) must return 1 to 5 proposals, got 6"),
    (Batch(np.zeros((7, 4), int)), r"ask\(5\) must return 1 to 5 proposals, got 7"),
    (Proposal((0, 0, 0, 0)), r"ask\(5\) must return 1 to 5 proposals, got Proposal"),
    (lambda: iter([Proposal((0, 0, 0, 0))]), r"ask\(5\) must return 1 to 5 proposals, got"),
    ([(0, 0, 0, 0)], r"measure takes Proposals or a Batch, got \(0, 0, 0, 0\)"),
    (np.zeros((2, 4), int), r"measure takes Proposals or a Batch, got"),
    ([Proposal((0, 0, 0, 0), fidelity=7)], "a proposal asks for fidelity 7; allowed: None or nothing else"),
    ([Proposal("0000")], "a genome is a tuple of whole numbers, got '0000'"),
    ([Proposal(None)], "a genome is a tuple of whole numbers, got None"),
    (Batch(np.full((2, 4), 0.5)), "a genome is a row of whole numbers, got an array of float64"),
])
def test_an_agent_that_breaks_its_contract_is_told_how(proposals, complaint):
    with pytest.raises(AgentError, match=complaint):
        archgym.run(toy(Ladders()), asks(proposals), Budget(evaluations=5))


@pytest.mark.parametrize("genome, complaint", [
    ((0, 0, 0, 1), r"genome \(0, 0, 0, 1\) picks 1 at choice 'block/norm'; allowed: 0 \(batch\), 2 \(group\)"),
    ((4, 0, 0, 0), r"picks 4 at choice 'width'; allowed: 0 \(8\), 1 \(16\), 2 \(32\), 3 \(64\)"),
    ((0, 0, 0), "has 3 picks, its design needs 4"),
    ((), "has 0 picks, its design needs 4"),
    ((0, 0, 0, 10**30), "picks 1000000000000000000000000000000 at choice"),
])
def test_an_illegal_genome_is_named_with_what_is_allowed_there(genome, complaint):
    proposals = [[Proposal(genome)], Batch([genome])]
    if max(genome, default=0) < 2**40:
        proposals.append(Batch(np.array([genome], int)))
    for given in proposals:
        with pytest.raises(IllegalGenome, match=complaint):
            archgym.run(toy(Ladders()), asks(given), Budget(evaluations=5))
        with pytest.raises(IllegalGenome):
            archgym.run(archgym.task(space=Ladders(), evaluate=Table()), asks(given), Budget(evaluations=5))


def test_an_illegal_genome_of_a_grammar_is_named_too():
    with pytest.raises(IllegalGenome, match=r"genome \(2, 0\) ends before choice 'tree/0/right/0'"):
        archgym.run(toy(Expressions()), asks([Proposal((2, 0))]), Budget(evaluations=5))


def test_what_an_agent_raises_passes_through():
    def broken():
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError, match="mine"):
        archgym.run(toy(Ladders()), asks(broken), Budget(evaluations=5))


def test_an_agent_that_returns_without_measuring_has_no_incumbent():
    class Lazy(Agent):
        def search(self, bench):
            pass

    run = archgym.run(toy(Ladders()), Lazy(), Budget(evaluations=5))
    assert (len(run.trajectory), run.stop, run.incumbent) == (0, "finished", None)
    assert "0 evaluations" in repr(run)


class Flaky(Evaluator):
    """Fails every measurement so many times before it gives one."""

    metrics, instant, fingerprint = (archgym.Metric("value"),), True, "flaky"

    def __init__(self, failures):
        self.failures, self.calls = failures, []

    def evaluate(self, design, *, fidelity, seed):
        self.calls.append(design)
        if self.calls.count(design) <= self.failures:
            raise OSError("the disk is gone")
        return archgym.Measurement({"value": 1.0}, 2.0)


def test_an_error_that_is_not_the_designs_fault_is_retried_once():
    evaluator = Flaky(1)
    run = archgym.run(archgym.task(space=Ladders(), evaluate=evaluator), "random", Budget(evaluations=10))
    assert len(run.trajectory) == 10 and run.trajectory.status == ["ok"] * 10
    assert run.trajectory.cost.tolist() == [2.0] * 10
    assert all(n >= 2 for n in map(evaluator.calls.count, evaluator.calls))


def test_an_evaluator_that_breaks_twice_ends_the_run_uncharged():
    evaluator, kept = Flaky(2), []

    class Keeps(Agent):
        def search(self, bench):
            kept.append(bench)
            bench.measure([Proposal((0, 1, 2, 0))])

    with pytest.raises(archgym.ArchGymError,
                       match='evaluator broke twice on design {"width": 8, .*}.*: OSError: the disk is gone') as error:
        archgym.run(archgym.task(space=Ladders(), evaluate=evaluator), Keeps(), Budget(evaluations=5))
    assert isinstance(error.value.__cause__, OSError)
    assert kept[0].remaining.evaluations == 5 and len(evaluator.calls) == 2


@pytest.mark.parametrize("found, complaint", [
    (math.nan, "metric 'value' of design .* is nan, not a finite number; raise EvaluationFailed where"),
    (math.inf, "is inf, not a finite number"),
    ({"wrong": 1.0}, "no value for metric 'value' of design .*; got wrong"),
    (None, "an evaluation gives a number, a dict of metrics, or a Measurement, got None"),
    ({"value": 1.0, "cost": -1.0}, "cost -1.0 for design"),
])
@pytest.mark.parametrize("agent", ["random", "local-search"])
def test_an_evaluation_that_is_no_measurement_ends_the_run(found, complaint, agent):
    task = archgym.task(space=Ladders(), evaluate=lambda design: found)
    with pytest.raises(archgym.ArchGymError, match=complaint):
        archgym.run(task, agent, Budget(evaluations=5))


class Table(Evaluator):
    """Columns, and what goes wrong with them."""

    metrics, instant, fingerprint = (archgym.Metric("value"),), True, "table"

    def __init__(self, spoil=lambda columns: columns):
        self.spoil, self.calls = spoil, 0

    def evaluate(self, design, *, fidelity, seed):
        return archgym.Measurement({"value": 1.0})

    def evaluate_many(self, designs, *, fidelity, seeds):
        self.calls += 1
        return self.spoil(Measurements({"value": np.ones(len(designs))}, np.zeros(len(designs))))


def nan(columns):
    columns.values["value"][2] = math.nan
    return columns


def unreadable(columns):
    raise OSError("no such file")


@pytest.mark.parametrize("spoil, complaint", [
    (nan, 'batch of 5 designs: NotAnEvaluation: metric .value. of design {"width": .*} is nan'),
    (unreadable, "broke twice on a batch of 5 designs: OSError: no such file"),
    (lambda columns: Measurements({}, columns.cost), "evaluate_many gave no column for metric 'value'"),
    (lambda columns: Measurements(columns.values, columns.cost[:2]), r"gave cost the shape \(2,\) for 5 designs"),
])
def test_columns_that_are_no_measurements_end_the_run_after_a_second_try(spoil, complaint):
    evaluator = Table(spoil)
    with pytest.raises(archgym.ArchGymError, match=complaint):
        archgym.run(archgym.task(space=Ladders(), evaluate=evaluator), "random", Budget(evaluations=5))
    assert evaluator.calls == 2


def test_an_interrupt_is_no_fault_of_anyone():
    def interrupted(design):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archgym.run(archgym.task(space=Ladders(), evaluate=interrupted), "local-search", Budget(evaluations=5))


def test_a_run_in_which_everything_fails_ends_with_its_budget():
    def diverges(design):
        raise EvaluationFailed("as always")

    for worst in (-math.inf, 0.0):
        run = archgym.run(archgym.task(space=Ladders(), evaluate=diverges, worst=worst), "local-search",
                          Budget(evaluations=30))
        assert run.trajectory.status == ["failed"] * 30 and set(run.trajectory.error) == {"as always"}
        assert (run.incumbent.status, run.incumbent.value, run.incumbent.holdout) == ("failed", worst, {})


@pytest.mark.parametrize("call, complaint", [
    (lambda: archgym.task("NASBench210-v0"), "unknown task 'NASBench210-v0'; did you mean 'NASBench201-v0'? "
                                             "'archgym list tasks' shows all."),
    (lambda: archgym.task("NASBench201-v0", datset="cifar10"),
     "unknown option of task NASBench201-v0 'datset'; did you mean 'dataset'? Allowed: dataset, noise."),
    (lambda: archgym.task("NASBench201-v0", dataset="cifar11"), "dataset = 'cifar11'; did you mean 'cifar10'?"),
    (lambda: archgym.agent("regularised-evolution"), "unknown agent 'regularised-evolution'; did you mean "
                                                     "'regularized-evolution'? 'archgym list agents' shows all"),
    (lambda: archgym.agent("local-search", start=1),
     "unknown hyper-parameter of agent 'local-search': 'start'; did you mean 'starts'? Allowed: starts."),
    (lambda: archgym.agent("random", population=1),
     "unknown hyper-parameter of agent 'random': 'population'. This agent has none."),
    (lambda: archgym.space("nasbench201"), "unknown space 'nasbench201'; did you mean 'NASBench201'?"),
    (lambda: archgym.task(space=Ladders(), evaluate=sum, gaol="max"),
     "unknown option of archgym.task 'gaol'; did you mean 'goal'?"),
    (lambda: archgym.task(space=Ladders(), evaluate=Table(), metric="vaule"), "'vaule'; did you mean 'value'?"),
])
def test_an_unknown_name_is_answered_with_the_nearest_and_how_to_list_all(call, complaint):
    with pytest.raises(UnknownName) as error:
        call()
    assert complaint in str(error.value)


@pytest.mark.parametrize("name, values, allowed", [
    ("regularized-evolution", {"population": 0}, "population = 0 is not allowed; give a whole number, 1 or more"),
    ("regularized-evolution", {"population": 10.5}, "give a whole number, 1 or more"),
    ("regularized-evolution", {"population": True}, "population = True is not allowed"),
    ("regularized-evolution", {"mutation": "edge"}, "mutation = 'edge' is not allowed; give one of 'choice', 'path'"),
    ("reinforce", {"learning_rate": "0.1"}, "learning_rate = '0.1' is not allowed; give a number, 0.0 or more"),
    ("reinforce", {"learning_rate": math.nan}, "learning_rate = nan is not allowed"),
    ("reinforce", {"momentum": 1.0}, "give a number, 0.0 or more, 0.999 or less"),
])
def test_a_hyper_parameter_outside_its_domain_is_refused_with_its_domain(name, values, allowed):
    with pytest.raises(archgym.ArchGymError, match=f"agent '{name}': .*{allowed}"):
        archgym.agent(name, **values)


@pytest.mark.parametrize("arguments, complaint", [
    ((3, "random"), "task must be a name or an archgym Task, got 3"),
    (("NASBench201-v0", 3), "agent must be a name or an archgym Agent, got 3"),
    (("NASBench201-v0", "random", 300), "budget must be an archgym.Budget with a limit, such as .*, got 300"),
    (("NASBench201-v0", "random", Budget()), "budget must be an archgym.Budget with a limit"),
    (("NASBench201-v0", "random", None, -1), "a seed is a whole number, 0 or more, got -1"),
    (("NASBench201-v0", "random", None, 1.5), "a seed is a whole number, 0 or more, got 1.5"),
    (("NASBench201-v0", "random", None, True), "a seed is a whole number, 0 or more, got True"),
])
def test_a_run_of_the_wrong_things_is_refused(arguments, complaint):
    with pytest.raises(archgym.ArchGymError, match=complaint):
        archgym.run(*arguments)


def test_hyper_parameters_go_with_a_name_and_not_with_an_instance():
    with pytest.raises(archgym.ArchGymError, match=r"hyper-parameters \(population\) go with an agent's name"):
        archgym.run("NASBench201-v0", archgym.agent("random"), population=3)


def test_few_evaluations_of_a_dear_task_are_warned_of():
    task = archgym.task(space=Ladders(), evaluate=lambda design: {"value": 1.0, "cost": 10.0})
    with pytest.warns(UserWarning, match="of 55 of declared cost bought 5 evaluations of function, fewer than 20"):
        archgym.run(task, "random", Budget(cost=55))


# Holdout.


@pytest.mark.parametrize("name", archgym.registry.agent_names())
def test_nothing_that_an_agent_holds_leads_to_the_holdout(name):
    task = toy(Ladders(), seeds=3)
    secrets = set(task.population().holdout.tolist())
    agent = archgym.agent(name)
    bench = archgym.Bench(task.memo, Budget(evaluations=60), 0, task.id, name)
    with pytest.raises(archgym.BudgetSpent):
        agent.search(bench)
    held = list(reachable(agent, bench))
    assert not secrets & set(numbers(held))
    assert not any(thing is task or thing is task.judge for thing in held)
    seen = {record.value for record in bench._records if isinstance(record, archgym.Trial)}
    assert seen <= set(numbers(held))  # the walk finds what is there to find


def test_the_walk_finds_what_is_hidden_in_closures_arrays_generators_and_objects():
    task = toy(Ladders(), seeds=3)
    secret = task.population().holdout

    def generator():
        inside = secret[1:2]
        yield inside

    started = generator()
    next(started)

    class Slots:
        __slots__ = ("x",)

    slots = Slots()
    slots.x = {float(secret[0]): None}
    for hiding in (lambda: secret, started, np.array([secret], object), slots, [secret[3:][:1]],
                   {"a": (float(secret[0]),)}):
        assert set(secret.tolist()) & set(numbers(reachable(hiding))), hiding
    assert task.judge in reachable(task)
    assert not set(secret.tolist()) & set(numbers(reachable(task.memo, task.space, task.evaluator)))


@pytest.mark.parametrize("name", archgym.registry.agent_names())
def test_a_run_on_the_table_opens_no_judge(name):
    task = archgym.task("NASBench201-v0")
    run = archgym.run(task, name, Budget(evaluations=50))
    assert "judge" not in vars(task)
    assert run.incumbent.holdout and "judge" in vars(task)


def test_an_evaluator_that_would_show_the_holdout_is_refused():
    class Open(Table):
        metrics = (archgym.Metric("value"), archgym.Metric("test", split="holdout"))

    with pytest.raises(archgym.ArchGymError, match="agents would see the holdout metric 'test', which"):
        archgym.task(space=Ladders(), evaluate=Open())
