"""An agent's hyper-parameters as a search space, and the configurations that are drawn from it."""

from dataclasses import dataclass, field

from .. import registry, streams
from ..agent import hyperparameters
from ..choice import Choice
from ..errors import ArchGymError
from ..product import ProductSpace


class HyperparameterSpace(ProductSpace):
    """What an agent declares as tunable, every combination with the same chance; a design is {name: value}.

    agent: an agent's name. What it ranges over a single value is left out, and so is the field that a variant sets.
    """

    def __init__(self, agent: str):
        self.agent = agent
        cls = registry.agent_class(agent)
        fixed = cls.variant if registry.variant_of(agent) else ""
        super().__init__(tuple(
            Choice((h.name,), h.over, ordered=isinstance(h.default, (int, float)) and not isinstance(h.default, bool))
            for h in hyperparameters(cls) if len(h.over) > 1 and h.name != fixed))
        self.default = {h.name: h.default for h in hyperparameters(cls) if (h.name,) in self._positions}

    @property
    def name(self):
        return f"Hyperparameters({self.agent})"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(choice.name for choice in self.choices)

    def assemble(self, options):
        return dict(zip(self.names, options, strict=True))

    def answer(self, design, choice):
        return design[choice.name]


@dataclass
class Entrant:
    """An agent in a lottery, and the configurations that were drawn for it."""

    name: str
    space: HyperparameterSpace
    drawn: list[dict]
    """In the order drawn, none twice; the default may be among them."""
    refused: dict[str, str] = field(default_factory=dict)
    """Label -> why the agent does not take that configuration."""

    @property
    def default(self) -> dict:
        """The published defaults."""
        return self.space.default

    def label(self, options: dict) -> str:
        """What a configuration is called, in folders and pages."""
        inside = ",".join(f"{name}={value}" for name, value in options.items())
        return f"{self.name}({inside})" if inside else self.name

    @property
    def labels(self) -> list[str]:
        return [self.label(options) for options in self.drawn]

    @property
    def taken(self) -> list[dict]:
        """The default and every drawn configuration that the agent takes, none twice."""
        known = {self.label(options): options for options in (self.default, *self.drawn)}
        return [options for label, options in known.items() if label not in self.refused]


def enter(agent: str, count: int, seed: int = 0) -> Entrant:
    """Draw `count` configurations, all there are where the space holds fewer.

    They are drawn uniformly and without replacement, a function of (seed, agent): the first of more are the same.
    ArchGymError where the agent is unknown, or does not take its own default.
    """
    space = HyperparameterSpace(agent)
    u = streams.uniform(streams.generator(seed, "lottery", agent))
    genomes: dict[tuple, None] = {}
    while len(genomes) < min(count, space.size):
        genomes.setdefault(space.sample(u))
    entrant = Entrant(agent, space, [space.decode(genome) for genome in genomes])
    registry.agent(agent, **entrant.default)
    for options in entrant.drawn:
        try:
            registry.agent(agent, **options)
        except ArchGymError as why:
            entrant.refused[entrant.label(options)] = str(why)
    return entrant
