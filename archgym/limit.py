"""A time limit for one evaluation: what takes longer is a failed design, not a failed run."""

import os
import signal
import threading
from collections.abc import Callable

from .evaluator import Measurement

GRACE = 5.0  # seconds after its limit before an evaluation that cannot be interrupted ends its process


class _TooLong(BaseException):
    """Not an Exception, so that an evaluator that catches those cannot swallow it."""


def limited(seconds: float | None, evaluate: Callable[[], Measurement],
            give_up: Callable[[Measurement, float], None] | None = None) -> Measurement:
    """`evaluate()`, or a failed measurement once it has taken `seconds`. None: no limit.

    Python code is interrupted by a timer, in the main thread only. A call into C cannot be: where `give_up` is given,
    it is handed the failed measurement and the seconds, to be stored, and the process ends; a replay of the run then
    goes past the design.
    """
    if seconds is None:
        return evaluate()
    watch = None
    if give_up is not None:
        def end():
            give_up(_too_long(seconds), seconds + GRACE)
            os._exit(70)

        watch = threading.Timer(seconds + GRACE, end)
        watch.daemon = True
        watch.start()
    interruptible = threading.current_thread() is threading.main_thread()
    if interruptible:
        def interrupt(number, frame):
            raise _TooLong

        before = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return evaluate()
    except _TooLong:
        return _too_long(seconds)
    finally:
        if interruptible:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        if watch is not None:
            watch.cancel()


def _too_long(limit):
    return Measurement({}, 0.0, "failed", f"took longer than its limit of {limit:g} s")
