"""`archgym check` prints what a check of archgym.testing kept, or says what is broken."""

import pytest

from archgym import testing

WRONG = """
from dataclasses import dataclass
import archgym
from archgym import AskTellAgent, Evaluator, Measurement, Metric, Proposal

@dataclass
class Greedy(AskTellAgent):
    def ask(self, n):
        return [Proposal((0, 0))]

def task():
    space = archgym.ProductSpace([archgym.Choice(("a",), (1, 2, 3))])
    return archgym.task(space=space, evaluate=lambda design: float("nan"), name="wrong")

class Sum(Evaluator):
    metrics = (Metric("sum"),)
    instant = True
    fingerprint = "sum"
    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"sum": float(sum(design))})

class Numbers(archgym.ProductSpace):
    choices = (archgym.Choice(("a",), (1, 2, 3)), archgym.Choice(("b",), (1, 2, 3)))
"""


@pytest.mark.parametrize("name, check", [("random", testing.check_agent), ("NASBench201-v0", testing.check_task)])
def test_every_promise_that_is_kept_is_printed(cli, monkeypatch, name, check):
    monkeypatch.setenv("COLUMNS", "400")
    done = cli("check", name)
    assert done.exit_code == 0, done.stderr
    found = check(name)
    for promise in found.kept:
        assert promise.removeprefix("space NASBench201: ").removeprefix("evaluator Table: ") in done.stdout
    assert done.stdout.count("  ok ") == len(found.kept)
    assert f"{len(found.kept)} promises kept" in done.stdout and "none broken" in done.stdout


def test_a_task_is_checked_with_its_options(cli):
    done = cli("check", "NASBench201-v0", "-t", "noise=mean", "-t", "dataset=cifar100")
    assert done.exit_code == 0 and "task NASBench201-v0(dataset=cifar100,noise=mean)" in done.stdout


@pytest.mark.parametrize("name, says", [("wrong.py:Greedy", "agent wrong.py:Greedy: IllegalGenome"),
                                        ("wrong.py", "agent wrong.py:Greedy"), ("wrong.py:task", "nan, not a finite")])
def test_what_is_broken_is_named_with_the_contract(cli, tmp_path, name, says):
    (tmp_path / "wrong.py").write_text(WRONG)
    broken = cli("check", name)
    assert broken.exit_code == 1 and says in broken.stderr and "The contract: " in broken.stderr
    assert "Traceback" not in broken.stderr


def test_an_evaluator_is_checked_on_a_space(cli, tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    done = cli("check", "wrong.py:Sum", "--space", "wrong.py:Numbers")
    assert done.exit_code == 0 and "evaluator Sum" in done.stdout, done.stderr
    refused = cli("check", "wrong.py:Sum")
    assert refused.exit_code == 2 and "--space" in refused.stderr
    assert cli("check", "wrong.py:Numbers").exit_code == 0


def test_a_name_that_nothing_has_is_refused(cli):
    refused = cli("check", "reinforced")
    assert refused.exit_code == 2 and "did you mean 'reinforce'?" in refused.stderr
    assert cli("check", "reinforce", "-t", "a=1").exit_code == 2
