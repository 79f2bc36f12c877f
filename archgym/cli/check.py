"""`archgym check`: the conformance kit, on what somebody wrote."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

from .values import TaskOptions, named_task, open_task


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=(
        "An agent, a task, a space or an evaluator: file.py:Name, module:Name, or a name of 'archgym list'."))],
    task_option: TaskOptions = None,
    space: Annotated[str | None, typer.Option("--space", metavar="SPACE", show_default=False, help=(
        "The space whose designs an evaluator measures."))] = None,
):
    """Check that an agent, a task, a space or an evaluator is sound.

    Prints each promise of its contract that is kept, or the first that is broken and how. The same checks run in
    tests: archgym.testing.check_agent, check_task, check_space, check_evaluator.

    \b
    archgym check my_agent.py:MyAgent
    archgym check my_task.py:my_task
    archgym check NASBench201-v0 -t noise=mean
    """
    from .progress import waiting

    with waiting(f"checking {name}"):
        found = _checked(name, task_option, space)
    _draw(found)


def _checked(text, options, space):
    from .. import Agent, Evaluator, Space, registry, testing

    name, _ = named_task(text)
    kind, thing = _named(name)
    if options and kind != "task":
        raise ArchGymError(f"-t sets options of a task, and {name} is none")
    if kind == "agent" or isinstance(thing, type) and issubclass(thing, Agent):
        return testing.check_agent(registry.agent_class(name))
    if kind == "space" or isinstance(thing, type) and issubclass(thing, Space):
        return testing.check_space(registry.space(name))
    if isinstance(thing, Evaluator) or isinstance(thing, type) and issubclass(thing, Evaluator):
        if space is None:
            raise ArchGymError(f"{name} is an evaluator; name the space that it measures with --space, "
                               "or check a task, which has both")
        return testing.check_evaluator(thing() if isinstance(thing, type) else thing, registry.space(space))
    return testing.check_task(open_task(text, options))


def _named(name):
    """(kind, None) of a listed name; ("task" or "", thing) of what a module or a file holds."""
    from .. import registry

    if name.endswith(".py"):
        return "agent", None
    if ":" in name:
        thing = registry.from_text(name, "thing")
        return ("" if isinstance(thing, type) else "task"), thing
    listed = {"task": registry.task_names(), "agent": registry.agent_names(), "space": registry.space_names()}
    for kind, names in listed.items():
        if name in names:
            return kind, None
    raise unknown("task, agent or space", name, [n for names in listed.values() for n in names],
                  "'archgym list' shows all.")


def _draw(found):
    from .console import heading, labelled, page

    console = page()
    heading(console, found.subject)
    parts = {}
    for word, text in (*(("ok", promise) for promise in found.kept),
                       *(("untried", f"{promise} ({why})") for promise, why in found.untried)):
        part, colon, rest = text.partition(": ") if text.startswith(("space ", "evaluator ")) else ("", "", text)
        parts.setdefault(part, []).append((f"  {word}", rest))
    for part, lines in parts.items():
        if part:
            heading(console, f"its {part}")
        labelled(console, lines, style="green")
    console.print()
    console.print(f"{len(found.kept)} promises kept" + (
        f", {len(found.untried)} could not be tried here" if found.untried else "") + ", none broken.")
