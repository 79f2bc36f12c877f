"""Plug-ins for the sweep's tests: a slow noisy evaluator that counts its calls, and agents and evaluators that break."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import archgym
from archgym import Agent, AskTellAgent, Choice, Evaluator, Measurement, Metric, ProductSpace, Proposal

SPACE = ProductSpace(tuple(Choice((f"c{i}",), tuple(range(4))) for i in range(3)))
LOG = "ARCHGYM_TEST_LOG"


def log(word, text):
    with open(os.environ[LOG], "a") as file:
        file.write(f"{time.time()} {word} {text}\n")


class Slow(Evaluator):
    """Seventy milliseconds or so of work; the number depends on the design and the seed."""

    metrics = (Metric("score"),)
    seeds = 3
    fingerprint = "slow-1"

    def __init__(self, seconds=0.05):
        self.seconds = seconds

    def evaluate(self, design, *, fidelity, seed):
        log("start", (design, seed))
        time.sleep(self.seconds)
        value = (sum(design) * 7 + seed * 3) % 11 / 10
        log("end", (design, seed))
        return Measurement({"score": value}, 1.0)


def slow(seconds: float = 0.05):
    return archgym.task(space=SPACE, evaluate=Slow(seconds), name="slow", worst=0.0)


def hangs(limit_seconds: float = 0.3):
    """One design never returns; it sleeps in Python and can be interrupted."""

    def evaluate(design):
        if sum(design) == 0:
            time.sleep(3600)
        return float(sum(design))

    return archgym.task(space=SPACE, evaluate=evaluate, name="hangs", worst=0.0, instant=False,
                        limit_seconds=limit_seconds)


def breaks():
    """Raises on designs that start with 3."""

    def evaluate(design):
        if design[0] == 3:
            raise ZeroDivisionError("an evaluator that breaks")
        return float(sum(design))

    return archgym.task(space=SPACE, evaluate=evaluate, name="breaks", worst=0.0)


def not_a_number():
    return archgym.task(space=SPACE, evaluate=lambda design: float("nan"), name="not-a-number", worst=0.0)


@dataclass
class Raises(Agent):
    def search(self, bench):
        bench.measure([Proposal((0, 0, 0))])
        raise RuntimeError("an agent that raises")


@dataclass
class KillsItsWorker(Agent):
    def search(self, bench):
        if bench.seed == 1:
            os.kill(os.getpid(), 9)
        bench.measure([Proposal((0, 0, 0))])


@dataclass
class Illegal(AskTellAgent):
    def ask(self, n):
        return [Proposal((9, 9, 9))]


@dataclass
class ReturnsNothing(AskTellAgent):
    def ask(self, n):
        return []


@dataclass
class Repeats(AskTellAgent):
    """Asks for the one design again and again."""

    def ask(self, n):
        return [Proposal((0, 0, 0))]


@dataclass
class Prints(AskTellAgent):
    """Writes to standard output, which must not disturb the sweep."""

    def ask(self, n):
        print("hello from an agent")
        return [Proposal((1, 2, 3))]


def folder() -> Path:
    return Path(__file__).parent
