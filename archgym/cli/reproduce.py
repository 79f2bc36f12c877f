"""`archgym reproduce`: a study of the field, run here, and its page."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError


def command(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", show_default=False, help=(
        "Which study; the list of all where none is named."))] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small size, two minutes at most.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False, help=(
        "Where to store it; ./NAME, or ./NAME-quick, where not given."))] = None,
    workers: Annotated[int | None, typer.Option("--workers", "-w", metavar="N", show_default=False, help=(
        "Processes that run at a time; one a core where not given."))] = None,
):
    """Ask again what a paper asked, of the agents and tasks that are here.

    A study is a sweep and a page of Markdown: what it asks, what it found here, how that compares with the paper, and
    what it took. Tasks or agents that are not installed are left out and named, with the remedy.

    Ctrl-C is safe: the same command goes on where it stopped. 'archgym report DIR' writes the usual report as well.

    \b
    archgym reproduce
    archgym reproduce search-phase --quick
    """
    from ..study import reproduce, studies, study
    from .complaint import say
    from .progress import Display
    from .sweep import _announced, _folder, _interrupted, alike

    if name is None:
        _list(studies())
        return
    count = (os.cpu_count() or 1) if workers is None else workers
    if count < 1:
        raise ArchGymError(f"--workers must be 1 or more, got {workers}")
    asked = study(name)
    folder = _folder(f"{name}-quick" if quick else name, out)
    plan, left_out = asked.planned(quick)
    for each in left_out:
        say(f"left out: {each}")
    print(_announced(plan, folder, count), file=sys.stderr)
    again = shlex.join(["archgym", "reproduce", name, *(["--quick"] if quick else []),
                        *(["--out", str(out)] if out else [])])
    try:
        with Display() as display:
            page = reproduce(asked, folder, quick=quick, workers=count, progress=display.show)
    except KeyboardInterrupt:
        raise _interrupted(folder, again) from None
    from ..sweep.load import Sweep

    if failures := Sweep(folder).failures:
        say("some runs failed; the page says so, the others are not touched by it.\n" + "\n".join(alike(failures)))
    print(f"Page: {page}")
    return 1 if failures else 0


def _list(found):
    from .console import labelled, page
    from .summaries import comment_of

    labelled(page(), [(name, comment_of(each.file)[0]) for name, each in found.items()])
