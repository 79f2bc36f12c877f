"""`archgym sweep`: every agent on every task with every seed, and the report."""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

OURS = {"manifest.json", "runs", "failed", "report", ".lock"}


def command(
    plan: Annotated[str, typer.Argument(metavar="FILE|NAME", show_default=False, help=(
        "A sweep file (YAML), or the name of a built-in sweep ('archgym list experiments')."))],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False, help=(
        "Where to store it; ./NAME where not given."))] = None,
    workers: Annotated[int | None, typer.Option("--workers", "-w", metavar="N", show_default=False, help=(
        "Processes that run at a time; one a core where not given."))] = None,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Whether to write the report.")] = True,
):
    """Run every agent on every task with every seed, and write the report.

    Ctrl-C is safe: the same command goes on where it stopped. A wider plan into the same folder runs only what is new.

    \b
    archgym sweep quickstart
    archgym sweep my_sweep.yaml --out results --workers 8
    """
    from ..sweep.execute import execute
    from ..sweep.plan import read
    from .progress import Display

    count = (os.cpu_count() or 1) if workers is None else workers
    if count < 1:
        raise ArchGymError(f"--workers must be 1 or more, got {workers}")
    planned = read(plan)
    folder = _folder(plan, out)
    again = shlex.join(["archgym", "sweep", plan, *(["--out", str(out)] if out else [])])
    print(_announced(planned, folder, count), file=sys.stderr)
    try:
        with Display() as display:
            sweep = execute(planned, folder, workers=count, progress=display.show)
    except KeyboardInterrupt:
        raise _interrupted(folder, again) from None
    failed = _failures(sweep, planned, again)
    if not report:
        print(f"Results: {folder} ('archgym report {folder}' writes the report)")
    elif sweep.finished:
        print(f"Report: {written(sweep, folder / 'report')}")
    return 1 if failed else 0


def _folder(plan, out):
    folder = out or Path(Path(plan).stem)
    if folder.is_file():
        raise ArchGymError(f"{folder} is a file; give a folder with --out")
    if folder.is_dir() and not (folder / "manifest.json").is_file():
        if strange := sorted(p.name for p in folder.iterdir() if p.name not in OURS):
            some = ", ".join(strange[:3]) + (", ..." if strange[3:] else "")
            raise ArchGymError(f"{folder} holds other things ({some}) and no sweep; give another folder with --out")
    return folder


def _announced(plan, folder, workers):
    def some(number, noun):
        return f"{number:,} {noun}{'' if number == 1 else 's'}"

    budgets = {str(t.budget) for t in plan.tasks}
    each = f"{budgets.pop()} each" if len(budgets) == 1 else "a budget per task"
    return (f"{plan.name}: {some(len(plan.tasks), 'task')} x {some(len(plan.agents), 'agent')} x "
            f"{some(len(plan.seeds), 'seed')} = {some(len(plan.cells), 'run')}\n"
            f"{each}, {some(workers, 'worker')}, into {folder}")


def _interrupted(folder, again):
    from ..sweep.load import Sweep
    from .complaint import INTERRUPTED, Stopped

    try:
        sweep = Sweep(folder)
        kept = f"{sweep.finished:,} of {sweep.planned:,} runs are finished and kept in {folder}."
    except ArchGymError:
        kept = "no run was finished."
    return Stopped(f"{INTERRUPTED}; {kept}\nTo go on: {again}")


def _failures(sweep, plan, again) -> int:
    """Tell what failed, alike errors together; returns how many of this plan's runs did."""
    from .complaint import say

    cells = {(t.label, a.label, seed) for _, t, a, seed, _ in plan.cells}
    failures = [f for f in sweep.failures if (f.task, f.agent, f.seed) in cells]
    if failures:
        say(f"{len(failures):,} of {len(cells):,} runs failed; the others are not touched by it.\n"
            + "\n".join(alike(failures))
            + f"\nTracebacks: {sweep.folder / 'failed'}. To try again what failed: {again}")
    return len(failures)


def alike(failures, most=10) -> list[str]:
    """Failures as lines, those of one agent with one error together."""
    groups = {}
    for failure in failures:
        first = failure.error.splitlines()[0] if failure.error else "no message"
        groups.setdefault((failure.agent, failure.task, first), []).append(failure.seed)
    lines = [f"{agent} on {task}, {'seed' if len(seeds) == 1 else 'seeds'} {spans(seeds)}: {error}"
             for (agent, task, error), seeds in groups.items()]
    return lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more kinds"]


def spans(seeds) -> str:
    """[0, 1, 2, 5] as "0-2, 5"."""
    parts = []
    for seed in sorted(seeds):
        if parts and seed == parts[-1][1] + 1:
            parts[-1][1] = seed
        else:
            parts.append([seed, seed])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in parts)


def written(sweep, folder) -> Path:
    """Write the report into a folder; returns its page."""
    from .complaint import INTERRUPTED, Stopped, say
    from .progress import waiting

    try:
        with waiting("writing the report"):
            from ..report import write

            return write(sweep, folder)
    except KeyboardInterrupt:
        raise Stopped(f"{INTERRUPTED}; the runs are kept.\n"
                      f"To write the report: archgym report {sweep.folder}") from None
    except Exception:
        say(f"the report could not be written; the runs are kept in {sweep.folder}")
        raise
