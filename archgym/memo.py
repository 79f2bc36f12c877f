"""What one process remembers of a task's designs: genome -> design, and ready measurements of fast evaluators.

Memory only saves time: what a run charges, counts and records does not depend on it.
"""

from collections import defaultdict

import numpy as np

from .errors import AgentError
from .evaluator import Measurement
from .streams import word

LIMIT = 200_000  # designs remembered; later ones are decoded whenever they come
_PRIME, _OFFSET, _MASK = 0x100000001B3, 0xCBF29CE484222325, (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15
# Arrays, since operations with numbers take half as long again.
_MIX_64, _HALF, _SIGN = np.array(_MIX, np.uint64), np.array(32, np.uint64), np.array(63)
_FAR = np.array(1 << 40)  # more than the measurements of any run


_put_values = Measurement.values.__set__  # past the guard of a frozen dataclass: half the time of making another


def _refuse(self, *args, **kwargs):
    raise TypeError("a trial's values are shared by all runs and cannot be written; copy them: dict(trial.values)")


class ReadOnly(dict):
    """A dict that nobody writes into: as fast to read as any, and half the memory of a proxy over one."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self):
        return ReadOnly, (dict(self),)


class Entry:
    """A design: its clean genome, what identifies it, and its ready (value, ok, measurement) a seed."""

    __slots__ = ("genome", "identity", "place", "design", "seeds", "ready", "others", "hash")

    def __init__(self, genome, identity, design, seeds, hash):
        self.genome = genome
        self.identity = identity
        self.place = identity
        self.design = design
        self.seeds = seeds
        self.ready = [None] * seeds if seeds <= 64 else defaultdict(lambda: None)
        self.others = {}  # (fidelity, seed) -> the same, below the highest fidelity
        self.hash = hash


class Memo:
    def __init__(self, space, evaluator, objective, worst):
        self.space, self.evaluator, self.objective, self.worst = space, evaluator, objective, worst
        self.entries: dict[tuple, Entry] = {}

    def admit(self, genome) -> Entry:
        """The entry of a genome seen for the first time. IllegalGenome where it builds no design."""
        if type(genome) is tuple and all(type(p) is int for p in genome):
            given = picks = genome
        else:
            try:
                given = picks = tuple(int(p) for p in genome)
                if any(p != q for p, q in zip(picks, genome)):
                    raise TypeError
            except (TypeError, ValueError, OverflowError):
                raise AgentError(f"a genome is a tuple of whole numbers, got {genome!r}") from None
            if picks in self.entries:  # it came as a list or an array
                return self.entries[picks]
        design = self.space.decode(picks)
        if self.space.dead_ends:
            picks = self.space.encode(design)
        if self.evaluator.identity == "key":
            identity = self.space.key_of(picks)
            hash = word(identity)
        else:
            identity = picks
            hash = genome_hash(picks)
        entry = Entry(picks, identity, design, int(self.evaluator.seeds_of(design)), hash)
        if len(self.entries) < LIMIT:
            self.entries[given] = entry
            # Runs count by place. An entry hashes faster than a genome, and a design that is remembered keeps its own.
            if identity is picks and not self.space.dead_ends:
                entry.place = entry
        return entry

    def priced(self, measurement) -> tuple:
        """(value, ok, measurement): what a trial needs. Every run shares it, so an agent cannot write into it."""
        ok = measurement.status == "ok"
        if type(measurement.values) is not ReadOnly:
            _put_values(measurement, ReadOnly(measurement.values))
        return (self.objective.value(measurement.values) if ok else self.worst), ok, measurement


def genome_hash(genome) -> int:
    """64 bits of a genome (FNV-1a over its picks); `genome_hashes` gives the same for rows of an array."""
    h = _OFFSET
    for pick in genome:
        h = ((h ^ pick) * _PRIME) & _MASK
    return h


def genome_hashes(genomes: np.ndarray) -> np.ndarray:
    h = np.full(len(genomes), _OFFSET, np.uint64)
    for column in np.ascontiguousarray(genomes.T, np.uint64):
        h ^= column
        h *= np.uint64(_PRIME)
    return h


def seed_at(hash: int, noise: int, occurrence: int, count: int) -> int:
    """Which of `count` seeds a run's `occurrence`-th measurement of a design takes.

    A cyclic order with a start and a direction drawn from (run seed, task, design), so every order of two or three
    seeds is as likely as any other, and two agents with one seed meet the same noise.
    """
    x = ((hash ^ noise) * _MIX) & _MASK
    x ^= x >> 32
    x = (x * _MIX) & _MASK
    x >>= 32
    return ((x >> 1) + (occurrence if x & 1 else -occurrence)) % count


def beginnings(hashes: np.ndarray, noise: int) -> np.ndarray:
    """(n,) int64, never 0: where each design's order of seeds begins. `seeds_in` reads these, measurements added."""
    x = (hashes ^ np.uint64(noise)) * _MIX_64
    x ^= x >> _HALF
    x *= _MIX_64
    x >>= _HALF
    found = x.view(np.int64)
    back = (found & 1) - 1
    found >>= 1
    found += _FAR
    found ^= back  # a negative number counts towards 0, its complement away from it
    return found


def seeds_in(order: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """`seed_at` for arrays. order: `beginnings`, plus how often each design was measured before; counts: of seeds."""
    seeds = order ^ (order >> _SIGN)
    seeds -= _FAR
    return seeds % counts
