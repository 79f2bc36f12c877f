"""What `archgym new` writes works as it stands, and its tests pass by being run."""

import os
import re
import subprocess
import sys

import pytest

WRITTEN = {"agent": ("my_thing.py", "test_my_thing.py"), "task": ("my_thing.py", "test_my_thing.py"),
           "sweep": ("my_thing.yaml", "test_my_thing.py")}


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_tests_of_a_scaffold_pass(cli, tmp_path, kind):
    made = cli("new", kind, "my-thing")
    assert made.exit_code == 0, made.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(WRITTEN[kind])
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_my_thing.py"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"ARCHGYM_CACHE": str(tmp_path / "cache")},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_the_scaffold_of_an_agent_is_short(cli, tmp_path):
    cli("new", "agent", "my-thing")
    assert len((tmp_path / "my_thing.py").read_text().splitlines()) < 40


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_placeholder_is_left(cli, tmp_path, kind):
    cli("new", kind, "my-thing")
    for path in tmp_path.iterdir():
        assert not re.search(r"\b(CLASS|MODULE|TASK|FILE|TEST)\b", path.read_text())


@pytest.mark.parametrize("name", ["my-thing", "my_thing", "MyThing", "my-thing.py"])
def test_a_name_may_be_written_in_any_way(cli, tmp_path, name):
    assert cli("new", "agent", name).exit_code == 0
    assert "class MyThing(AskTellAgent)" in (tmp_path / "my_thing.py").read_text()


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_overwritten(cli, tmp_path, kind, which):
    mine = tmp_path / WRITTEN[kind][which]
    mine.write_text("mine")
    refused = cli("new", kind, "my-thing")
    assert refused.exit_code == 2 and mine.name in refused.stderr and "nothing is overwritten" in refused.stderr
    assert mine.read_text() == "mine" and [p.name for p in tmp_path.iterdir()] == [mine.name]


@pytest.mark.parametrize("name", ["3rd", "class", "a b", "", "../x", "é"])
def test_what_is_no_name_is_refused(cli, tmp_path, name):
    refused = cli("new", "agent", name)
    assert refused.exit_code == 2 and "is no name for a Python file" in refused.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["random", "numpy", "archgym", "types"])
def test_a_file_that_would_hide_a_module_is_refused(cli, tmp_path, name):
    refused = cli("new", "agent", name)
    assert refused.exit_code == 2 and f"take another name, such as my-{name}" in refused.stderr
    assert cli("new", "sweep", name).exit_code == 0


def test_the_next_steps_that_are_printed_work(cli, tmp_path):
    for kind, name in (("agent", "my-agent"), ("task", "my-task"), ("sweep", "my-sweep")):
        made = cli("new", kind, name, "--dir", "plugins")
        steps = [line.split() for line in made.stdout.splitlines() if line.startswith("  archgym ")]
        assert steps
        for step in steps:
            done = cli(*step[1:], *(["--no-report"] if step[1] == "sweep" else []))
            assert done.exit_code == 0, (step, done.stderr)


def test_a_scaffolded_agent_and_task_go_into_a_sweep_beside_them(cli, tmp_path):
    cli("new", "agent", "my-agent", "--dir", "here")
    cli("new", "task", "my-task", "--dir", "here")
    (tmp_path / "here" / "both.yaml").write_text(
        'tasks: ["my_task.py:my_task"]\nagents: [random, "my_agent.py:MyAgent"]\nseeds: 2\nbudget: {evaluations: 20}\n')
    done = cli("sweep", "here/both.yaml", "--workers", 1, "--no-report")
    assert done.exit_code == 0, done.stderr
    assert "4 of 4 runs finished" in done.stderr
