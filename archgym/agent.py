"""What an agent is: a dataclass whose fields are its hyper-parameters, with a `search` method."""

import ast
import dataclasses
import inspect
import textwrap
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from .bench import Bench
from .errors import AgentError, ArchGymError, unknown
from .trial import Batch, Proposal, Trial


def tunable(default, *, over: Sequence, at_least=None, at_most=None, one_of: Sequence | None = None):
    """A hyper-parameter: its published default, the grid it is tuned over (which holds the default), and its domain."""
    if default not in over:
        raise ArchGymError(f"a tuning range must contain the default: {default!r} is not in {tuple(over)!r}")
    return dataclasses.field(default=default, metadata={
        "over": tuple(over), "at_least": at_least, "at_most": at_most,
        "one_of": None if one_of is None else tuple(one_of)})


@dataclass
class Agent(ABC):
    """Proposes designs and learns from what they measured. Subclass it as a dataclass."""

    variant: ClassVar[str] = ""
    """The field that `name:VARIANT` sets, where one agent stands for all of a library: `optuna:TPESampler`."""
    passed_on: ClassVar[str] = ""
    """The field, a mapping or None, that takes options which are no field: what the library itself calls settings."""

    def __post_init__(self):
        for hyper in hyperparameters(type(self)):
            hyper.check(getattr(self, hyper.name), agent_name(type(self)))

    @abstractmethod
    def search(self, bench: Bench) -> None:
        """Spend the bench's budget through `bench.measure` or `bench.env`; return when done, or be ended by it."""


@dataclass
class AskTellAgent(Agent):
    """An agent as a short loop: `ask(n)` gives at most n proposals, `tell` brings their trials."""

    def setup(self, bench: Bench) -> None:
        """Called once, before the first `ask`."""

    @abstractmethod
    def ask(self, n: int) -> "Sequence[Proposal] | Batch":
        """At least one proposal and at most `n`. Sequential agents give one."""

    def tell(self, trials: Sequence[Trial]) -> None:
        """The trials of the last proposals, in their order."""

    def search(self, bench: Bench) -> None:
        self.setup(bench)
        room, ask, measure, tell = bench.room, self.ask, bench.measure, self.tell
        while True:
            n = room()
            proposals = ask(n)
            try:
                enough = 0 < len(proposals) <= n
            except TypeError:  # None, one bare Proposal, a generator
                enough = False
            if not enough:
                given = len(proposals) if hasattr(proposals, "__len__") else repr(proposals)
                raise AgentError(f"agent {agent_name(type(self))!r}: ask({n}) must return 1 to {n} proposals, got {given}")
            tell(measure(proposals))


class Hyperparameter(NamedTuple):
    name: str
    kind: type
    default: Any
    over: tuple
    doc: str
    at_least: Any = None
    at_most: Any = None
    one_of: tuple | None = None

    def check(self, value, agent):
        """ArchGymError where the value is outside the hyper-parameter's domain."""
        kind = type(self.default)
        sound = (isinstance(value, bool) if kind is bool else
                 isinstance(value, int) and not isinstance(value, bool) if kind is int else
                 isinstance(value, (int, float)) and not isinstance(value, bool) and value == value if kind is float else
                 isinstance(value, kind) if self.default is not None else True)
        sound = (sound and (self.at_least is None or value >= self.at_least)
                 and (self.at_most is None or value <= self.at_most) and (self.one_of is None or value in self.one_of))
        if not sound:
            raise ArchGymError(f"agent {agent!r}: {self.name} = {value!r} is not allowed; give {self.domain()}")

    def domain(self) -> str:
        """What values it may take, in words."""
        if self.one_of:
            return "one of " + ", ".join(map(repr, self.one_of))
        words = {int: "a whole number", float: "a number", bool: "true or false", str: "a text",
                 type(None): "names with values"}.get(
            type(self.default), f"a {type(self.default).__name__}")
        if self.at_least is not None:
            words += f", {self.at_least} or more"
        if self.at_most is not None:
            words += f", {self.at_most} or less"
        return words


def hyperparameters(cls: type[Agent]) -> list[Hyperparameter]:
    """The declared hyper-parameters of an agent class, with the line of documentation under each field."""
    found = []
    for field in dataclasses.fields(cls):
        meta = field.metadata
        if field.default is dataclasses.MISSING:
            raise ArchGymError(f"agent {cls.__name__}: field {field.name!r} needs a default")
        found.append(Hyperparameter(field.name, type(field.default), field.default,
                                    meta.get("over", (field.default,)), "", meta.get("at_least"), meta.get("at_most"),
                                    meta.get("one_of")))
    return found


def documented(cls: type[Agent]) -> list[Hyperparameter]:
    """`hyperparameters` with the string under each field in the source as its documentation."""
    docs = {}
    fields = {field.name for field in dataclasses.fields(cls)}
    for owner in reversed(cls.__mro__):
        if fields.isdisjoint(inspect.get_annotations(owner)):  # it declares none, and its source need not be read
            continue
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(owner))).body[0].body
        except (OSError, TypeError, SyntaxError):
            continue
        for field, text in zip(body, body[1:]):
            if (isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
                    and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)):
                docs[field.target.id] = inspect.cleandoc(text.value.value)
    return [h._replace(doc=docs.get(h.name, "")) for h in hyperparameters(cls)]


def configured(cls: type[Agent], options: dict) -> Agent:
    """An agent with these hyper-parameters; an unknown one is passed on, or named with the nearest known."""
    known = [h.name for h in hyperparameters(cls)]
    if cls.passed_on:
        further = {name: value for name, value in options.items() if name not in known}
        options = {name: value for name, value in options.items() if name in known}
        if further:
            options[cls.passed_on] = {**(options.get(cls.passed_on) or {}), **further}
    for name in options:
        if name not in known:
            raise unknown(f"hyper-parameter of agent {agent_name(cls)!r}:", name, known,
                          None if known else "This agent has none.")
    return cls(**options)


def agent_name(cls: type[Agent]) -> str:
    """The registered name of a collection's agent, else `file.py:Class` or `module:Class`."""
    from .registry import name_of_class

    return name_of_class(cls)


def settings(agent: Agent) -> dict:
    """Hyper-parameter values by name."""
    return {field.name: getattr(agent, field.name) for field in dataclasses.fields(agent)}
