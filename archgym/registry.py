"""Names -> tasks, spaces, agents. Collections are found through entry points; a module is imported when asked for.

A collection is a package named by an entry point of the group `archgym.tasks`, `archgym.spaces` or `archgym.agents`.
Adding to it is adding a file: an agent's name is its file's name; a task or a space is a function or class under
`@task("Name-v0")` or `@space("name")` at the start of a line. Those lines are read from the source, so that listing a
hundred tasks imports none of them. `module:Name` and `path/to/file.py:Name` name what no collection holds.
"""

import importlib
import importlib.util
import inspect
import re
import sys
import typing
from functools import cache
from pathlib import Path

from .errors import ArchGymError, UnknownName, unknown

_MARK = re.compile(r'^@(task|space)\("([^"]+)"\)', re.MULTILINE)


def _decorator(kind):
    def mark(name):
        def keep(thing):
            thing._registered = name
            thing._kind = kind
            return thing

        return keep

    return mark


register_task = _decorator("task")
register_space = _decorator("space")


@cache
def collections(kind: str) -> tuple[str, ...]:
    """Package names of a kind ("tasks", "spaces", "agents", "experiments"), sorted."""
    from importlib.metadata import entry_points  # as dear to import as all of this package

    return tuple(sorted({point.value for point in entry_points(group=f"archgym.{kind}")} | {_own(kind)}))


def _own(kind):
    # A checkout that nobody installed has no entry points: its own collections are there all the same.
    return {"tasks": "archgym.envs"}.get(kind, f"archgym.{kind}")


@cache
def modules(kind: str) -> dict[str, str]:
    """Module name -> source file of all modules in the collections of a kind, none of them imported but packages."""
    found = {}
    for package in collections(kind):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            continue
        for folder in spec.submodule_search_locations:
            for path in sorted(Path(folder).rglob("*.py")):
                parts = path.relative_to(folder).with_suffix("").parts
                if not any(part.startswith("_") for part in parts):
                    found[".".join((package, *parts))] = str(path)
    return found


@cache
def marked(kind: str) -> dict[str, str]:
    """Registered name -> module, for "tasks" and "spaces", read from the sources."""
    found = {}
    for module, path in modules(kind).items():
        for what, name in _MARK.findall(Path(path).read_text(encoding="utf-8")):
            if what + "s" == kind:
                if name in found:
                    raise ArchGymError(f"two modules register the {what} {name!r}: {found[name]} and {module}")
                found[name] = module
    return dict(sorted(found.items()))


@cache
def agents() -> dict[str, str]:
    """Agent name -> module."""
    return dict(sorted((module.rsplit(".", 1)[1].replace("_", "-"), module) for module in modules("agents")))


def name_of_class(cls: type) -> str:
    """How an agent's class is named: its collection's name, else `file.py:Class` or `module:Class`.

    A file goes by its own name, wherever it lies: moving a folder changes no run.
    """
    name = _name_of_module(cls.__module__)
    if name:
        return name
    module = sys.modules.get(cls.__module__)
    return f"{getattr(module, '_archgym_file', cls.__module__)}:{cls.__qualname__}"


@cache
def _name_of_module(module):
    return next((name for name, path in agents().items() if path == module), None)


def task_names() -> list[str]:
    """Tasks of the collections, the tables that the user imported, and the surrogates that the user fitted."""
    return sorted({*marked("tasks"), *imported_tables(), *surrogates()})


def imported_tables() -> list[str]:
    from .tables.folder import TABLES

    return TABLES.names()


def surrogates() -> list[str]:
    from .surrogate.folder import SURROGATES

    return SURROGATES.names()


def space_names() -> list[str]:
    return list(marked("spaces"))


def agent_names() -> list[str]:
    return list(agents())


def task_factory(name: str):
    """The function that opens a task of this name."""
    if name not in marked("tasks") and name in imported_tables():
        from .tables.task import factory

        return factory(name)
    if name not in marked("tasks") and name in surrogates():
        from .surrogate.task import factory

        return factory(name)
    return _factory("task", name)


def _factory(kind, name):
    if ":" in name:
        return from_text(name, kind)
    known = marked(kind + "s")
    if name not in known:
        raise unknown(kind, name, task_names() if kind == "task" else known, f"'archgym list {kind}s' shows all.")
    module = _import(known[name], f"{kind} {name!r}")
    for thing in vars(module).values():
        if getattr(thing, "_kind", None) == kind and vars(thing).get("_registered") == name:
            return thing
    raise ArchGymError(f"module {known[name]} names {kind} {name!r} but does not define it")


def task(name: str | None = None, *, space=None, evaluate=None, **options):
    """Open a task by name, with its options; or make one: `archgym.task(space=..., evaluate=function, name="mine")`."""
    if name is not None and evaluate is None and isinstance(space, str):  # a task's own option of that name
        options, space = {"space": space, **options}, None
    if name is None or space is not None or evaluate is not None:
        from .task import function_task

        if space is None or evaluate is None:
            raise ArchGymError("archgym.task takes a name ('archgym list tasks' shows all), or space= and evaluate=")
        return _called(function_task, {"space": space, "evaluate": evaluate, "name": name or "function", **options},
                       "option of archgym.task:")
    if not isinstance(name, str):
        raise ArchGymError(f"archgym.task takes a name, got {name!r}")
    opened = _called(task_factory(name), options, f"option of task {name}:")
    from .task import Task

    if not isinstance(opened, Task):
        raise ArchGymError(f"{name!r} gives {opened!r}, not a Task")
    return opened


def space(name: str, **options):
    """A search space by name."""
    from .space import Space

    made = _called(_factory("space", name), options, f"option of space {name}:")
    if not isinstance(made, Space):
        raise ArchGymError(f"{name!r} gives {made!r}, not a Space")
    return made


def agent_class(name: "str | type"):
    """The class of an agent by name, `name:variant`, `module:Class`, `file.py:Class` or `file.py` of one agent."""
    from .agent import Agent

    if isinstance(name, type):
        found = name
    elif variant := variant_of(name):
        found = variant[0]
    elif ":" in name or name.endswith(".py"):
        found = from_text(name, "agent")
    else:
        known = agents()
        if name not in known:
            raise unknown("agent", name, known, f"'archgym list agents' shows all {len(known)}.")
        found = _only_agent(_import(known[name], f"agent {name!r}"), name)
    if not (isinstance(found, type) and issubclass(found, Agent)):
        raise ArchGymError(f"{name!r} is {found!r}, not a subclass of archgym.Agent")
    return found


def agent(name: "str | type", **hyperparameters):
    """An agent by name with these hyper-parameters; the others keep their published defaults.

    `name:variant` gives one of the many that an agent stands for: `optuna:TPESampler`.
    """
    from .agent import configured

    cls = agent_class(name)
    if isinstance(name, str) and (variant := variant_of(name)):
        if cls.variant in hyperparameters:
            raise ArchGymError(f"agent {name!r}: {cls.variant} is in the name, and given as "
                               f"{hyperparameters[cls.variant]!r} too; give it once")
        hyperparameters = {cls.variant: variant[1], **hyperparameters}
    return configured(cls, hyperparameters)


def variant_of(name):
    """(class, variant) of `agent:variant`, where a collection's agent stands for many; None otherwise."""
    base, colon, variant = name.partition(":")
    if not colon or base not in agents():
        return None
    cls = _only_agent(_import(agents()[base], f"agent {name!r}"), base)
    return (cls, variant) if cls.variant else None


def _only_agent(module, name):
    from .agent import Agent

    found = [thing for thing in vars(module).values()
             if isinstance(thing, type) and issubclass(thing, Agent) and thing.__module__ == module.__name__
             and not inspect.isabstract(thing)]
    if len(found) != 1:
        raise ArchGymError(f"{name}: expected one agent class in {module.__name__}, found "
                           f"{', '.join(t.__name__ for t in found) or 'none'}; name one as module:Class")
    return found[0]


def from_text(text: str, kind: str):
    """What `module:Name` or `path/to/file.py:Name` names."""
    place, _, name = text.partition(":")
    if place.endswith(".py"):
        path = Path(place).resolve()
        if not path.is_file():
            raise ArchGymError(f"{kind} {text!r}: no file {place}")
        try:
            module = _load_file(str(path))
        except ModuleNotFoundError as why:
            raise _lacks(f"{kind} {text!r}", why) from None
    else:
        module = _import(place, f"{kind} {text!r}")
    if not name:
        return _only_agent(module, text)
    if not hasattr(module, name):
        known = [n for n in vars(module) if not n.startswith("_")]
        raise unknown(f"name in {place}:", name, known, "")
    return getattr(module, name)


def _load_file(path):
    # One module a file, so that classes keep their identity; sys.modules makes them picklable and inspectable.
    name = "archgym_file_" + re.sub(r"\W", "_", path)
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        module._archgym_file = Path(path).name
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name]


def _import(module, what):
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as why:
        if why.name and (module == why.name or module.startswith(why.name + ".")):
            raise UnknownName(f"{what}: no module {why.name!r}; is it installed, or on PYTHONPATH?") from None
        raise _lacks(what, why) from None


def needed(module: str, what: str, extra: str | None = None):
    """Import a library that `what` needs; ArchGymError with the remedy where it is not installed.

    extra: the extra of archgym that brings it, for a library that several do.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as why:
        package = (why.name or module).split(".")[0]
        raise ArchGymError(f"{what} needs the package {package!r}, which is not installed"
                           + (_remedy(package, extra) or f": pip install {package}")) from None


def _lacks(what, why):
    return ArchGymError(f"{what} needs the package {why.name!r}, which is not installed{_remedy(why.name or '')}")


_EXTRAS = {"torch": "bo", "botorch": "bo", "gpytorch": "bo", "stable_baselines3": "rl", "sb3_contrib": "rl",
           "mnist1d": "train", "onnx": "train", "onnxscript": "train", "numba": "hw", "zigzag": "hw", "ray": "ray"}


def _remedy(package, extra=None):
    extra = extra or _EXTRAS.get(package.split(".")[0])
    return f": pip install 'archgym[{extra}]'" if extra else ""


def _called(factory, options, what):
    """Call a factory with options checked against its signature: names, and the values of Literal annotations."""
    parameters = {n: p for n, p in inspect.signature(factory).parameters.items() if n != "self"}
    hints = typing.get_type_hints(factory if inspect.isfunction(factory) else getattr(factory, "__init__", factory))
    for name, value in options.items():
        if name not in parameters and not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            raise unknown(what.rstrip(":"), name, parameters,
                          None if parameters else "It takes none.")
        allowed = typing.get_args(hints.get(name)) if typing.get_origin(hints.get(name)) is typing.Literal else ()
        if allowed and value not in allowed:
            raise unknown(f"{what} {name} =", value, allowed)
    if missing := [n for n, p in parameters.items() if n not in options and p.default is p.empty
                   and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]:
        raise ArchGymError(f"{what} {missing[0]!r} has no default and was not given")
    return factory(**options)
