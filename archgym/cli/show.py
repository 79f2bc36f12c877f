"""`archgym show`: all there is to know about a task, an agent or a space."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

from .values import Json, TaskOptions, as_json, named_task


def command(
    name: Annotated[str, typer.Argument(metavar="TASK|AGENT|SPACE", show_default=False, help=(
        "A name ('archgym list' shows all), module:Name or file.py:Name."))],
    task_option: TaskOptions = None,
    json: Json = False,
):
    """Show a task, an agent or a space.

    \b
    A task:   its options, size, objective, optimum, what random search reaches, licence
    An agent: what it is, its hyper-parameters with defaults and ranges, its paper
    A space:  its choices, its size, its law, a random design

    \b
    archgym show NASBench201-v0 -t dataset=cifar100
    archgym show regularized-evolution
    archgym show my_agent.py:MyAgent
    """
    kind, shown = _facts(name, task_option)
    if json:
        print(as_json({"kind": kind} | shown.facts))
    else:
        from .console import page

        shown.draw(page())


def _facts(text, options):
    from .. import registry

    name, _ = named_task(text)
    if ":" in name or name.endswith(".py"):
        kind = _kind_of_thing(name)
    else:
        known = {kind: names() for kind, names in (("task", registry.task_names), ("agent", registry.agent_names),
                                                   ("space", registry.space_names))}
        kind = next((kind for kind, names in known.items() if name in names), None)
        if kind is None:
            raise unknown("task, agent or space", name, [n for names in known.values() for n in names],
                          "'archgym list' shows all.")
    if options and kind != "task":
        raise ArchGymError(f"-t sets options of a task, and {name} is {'an' if kind == 'agent' else 'a'} {kind}")
    if kind == "task":
        from .show_task import TaskPage

        return kind, TaskPage(text, options)
    if kind == "agent":
        from .show_agent import AgentPage

        return kind, AgentPage(name)
    from .show_space import SpacePage

    return kind, SpacePage(name)


def _kind_of_thing(name):
    """What module:Name or file.py:Name is."""
    from .. import Agent, Space, registry

    if ":" not in name:
        return "agent"
    thing = registry.from_text(name, "thing")
    if isinstance(thing, type) and issubclass(thing, Agent):
        return "agent"
    if isinstance(thing, type) and issubclass(thing, Space):
        return "space"
    if callable(thing):
        return getattr(thing, "_kind", "task")
    raise ArchGymError(f"{name} is {thing!r}; expected an agent, a space, or a function that makes a task")
