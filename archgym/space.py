"""A search space: the program that asks for choices and returns a design, and everything that follows from it."""

import json
import math
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Generator, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import numpy as np

from . import encoding, variation
from .choice import Choice, log_probability, pick_at
from .errors import ArchGymError, DeadEnd, IllegalDesign, IllegalGenome, Reject, unknown
from .streams import Uniform, uniform

if TYPE_CHECKING:
    from pathlib import Path

    from .drawing import Drawing

D = TypeVar("D")
Genome = tuple[int, ...]
"""The picks that were made, in the order of the choices: what is logged, replayed, varied and cached."""

MAX_ATTEMPTS = 10_000  # draws that may be rejected in a row before a space is called unsatisfiable


class Trace(NamedTuple):
    """One build: the choices that were asked, the picks that answered them, and the design."""

    choices: list[Choice]
    picks: Genome
    design: Any

    @property
    def paths(self) -> list[tuple]:
        return [choice.path for choice in self.choices]

    @property
    def text(self) -> str:
        """Every choice and its option, as JSON. What is no JSON scalar is written as `str` shows it, a tuple too."""
        taken = ((choice.name, choice.options[pick]) for choice, pick in zip(self.choices, self.picks))
        return json.dumps({name: o if o is None or isinstance(o, (str, int, float)) else str(o) for name, o in taken})


class Space(ABC, Generic[D]):
    """A generator of designs. `build` is the one method an author must write; `answer` gives text and parsing."""

    law: str = "each choice drawn by its weights, in order"
    """The sampling law in words."""
    size: int | None = None
    """Number of genomes where it is known exactly; None where it is not, or where there is no bound."""
    dead_ends: bool = False
    """Whether `build` may abandon picks (DeadEnd). Then `answer` is needed, to give the clean genome."""
    even: bool = False
    """Whether `sample` is known to give every genome of `enumerate` alike, so that no build need be replayed to tell."""
    vector_length: int = 64
    """Length of the random-key vectors of an open space."""
    meaning: dict[str, str] = {}
    """What a choice decides, in a sentence by its name or its sort: for whoever meets the space. Names that speak for
    themselves need none."""

    @abstractmethod
    def build(self) -> Generator[Choice, Any, D]:
        """Yield choices, receive the option picked for each, return the design."""

    def answer(self, design: D, choice: Choice) -> Any:
        """The option that this design took at this choice. Write it so that designs can be encoded and parsed."""
        raise ArchGymError(f"{self.name} does not say how a design answers its choices: write answer(design, choice) "
                           "to encode and parse designs")

    def key(self, design: D) -> str:
        """Canonical identity: two genomes with one key count as the same design. Default: the genome itself."""
        return self.genome_text(self.encode(design))

    def graph(self, design: D) -> encoding.LabelledGraph:
        """Labelled graph of a design. Default: the derivation tree, a node a choice."""
        return encoding.derivation_tree(self.trace(self.encode(design)))

    def format(self, design: D) -> str:
        """The design as text that `parse` reads. Default: `name=option` for every choice, as JSON."""
        return self.trace(self.encode(design)).text

    def parse(self, text: str) -> D:
        """The design that a text names; IllegalDesign says which part is wrong."""
        try:
            taken = json.loads(text)
        except (TypeError, ValueError):
            taken = None
        if not isinstance(taken, dict):
            raise IllegalDesign(f"{self.name}: {text!r} is not a design; expected JSON such as "
                                f"{self.text_of(self.sample(uniform(0)))}")
        return self.design(taken)

    def drawing(self, design: D) -> "Drawing":
        """What to draw of a design. Default: its `graph` where the space has one, else its choices or its derivation."""
        from .drawing import standard

        return standard(self, design)

    def subtree_sort(self, path: tuple) -> str | None:
        """Sort of the subtree below a path at which nothing is asked, so that it can be exchanged as a whole."""
        return None

    @cached_property
    def sorts(self) -> dict[str, tuple]:
        """Options of every sort. Declare it (a class attribute) where sampling might miss one.

        Default: the sorts that 512 draws meet. Reinforcement learning needs it for its heads, one-hot codes for
        their columns.
        """
        found, u = {}, uniform(0)
        for _ in range(512):
            for choice in self.trace(self.sample(u)).choices:
                found.setdefault(choice.sort_name, choice.options)
        return dict(sorted(found.items()))

    # What follows is given.

    @property
    def name(self) -> str:
        return type(self).__name__

    def design(self, options: dict) -> D:
        """The design that takes these options, named by choice (a Choice, its path, or its name)."""
        taken = {k.name if isinstance(k, Choice) else "/".join(map(str, k)) if isinstance(k, tuple) else k: v
                 for k, v in options.items()}
        asked = []

        def pick(choice):
            asked.append(choice.name)
            if choice.name not in taken:
                raise IllegalDesign(f"{self.name}: no option given for choice {choice.name!r}; "
                                    f"allowed: {', '.join(map(str, choice.options))}")
            wanted = taken[choice.name]
            for index, option in enumerate(choice.options):
                if option == wanted or str(option) == wanted:
                    if choice.is_legal(index):
                        return index
            raise IllegalDesign(f"{self.name}: choice {choice.name!r} cannot take {wanted!r}; allowed: "
                                f"{', '.join(str(choice.options[i]) for i in choice.legal_picks())}")

        try:
            design = self.play(pick).design
        except (DeadEnd, Reject) as why:
            raise IllegalDesign(f"{self.name}: these options build no design: {why!r}") from None
        if left := [name for name in taken if name not in asked]:
            raise IllegalDesign(str(unknown("choice", left[0], asked)))
        return design

    def play(self, pick) -> Trace:
        """Build once, `pick(choice)` giving the index of each option. DeadEnd and Reject pass through."""
        choices, picks = [], []
        build = self.build()
        send = build.send
        try:
            choice = next(build)
            while True:
                index = pick(choice)
                choices.append(choice)
                picks.append(index)
                choice = send(choice.options[index])
        except StopIteration as stop:
            return Trace(choices, tuple(picks), stop.value)

    def trace(self, genome: Genome) -> Trace:
        """Replay a genome. IllegalGenome names the choice that cannot take its pick."""
        given = iter(genome)

        def pick(choice):
            try:
                index = next(given)
            except StopIteration:
                raise IllegalGenome(f"{self.name}: genome {tuple(genome)} ends before choice {choice.name!r}") from None
            if not choice.is_legal(index):
                raise IllegalGenome(
                    f"{self.name}: genome {tuple(genome)} picks {index} at choice {choice.name!r}; allowed: "
                    + ", ".join(f"{i} ({choice.options[i]})" for i in choice.legal_picks()))
            return index

        try:
            trace = self.play(pick)
        except (DeadEnd, Reject) as why:
            raise IllegalGenome(f"{self.name}: genome {tuple(genome)} builds no design: {why!r}") from None
        if len(trace.picks) != len(genome):
            raise IllegalGenome(f"{self.name}: genome {tuple(genome)} has {len(genome)} picks, "
                                f"its design needs {len(trace.picks)}")
        return trace

    def decode(self, genome: Genome) -> D:
        """genome -> design; IllegalGenome where it builds none."""
        return self.trace(genome).design

    def encode(self, design: D) -> Genome:
        """design -> clean genome, by `answer`."""

        def pick(choice):
            option = self.answer(design, choice)
            try:
                index = choice.options.index(option)
            except ValueError:
                index = -1
            if not choice.is_legal(index):
                raise IllegalDesign(f"{self.name}: design {design!r} takes {option!r} at choice {choice.name!r}; "
                                    f"allowed: {', '.join(str(choice.options[i]) for i in choice.legal_picks())}")
            return index

        try:
            return self.play(pick).picks
        except (DeadEnd, Reject) as why:
            raise IllegalDesign(f"{self.name}: design {design!r} does not build: {why!r}") from None

    def clean(self, trace: Trace) -> Genome:
        """The genome of a build without the picks that it abandoned."""
        return self.encode(trace.design) if self.dead_ends else trace.picks

    def attempt(self, pick) -> Trace | None:
        """`play`, or None where the build meets a dead end at its root or is rejected."""
        try:
            return self.play(pick)
        except (DeadEnd, Reject):
            return None

    def sample(self, u: Uniform) -> Genome:
        """A clean genome by the space's law; rejected draws are drawn again."""
        rejected = 0
        while rejected < MAX_ATTEMPTS:
            drawn, build = [], self.build()
            try:  # as `play` with `draw`, in one loop without calls of ours: half the time
                choice = next(build)
                while True:
                    options = choice.options
                    if choice.legal is None and choice.weights is None:
                        index = int(u() * len(options))
                    else:
                        picks, cumulative, _ = choice._law or choice.law
                        index = picks[bisect_right(cumulative, u())] if picks else pick_at(choice, 0.0)
                    drawn.append(index)
                    choice = build.send(options[index])
            except StopIteration as stop:
                return self.encode(stop.value) if self.dead_ends else tuple(drawn)
            except (DeadEnd, Reject):
                rejected += 1
        raise ArchGymError(f"{self.name}: {MAX_ATTEMPTS:,} draws in a row were rejected; loosen its caps")

    def sample_many(self, rng: np.random.Generator, n: int) -> "list[Genome] | np.ndarray":
        """`n` genomes by the law: a list of tuples, or the rows of an integer array in a product space."""
        u = uniform(rng)
        return [self.sample(u) for _ in range(n)]

    def mutate(self, genome: Genome, u: Uniform, *, law: str = "choice") -> Genome | None:
        """One pick changed; later choices keep theirs by path while legal. None where no other design is near.

        law "choice": every choice is as likely. "path": a walk down the tree of paths, uniform at each node
        (node, then one of its edges, as NATS-Bench mutates).
        """
        return variation.mutate(self, genome, u, law)

    def regrow(self, genome: Genome, u: Uniform) -> Genome | None:
        """One pick changed and everything below its path drawn again: subtree mutation."""
        return variation.regrow(self, genome, u)

    def exchange(self, genome: Genome, donor: Genome, u: Uniform) -> Genome | None:
        """`genome` with one subtree replaced by one of `donor`'s of the same sort, nothing redrawn; None if none fits."""
        return variation.exchange(self, genome, donor, u)

    def neighbours(self, genome: Genome, u: Uniform) -> list[Genome]:
        """All genomes with one pick changed, in a fixed order; `u` draws what an edit leaves open."""
        return variation.neighbours(self, genome, u)

    def enumerate(self) -> Iterator[Genome]:
        """Every clean genome, in lexicographic order of picks. Endless where the space is."""
        return variation.enumerate_genomes(self)

    def log_prob(self, genome: Genome) -> float:
        """Natural log-probability of this decision sequence under the law (abandoned picks and rejection apart)."""
        trace = self.trace(genome)
        return math.fsum(map(log_probability, trace.choices, trace.picks))

    def from_vector(self, vector) -> Genome:
        """Decode random keys in [0, 1]: a choice reads the slot that its path hashes to."""
        return encoding.from_random_keys(self, vector)

    def key_of(self, genome: Genome) -> str:
        """`key` of the design that a genome builds; works without `answer` where `key` is the default."""
        if type(self).key is Space.key:
            return self.genome_text(genome)
        return self.key(self.decode(genome))

    def graph_of(self, genome: Genome) -> encoding.LabelledGraph:
        """`graph` of the design that a genome builds; works without `answer` where `graph` is the default."""
        if type(self).graph is Space.graph:
            return encoding.derivation_tree(self.trace(genome))
        return self.graph(self.decode(genome))

    def text_of(self, genome: Genome) -> str:
        """`format` of the design that a genome builds, or the genome itself where the space has no `answer`."""
        if type(self).format is Space.format and type(self).answer is Space.answer:
            return self.trace(genome).text
        return self.format(self.decode(genome))

    def drawing_of(self, genome: Genome) -> "Drawing":
        """`drawing` of the design that a genome builds; works without `answer` where `drawing` is the default."""
        from .drawing import of_build

        if type(self).drawing is Space.drawing and type(self).graph is Space.graph:
            return of_build(self, self.trace(genome))
        return self.drawing(self.decode(genome))

    def draw(self, design: D, path) -> "Path":
        """Write the drawing of a design to a file: .svg, .png or .pdf. Returns its path."""
        from .drawing.paint import write

        return write(self.drawing(design), path)

    @staticmethod
    def genome_text(genome: Genome) -> str:
        return "-".join(map(str, genome))

    def __mul__(self, other: "Space") -> "Space":
        """Both spaces as one: a design is a pair."""
        if not isinstance(other, Space):
            return NotImplemented
        from .compose import product_of

        return product_of(self, other)

    def __repr__(self):
        return f"{self.name}()"
