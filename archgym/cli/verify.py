"""`archgym verify`: does a sweep's folder hold what it claims?"""

from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .status import Folder
from .values import Json, as_json

SHOWN = 10  # faults of one level


def command(
    folder: Folder,
    runs: Annotated[int, typer.Option("--runs", metavar="K", help="Runs to repeat, drawn at random.")] = 5,
    seed: Annotated[int, typer.Option("--seed", help="Of that draw.")] = 0,
    json: Json = False,
):
    """Check a sweep at three levels and say which of them passed.

    \b
    1 incumbents    each run's best design is measured again
    2 trajectories  K runs are repeated and compared column by column
    3 statistics    the numbers of the report's final table are computed again

    \b
    archgym verify quickstart --runs 20
    """
    from ..cache import EvaluationCache
    from ..run import checked_seed
    from ..sweep import verify
    from .progress import waiting

    if runs < 0:
        raise ArchGymError(f"--runs must be 0 or more, got {runs}")
    with waiting(f"checking {folder}"):
        levels = verify.verify(folder, runs, checked_seed(seed), EvaluationCache())
    if json:
        print(as_json([{"name": x.name, "passed": x.passed, "checked": x.checked, "what": x.what, "faults": x.faults,
                        "skipped": x.skipped} for x in levels]))
    else:
        _draw(levels)
    return 1 if any(level.faults for level in levels) or not any(level.passed for level in levels) else 0


def _draw(levels):
    from .console import heading, item, page, table

    console = page()
    table(console, ["level", "", "checked"],
          [(f"{i} {level.name}", "passed" if level.passed else "FAILED" if level.faults else "not checked",
            level.skipped or f"{level.checked:,} {level.what}") for i, level in enumerate(levels, start=1)])
    for level in levels:
        if level.faults:
            console.print()
            heading(console, f"{level.name}: {len(level.faults):,} {'faults' if level.faults[1:] else 'fault'}")
            for fault in level.faults[:SHOWN]:
                item(console, fault)
            if more := level.faults[SHOWN:]:
                console.print(f"  ... and {len(more):,} more")
