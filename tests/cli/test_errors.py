"""A user's mistake gets a message that says what to do, and status 2; a failure gets status 1. Never a traceback."""

import io

import pytest

from archgym.cli import complaint

TASK = "NASBench201-v0"


@pytest.mark.parametrize("words, says", [
    (["lst"], "Did you mean 'list'?"),
    (["run", TASK], "Missing argument 'AGENT'"),
    (["run", TASK, "random", "--sed", "1"], "--seed"),
    (["run", "NASBench210-v0", "random"], "did you mean 'NASBench201-v0'? 'archgym list tasks' shows all"),
    (["run", TASK, "rndom"], "did you mean 'random'? 'archgym list agents' shows all"),
    (["run", TASK, "regularized-evolution", "-o", "populaton=3"], "did you mean 'population'?"),
    (["run", TASK, "regularized-evolution", "-o", "population=ten"], "population = 'ten' is not allowed; give a whole"),
    (["run", TASK, "regularized-evolution", "-o", "population=0"], "a whole number, 1 or more"),
    (["run", TASK, "regularized-evolution", "-o", "population"], "-o population: expected -o name=value"),
    (["run", TASK, "regularized-evolution", "-o", "population=[1"], "-o population=[1: '[1' is no value"),
    (["run", TASK, "regularized-evolution", "-o", "population=2", "-o", "population=3"], "population is given twice"),
    (["run", TASK, "random", "-t", "dataset=cifar11"], "did you mean 'cifar10'? Allowed: cifar10, cifar100"),
    (["run", TASK, "random", "-t", "datset=cifar10"], "did you mean 'dataset'?"),
    (["run", TASK, "random", "-t", "cifar10"], "-t cifar10: expected -t name=value"),
    (["run", TASK, "random", "-n", "0"], "evaluations must be a positive number, got 0"),
    (["run", TASK, "random", "-n", "many"], "valid integer"),
    (["run", TASK, "random", "--cost", "-1"], "cost must be a positive number"),
    (["run", TASK, "random", "--seed", "-1"], "a seed is a whole number, 0 or more, got -1"),
    (["run", TASK, "random", "--out", "x.txt"], "end the file's name in .csv or .json"),
    (["run", TASK, "random", "--out", "no/x.csv"], "there is no folder no"),
    (["run", TASK, "nothing.py:Agent"], "no file nothing.py"),
    (["run", TASK, "nothing:Agent"], "no module 'nothing'"),
    (["run", "task.py", "random"], "which task of that file?"),
    (["baseline", TASK, "-n", "0"], "must be 1 or more, got 0"),
    (["measure", TASK, "0-0-0-0-0-0", "--seed", "9"], "got seed 9"),
    (["measure", TASK, "0-0-0-0-0-0", "--fidelity", "9"], "no fidelity 9"),
    (["sweep", "quickstrt"], "did you mean 'quickstart'?"),
    (["sweep", "no.yaml"], "no file no.yaml; 'archgym new sweep NAME' writes one"),
    (["sweep", "quickstart", "--workers", "0"], "--workers must be 1 or more"),
    (["status", "nowhere"], "nowhere is not a sweep folder"),
    (["report", "nowhere"], "nowhere is not a sweep folder"),
    (["verify", "nowhere"], "nowhere is not a sweep folder"),
    (["new", "agnt", "x"], "did you mean 'agent'?"),
])
def test_a_mistake_is_named_with_its_remedy(cli, words, says):
    refused = cli(*words)
    assert refused.exit_code == 2 and refused.stdout == ""
    assert refused.stderr.startswith("archgym: ") and "Traceback" not in refused.stderr
    assert says in " ".join(refused.stderr.split())
    assert len(refused.stderr.splitlines()) <= 3


def test_a_mistake_in_a_process_of_its_own(shell):
    done = shell("run", TASK, "rndom")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("archgym: unknown agent 'rndom'; did you mean 'random'?")


BROKEN = """
from dataclasses import dataclass
import archgym
from archgym import AskTellAgent, Proposal

@dataclass
class Raises(AskTellAgent):
    def ask(self, n):
        return 1 / 0

@dataclass
class Illegal(AskTellAgent):
    def ask(self, n):
        return [Proposal((9, 9))]

@dataclass
class Nothing(AskTellAgent):
    def ask(self, n):
        return []

def task():
    space = archgym.ProductSpace([archgym.Choice(("a",), (1, 2))])
    return archgym.task(space=space, evaluate=lambda design: {}["gone"], name="broken")

number = 3
"""


@pytest.mark.parametrize("words, says, status", [
    ([TASK, "broken.py:Raises"], "ZeroDivisionError: division by zero (broken.py, line 9, in ask)", 1),
    ([TASK, "broken.py:Illegal"], "agent 'broken.py:Illegal' proposed what is no design", 1),
    ([TASK, "broken.py:Nothing"], "must return 1 to 300 proposals", 1),
    (["broken.py:task", "random"], "the evaluator broke twice on design", 1),
    (["broken.py:number", "random"], "broken.py:number is 3; name a function that makes a task", 2),
    (["broken.py:gone", "random"], "unknown name in broken.py: 'gone'", 2),
    ([TASK, "broken.py"], "found Raises, Illegal, Nothing", 2),
])
def test_a_plug_in_that_breaks_is_named(cli, tmp_path, words, says, status):
    (tmp_path / "broken.py").write_text(BROKEN)
    failed = cli("run", *words)
    assert failed.exit_code == status and "Traceback" not in failed.stderr
    assert says in failed.stderr


def test_a_file_that_is_no_python_is_named_with_its_line(cli, tmp_path):
    (tmp_path / "typo.py").write_text("x = 1\ny = (\n")
    failed = cli("run", TASK, "typo.py:Agent")
    assert failed.exit_code == 1 and "SyntaxError" in failed.stderr and "line 2" in failed.stderr


@pytest.mark.parametrize("place", [0, 2, 4])
def test_debug_shows_the_traceback_wherever_it_stands(cli, tmp_path, place):
    (tmp_path / "broken.py").write_text(BROKEN)
    words = ["run", TASK, "broken.py:Raises"]
    words.insert(place, "--debug")
    failed = cli(*words)
    assert failed.exit_code == 1
    assert "Traceback (most recent call last)" in failed.stderr and "return 1 / 0" in failed.stderr


def test_debug_shows_the_traceback_of_a_mistake_too(cli):
    assert "Traceback" in cli("--debug", "show", "nothing").stderr


def test_a_full_disk_is_told_in_one_line(capsys):
    assert complaint.complain(OSError(28, "No space left on device", "x.parquet"), False) == 1
    assert capsys.readouterr().err == "archgym: x.parquet: No space left on device\n"


def test_messages_are_wrapped_under_their_beginning_on_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("COLUMNS", "60")
    complaint.say("a message " * 12 + "\nand a remedy")
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("archgym: a message") and all(line.startswith(" " * 9 + "a") for line in lines[1:])
    assert max(map(len, lines)) < 60 and lines[-1].strip() == "and a remedy"


def test_output_that_nobody_reads_to_the_end_is_no_error(shell):
    done = shell("list", run=__import__("subprocess").run, env={"PYTHONUNBUFFERED": "1"}, stdout=_closed_pipe())
    assert "Traceback" not in done.stderr


def _closed_pipe():
    import os

    reader, writer = os.pipe()
    os.close(reader)
    return writer
