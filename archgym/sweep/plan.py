"""A sweep's plan: tasks × agents × seeds under a budget, read from YAML and checked before anything runs."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import registry
from ..agent import Agent, documented
from ..budget import Budget
from ..errors import ArchGymError, unknown
from ..run import checked_seed, identity, run_id
from ..task import Task
from .builtin import builtin


@dataclass
class TaskEntry:
    label: str
    name: str
    options: dict[str, Any]
    budget: Budget

    @cached_property
    def task(self) -> Task:
        return registry.task(self.name, **self.options)


@dataclass
class AgentEntry:
    label: str
    name: str
    options: dict[str, Any]

    @cached_property
    def agent(self) -> Agent:
        return registry.agent(self.name, **self.options)

    @property
    def hyperparameters(self) -> dict[str, tuple]:
        """name -> (value, default, documentation)."""
        return {h.name: (getattr(self.agent, h.name), h.default, h.doc) for h in documented(type(self.agent))}


@dataclass
class Plan:
    name: str
    tasks: list[TaskEntry]
    agents: list[AgentEntry]
    seeds: list[int]
    duplicates: str = "charge"
    cells: list[tuple[str, TaskEntry, AgentEntry, int, dict]] = field(init=False, repr=False)
    """(run id, task, agent, seed, identity), seed by seed, so that an unfinished sweep is a balanced one."""

    def __post_init__(self):
        once = {(t.label, a.label): identity(t.task, a.agent, t.budget, 0, self.duplicates)
                for t in self.tasks for a in self.agents}
        self.cells = []
        for seed in self.seeds:
            for t in self.tasks:
                for a in self.agents:
                    who = once[t.label, a.label] | {"seed": seed}
                    self.cells.append((run_id(who), t, a, seed, who))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Budget(_Strict):
    evaluations: float | None = None
    cost: float | None = None
    wall_seconds: float | None = None
    fidelity_units: float | None = None
    overshoot: str = "refuse"


class _Task(_Strict):
    name: str
    options: dict[str, Any] = {}
    label: str | None = None
    budget: _Budget | None = None


class _Agent(_Strict):
    name: str
    options: dict[str, Any] = {}
    label: str | None = None


class _Plan(_Strict):
    tasks: list[str | _Task] = Field(min_length=1)
    agents: list[str | _Agent] = Field(min_length=1)
    seeds: int | list[Any] = 10
    budget: _Budget = _Budget(evaluations=300)
    duplicates: str = "charge"


_KEYS = {"": _Plan, "tasks": _Task, "agents": _Agent, "budget": _Budget}


def read(source: "str | Path") -> Plan:
    """The plan of a YAML file, or of a built-in sweep by name."""
    path = Path(source)
    if not path.is_file():
        known = builtin()
        if str(source) not in known:
            if path.suffix in (".yaml", ".yml") or "/" in str(source):
                raise ArchGymError(f"no file {source}; 'archgym new sweep NAME' writes one to start from")
            raise unknown("sweep", str(source), known, "'archgym list experiments' shows all; or give a YAML file.")
        path = known[str(source)]
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as why:
        raise ArchGymError(f"{path.name} is not YAML: {why}") from None
    if not isinstance(content, dict):
        raise ArchGymError(f"{path.name}: expected keys {', '.join(_Plan.model_fields)}, got {type(content).__name__}")
    return from_dict(content, path.name, folder=path.parent)


def from_dict(content: dict, name: str = "plan", folder: Path | None = None) -> Plan:
    """The plan that a mapping of the same form describes; files of agents are found beside `folder` too."""
    try:
        given = _Plan.model_validate(content)
    except ValidationError as why:
        raise _explained(why, name, content) from None
    where = f"{name}, budget"
    budget = _budget(given.budget, where)
    tasks, agents = [], []
    for i, item in enumerate(given.tasks):
        item = _Task(name=item) if isinstance(item, str) else item
        entry = TaskEntry(item.label or "", _beside(item.name, folder), item.options,
                          _budget(item.budget, f"{name}, tasks[{i}].budget") if item.budget else budget)
        with _located(f"{name}, tasks[{i}]"):
            entry.task
        tasks.append(entry)
    for i, item in enumerate(given.agents):
        item = _Agent(name=item) if isinstance(item, str) else item
        entry = AgentEntry(item.label or "", _beside(item.name, folder), item.options)
        with _located(f"{name}, agents[{i}]"):
            entry.agent
        agents.append(entry)
    _label_tasks(tasks)
    for entry in agents:
        entry.label = entry.label or _with_options(entry.name, entry.options)
    for kind, entries in (("tasks", tasks), ("agents", agents)):
        labels = [e.label for e in entries]
        for label in labels:
            if labels.count(label) > 1:
                raise ArchGymError(f"{name}, {kind}: two entries are called {label!r}; give each a label of its own")
    seeds = given.seeds
    if isinstance(seeds, bool) or isinstance(seeds, int) and seeds < 1:
        raise ArchGymError(f"{name}, seeds: give a number of seeds, 1 or more, or a list of seeds, got {seeds!r}")
    with _located(f"{name}, seeds"):
        seeds = list(range(seeds)) if isinstance(seeds, int) else [checked_seed(s) for s in seeds]
        if not seeds or len(set(seeds)) != len(seeds):
            raise ArchGymError(f"a list of seeds holds each once and at least one, got {seeds}")
    if given.duplicates not in ("charge", "free", "refuse"):
        raise ArchGymError(f"{name}, duplicates: {given.duplicates!r} is not one of charge, free, refuse")
    return Plan(name.removesuffix(".yaml"), tasks, agents, seeds, given.duplicates)


def _budget(given: _Budget, where) -> Budget:
    limits = given.model_dump()
    with _located(where):
        budget = Budget(**limits)
        if not budget.limited:
            raise ArchGymError("a sweep needs a limit: evaluations, cost, fidelity_units or wall_seconds")
    return budget


class _located:
    """Put the place in the file before an error's message."""

    def __init__(self, where):
        self.where = where

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        if kind is not None and issubclass(kind, ArchGymError):
            raise ArchGymError(f"{self.where}: {why}") from None


def _beside(name, folder):
    """A file named in a plan is looked for here first, then beside the plan."""
    place = name.partition(":")[0]
    if place.endswith(".py"):
        if folder is not None and not Path(place).is_file() and (folder / place).is_file():
            return str(folder / name)
    return name


def _with_options(name, options):
    inside = ",".join(f"{k}={v}" for k, v in options.items())
    return f"{name}({inside})" if inside else name


def _label_tasks(tasks):
    """A task's short label: its name, and of its options those by which tasks of that name differ."""
    for entry in tasks:
        if not entry.label:
            others = [t.task.options for t in tasks if t.name == entry.name]
            entry.label = _with_options(entry.name, {
                k: v for k, v in entry.task.options.items() if any(o.get(k) != v for o in others)})


def _explained(why: ValidationError, name, content) -> ArchGymError:
    """The first fault of a plan, located: `quickstart.yaml, agents[2]: ...`."""
    faults = why.errors()
    # A list entry is a name or a mapping, and pydantic reports both readings: keep the mapping's where it is one.
    fault = next((f for f in faults if "str" not in f["loc"]), faults[0])
    loc = [p for p in fault["loc"] if p not in ("str", "_Task", "_Agent", "int", "list[any]")]
    place = ""
    for part in loc[:-1] if fault["type"] == "extra_forbidden" else loc:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    where = f"{name}, {place}" if place else name
    if fault["type"] == "extra_forbidden":
        kind = next((str(p) for p in reversed(loc[:-1]) if str(p) in _KEYS), "")
        return ArchGymError(f"{where}: {unknown('key', loc[-1], _KEYS[kind].model_fields)}")
    if fault["type"] == "missing":
        return ArchGymError(f"{where} is missing")
    return ArchGymError(f"{where}: {fault['msg']}, got {fault['input']!r}")
