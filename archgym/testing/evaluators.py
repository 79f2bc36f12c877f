"""check_evaluator: what everything that measures designs must do."""

import math

import numpy as np

from ..errors import ArchGymError
from ..evaluator import STATUSES, Designs, Evaluator, Metric, measure
from ..space import Space
from ..streams import uniform
from .contract import Checks, Untried, need

SLOW = 2  # designs measured where the evaluator is not instant


def check_evaluator(evaluator: Evaluator, space: Space | None = None, *, samples: int = 24, seed: int = 0) -> Checks:
    """Try the contract of an evaluator on `samples` designs of a space (two where it is not instant).

    Returns what was kept and what could not be tried; ContractBroken says what is broken.
    """
    if not isinstance(evaluator, Evaluator):
        raise ArchGymError(f"check_evaluator takes an archgym Evaluator, got {evaluator!r}")
    if not isinstance(space, Space):
        raise ArchGymError("check_evaluator also takes the space of its designs; check_task has it, and checks both")
    checks = Checks(f"evaluator {type(evaluator).__name__}")
    _declared(evaluator, checks)
    u = uniform(seed)
    genomes = list(dict.fromkeys(space.sample(u) for _ in range(samples if evaluator.instant else SLOW)))
    designs = [space.decode(genome) for genome in genomes]
    rows = np.array(genomes) if hasattr(space, "codes") else genomes
    fidelities = (None, *evaluator.fidelities)
    seeds_tried = 4 if evaluator.instant else 1

    with checks.promise("a design has 1 to `seeds` seeds, and seeds_of_many agrees with seeds_of"):
        counts = [evaluator.seeds_of(design) for design in designs]
        for genome, count in zip(genomes, counts):
            need(1 <= count <= evaluator.seeds,
                 f"design {space.text_of(genome)} has {count} seeds of {evaluator.seeds}")
        for given, what in ((designs, "a list"), (Designs(space, rows), "Designs")):
            many = [int(count) for count in evaluator.seeds_of_many(given)]
            need(many == counts, f"seeds_of_many of {what} gives {many}, seeds_of {counts}")

    def places():
        for genome, design, count in zip(genomes, designs, counts):
            for fidelity in fidelities:
                for s in range(min(count, seeds_tried)):
                    yield genome, design, fidelity, s

    def once(genome, design, fidelity, s):
        return measure(evaluator, design, fidelity, s, lambda: space.text_of(genome))

    with checks.promise("a measurement has a finite number for each declared metric and no other, and a cost >= 0"):
        first = {(genome, fidelity, s): once(genome, design, fidelity, s) for genome, design, fidelity, s in places()}
        for (genome, fidelity, s), found in first.items():
            _sound(found, evaluator, f"design {space.text_of(genome)} at fidelity {fidelity} with seed {s}")
    with checks.promise("a measurement is a function of design, fidelity and seed, whatever was measured before"):
        for genome, _, fidelity, s in reversed(list(places())):
            again = once(genome, space.decode(genome), fidelity, s)
            _same(again, first[genome, fidelity, s],
                  f"design {space.text_of(genome)} at fidelity {fidelity} with seed {s} measured twice")
    if evaluator.fidelities:
        with checks.promise("fidelity None is the highest"):
            for genome, _, _, s in places():
                _same(first[genome, None, s], first[genome, evaluator.fidelities[-1], s],
                      f"design {space.text_of(genome)} at fidelity None and at {evaluator.fidelities[-1]}")
    with checks.promise("evaluate_many gives column by column what evaluate gives one by one"):
        for fidelity in fidelities:
            for given, what in ((designs, "a list"), (Designs(space, rows), "Designs")):
                seeds = np.array([(i + (fidelity or 0)) % min(count, seeds_tried) for i, count in enumerate(counts)])
                many = evaluator.evaluate_many(given, fidelity=fidelity, seeds=seeds)
                need(len(many) == len(designs), f"evaluate_many of {len(designs)} designs gives {len(many)}")
                for i, (genome, s) in enumerate(zip(genomes, seeds.tolist())):
                    _same(many[i], first[genome, fidelity, s],
                          f"design {space.text_of(genome)} in evaluate_many of {what} "
                                                               "and in evaluate")
    if evaluator.identity == "key":
        with checks.promise("under identity 'key', designs of one key measure alike"):
            by_key, twins = {}, 0
            for genome in (space.sample(u) for _ in range(20 * samples if evaluator.instant else 0)):
                other = by_key.setdefault(space.key_of(genome), genome)
                if other != genome:
                    twins += 1
                    _same(once(genome, space.decode(genome), None, 0), once(other, space.decode(other), None, 0),
                          f"twins {space.text_of(other)} and {space.text_of(genome)}")
            if not twins:
                raise Untried("no two designs of one key were drawn")
    return checks


def _declared(evaluator, checks):
    with checks.promise("metrics have names of their own, fidelities ascend, seeds >= 1, identity is known"):
        metrics = evaluator.metrics
        need(isinstance(metrics, tuple) and metrics and all(isinstance(m, Metric) for m in metrics),
             f"metrics is {metrics!r}, not a tuple of Metrics")
        names = [metric.name for metric in metrics]
        need(len(set(names)) == len(names), f"two metrics have one name: {', '.join(names)}")
        levels = tuple(evaluator.fidelities)
        need(all(isinstance(level, int) and level > 0 for level in levels) and list(levels) == sorted(set(levels)),
             f"fidelities are {levels}")
        need(isinstance(evaluator.seeds, int) and evaluator.seeds >= 1, f"seeds is {evaluator.seeds!r}")
        need(evaluator.identity in ("genome", "key"), f"identity is {evaluator.identity!r}")
    with checks.promise("fingerprint names the data or the recipe, the same in every process"):
        need(isinstance(evaluator.fingerprint, str) and evaluator.fingerprint,
             f"fingerprint is {evaluator.fingerprint!r}")
        need(" at 0x" not in evaluator.fingerprint, f"fingerprint changes with every process: {evaluator.fingerprint}")


def _sound(found, evaluator, what):
    need(found.status in STATUSES, f"the status of {what} is {found.status!r}; allowed: {', '.join(STATUSES)}")
    need(math.isfinite(found.cost) and found.cost >= 0, f"the cost of {what} is {found.cost!r}")
    declared = {metric.name for metric in evaluator.metrics}
    if extra := sorted(set(found.values) - declared):
        need(False, f"{what} comes with {', '.join(extra)}, which metrics does not declare")
    if found.status == "ok":
        need(declared == set(found.values), f"{what} lacks {', '.join(sorted(declared - set(found.values)))}")
        for name, value in found.values.items():
            need(math.isfinite(value), f"{name} of {what} is {value!r}")


def _same(found, other, what):
    need(found.status == other.status, f"{what}: the status is {found.status} and {other.status}")
    need(found.cost == other.cost, f"{what}: the cost is {found.cost!r} and {other.cost!r}")
    if found.status == "ok":
        for name, value in other.values.items():
            need(found.values.get(name) == value, f"{what}: {name} is {found.values.get(name)!r} and {value!r}")
