"""`archgym sweep`, `status`, `report` and `verify`, on sweeps of a second."""

import fcntl
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time

import pytest

from archgym.cli.progress import MESSAGES, Display, clock
from archgym.cli.sweep import alike, spans
from archgym.sweep.execute import Progress
from archgym.sweep.load import Failure
from archgym.sweep.plan import read

SMALL = """
tasks: [NASBench201-v0]
agents: [random, local-search]
seeds: {seeds}
budget: {{evaluations: 30}}
"""
BROKEN = """
from dataclasses import dataclass
from archgym import AskTellAgent

@dataclass
class Broken(AskTellAgent):
    def ask(self, n):
        raise RuntimeError("no idea")
"""


SLOW = """
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from archgym import AskTellAgent, Proposal

@dataclass
class Slow(AskTellAgent):
    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("slow")
    def ask(self, n):
        sleep(0.05 if Path("slowly").exists() else 0)
        return [Proposal(self.space.sample(self.uniform))]
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """A finished sweep of two runs with its report, made once."""
    folder = tmp_path_factory.mktemp("reported")
    (folder / "small.yaml").write_text(SMALL.format(seeds=2))
    code = "from archgym.cli import main; main()"
    command = [sys.executable, "-c", code, "sweep", "small.yaml", "-w", "1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder, done


@pytest.fixture
def finished(reported, tmp_path):
    """A copy of that sweep, in the folder where the test runs."""
    shutil.copytree(reported[0] / "small", tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def small(tmp_path):
    def write(seeds=2, name="small.yaml"):
        (tmp_path / name).write_text(SMALL.format(seeds=seeds))
        return name

    return write


def test_the_quickstart_is_the_comparison_that_the_readme_promises():
    plan = read("quickstart")
    assert [t.task.options["dataset"] for t in plan.tasks] == ["cifar10", "cifar100", "imagenet16-120"]
    assert [a.name for a in plan.agents] == ["random", "regularized-evolution", "local-search", "reinforce"]
    assert plan.seeds == list(range(30)) and {t.budget.evaluations for t in plan.tasks} == {300}


def test_a_sweep_goes_where_its_name_says_and_ends_with_the_report(reported):
    folder, done = reported
    assert done.stdout == "Report: small/report/report.html\n"
    assert (folder / "small" / "report" / "report.html").is_file()
    assert "1 task x 2 agents x 2 seeds = 4 runs" in done.stderr and "4 of 4 runs finished" in done.stderr
    assert "30 evaluations each, 1 worker, into small" in done.stderr


def test_a_wider_sweep_runs_only_what_is_new(cli, tmp_path, small):
    cli("sweep", small(1), "--out", "here", "--no-report", "-w", 1)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "here" / "runs").iterdir()}
    done = cli("sweep", small(3), "--out", "here", "--no-report", "-w", 1)
    assert done.exit_code == 0 and "(2 of them before)" in done.stderr
    assert done.stdout == "Results: here ('archgym report here' writes the report)\n"
    after = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "here" / "runs").iterdir()}
    assert len(after) == 12 and before.items() <= after.items()


def test_status_tells_how_far_a_sweep_is(cli, finished):
    facts = json.loads(cli("status", "small", "--json").stdout)
    assert (facts["planned"], facts["finished"], facts["failed"], facts["running"]) == (4, 4, 0, False)
    assert facts["report"] == "small/report/report.html"
    assert "complete" in cli("status", "small").stdout
    next((finished / "runs").glob("*.parquet")).unlink()
    shown = cli("status", "small").stdout
    assert "3 of 4 finished, 1 to do" in shown and "stopped" in shown and "To go on" in shown


def test_status_sees_a_sweep_that_is_running(cli, finished):
    with open(finished / ".lock", "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert "a sweep is writing here now" in cli("status", "small").stdout


def test_a_failed_run_makes_the_status_not_zero_and_leaves_the_others(cli, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "mixed.yaml").write_text(
        'tasks: [NASBench201-v0]\nagents: [random, "broken.py:Broken"]\nseeds: 3\nbudget: {evaluations: 30}\n')
    done = cli("sweep", "mixed.yaml", "-w", 1, "--no-report")
    assert done.exit_code == 1
    assert "3 of 6 runs failed" in done.stderr
    assert "broken.py:Broken on NASBench201-v0, seeds 0-2: RuntimeError: no idea" in done.stderr
    assert "Tracebacks: mixed/failed" in done.stderr
    shown = cli("status", "mixed")
    assert shown.exit_code == 0 and "3 failed" in shown.stdout and "RuntimeError: no idea" in shown.stdout
    assert json.loads(cli("status", "mixed", "--json").stdout)["failures"][0]["error"] == "RuntimeError: no idea"


def test_a_sweep_of_nothing_but_failures_has_no_report(cli, tmp_path):
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "none.yaml").write_text(
        'tasks: [NASBench201-v0]\nagents: ["broken.py:Broken"]\nseeds: 1\nbudget: {evaluations: 30}\n')
    done = cli("sweep", "none.yaml", "-w", 1)
    assert done.exit_code == 1 and done.stdout == "" and "1 of 1 runs failed" in done.stderr
    refused = cli("report", "none")
    assert refused.exit_code == 2 and "no run of none is finished" in refused.stderr


def test_a_folder_with_other_things_is_not_swept_into(cli, tmp_path, small):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "thesis.tex").write_text("mine")
    refused = cli("sweep", small())
    assert refused.exit_code == 2 and "thesis.tex" in refused.stderr and "--out" in refused.stderr
    assert [p.name for p in (tmp_path / "small").iterdir()] == ["thesis.tex"]
    (tmp_path / "file").write_text("mine")
    assert "file is a file" in cli("sweep", small(), "--out", "file").stderr


def test_ctrl_c_leaves_a_sweep_that_goes_on(shell, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "slow.yaml").write_text(
        'tasks: [NASBench201-v0]\nagents: ["slow.py:Slow"]\nseeds: 100\nbudget: {evaluations: 20}\n')
    (tmp_path / "slowly").touch()
    process = shell("sweep", "slow.yaml", "--out", "my sweep", "-w", 1, run=subprocess.Popen)
    runs = tmp_path / "my sweep" / "runs"
    for _ in range(1200):
        time.sleep(0.05)
        if runs.is_dir() and len(list(runs.glob("*.parquet"))) >= 2:
            break
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in stderr
    finished = len(list(runs.glob("*.parquet")))
    assert f"interrupted; {finished} of 100 runs are finished and kept in my sweep." in stderr
    assert "To go on: archgym sweep slow.yaml --out 'my sweep'" in stderr
    (tmp_path / "slowly").unlink()
    done = shell("sweep", "slow.yaml", "--out", "my sweep", "-w", 1, "--no-report")
    assert done.returncode == 0 and f"({finished} of them before)" in done.stderr
    assert "100 of 100 runs finished" in done.stderr


def test_a_report_of_an_unfinished_sweep_says_so(cli, finished):
    next((finished / "runs").glob("*.parquet")).unlink()
    done = cli("report", "small", "--out", "elsewhere")
    assert done.exit_code == 0 and done.stdout == "Report: elsewhere/report.html\n"
    assert "3 of 4 runs are finished" in done.stderr


def test_verify_says_which_levels_passed(cli, finished):
    done = cli("verify", "small", "--runs", 2)
    assert done.exit_code == 0, done.stdout + done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:3] for line in lines[1:4]] == [
        ["1", "incumbents", "passed"], ["2", "trajectories", "passed"], ["3", "statistics", "passed"]]
    levels = json.loads(cli("verify", "small", "--runs", 2, "--json").stdout)
    assert [(x["passed"], x["checked"] > 0) for x in levels] == [(True, True)] * 3


def test_verify_finds_a_number_that_was_touched_up(cli, finished):
    table = finished / "report" / "tables" / "final.csv"
    lines = table.read_text().splitlines()
    at = lines[0].split(",").index("mean")
    row = next(i for i, line in enumerate(lines) if "local-search" in line and ",search," in f",{line},")
    cells = lines[row].split(",")
    cells[at] = "95.0"
    lines[row] = ",".join(cells)
    table.write_text("\n".join(lines) + "\n")
    done = cli("verify", "small", "--runs", 1)
    assert done.exit_code == 1
    assert "3 statistics" in done.stdout and "FAILED" in done.stdout and "95.0" in done.stdout


def test_verify_without_a_report_says_what_was_not_checked(cli, finished):
    shutil.rmtree(finished / "report")
    done = cli("verify", "small")
    assert done.exit_code == 0 and "not checked" in done.stdout and "'archgym report small' writes one" in done.stdout


class Recorded:
    def __init__(self, terminal):
        self.terminal, self.text = terminal, ""

    def isatty(self):
        return self.terminal

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def test_progress_without_a_terminal_is_a_line_now_and_then():
    stream = Recorded(terminal=False)
    with Display(stream) as display:
        state = Progress(total=1000, kept=10, done=10)
        for _ in range(990):
            state.done += 1
            state.evaluations += 300
            display.show(state)
    lines = stream.text.splitlines()
    assert 2 <= len(lines) <= 3
    assert lines[-1].startswith("1,000 of 1,000 runs finished (10 of them before); ")
    assert "evaluations/s" in lines[-1] and "left" not in lines[-1]


def test_progress_on_a_terminal_is_a_bar_with_pace_and_time_left(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    stream = Recorded(terminal=True)
    with Display(stream) as display:
        display.show(Progress(total=4, kept=0, done=2, failed=1, evaluations=600, started=time.perf_counter() - 3))
    for text in ("3/4", "evaluations/s", "1 failed", "left"):
        assert text in stream.text


@pytest.mark.parametrize("terminal", [True, False])
def test_a_flood_of_messages_is_cut(monkeypatch, terminal):
    monkeypatch.setenv("TERM", "xterm")
    stream = Recorded(terminal)
    with Display(stream) as display:
        for i in range(100):
            display.show(Progress(total=100, kept=0, failed=i, message=f"run {i // 2} failed: no idea"))
    told = [i for i in range(50) if f"run {i} failed" in stream.text]
    assert told == list(range(MESSAGES)) and stream.text.count("more messages are not shown") == 1


def test_no_colour_where_nobody_wants_it(shell):
    assert "\x1b" not in shell("list").stdout
    assert "\x1b" not in shell("list", env={"NO_COLOR": "1", "TERM": "xterm"}).stdout


def test_no_colour_on_a_terminal_that_asks_for_none(tmp_path):
    def shown(**environment):
        here, there = pty.openpty()
        code = "from archgym.cli import main; main()"
        process = subprocess.Popen([sys.executable, "-c", code, "list", "agents"], stdout=there, stderr=there,
                                   env=os.environ | {"TERM": "xterm-256color"} | environment, cwd=tmp_path)
        process.wait()
        os.close(there)
        return os.read(here, 1 << 16).decode()

    assert "\x1b[36m" in shown(NO_COLOR="")
    assert "\x1b[36m" not in shown(NO_COLOR="1")


def test_failures_that_are_alike_are_told_together():
    failures = [Failure("T", "A", seed, "E: x\nmore", "") for seed in (0, 1, 2, 5)] + [Failure("T", "B", 3, "E: y", "")]
    assert alike(failures) == ["A on T, seeds 0-2, 5: E: x", "B on T, seed 3: E: y"]
    many = [Failure("T", f"A{i}", 0, "E", "") for i in range(12)]
    assert len(alike(many)) == 11 and alike(many)[-1] == "... and 2 more kinds"


def test_spans_and_clocks_are_short():
    assert spans([3, 1, 2, 7]) == "1-3, 7" and spans([4]) == "4"
    assert [clock(s) for s in (3.6, 65, 7_260)] == ["4 s", "1:05 min", "2:01 h"]
