"""`archgym show`: all there is to know about a task, an agent or a space."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

from .values import Json, TaskOptions, as_json, named_task, open_task


def command(
    name: Annotated[str, typer.Argument(metavar="TASK|AGENT|SPACE", show_default=False, help=(
        "A name ('archgym list' shows all), module:Name or file.py:Name."))],
    task_option: TaskOptions = None,
    draw: Annotated[str | None, typer.Option("--draw", metavar="FILE", show_default=False, help=(
        "Draw a design of the space, or how it fares in the task, into FILE.svg, FILE.png or FILE.pdf."))] = None,
    design: Annotated[str | None, typer.Option("--design", metavar="DESIGN", show_default=False, help=(
        "Which design of a space to show or draw: as text, as choice=option,..., or as a genome."))] = None,
    seed: Annotated[int | None, typer.Option("--seed", show_default=False, help=(
        "Which random design, where none is given; 0 where this is not given either."))] = None,
    json: Json = False,
):
    """Show a task, an agent or a space.

    \b
    A task:   its options, size, objective, optimum, what random search reaches, licence
    An agent: what it is, its hyper-parameters with defaults and ranges, its paper
    A space:  its choices, its size, its law, a random design

    With --draw, the picture of a design is written instead.

    \b
    archgym show NASBench201-v0 -t dataset=cifar100
    archgym show regularized-evolution
    archgym show my_agent.py:MyAgent
    archgym show DARTS --draw cells.svg --seed 3
    """
    kind, bare = _kind(name)
    if task_option and kind != "task":
        raise ArchGymError(f"-t sets options of a task, and {bare} is {_a(kind)}")
    if draw is not None:
        facts = _draw(name if kind == "task" else bare, kind, task_option, draw, design, seed)
        print(as_json(facts) if json else f"{facts['drawing']}: {facts['text']}")
        return
    if kind != "space" and (design, seed) != (None, None):
        raise ArchGymError(f"--design and --seed name a design of a space, and {bare} is {_a(kind)}"
                           + ("; add --draw FILE to draw it, or use 'archgym measure'" if kind == "task" else ""))
    shown = _page(name if kind == "task" else bare, kind, task_option, design, seed)
    if json:
        print(as_json({"kind": kind} | shown.facts))
    else:
        from .console import page

        shown.draw(page())


def _draw(name, kind, options, file, design, seed):
    from .. import registry
    from ..drawing.paint import write
    from .show_space import chosen

    if kind == "agent":
        raise ArchGymError(f"--draw draws a design of a space or a task, and {name} is an agent")
    task = open_task(name, options) if kind == "task" else None
    space = task.space if task else registry.space(name)
    genome = chosen(space, design, seed)
    drawing = (task.evaluator.drawing(space.decode(genome)) if task else None) or space.drawing_of(genome)
    return {"drawing": str(write(drawing, file)), "genome": space.genome_text(genome), "text": space.text_of(genome)}


def _a(kind):
    return f"an {kind}" if kind == "agent" else f"a {kind}"


def _kind(text):
    """(task, agent or space; the name without options)"""
    from .. import registry

    name, _ = named_task(text)
    if registry.variant_of(name):
        kind = "agent"
    elif ":" in name or name.endswith(".py"):
        kind = _kind_of_thing(name)
    else:
        known = {kind: names() for kind, names in (("task", registry.task_names), ("agent", registry.agent_names),
                                                   ("space", registry.space_names))}
        kind = next((kind for kind, names in known.items() if name in names), None)
        if kind is None:
            raise unknown("task, agent or space", name, [n for names in known.values() for n in names],
                          "'archgym list' shows all.")
    return kind, name


def _page(name, kind, options, design, seed):
    if kind == "task":
        from .show_task import TaskPage

        return TaskPage(name, options)
    if kind == "agent":
        from .show_agent import AgentPage

        return AgentPage(name)
    from .show_space import SpacePage

    return SpacePage(name, design, seed)


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
