"""`archgym list`: what there is, one line each."""

from typing import Annotated

import typer

from archgym.errors import unknown

from .values import Json, as_json


def command(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", show_default=False, help=(
        "tasks, agents, spaces or experiments; all where none is named."))] = None,
    json: Json = False,
):
    """List tasks, agents, spaces and experiments.

    Yours and those of other packages are listed beside the built-in ones.

    \b
    archgym list
    archgym list agents
    archgym list tasks --json
    """
    from .summaries import KINDS, listed

    if kind and kind not in KINDS:
        named = {plural[:-1]: plural for plural in KINDS}
        if kind not in named:
            raise unknown("kind", kind, KINDS)
        kind = named[kind]
    found = {plural: listed(plural) for plural in ([kind] if kind else KINDS)}
    if json:
        print(as_json([entry for entries in found.values() for entry in entries]))
        return
    _show(found, kind)


HINTS = {"tasks": "archgym show TASK", "agents": "archgym show AGENT", "spaces": "archgym show SPACE",
         "experiments": "archgym sweep NAME"}


def _show(found, kind):
    from .console import heading, labelled, page

    console = page()
    for i, (plural, entries) in enumerate(found.items()):
        if not kind:
            if i:
                console.print()
            heading(console, f"{plural.capitalize()} ({len(entries)})", HINTS[plural])
        labelled(console, [(("  " if not kind else "") + entry["name"], entry["summary"] or "-") for entry in entries])
        if kind and not entries:
            console.print(f"There are no {plural}.")
