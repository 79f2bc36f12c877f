"""Optuna's samplers, every one by its name: `optuna:TPESampler`, `optuna:NSGAIISampler`, `optuna:GPSampler`.

Akiba, Sano, Yanase, Ohta, Koyama, "Optuna: A Next-generation Hyperparameter Optimization Framework", KDD 2019. The
library itself decides (written for version 5, whose TPESampler is multivariate by default); this file asks it choice by
choice while a design is built, as its define-by-run does, so that grammars, masks and dead ends need no translation. A
sampler's own settings are options of the agent: `archgym.agent("optuna:TPESampler", multivariate=False)`.

A choice is a parameter named by its path and, where options are masked, by what is legal. Options are categories; an
ordered choice is an integer. In an open space a choice with weights is a number in [0, 1] cut by the law, so that a
sampler that knows nothing yet draws by the space's law (TPESampler takes about a hundredth of a second a choice
there). A design that failed and a build that was rejected are told as pruned. Whether duplicates are proposed is the
sampler's affair: all but GridSampler and BruteForceSampler do, and these two end the run when they have proposed
everything. They, CmaEsSampler, QMCSampler and GPSampler need a product space; CmaEsSampler and QMCSampler model ordered
choices only, draw the others at random, and refuse a space without any.
"""

import inspect
import math
import warnings
from dataclasses import dataclass

from archgym.agent import AskTellAgent, tunable
from archgym.choice import pick_at
from archgym.errors import ArchGymError, Exhausted, unknown
from archgym.registry import needed
from archgym.trial import Proposal

ABSTRACT = ("BaseSampler", "BaseGASampler", "PartialFixedSampler")  # the last wraps another sampler
LEAST_ORDERED = {"CmaEsSampler": 2, "QMCSampler": 1}  # ordered choices that a sampler needs to be more than random
# Samplers that see only what every design has; BruteForceSampler's tree takes minutes where designs differ.
STATIC = (*LEAST_ORDERED, "GPSampler", "GridSampler", "BruteForceSampler")
NEEDS = {"CmaEsSampler": "cmaes", "GPSampler": "torch"}  # packages that optuna does not bring
MAX_GRID = 100_000  # GridSampler lists its whole grid
MAX_REJECTED = 10_000  # builds that may be rejected in a row


@dataclass
class Optuna(AskTellAgent):
    sampler: str = tunable("TPESampler", over=("TPESampler", "NSGAIISampler"))
    """Name of the class in `optuna.samplers`."""
    settings: dict | None = tunable(None, over=(None,))
    """What the sampler's constructor is given besides a seed; each can be given as an option of the agent."""

    variant, passed_on = "sampler", "settings"

    def __post_init__(self):
        super().__post_init__()
        takes = inspect.signature(self.sampler_class()).parameters
        for name in self.settings or ():
            if name not in takes or name in ("seed", "search_space"):
                raise unknown(f"setting of optuna's {self.sampler}:", name, {*takes} - {"seed", "search_space"})

    def sampler_class(self):
        samplers = needed("optuna", "agent 'optuna'").samplers
        known = [name for name in samplers.__all__ if name.endswith("Sampler") and name not in ABSTRACT]
        if self.sampler not in known:
            raise unknown("sampler of optuna", self.sampler, known)
        return getattr(samplers, self.sampler)

    def setup(self, bench):
        import optuna

        self.space, self.over = bench.space, False
        self.open = not hasattr(bench.space, "choices")
        suited = self.suited()
        if self.sampler in NEEDS:
            needed(NEEDS[self.sampler], f"optuna's {self.sampler}")
        given = {**suited, **(self.settings or {}), "seed": int(bench.rng("sampler").integers(2**31))}
        verbosity = optuna.logging.get_verbosity()
        try:
            optuna.logging.set_verbosity(optuna.logging.WARNING)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                self.study = optuna.create_study(direction="maximize", sampler=self.sampler_class()(**given))
        except (TypeError, ValueError) as why:
            raise ArchGymError(f"optuna's {self.sampler} refuses its settings {self.settings}: {why}") from None
        finally:
            optuna.logging.set_verbosity(verbosity)
        self.pruned = optuna.trial.TrialState.PRUNED
        self.study.stop = self.end  # how GridSampler and BruteForceSampler say that nothing is left

    def suited(self) -> dict:
        """What the sampler must be told of the space; ArchGymError where it is none for such a space."""
        if self.sampler not in STATIC:
            return {}
        name = self.space.name
        if self.open:
            raise ArchGymError(f"optuna's {self.sampler} needs a product space, where every design has the same "
                               f"choices, and {name} is none; TPESampler and NSGAIISampler take any space")
        ordered = sum(choice.ordered and len(choice.law[0]) > 1 for choice in self.space.choices)
        if ordered < (least := LEAST_ORDERED.get(self.sampler, 0)):
            raise ArchGymError(f"optuna's {self.sampler} models ordered choices only and would draw the others at "
                               f"random: it needs {least} or more, {name} has {ordered}; take TPESampler, or GPSampler")
        if self.sampler == "BruteForceSampler":
            return {}
        if self.sampler != "GridSampler":
            return {"warn_independent_sampling": False}  # the docstring above says so once
        if (size := math.prod(len(choice.law[0]) for choice in self.space.choices)) > MAX_GRID:
            raise ArchGymError(f"optuna's GridSampler lists its whole grid, and {name} has {size:,} points, more than "
                               f"{MAX_GRID:,}; take RandomSampler")
        return {"search_space": {choice.name: list(range(len(choice.law[0]))) if is_integer(choice) else choice.law[0]
                                 for choice in self.space.choices if len(choice.law[0]) > 1}}

    def end(self):
        self.over = True

    def ask(self, n):
        if self.over:
            raise Exhausted(f"optuna's {self.sampler} has proposed all that it has")
        for _ in range(MAX_REJECTED):
            self.trial = self.study.ask()
            trace = self.space.attempt(self.pick)
            if trace is not None:
                return [Proposal(self.space.clean(trace))]
            self.study.tell(self.trial, state=self.pruned)
        raise ArchGymError(f"optuna's {self.sampler}: {self.space.name} rejected {MAX_REJECTED:,} builds in a row")

    def pick(self, choice):
        picks = choice.law[0]
        if len(picks) < 2:
            return pick_at(choice, 0.0)
        if self.open and choice.weights is not None:
            return pick_at(choice, self.trial.suggest_float(choice.name, 0.0, 1.0))
        name = choice.name if len(picks) == len(choice.options) or not self.open else f"{choice.name} of {picks}"
        if is_integer(choice):
            return picks[self.trial.suggest_int(name, 0, len(picks) - 1)]
        return self.trial.suggest_categorical(name, picks)

    def tell(self, trials):
        trial, = trials
        if trial.ok:
            self.study.tell(self.trial, trial.value)
        else:
            self.study.tell(self.trial, state=self.pruned)


def is_integer(choice) -> bool:
    return choice.ordered and choice.weights is None

