"""Carrying out a plan: what is new is run by worker processes, whatever dies; what is finished is never run again."""

import contextlib
import fcntl
import json
import os
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from time import perf_counter

from ..cache import default_folder
from ..errors import ArchGymError
from . import store
from .manifest import add_seconds, merge
from .plan import Plan

ATTEMPTS = 2  # a run that ends its worker is tried once more, in a fresh one
AHEAD = 4  # orders a worker holds, so that it never waits for the next
NEAR = 4  # seeds' worth of runs, from the first that waits, among which a worker is given one whose task it has open
PINNED = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


@dataclass
class Progress:
    """How far a sweep is."""

    total: int
    """Runs that the plan has."""
    kept: int
    """Runs that were finished before."""
    done: int = 0
    """Runs finished, kept ones included."""
    failed: int = 0
    evaluations: int = 0
    """Charged evaluations made by this call."""
    started: float = field(default_factory=perf_counter)
    message: str | None = None
    """Something to tell: a run that failed, a warning."""

    @property
    def evaluations_per_second(self) -> float:
        return self.evaluations / max(perf_counter() - self.started, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None before the first run is done."""
        fresh = self.done + self.failed - self.kept
        left = self.total - self.done - self.failed
        return (perf_counter() - self.started) / fresh * left if fresh else None


def execute(plan: Plan, folder: "Path | str", workers: int = 1, progress: Callable[[Progress], None] = lambda p: None,
            cache: "Path | str | None" = None):
    """Run what the folder lacks of a plan, and return the folder as a Sweep. Runs that failed before are tried again.

    Failed runs are stored with their traceback and do not stop the others. KeyboardInterrupt ends the workers; calling
    this again goes on. ArchGymError where the plan contradicts the folder, or another sweep is writing to it.
    """
    folder = Path(folder)
    if workers < 1:
        raise ArchGymError(f"workers must be 1 or more, got {workers}")
    for part in ("runs", "failed"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        missing = [cell for cell in plan.cells if not _finished(folder, cell[0])]
        state = Progress(len(plan.cells), len(plan.cells) - len(missing))
        state.done = state.kept
        before = sum(os.times()[:4])  # of this process and of the workers that have ended
        # The workers load their libraries while the manifest is made.
        with contextlib.closing(_Pool(folder, plan, min(workers, len(missing)), Path(cache or default_folder()), state,
                                      progress)) as pool:
            store.write_json(folder / "manifest.json", merge(folder, plan))
            progress(state)
            if missing:
                try:
                    pool.run(missing)
                finally:
                    pool.close()  # what its workers took is known once they have ended
                    add_seconds(folder, perf_counter() - state.started, sum(os.times()[:4]) - before)
    from .load import Sweep

    return Sweep(folder)


def _finished(folder, run_id):
    if not store.run_file(folder, run_id).is_file():
        return False
    try:
        store.read_run(folder, run_id)
    except store.DamagedRun:
        return False
    return True


@contextlib.contextmanager
def _alone(folder):
    with open(folder / ".lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ArchGymError(f"another sweep is writing to {folder} (process {file.read().strip() or 'unknown'}); "
                               "wait for it, or use another --out") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class _Worker:
    """A child process and the orders that it holds, oldest first."""

    def __init__(self, folder, cache):
        environment = os.environ | {name: "1" for name in PINNED}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in (os.environ.get("PYTHONPATH"), *_import_paths()) if p)
        self.process = subprocess.Popen([sys.executable, "-m", "archgym.sweep.worker", str(folder), str(cache)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0)
        self.orders = deque()
        self.opened = set()  # ids of tasks
        self.buffer = b""

    def send(self, order):
        self.orders.append(order)
        self.opened.add(order["identity"]["task"])
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:
            pass  # it died; its standard output tells

    def lines(self):
        """Complete report lines that have arrived; None when the worker is gone."""
        chunk = os.read(self.process.stdout.fileno(), 1 << 16)
        *lines, self.buffer = (self.buffer + chunk).split(b"\n")
        return [json.loads(line) for line in lines], not chunk


def _import_paths():
    """Where this process finds modules: a worker finds plug-ins in the same places, the current folder included."""
    return [os.path.abspath(p) for p in sys.path if not p or os.path.isdir(p) and "site-packages" not in p
            and not p.startswith((sys.base_prefix + os.sep, sys.prefix + os.sep))]


class _Pool:
    """Workers from the first on; `close` ends them."""

    def __init__(self, folder, plan, count, cache, state, progress):
        self.folder, self.plan, self.cache = folder, plan, cache
        self.state, self.progress = state, progress
        self.near = NEAR * len(plan.tasks) * len(plan.agents)
        self.failed_before = {path.stem for path in (folder / "failed").glob("*.json")}
        self.attempts = {}
        self.workers = []
        self.selector = selectors.DefaultSelector()
        for _ in range(count):
            self._start()

    def close(self):
        for worker in list(self.workers):
            worker.process.kill()
            self._dismiss(worker)
        self.selector.close()

    def run(self, cells):
        self.wait(cells)
        for most in range(1, AHEAD + 1):  # everybody has one before anybody has two: nobody is left without
            for worker in self.workers:
                self._feed(worker, most)
        while self.workers:
            for key, _ in self.selector.select():
                self._hear(key.data)

    def wait(self, cells):
        """These runs, in this order, are to be done."""
        self.waiting = deque(self._order(cell) for cell in cells)
        self.places = {order["id"]: place for place, order in enumerate(self.waiting)}

    def _order(self, cell):
        run_id, task, agent, seed, identity = cell
        return {"id": run_id, "task": task.name, "task_options": task.options, "agent": agent.name,
                "agent_options": agent.options, "budget": task.budget.to_dict(), "seed": seed,
                "duplicates": self.plan.duplicates, "identity": identity, "where": f"{agent.label} on {task.label}, seed {seed}"}

    def _start(self):
        worker = _Worker(self.folder, self.cache)
        self.workers.append(worker)
        self.selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
        return worker

    def _feed(self, worker, most=AHEAD):
        while self.waiting and len(worker.orders) < most and not self._trying_alone(worker):
            worker.send(self._take(worker))

    def _take(self, worker):
        """The next order, or one soon after it: of a task that this worker has open, else of one that nobody has.

        A worker remembers the designs of its tasks, and large ones take memory and time to open; yet a sweep that is
        stopped should have about as many seeds of every task.
        """
        place = 0
        if self.waiting[0]["id"] not in self.attempts:
            last = self.places[self.waiting[0]["id"]] + self.near
            near = takewhile(lambda at: self.places[at[1]["id"]] < last, enumerate(self.waiting))
            near = [(i, order["identity"]["task"]) for i, order in near if order["id"] not in self.attempts]
            taken = set().union(*(other.opened for other in self.workers))
            place = next((i for i, task in near if task in worker.opened),
                         next((i for i, task in near if task not in taken), 0))
        order = self.waiting[place]
        del self.waiting[place]
        return order

    def _trying_alone(self, worker):
        """A run that ended a worker before goes alone, so that nobody else is blamed."""
        suspect = self.attempts.get(self.waiting[0]["id"]) if self.waiting else None
        return bool(worker.orders) and (suspect or self.attempts.get(worker.orders[0]["id"]))

    def _hear(self, worker):
        reports, gone = worker.lines()
        for report in reports:
            self._account(worker.orders.popleft(), report)
        if not gone:
            self._feed(worker)
        else:
            self._bury(worker)
        if not worker.orders and not self.waiting and worker in self.workers:
            self._dismiss(worker)

    def _dismiss(self, worker) -> int:
        """Let a worker end, by the end of its input where it lives, and give its exit status."""
        self.workers.remove(worker)
        self.selector.unregister(worker.process.stdout)
        with contextlib.suppress(BrokenPipeError):
            worker.process.stdin.close()
        status = worker.process.wait()
        worker.process.stdout.close()
        return status

    def _bury(self, worker):
        """A worker died: the run it was on is tried again or failed, the others it held go back."""
        status = self._dismiss(worker)
        held = list(worker.orders)
        if held:
            suspect, others = held[0], held[1:]
            self.waiting.extendleft(reversed(others))
            tries = self.attempts[suspect["id"]] = self.attempts.get(suspect["id"], 0) + 1
            if tries < ATTEMPTS:
                self.waiting.append(suspect)
            else:
                how = f"signal {-status}" if status < 0 else f"exit status {status}"
                self._account(suspect, {"error": f"the worker process died ({how}) {tries} times on this run",
                                        "traceback": "", "seconds": 0.0})
        if self.waiting:
            self._feed(self._start())

    def _account(self, order, report):
        state = self.state
        if "error" in report:
            state.failed += 1
            state.message = f"{order['where']} failed: {report['error'].splitlines()[0]}"
            self._store_failure(order, report)
        else:
            if order["id"] in self.failed_before:
                store.failure_file(self.folder, order["id"]).unlink(missing_ok=True)
            state.done += 1
            state.evaluations += report["evaluations"]
            state.message = "; ".join(report["warnings"]) or None
        self.progress(state)
        state.message = None

    def _store_failure(self, order, report):
        try:
            store.write_json(store.failure_file(self.folder, order["id"]), {
                "identity": order["identity"], "error": report["error"], "traceback": report["traceback"]})
        except OSError as why:
            self.state.message += f" (and could not be stored: {why})"
