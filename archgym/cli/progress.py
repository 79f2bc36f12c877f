"""Progress of long work on stderr: a bar on a terminal, elsewhere a line now and then."""

import sys
from contextlib import nullcontext
from time import perf_counter

SECONDS = 10  # between two lines where there is no terminal
MESSAGES = 5  # told as they come; what failed is summed up at the end


class Display:
    """Shows the Progress that `execute` reports: `with Display() as display: execute(..., progress=display.show)`."""

    def __init__(self, stream=None):
        self.stream = stream or sys.stderr
        self.terminal = self.stream.isatty()
        self.bar = None
        self.told = self.seen = None
        self.messages = set()

    def __enter__(self):
        if self.terminal:
            self.bar = _bar(self.stream)
            self.bar.start()
        return self

    def __exit__(self, *failure):
        if self.bar:
            self.bar.stop()
        elif self.seen and self.told != self.seen:
            print(self.seen, file=self.stream, flush=True)

    def show(self, event):
        if self.bar:
            self._draw(event)
        else:
            self._print(event)

    def _draw(self, event):
        if not self.bar.tasks:
            self.bar.add_task("runs", total=event.total, speed="", left="", failed="")
        self.bar.update(self.bar.tasks[0].id, completed=event.done + event.failed, **_columns(event))
        if message := self._news(event):
            self.bar.console.print(message, markup=False, highlight=False)

    def _news(self, event):
        """What to tell of an event: each message once, and after a few of them that no more will come."""
        if not event.message or event.message in self.messages or len(self.messages) > MESSAGES:
            return None
        self.messages.add(event.message)
        return event.message if len(self.messages) <= MESSAGES else "(more messages are not shown)"

    def _print(self, event):
        now = perf_counter()
        if message := self._news(event):
            print(message, file=self.stream, flush=True)
        words = _columns(event)
        self.seen = "; ".join(filter(None, (
            f"{event.done:,} of {event.total:,} runs finished"
            + (f" ({event.kept:,} of them before)" if event.kept else ""),
            words["failed"], words["speed"], words["left"])))
        if self.told is None or now - self.at >= SECONDS:
            print(self.seen, file=self.stream, flush=True)
            self.told, self.at = self.seen, now


def _columns(event):
    left = event.seconds_left
    return {"speed": f"{event.evaluations_per_second:,.0f} evaluations/s" if event.evaluations else "",
            "left": "" if left is None or event.done + event.failed == event.total else f"{clock(left)} left",
            "failed": f"{event.failed:,} failed" if event.failed else ""}


def _bar(stream):
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("runs"),
                    TextColumn("[red]{task.fields[failed]}"), TextColumn("{task.fields[speed]}"),
                    TextColumn("{task.fields[left]}"), console=Console(file=stream), refresh_per_second=5)


def clock(seconds) -> str:
    """4 s, 3:05 min, 2:10 h."""
    seconds = int(seconds + 0.5)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02} min"
    return f"{seconds // 3600}:{seconds % 3600 // 60:02} h"


def waiting(what):
    """A spinner while something takes its time; nothing where there is no terminal."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)


def counting(what):
    """tell(done, total) for work without a display: a line on stderr now and then."""
    told = perf_counter()

    def tell(done, total):
        nonlocal told
        if perf_counter() - told >= SECONDS:
            told = perf_counter()
            print(f"{what}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell
