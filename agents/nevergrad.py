"""nevergrad's optimisers, every one by its name: `nevergrad:NGOpt`, `nevergrad:TwoPointsDE`, `nevergrad:CMA`.

Rapin, Teytaud, "Nevergrad - A gradient-free optimization platform", software, 2018. The library itself decides
(written for version 1.0); names are those of `nevergrad.optimizers.registry`, or of a family in `nevergrad.families`,
whose settings are options of the agent: `archgym.agent("nevergrad:DifferentialEvolution", popsize=30)`.

In a product space a choice is a `Choice`, an ordered one a `TransitionChoice`; weights are not followed, but for
options of no weight. An open space is an array of standard normals, whose distribution function makes random keys that
the space decodes by its own laws: the library's random search then draws by them. (Bounded arrays start so narrow that
CMA does not leave one design of a small grammar in 100 evaluations.) A failed design counts as the worst that
succeeded. Duplicates are proposed, as the library does.

Some optimisers need packages that nevergrad does not install, and some of its hundreds are broken with today's versions
of what they stand on: the run ends with a line that names the optimiser and what it said. They draw from numpy's global
generator too; during their calls it is replaced by one of the run's own.
"""

import inspect
import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from archgym.agent import AskTellAgent, tunable
from archgym.errors import ArchGymError, unknown
from archgym.registry import needed
from archgym.trial import Proposal

WORST = 1e6  # the loss of designs that fail before any succeeds
HORIZON = 1_000  # evaluations that the library is told to plan for, where the budget names no number
MAX_REJECTED = 1_000  # vectors in a row that build nothing
SOUND = "NGOpt, DiscreteOnePlusOne or TwoPointsDE"
normal_cdf = NormalDist().cdf


@dataclass
class Nevergrad(AskTellAgent):
    optimizer: str = tunable("NGOpt", over=("NGOpt", "DiscreteOnePlusOne", "TwoPointsDE"))
    """A name in `nevergrad.optimizers.registry`, or a class in `nevergrad.families`."""
    settings: dict | None = tunable(None, over=(None,))
    """What a family's constructor is given; each can be given as an option of the agent."""

    variant, passed_on = "optimizer", "settings"

    def __post_init__(self):
        super().__post_init__()
        family, name = self.family(), self.optimizer
        takes = inspect.signature(family).parameters if family else {}
        for setting in self.settings or ():
            if family is None:
                raise ArchGymError(f"nevergrad's {name} is ready-made and takes no settings, so no {setting!r}; "
                                   f"families do, such as nevergrad:DifferentialEvolution")
            if setting not in takes:
                raise unknown(f"setting of nevergrad's {name}:", setting, takes)

    def family(self):
        """The class of a family of that name; None where the name is one of the registry."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nevergrad = needed("nevergrad", "agent 'nevergrad'")
        if self.optimizer in nevergrad.optimizers.registry:
            return None
        families = {name: cls for name, cls in vars(nevergrad.families).items() if inspect.isclass(cls)}
        if self.optimizer not in families:
            raise unknown("optimizer of nevergrad", self.optimizer, {*nevergrad.optimizers.registry, *families},
                          "'nevergrad.optimizers.registry' holds all.")
        return families[self.optimizer]

    def setup(self, bench):
        import nevergrad

        self.space, self.worst_loss = bench.space, None
        self.product = hasattr(bench.space, "choices")
        rng = bench.rng("optimizer")
        self.twister = np.random.MT19937(int(rng.integers(2**63)))
        left = bench.remaining.evaluations
        horizon = int(left) if left < math.inf else HORIZON
        with self.library_at_work():
            parameters = self.parameters(nevergrad.p)
            parameters.random_state = np.random.RandomState(int(rng.integers(2**31)))
            family = self.family()
            made = family(**(self.settings or {})) if family else nevergrad.optimizers.registry[self.optimizer]
            # An optimiser that has nothing to choose divides by zero dimensions.
            self.library = (made(parametrization=parameters, budget=horizon, num_workers=1) if parameters.dimension
                            else None)

    def parameters(self, p):
        if not self.product:
            return p.Array(shape=(self.space.vector_length,))
        return p.Tuple(*[picks[0] if len(picks := choice.law[0]) < 2 else
                         (p.TransitionChoice if choice.ordered else p.Choice)(picks) for choice in self.space.choices])

    @contextmanager
    def library_at_work(self):
        """Numpy's global generator replaced by the run's own; an ArchGymError for whatever the library breaks with."""
        outside = np.random.get_bit_generator()
        np.random.set_bit_generator(self.twister)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except ArchGymError:
            raise
        except ModuleNotFoundError as why:
            raise ArchGymError(f"nevergrad's {self.optimizer} needs the package {why.name!r}, which is not installed; "
                               f"try {SOUND}") from None
        except Exception as why:
            said = " ".join(str(why).split())
            raise ArchGymError(f"nevergrad's {self.optimizer} does not work on {self.space.name}: it said "
                               f"{type(why).__name__}: {said[:200]}; try {SOUND}") from None
        finally:
            np.random.set_bit_generator(outside)

    def ask(self, n):
        if self.library is None:
            return [Proposal(tuple([choice.law[0][0] for choice in self.space.choices]))]
        for _ in range(MAX_REJECTED):
            with self.library_at_work():
                self.candidate = self.library.ask()
                value = self.candidate.value
            if self.product:
                return [Proposal(tuple(value))]
            try:
                return [Proposal(self.space.from_vector([normal_cdf(x) for x in value.tolist()]))]
            except ArchGymError:  # these keys build nothing
                self.lose(None)
        raise ArchGymError(f"nevergrad's {self.optimizer}: {MAX_REJECTED:,} vectors in a row build no design of "
                           f"{self.space.name}")

    def tell(self, trials):
        trial, = trials
        if self.library is not None:
            self.lose(-trial.value if trial.ok else None)

    def lose(self, loss):
        """Tell the candidate's loss; None where it has none."""
        if loss is None:
            loss = WORST if self.worst_loss is None else self.worst_loss
        else:
            self.worst_loss = loss if self.worst_loss is None else max(loss, self.worst_loss)
        with self.library_at_work():
            self.library.tell(self.candidate, loss)
