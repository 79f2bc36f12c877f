"""One worker process of a sweep: reads run orders from standard input, writes finished runs, reports a line each.

`python -m archgym.sweep.worker FOLDER CACHE`. Its environment pins the numerical libraries to one thread before numpy
loads. It ends when its parent does.
"""

import gc
import json
import os
import queue
import signal
import sys
import threading
import traceback
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path
from time import perf_counter


def main():
    folder, cache_folder = Path(sys.argv[1]), sys.argv[2]
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # What plug-ins print goes to standard error; the lines of the protocol have the real standard output.
    reports = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    orders = queue.SimpleQueue()

    def listen():
        for line in sys.stdin:
            orders.put(json.loads(line))
        os._exit(0)  # the parent is gone, or wants no more

    threading.Thread(target=listen, daemon=True).start()
    from ..cache import EvaluationCache

    for module in ("run", "registry", "sweep.store"):  # while the parent makes its manifest
        import_module(f"archgym.{module}")
    gc.set_threshold(10_000)  # a run's trials are many and all kept: there is nothing to collect among them
    store = EvaluationCache(cache_folder, end_process_when_hung=True)
    while True:
        order = orders.get()
        reports.write(json.dumps(perform(folder, store, order)) + "\n")
        reports.flush()


def perform(folder, store, order) -> dict:
    """Do one run and store it; what went wrong comes back as text."""
    from ..budget import Budget
    from ..run import run
    from .store import write_run

    started = perf_counter()
    report = {"id": order["id"]}
    try:
        task = _task(order["task"], json.dumps(order["task_options"]))
        agent = _agent(order["agent"], json.dumps(order["agent_options"]))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            done = run(task, agent, Budget(**order["budget"]), order["seed"], duplicates=order["duplicates"], cache=store)
        trajectory = done.trajectory.in_rows()
        write_run(folder, order["id"], order["identity"], trajectory, trajectory.duplicates(task.space), done.stop,
                  done.refused)
        report |= {"evaluations": int(done.trajectory.charged.sum()),
                   "warnings": [str(w.message) for w in caught if issubclass(w.category, UserWarning)]}
    except Exception as error:
        report |= {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()}
    return report | {"seconds": perf_counter() - started}


@cache
def _task(name, options):
    from .. import registry

    opened = registry.task(name, **json.loads(options))
    gc.freeze()  # libraries and tables stay: the collector need not walk through them again and again
    return opened


@cache
def _agent(name, options):
    from .. import registry

    return registry.agent(name, **json.loads(options))


if __name__ == "__main__":
    main()
