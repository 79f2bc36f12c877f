"""The law of a small space, worked out without the space's own sampling or enumeration, and what must agree with it."""

import math
from collections import deque
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ..errors import DeadEnd, Reject
from ..product import ProductSpace
from ..space import Space
from ..streams import generator, uniform
from .contract import Untried, need

SMALL = 3_000  # prefixes tried before a space is not small
COUNTABLE = 50_000  # genomes that are enumerated where the space says its size
CHANCE = 1e-6  # p-value below which a law is called broken; the draws are seeded, so a sound space stays sound


class _Ask(Exception):
    def __init__(self, choice):
        self.choice = choice


@dataclass
class Law:
    """Every build of a small space."""

    probability: dict[tuple[int, ...], float]
    """Clean genome -> probability that a draw ends in it, rejected draws apart; legal genomes without weight have 0."""
    direct: dict[tuple[int, ...], float]
    """Clean genome -> probability of drawing its picks as they stand, without a detour over abandoned picks."""
    rejected: float
    """Probability that a draw is rejected."""
    detours: int
    """Builds that abandoned picks on the way to a design."""


def exact_law(space, limit: int = SMALL) -> Law | None:
    """Breadth first over all picks, with nothing of the space but `build` and `answer`. None where it is not small."""
    probability, direct, rejected, detours = {}, {}, 0.0, 0
    waiting, tried = deque([((), 0.0)]), 0
    while waiting:
        prefix, logarithm = waiting.popleft()
        tried += 1
        if tried > limit or tried + len(waiting) > 20 * limit:
            return None
        given = iter(prefix)

        def pick(choice):
            index = next(given, None)
            if index is None:
                raise _Ask(choice)
            return index

        try:
            trace = space.play(pick)
        except _Ask as asked:
            waiting.extend((prefix + (i,), logarithm + step) for i, step in steps_of(asked.choice))
            continue
        except (DeadEnd, Reject):
            rejected += math.exp(logarithm)
            continue
        except RecursionError:
            return None
        clean = space.encode(trace.design) if space.dead_ends else prefix
        probability[clean] = probability.get(clean, 0.0) + math.exp(logarithm)
        if clean == prefix:
            direct[clean] = math.exp(logarithm)
        else:
            detours += 1
    kept = math.fsum(probability.values())
    return Law({genome: p / kept for genome, p in probability.items()}, direct, rejected, detours) if kept else None


def steps_of(choice):
    """(pick, log-probability) of every legal pick."""
    weights = [1.0] * len(choice.options) if choice.weights is None else choice.weights
    legal = [i for i in range(len(choice.options)) if choice.legal is None or choice.legal[i]]
    total = math.fsum(weights[i] for i in legal)
    return [(i, math.log(weights[i] / total) if weights[i] > 0 else -math.inf) for i in legal]


def chi_square(counts, probabilities) -> float:
    """p-value of Pearson's test that `counts` have these probabilities; cells below 5 expected are pooled."""
    from scipy.special import chdtrc

    counts, expected = np.asarray(counts, float), np.asarray(probabilities, float) * np.sum(counts)
    if counts[expected == 0].any():
        return 0.0
    small = expected < 5
    if small.any():
        counts = np.append(counts[~small], counts[small].sum())
        expected = np.append(expected[~small], expected[small].sum())
    counts, expected = counts[expected > 0], expected[expected > 0]
    if len(counts) < 2:
        return 1.0
    return float(chdtrc(len(counts) - 1, np.sum((counts - expected) ** 2 / expected)))


def check_law(space, checks, seed):
    """Enumeration, `log_prob` and the draws against the law worked out here; the draws alone where designs are many."""
    law: Law | None = exact_law(space) if not space.dead_ends or type(space).answer is not Space.answer else None

    def small():
        if law is None:
            raise Untried("the space is not small")
        return law

    with checks.promise("enumerate() gives every clean genome once, in lexicographic order, and size is their number"):
        if law is None and (space.size is None or space.size > COUNTABLE):
            raise Untried(f"more than {COUNTABLE:,} genomes, or nobody knows how many")
        given = list(islice(space.enumerate(), (len(law.probability) if law else space.size) + 1))
        need(len(set(given)) == len(given), "enumerate() repeats itself")
        if law:
            off = set(given) ^ set(law.probability)
            need(not off, f"enumerate() gives {len(given)} genomes, and {len(law.probability)} can be built; "
                          f"for one, {min(off, default=None)}")
        need(given == sorted(given), "enumerate() is not in lexicographic order")
        need(space.size in (None, len(given)),
             f"size is {space.size}, but enumerate() gives {len(given)} genomes or more")
    with checks.promise("log_prob() is the probability of the picks as they stand"):
        for genome, p in small().direct.items():
            need(math.isclose(math.exp(space.log_prob(genome)), p, rel_tol=1e-9, abs_tol=1e-300),
                 f"log_prob of {genome} says {math.exp(space.log_prob(genome)):.9g}, its picks have {p:.9g}")
        total = math.fsum(law.direct.values()) + law.rejected
        need(law.detours or math.isclose(total, 1.0, rel_tol=1e-9), f"the probabilities sum to {total:.9g}")

    def drawn(n):
        u = uniform(seed)
        return [space.sample(u) for _ in range(n)]

    def drawn_at_once(n):
        return [tuple(map(int, genome)) for genome in space.sample_many(generator(seed, "law"), n)]

    for method, draw in (("sample", drawn), ("sample_many", drawn_at_once)):
        with checks.promise(f"{method}() follows the law of the choices"):
            if law is None and isinstance(space, ProductSpace):
                _margins(space, method, draw(2_000))
                continue
            counts = dict.fromkeys(small().probability, 0)
            for genome in draw(max(2_000, min(10 * len(counts), 20_000))):
                need(genome in counts, f"{method} gives {genome}, which no build gives")
                counts[genome] += 1
            p = chi_square(list(counts.values()), list(law.probability.values()))
            worst = max(counts, key=lambda g: abs(counts[g] - sum(counts.values()) * law.probability[g]))
            need(p > CHANCE,
                 f"{method} draws by another law (chi-square p = {p:.1e}): {worst} came {counts[worst]} times in "
                 f"{sum(counts.values()):,}, expected {law.probability[worst] * sum(counts.values()):.1f}")


def _margins(space, method, genomes):
    """Choice by choice, where the designs are too many."""
    for column, choice in enumerate(space.choices):
        steps = dict(steps_of(choice))
        counts = [sum(genome[column] == pick for genome in genomes) for pick in steps]
        p = chi_square(counts, [math.exp(step) for step in steps.values()])
        need(p > CHANCE, f"{method} draws choice {choice.name!r} by another law (chi-square p = {p:.1e}): picks "
                         f"{list(steps)} came {counts} times")
