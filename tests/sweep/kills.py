"""A sweep that is killed at random moments, beside one that is left alone; used by the tests and by benchmarks/kill.py."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

DRIVER = ("import sys; from archgym.sweep import plan; from archgym.sweep.execute import execute\n"
          "s = execute(plan.read(sys.argv[1]), sys.argv[2], int(sys.argv[3]), cache=sys.argv[4])\n"
          "assert s.finished == s.planned, s.failures")
PLUGIN = Path(__file__).parent / "slow_plugin.py"
GRACE = 0.02  # seconds between an evaluation's own log line and its being stored


@dataclass
class Outcome:
    identical: bool
    runs: int
    kills: int
    calls: int
    completed_twice: int
    """Slow evaluations that had been completed and stored, and were run again."""


def table_plan():
    return {"tasks": ["NASBench201-v0"], "agents": ["random", "regularized-evolution", "local-search"], "seeds": 60,
            "budget": {"evaluations": 300}}


def slow_plan():
    return {"tasks": [{"name": f"{PLUGIN}:slow", "label": "slow"}],
            "agents": ["random", "regularized-evolution", "local-search"], "seeds": 3, "budget": {"evaluations": 60}}


def start(plan_file, folder, workers, cache, log):
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(plan_file), str(folder), str(workers), str(cache)],
                            env=os.environ | {"ARCHGYM_TEST_LOG": str(log)}, start_new_session=True,
                            stderr=subprocess.DEVNULL)


def disturb(plan, folder: Path, kills: int, workers: int, seed: int, longest: float) -> Outcome:
    """Kill -9 `kills` times: the whole group, the parent alone, or one worker; then let it finish, and compare."""
    folder.mkdir(parents=True, exist_ok=True)
    plan_file = folder / "plan.yaml"
    plan_file.write_text(yaml.safe_dump(plan))
    left_alone = start(plan_file, folder / "alone", 3 - workers, folder / "cache-alone", folder / "log-alone")
    assert left_alone.wait() == 0
    rng, moments, done = np.random.default_rng(seed), [], 0
    while done < kills:
        process = start(plan_file, folder / "killed", workers, folder / "cache", folder / "log")
        time.sleep(rng.uniform(0.2, longest))
        victim = rng.choice(["group", "parent", "worker"])
        moments.append(time.time())
        _kill(process, victim)
        done += 1
        if victim == "worker":  # the sweep goes on without it
            time.sleep(rng.uniform(0.05, 0.5))
            moments.append(time.time())
            _kill(process, "group")
        process.wait()
    assert start(plan_file, folder / "killed", workers, folder / "cache", folder / "log").wait() == 0
    alone, killed = (_bytes(folder / name) for name in ("alone", "killed"))
    calls, twice = _calls(folder / "log", moments)
    return Outcome(alone == killed and len(alone) > 0, len(alone), kills, calls, twice)


def _kill(process, victim):
    try:
        if victim == "group":
            os.killpg(process.pid, signal.SIGKILL)
        elif victim == "parent":
            process.kill()
        else:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            if children:
                os.kill(int(children[0]), signal.SIGKILL)
    except (ProcessLookupError, FileNotFoundError):
        pass  # it had finished


def _bytes(folder):
    return {p.name: p.read_bytes() for p in (folder / "runs").glob("*.parquet")}


def _calls(log, moments):
    """(evaluations started, evaluations that had been completed and were run again)."""
    if not log.is_file():
        return 0, 0
    started, ended = 0, {}
    for line in log.read_text().splitlines():
        when, word, what = line.split(" ", 2)
        started += word == "start"
        if word == "end":
            ended.setdefault(what, []).append(float(when))
    again = [times for times in ended.values() if len(times) > 1
             and not any(0 <= moment - times[0] < GRACE for moment in moments)]
    return started, len(again)
