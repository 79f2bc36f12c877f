"""An evaluation that hangs past its limit is a failed design: in a run without a cache, in one with it, and in C."""

import subprocess
import sys
import time

import pytest

import archgym
from archgym.cache import EvaluationCache
from archgym.evaluator import Measurement
from archgym.limit import limited

SPACE = archgym.ProductSpace((archgym.Choice(("a",), (0, 1)),))


def hangs_on_zero(design):
    if design == (0,):
        time.sleep(60)
    return 1.0


@pytest.mark.parametrize("cached", [False, True])
def test_a_hang_is_recorded_as_failed_and_the_run_goes_on(tmp_path, cached):
    task = archgym.task(space=SPACE, evaluate=hangs_on_zero, worst=0.0, instant=False, limit_seconds=0.2)
    run = archgym.run(task, "random", archgym.Budget(evaluations=12), cache=EvaluationCache(tmp_path) if cached else None)
    by_design = {run.trajectory.genome(i): run.trajectory.status[i] for i in range(12)}
    assert by_design == {(0,): "failed", (1,): "ok"}
    assert "limit of 0.2 s" in run.trajectory.error[run.trajectory.status.index("failed")]


def test_an_evaluator_that_swallows_exceptions_is_interrupted_all_the_same():
    def stubborn():
        try:
            time.sleep(60)
        except Exception:
            time.sleep(60)

    assert limited(0.2, stubborn).status == "failed"


def test_no_limit_leaves_the_measurement_alone():
    found = Measurement({"value": 1.0})
    assert limited(None, lambda: found) is found and limited(60, lambda: found) is found


def test_a_call_into_c_ends_the_process_after_its_failure_is_stored(tmp_path):
    # SIGALRM is blocked, as it is in effect while C code runs: only the watch can end this.
    code = (f"import signal, time, archgym.limit as limit; limit.GRACE = 0.3\n"
            f"from archgym.cache import EvaluationCache\n"
            f"signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n"
            f"cache = EvaluationCache({str(tmp_path)!r}, end_process_when_hung=True)\n"
            f"cache.get_or_measure('f', 'd', None, 0, 0.2, lambda: time.sleep(60))")
    assert subprocess.run([sys.executable, "-c", code], timeout=30).returncode == 70
    assert EvaluationCache(tmp_path).get("f", "d", None, 0).status == "failed"
