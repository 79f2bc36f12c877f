"""`archgym`: the group of commands, its help, and the way from an error to an exit status."""

import re
import sys
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from . import (
    baseline,
    card,
    check,
    data,
    export,
    list,
    lottery,
    measure,
    motifs,
    new,
    report,
    reproduce,
    run,
    show,
    status,
    surrogate,
    sweep,
    verify,
)
from .complaint import INTERRUPTED, complain, say, tell_warnings

SECTIONS = {
    "Look around": ("list", "show"),
    "Try": ("run", "baseline", "card", "measure", "motifs", "export"),
    "Compare agents": ("sweep", "lottery", "reproduce", "status", "report", "verify"),
    "Add your own": ("new", "check", "data", "surrogate"),
}
COMMANDS = {"list": list, "show": show, "run": run, "baseline": baseline, "card": card, "measure": measure,
            "motifs": motifs, "export": export,
            "sweep": sweep, "lottery": lottery, "reproduce": reproduce, "status": status, "report": report, "verify": verify,
            "new": new, "check": check, "data": data,
            "surrogate": surrogate}


class Commands(TyperGroup):
    """The group: commands under headings, `--debug` anywhere, and our own words for errors."""

    def main(self, args=None, prog_name=None, complete_var=None, standalone_mode=True, **extra):
        args = [*(sys.argv[1:] if args is None else args)]
        debug = "--debug" in args
        tell_warnings()
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")  # a terminal without ± is no reason to stop
        try:
            status = super().main([a for a in args if a != "--debug"], "archgym", complete_var, False, **extra)
            if status == 130:  # how typer returns from a KeyboardInterrupt
                say(INTERRUPTED)
        except Exception as error:
            status = complain(error, debug)
        sys.exit(status or 0)

    def format_commands(self, ctx, formatter):
        for heading, names in SECTIONS.items():
            with formatter.section(heading):
                formatter.write_dl([(name.ljust(9), self.commands[name].get_short_help_str(90)) for name in names])


class Command(TyperCommand):
    """A command whose help shows `TASK` where typer's shows `{TASK}`, `TASK <str>` and `[required]`."""

    def collect_usage_pieces(self, ctx):
        return [re.sub("[{}]", "", piece) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx, formatter):
        rows = {"argument": [], "option": []}
        for param in self.get_params(ctx):
            if record := param.get_help_record(ctx):
                rows[param.param_type_name].append(tuple(_NOISE.sub("", cell).replace("<int>", "N") for cell in record))
        for kind in rows:
            if rows[kind]:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(rows[kind])


_NOISE = re.compile(r" <str>| <list\[str\]>|  \[required\]")


def _version(wanted: bool):
    if wanted:
        import archgym

        print(f"archgym {archgym.__version__}")
        raise typer.Exit()


def _help(context: typer.Context, wanted: bool):
    if wanted:
        print(context.get_help())
        raise typer.Exit()


def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                          help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks; goes anywhere in the line.")] = False,
    help: Annotated[bool, typer.Option("--help", "-h", callback=_help, is_eager=True,
                                       help="Show this message and exit.")] = False,
):
    """Compare black-box search strategies on architecture design.

    An agent proposes designs, a task measures them, a sweep compares agents on tasks under one budget and writes a
    report.

    \b
    Start here:
      archgym list                             what there is
      archgym show NASBench201-v0              one task
      archgym run NASBench201-v0 local-search  one run
      archgym sweep quickstart                 a comparison
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


# Plain help: drawing it with rich takes longer than all of the rest. Our own --help: typer's loads pydantic.
app = typer.Typer(cls=Commands, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False,
                  add_help_option=False,
                  context_settings={"max_content_width": 100, "help_option_names": ["--help", "-h"]})
app.callback(invoke_without_command=True)(start)
for _name, _module in COMMANDS.items():
    if hasattr(_module, "COMMANDS"):  # a group of commands
        _group = typer.Typer(rich_markup_mode=None, add_completion=False)
        _group.callback(invoke_without_command=True)(_module.command)
        for _inner, _command in _module.COMMANDS.items():
            _group.command(_inner, cls=Command)(_command)
        app.add_typer(_group, name=_name)
    else:
        app.command(_name, cls=Command)(_module.command)
