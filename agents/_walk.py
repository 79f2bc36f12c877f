"""Walks through a space, choice by choice, by what is held of each option: what ants and bandits share."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

from archgym.agent import AskTellAgent
from archgym.errors import Reject
from archgym.fresh import fresh_sample

TRIES = 4  # walks that may come to no design in a row, until one is drawn by the law
LONGEST = 10_000  # picks of a walk: what is learned of a sort may lead into a grammar's depth without end


class Walk(NamedTuple):
    genome: tuple
    steps: list
    """(name of the row, pick) in the order of the build, picks that it abandoned too."""
    selected: bool
    """Whether `select` made the picks, not the law or a mutation."""


@dataclass
class Walker(AskTellAgent):
    """Holds a row for every choice of a product space, and for every sort of an open one."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("walks")
        self.by_path = hasattr(self.space, "choices")
        self.rows = {}

    @abstractmethod
    def new_row(self, options: int):
        """What is held of so many options before anything is known."""

    @abstractmethod
    def select(self, choice, row, at: int) -> int:
        """The pick at a choice, the `at`-th of this walk."""

    def name(self, choice):
        """Of the row that a choice reads."""
        name = choice.path if self.by_path else choice.sort_name
        if name not in self.rows:
            self.rows[name] = self.new_row(len(choice.options))
        return name

    def walk(self) -> Walk:
        """A design that `select` leads to; one drawn by the law where it leads to none, time and again."""
        for _ in range(TRIES):
            steps = []
            trace = self.space.attempt(lambda choice: self.step(choice, steps))
            if trace is not None:
                return Walk(self.space.clean(trace), steps, True)
        return self.walked(self.space.sample(self.uniform))

    def step(self, choice, steps):
        if len(steps) == LONGEST:
            raise Reject(f"a walk of {LONGEST:,} picks")
        name = self.name(choice)
        pick = self.select(choice, self.rows[name], len(steps))
        steps.append((name, pick))
        return pick

    def walked(self, genome) -> Walk:
        """The walk that leads to a design."""
        trace = self.space.trace(genome)
        return Walk(genome, [(self.name(choice), pick) for choice, pick in zip(trace.choices, trace.picks)], False)

    def fresh(self, measured) -> Walk:
        """To a design drawn by the law that is not in `measured`, where one turns up."""
        return self.walked(fresh_sample(self.space, measured, self.uniform))


def roulette(picks, mass, u) -> int:
    """One of `picks`, each as likely as its share of `mass`; u: a float in [0, 1)."""
    level = u * sum(mass)
    for pick, m in zip(picks, mass):
        level -= m
        if level < 0:
            return pick
    return picks[-1]
