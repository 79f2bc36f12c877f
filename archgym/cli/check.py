"""`archgym check`: the conformance kit, on what somebody wrote."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

from .values import TaskOptions, named_task, open_task


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False, help=(
        "An agent, a task, a space or an evaluator: file.py:Name, module:Name, or a name of 'archgym list'."))],
    task_option: TaskOptions = None,
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
        found = _checked(name, task_option)
    _draw(found)


def _checked(text, options):
    from .. import registry, testing

    name, _ = named_task(text)
    if ":" in name or name.endswith(".py"):
        return _checked_thing(name, text, options)
    if name in registry.task_names():
        return testing.check_task(open_task(text, options))
    if options:
        raise ArchGymError(f"-t sets options of a task, and there is no task {name!r}")
    if name in registry.agent_names():
        return testing.check_agent(registry.agent_class(name))
    if name in registry.space_names():
        return testing.check_space(registry.space(name))
    raise unknown("task, agent or space", name, [*registry.task_names(), *registry.agent_names(),
                                                 *registry.space_names()], "'archgym list' shows all.")


def _checked_thing(name, text, options):
    """What a module or a file holds: a class, or a function that makes a task."""
    from .. import Agent, Evaluator, Space, registry, testing

    thing = registry.agent_class(name) if ":" not in name else registry.from_text(name, "thing")
    for kind, check in ((Agent, testing.check_agent), (Space, testing.check_space), (Evaluator, testing.check_evaluator)):
        if isinstance(thing, type) and issubclass(thing, kind):
            if options:
                raise ArchGymError(f"-t sets options of a task, and {name} is none")
            return check(thing if kind is Agent else thing())
    return testing.check_task(open_task(text, options))


def _draw(found):
    from .console import heading, labelled, page

    console = page()
    heading(console, found.subject)
    labelled(console, [*(("ok", promise) for promise in found.kept),
                       *(("not tried", f"{promise}: {why}") for promise, why in found.untried)], style="green")
    count = len(found.kept)
    console.print(f"All {count} promises are kept." if not found.untried else
                  f"{count} promises are kept; {len(found.untried)} could not be tried here.")
