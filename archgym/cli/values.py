"""What people write on the command line: `name=value`, tasks with options, designs."""

import json
import re
from typing import Annotated

import typer

from archgym.errors import ArchGymError

Task = Annotated[str, typer.Argument(metavar="TASK", show_default=False, help=(
    "A task's name ('archgym list tasks' shows all), 'Name(option=value)', module:Name or file.py:Name."))]
TaskOptions = Annotated[list[str] | None, typer.Option(
    "--task-option", "-t", metavar="NAME=VALUE", show_default=False,
    help="An option of the task, such as dataset=cifar100; again for another.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


def scalar(text: str):
    """A value as YAML writes it: 10, 0.1, 1e-3, true, null, [1, 2], "text"; anything else is text."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if text in ("null", "~", ""):
        return None
    if text[0] in "[{\"'":
        import yaml

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError:
            raise ArchGymError(f"{text!r} is no value; a bracket or a quote must be closed") from None
    return text


def assignments(texts, flag: str) -> dict:
    """{name: value} from `name=value` texts that were given with a flag."""
    found = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals or not name.isidentifier():
            raise ArchGymError(f"{flag} {text}: expected {flag} name=value, such as {flag} "
                               + ("dataset=cifar100" if flag == "-t" else "population=50"))
        if name in found:
            raise ArchGymError(f"{flag} {text}: {name} is given twice; it is {found[name]!r} already")
        try:
            found[name] = scalar(value.strip())
        except ArchGymError as why:
            raise ArchGymError(f"{flag} {name}={value}: {why}") from None
    return found


def named_task(text: str, options=None) -> tuple[str, dict]:
    """(name, options) of a task written as `Name` or as reports write it, `Name(option=value,...)`; -t goes first."""
    given = assignments(options, "-t")
    match = re.fullmatch(r"([^()]+)\((.*)\)", text.strip(), re.DOTALL)
    if not match:
        return text.strip(), given
    inside = [part for part in match[2].split(",") if part.strip()]
    return match[1], assignments(inside, "-t") | given


def open_task(text: str, options=None):
    import archgym

    from .. import registry

    name, given = named_task(text, options)
    if ":" in name and not callable(thing := registry.from_text(name, "task")):
        raise ArchGymError(f"{name} is {thing!r}; name a function that makes a task")
    if name.endswith(".py"):
        raise ArchGymError(f"{name}: which task of that file? Write {name}:NAME, NAME being the function that makes it")
    return archgym.task(name, **given)


def genome_of(space, text: str) -> tuple[int, ...]:
    """The genome of a design written as a genome `3-0-1`, as `choice=option,...`, or as the space's own text."""
    text = text.strip()
    if re.fullmatch(r"\d+(-\d+)*", text):
        return space.clean(space.trace(tuple(int(pick) for pick in text.split("-"))))
    if re.match(r"[^{}|+=\s]+\s*=", text):
        pairs = re.split(r",\s*(?=[^,=]+=)", text)
        return space.encode(space.design(dict(_pair(pair) for pair in pairs)))
    try:
        return space.encode(space.parse(text))
    except ArchGymError as why:
        example = space.sample(_fixed())
        raise ArchGymError(f"{why}\nA design is written as text, as choice=option,choice=option,... or as a genome "
                           f"such as {space.genome_text(example)}.") from None


def _pair(text):
    choice, equals, option = text.partition("=")
    if not equals:
        raise ArchGymError(f"{text!r}: expected choice=option")
    return choice.strip(), option.strip()


def _fixed():
    from archgym.streams import uniform

    return uniform(0)


def as_json(data) -> str:
    """JSON text; numpy's numbers become plain, what is not finite becomes null."""
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, default=str)


def _plain(data):
    if isinstance(data, dict):
        return {str(k): _plain(v) for k, v in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(v) for v in data]
    if hasattr(data, "tolist"):
        return _plain(data.tolist())
    if isinstance(data, float) and (data != data or data in (float("inf"), float("-inf"))):
        return None
    return data
