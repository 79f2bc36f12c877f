"""`archgym status`: how far a sweep is."""

from pathlib import Path
from typing import Annotated

import typer

from .values import Json, as_json

Folder = Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="A sweep folder.")]


def command(folder: Folder, json: Json = False):
    """Say how far a sweep is, what failed, and how to go on.

    \b
    archgym status quickstart
    """
    from ..sweep.load import Sweep

    sweep = Sweep(folder)
    facts = _facts(sweep)
    if json:
        print(as_json(facts))
    else:
        _draw(sweep, facts)


def _facts(sweep):
    failed = {}
    for failure in sweep.failures:
        failed[failure.task, failure.agent] = failed.get((failure.task, failure.agent), 0) + 1
    planned = {}
    for _, task, agent, _ in sweep.manifest["runs"]:
        planned[task, agent] = planned.get((task, agent), 0) + 1
    finished = {}
    for stored in sweep.runs:
        finished[stored.task, stored.agent] = finished.get((stored.task, stored.agent), 0) + 1
    report = sweep.folder / "report" / "report.html"
    return {"folder": str(sweep.folder), "name": sweep.manifest["name"], "created": sweep.manifest["created"],
            "planned": sweep.planned, "finished": sweep.finished, "failed": len(sweep.failures),
            "running": is_running(sweep.folder), "report": str(report) if report.is_file() else None,
            "cells": [{"task": task, "agent": agent, "planned": count, "finished": finished.get((task, agent), 0),
                       "failed": failed.get((task, agent), 0)} for (task, agent), count in planned.items()],
            "failures": [{"task": f.task, "agent": f.agent, "seed": f.seed, "error": f.error} for f in sweep.failures]}


def is_running(folder) -> bool:
    """Whether a sweep is writing to the folder now: it holds the lock."""
    import fcntl

    try:
        with open(folder / ".lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _draw(sweep, facts):
    from .console import heading, item, labelled, page, table
    from .sweep import alike

    console = page()
    heading(console, facts["folder"], f"sweep {facts['name']!r}, begun {facts['created'][:16].replace('T', ' ')} UTC")
    left = facts["planned"] - facts["finished"] - facts["failed"]
    budgets = {str(sweep.budget(t.label)) for t in sweep.tasks}
    labelled(console, [
        ("Runs", f"{facts['finished']:,} of {facts['planned']:,} finished"
         + (f", {facts['failed']:,} failed" if facts["failed"] else "") + (f", {left:,} to do" if left else "")),
        ("Budget", budgets.pop() if len(budgets) == 1 else "differs by task"),
        ("State", "a sweep is writing here now" if facts["running"] else
         "complete" if not left and not facts["failed"] else "stopped"),
        ("Report", facts["report"] or f"none yet; 'archgym report {facts['folder']}' writes it"),
    ])
    console.print()
    any_failed = [("failed", "right")] if facts["failed"] else []
    table(console, ["task", "agent", ("finished", "right"), *any_failed],
          [(c["task"], c["agent"], f"{c['finished']}/{c['planned']}", *([c["failed"] or ""] if any_failed else []))
           for c in facts["cells"]])
    if sweep.failures:
        console.print()
        heading(console, "Failures", f"tracebacks in {sweep.folder / 'failed'}")
        for line in alike(sweep.failures):
            item(console, line)
    if (left or facts["failed"]) and not facts["running"]:
        console.print()
        console.print("To go on, give the sweep's command again: " + " ".join(sweep.manifest.get("command", ())),
                      markup=False)
