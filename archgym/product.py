"""Spaces whose choices never depend on earlier picks: genomes are rows of an integer array, all is vectorised."""

import math
from bisect import bisect_right
from functools import cached_property
from itertools import product

import numpy as np

from .choice import Choice, draw_other, masked_law
from .errors import ArchGymError, IllegalDesign, IllegalGenome
from .space import Space, Trace
from .streams import Uniform
from .variation import TRIES, path_walk

HASH_RADIX = 0x5851F42D4C957F2D  # odd and large (Knuth's multiplier): no row's picks are shifted out of 64 bits
MEMO_LIMIT = 100_000  # spaces up to this size keep every design they have decoded


class ProductSpace(Space):
    """Give `choices`; write `assemble` (options -> design) and `answer` where a design is not the tuple of options."""

    law = "uniform over genomes"

    def __init__(self, choices: tuple[Choice, ...] | None = None):
        if choices is not None:
            self.choices = tuple(choices)
        paths = [choice.path for choice in self.choices]
        if len(set(paths)) != len(paths):
            raise ArchGymError(f"{self.name}: two choices have one path: {paths}")
        self._picks = [masked_law(len(c.options), c.legal, c.weights) for c in self.choices]
        for choice, (picks, _, _) in zip(self.choices, self._picks):
            if not picks:
                raise ArchGymError(f"{self.name}: choice {choice.name!r} has no option that is legal and of positive weight")
        self._plain = all(c.legal is None and c.weights is None for c in self.choices)
        self._sizes = [len(c.options) for c in self.choices]
        self._others = [size - 1 for size in self._sizes]
        self._integer = np.int16 if max(self._sizes, default=0) <= 2**15 else np.int32
        self._open = [i for i, c in enumerate(self.choices) if len(c.legal_picks()) > 1]
        self._walk = path_walk([self.choices[i].path for i in self._open])
        self._countable = math.prod(self._sizes) < 2**63
        self._designs, self._keys, self._known_keys = {}, {}, {}
        self._positions = {path: i for i, path in enumerate(paths)}
        self._nested = any(path[:depth] in self._positions for path in paths for depth in range(len(path)))
        if not self._plain and any(c.weights for c in self.choices):
            self.law = "each choice drawn by its weights, independently"

    def assemble(self, options: tuple):
        """The design made of one option a choice."""
        return options

    def answer(self, design, choice):
        return design[self._positions[choice.path]]

    def build(self):
        options = []
        for choice in self.choices:
            options.append((yield choice))
        return self.assemble(tuple(options))

    def play(self, pick):
        picks = tuple([pick(choice) for choice in self.choices])
        return Trace(list(self.choices), picks, self.decode(picks))

    @cached_property
    def size(self) -> int:
        return math.prod(len(c.legal_picks()) for c in self.choices)

    @cached_property
    def sorts(self):
        sorts = {}
        for choice in self.choices:
            if sorts.setdefault(choice.sort_name, choice.options) != choice.options:
                raise ArchGymError(f"{self.name}: sort {choice.sort_name!r} has two sets of options; "
                                   "a sort has the same options wherever it appears")
        return dict(sorted(sorts.items()))

    @property
    def vector_length(self):
        return len(self.choices)

    def decode(self, genome):
        try:
            return self._designs[genome]
        except (KeyError, TypeError):  # not met before, or a list
            pass
        if len(genome) != len(self.choices):
            raise IllegalGenome(f"{self.name}: genome {tuple(genome)} has {len(genome)} picks, "
                                f"its design needs {len(self.choices)}")
        for choice, pick in zip(self.choices, genome):
            if not (0 <= pick < len(choice.options) and (choice.legal is None or choice.legal[pick])):
                raise IllegalGenome(
                    f"{self.name}: genome {tuple(genome)} picks {pick} at choice {choice.name!r}; allowed: "
                    + ", ".join(f"{i} ({choice.options[i]})" for i in choice.legal_picks()))
        design = self.assemble(tuple([c.options[p] for c, p in zip(self.choices, genome)]))
        if self.size <= MEMO_LIMIT:
            self._designs[tuple(genome)] = design
        return design

    def key_of(self, genome):
        key = self._keys.get(genome)
        if key is None:
            key = super().key_of(genome)
            if self.size <= MEMO_LIMIT:
                self._keys[genome] = key
        return key

    def sample(self, u: Uniform):
        if self._plain:
            return tuple([int(u() * size) for size in self._sizes])
        return tuple([picks[bisect_right(cumulative, u())] for picks, cumulative, _ in self._picks])

    def sample_many(self, rng, n):
        """(n, choices) array of picks; the same draws, row by row, as `sample` makes of `rng.random`."""
        floats = rng.random((n, len(self.choices)))
        if self._plain:
            floats *= self._sizes
            return floats.astype(self._integer)
        genomes = np.empty(floats.shape, self._integer)
        for column, (picks, cumulative, _) in enumerate(self._picks):
            genomes[:, column] = np.asarray(picks)[np.searchsorted(cumulative, floats[:, column], side="right")]
        return genomes

    def mutate(self, genome, u, *, law="choice"):
        open_ = self._open
        if not open_:
            return None
        if self._plain and law == "choice":
            i = open_[int(u() * len(open_))]
            pick = int(u() * self._others[i])
            mutant = list(genome)
            mutant[i] = pick if pick < mutant[i] else pick + 1
            return tuple(mutant)
        tries = TRIES
        while tries:
            if law == "path":
                i = self._open[min(bisect_right(self._walk, u() * self._walk[-1]), len(self._open) - 1)]
            else:
                i = self._open[int(u() * len(self._open))]
            pick = draw_other(self.choices[i], genome[i], u)
            if pick is not None:
                return genome[:i] + (pick,) + genome[i + 1:]
            tries -= 1  # no other option of this choice has weight: try another choice
        return None

    def regrow(self, genome, u):
        return super().regrow(genome, u) if self._nested else self.mutate(genome, u)

    def neighbours(self, genome, u):
        return [genome[:i] + (other,) + genome[i + 1:]
                for i in self._open for other in self.choices[i].other_picks(genome[i])]

    def enumerate(self):
        return product(*(c.legal_picks() for c in self.choices))

    def from_vector(self, vector):
        """One number in [0, 1] a choice, cut into bins by the choice's law (k equal bins where it is uniform)."""
        if len(vector) != len(self.choices) or not all(0 <= x <= 1 for x in vector):
            raise ArchGymError(f"{self.name}: a vector is {len(self.choices)} numbers between 0 and 1, got {vector!r}")
        return tuple([picks[min(bisect_right(cumulative, x), len(picks) - 1)]
                      for x, (picks, cumulative, _) in zip(vector, self._picks)])

    def to_vector(self, genome) -> tuple[float, ...]:
        """The middle of each pick's bin: `from_vector(to_vector(g)) == g`."""
        middles = []
        for pick, (picks, cumulative, share) in zip(genome, self._picks):
            if pick not in picks:
                raise ArchGymError(f"{self.name}: pick {pick} of genome {tuple(genome)} has no weight, so no vector decodes to it")
            at = picks.index(pick)
            middles.append(cumulative[at] - share[at] / 2)
        return tuple(middles)

    def codes(self, genomes: np.ndarray) -> np.ndarray:
        """(n,) int64: each row's mixed-radix number, most significant choice first; a 64-bit hash where that overflows."""
        return genomes @ self._weights

    @cached_property
    def _weights(self):
        """What each choice's pick counts for in a code, modulo 2**64."""
        weights, weight = [], 1
        for size in reversed(self._sizes):
            weights.insert(0, weight % 2**64)
            weight *= size if self._countable else HASH_RADIX
        return np.array(weights, np.uint64).view(np.int64)

    @cached_property
    def _limits(self):
        """How many options each choice has: one number where all have as many, which is compared in a third of the time."""
        limits = np.array(self._sizes, np.uint64)
        return np.array(limits[0]) if len(set(self._sizes)) == 1 else limits

    @property
    def code_count(self) -> int | None:
        """Codes run from 0 to one less than this; None where they are hashes."""
        return math.prod(self._sizes) if self._countable else None

    def key_numbers(self, genomes: np.ndarray) -> np.ndarray:
        """(n,) int64: numbers from 0 on, equal where designs have one key. A small space remembers them."""
        codes = self.codes(genomes)
        if self._countable and self.code_count <= MEMO_LIMIT:
            found = self._key_numbers[codes]
            if (found < 0).any():
                new, first = np.unique(codes[found < 0], return_index=True)
                self._key_numbers[new] = self._numbered(genomes[found < 0][first], self._known_keys)
                found = self._key_numbers[codes]
            return found
        new, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        return self._numbered(genomes[first], {})[inverse]

    def _numbered(self, genomes, known):
        return np.array([known.setdefault(self.key_of(tuple(row)), len(known)) for row in genomes.tolist()], np.int64)

    @cached_property
    def _key_numbers(self):
        """By code; -1 where a design was not asked for yet."""
        return np.full(self.code_count, -1, np.int64)

    def check_rows(self, genomes: np.ndarray) -> None:
        """IllegalGenome for the first row that picks what is not there; vectorised."""
        genomes = np.asarray(genomes)
        if genomes.ndim != 2 or genomes.shape[1] != len(self.choices):
            raise IllegalGenome(f"{self.name}: genomes are rows of {len(self.choices)} picks, got shape {genomes.shape}")
        if genomes.dtype.kind not in "iu":
            raise IllegalGenome(f"{self.name}: genomes are rows of whole numbers, got an array of {genomes.dtype}")
        wrong = genomes.astype(np.int64, copy=False).view(np.uint64) >= self._limits  # a negative pick is a huge one
        if not self._plain:
            for column, choice in enumerate(self.choices):
                if choice.legal is not None:
                    legal, last = np.asarray(choice.legal), len(choice.options) - 1
                    wrong[:, column] |= ~legal[np.clip(genomes[:, column], 0, last)]
        if np.count_nonzero(wrong):
            self.decode(tuple(genomes[wrong.any(axis=1).argmax()].tolist()))

    def design(self, options):
        try:
            return super().design(options)
        except IllegalDesign as why:
            raise IllegalDesign(f"{why} (choices: {', '.join(c.name for c in self.choices)})") from None

    def __repr__(self):
        return f"{self.name}()" if type(self) is not ProductSpace else f"ProductSpace({len(self.choices)} choices)"
