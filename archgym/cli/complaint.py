"""What the command line says when something goes wrong: `archgym: message` on stderr, and an exit status.

2: something the user wrote is wrong. 1: an agent, an evaluator, a worker or the disk failed. 130: interrupted.
"""

import os
import shutil
import sys
import textwrap
import traceback
import warnings

PREFIX = "archgym: "
INTERRUPTED = "interrupted"


class Stopped(Exception):
    """Work that was interrupted, with what to tell about it."""


def complain(error: Exception, debug: bool) -> int:
    """Tell an error to stderr; returns the exit status."""
    if debug and not hasattr(error, "format_message"):
        traceback.print_exception(error)
    message, status = described(error)
    say(message)
    return status


def described(error) -> tuple[str, int]:
    from archgym.bench import EvaluatorError
    from archgym.errors import AgentError, ArchGymError

    if isinstance(error, Stopped):
        return str(error), 130
    if isinstance(error, EvaluatorError):
        return f"{error}\n{_how_to_debug()}", 1
    if isinstance(error, (AgentError, AssertionError)) and isinstance(error, ArchGymError):
        return str(error), 1  # an agent, or a check, that failed
    if isinstance(error, ArchGymError):
        return str(error), 2
    if hasattr(error, "format_message"):  # typer's usage errors
        return _usage(error), 2
    if isinstance(error, OSError) and error.strerror:
        return (f"{error.filename}: " if error.filename else "") + error.strerror, 1
    if type(error).__name__ == "Abort":
        return INTERRUPTED, 130
    return f"{type(error).__name__}: {error}{_place(error)}\n{_how_to_debug()}", 1


def _usage(error):
    message = " ".join(error.format_message().split())
    context = getattr(error, "ctx", None)
    return message + (f"\n'{context.command_path} --help' shows how to use it." if context else "")


def _place(error):
    """Where it broke: the innermost frame outside archgym's framework and what is installed, else the innermost."""
    if isinstance(error, SyntaxError):  # its text says the file and the line
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    foreign = [f for f in frames if not f.filename.startswith(here) and "site-packages" not in f.filename
               and not f.filename.startswith((sys.base_prefix, "<"))]
    at = (foreign or frames or [None])[-1]
    return f" ({_near(at.filename)}, line {at.lineno}, in {at.name})" if at else ""


def _near(path):
    """A path as one would type it here."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here)


def _how_to_debug():
    return "Add --debug to see the traceback."


def say(message: str) -> None:
    """`archgym: message` on stderr, later lines indented below it; wrapped where a person reads."""
    lines = message.split("\n")
    if sys.stderr.isatty():
        width = max(shutil.get_terminal_size().columns - 1, 40)
        lines = [part for line in lines
                 for part in textwrap.wrap(line, width - len(PREFIX), break_long_words=False, break_on_hyphens=False)]
    print(PREFIX + ("\n" + " " * len(PREFIX)).join(lines), file=sys.stderr)


def tell_warnings() -> None:
    """Warnings as one line of the same shape, not as Python prints them."""

    def show(message, category, filename, lineno, file=None, line=None):
        say(f"warning: {message}")

    warnings.showwarning = show
