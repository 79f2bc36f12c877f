"""`archgym report`: the page that says what a sweep found."""

from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .status import Folder


def command(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR2", show_default=False, help=(
        "Where to write report.html, figures/ and tables/; DIR/report where not given."))] = None,
):
    """Write the report of a sweep, finished or not, or of a lottery.

    One page that opens without a network, each figure as PNG, SVG and PDF, each table as CSV and LaTeX.

    \b
    archgym report quickstart
    """
    from ..lottery import record
    from ..sweep.load import Sweep
    from .complaint import say
    from .progress import waiting
    from .sweep import written

    if record.held(folder) is not None:
        from ..lottery.page import write
        from ..lottery.scores import Scores

        with waiting(f"reading {folder}"):
            print(f"Report: {write(Scores(folder), out or folder / 'report')}")
        return
    with waiting(f"reading {folder}"):
        sweep = Sweep(folder)
        finished = sweep.finished
    if not finished:
        raise ArchGymError(f"no run of {folder} is finished; there is nothing to report")
    if finished < sweep.planned:
        say(f"warning: {finished:,} of {sweep.planned:,} runs are finished; the report says so")
    print(f"Report: {written(sweep, out or folder / 'report')}")
