"""What a process remembers, and which seed a measurement takes."""

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import archgym
from archgym.errors import AgentError, IllegalGenome
from archgym.memo import beginnings, genome_hash, genome_hashes, seed_at, seeds_in
from archgym.streams import generator
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

words = st.integers(0, 2**64 - 1)


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=1, max_size=8))
def test_hashes_of_rows_are_hashes_of_genomes(rows):
    for kind in (np.int16, np.int64):
        assert genome_hashes(np.array(rows, kind)).tolist() == [genome_hash(row) for row in rows]


@given(words, st.integers(0, 2**63 - 1), st.integers(0, 100), st.integers(1, 12))
def test_seeds_of_arrays_are_seeds_of_single_measurements(hash, noise, occurrence, count):
    order = beginnings(np.array([hash], np.uint64), noise)
    assert order != 0
    assert seeds_in(order + occurrence, np.array([count])).tolist() == [seed_at(hash, noise, occurrence, count)]


@given(words, st.integers(0, 2**63 - 1), st.integers(0, 50), st.integers(1, 12))
def test_measurements_in_a_row_take_every_seed_once_before_any_twice(hash, noise, start, count):
    assert sorted(seed_at(hash, noise, start + i, count) for i in range(count)) == list(range(count))


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("what", ["runs of one design", "designs of one run"])
def test_every_order_of_two_or_three_seeds_is_as_likely(count, what):
    space, rng = archgym.space("NASBench201"), generator(1)
    genomes = [tuple(row) for row in space.sample_many(rng, 6_000).tolist()]
    noises = rng.integers(2**63, size=6_000).tolist()
    one_design = what == "runs of one design"
    pairs = [(genomes[0], n) for n in noises] if one_design else [(g, noises[0]) for g in set(genomes)]
    orders = Counter(tuple(seed_at(genome_hash(g), n, i, count) for i in range(count)) for g, n in pairs)
    expected = list(permutations(range(count)))
    assert chi_square([orders[order] for order in expected], [1 / len(expected)] * len(expected)) > 1e-3


def test_neighbouring_designs_and_neighbouring_runs_draw_their_seeds_apart():
    """The first seed of a design, and of the same design with the last operation changed, are independent."""
    space = archgym.space("NASBench201")
    pairs = Counter()
    for run in range(60):
        noise = int(generator(run, "x", "noise").integers(2**63))
        for genome in list(space.enumerate())[run::500]:
            other = (*genome[:-1], (genome[-1] + 1) % 5)
            pairs[seed_at(genome_hash(genome), noise, 0, 3), seed_at(genome_hash(other), noise, 0, 3)] += 1
    assert chi_square([pairs[a, b] for a in range(3) for b in range(3)], [1 / 9] * 9) > 1e-3


@pytest.mark.parametrize("genome", [None, 3, "012", (0.5, 0, 0, 0), (float("nan"), 0, 0, 0), (float("inf"), 0, 0, 0),
                                    ("0", 0, 0, 0), ((0,), 0, 0, 0)])
def test_what_is_no_genome_is_refused(genome):
    with pytest.raises((AgentError, IllegalGenome), match="genome"):
        toy(Ladders()).memo.admit(genome)


def test_a_list_and_an_array_are_taken_for_the_genome_that_they_hold():
    memo = toy(Ladders()).memo
    entry = memo.admit((1, 2, 0, 2))
    assert memo.admit([1, 2, 0, 2]) is memo.admit(np.array([1, 2, 0, 2], np.int16)) is entry
    assert entry.genome == (1, 2, 0, 2) and all(type(pick) is int for pick in entry.genome)


def test_an_unclean_genome_is_known_by_its_clean_one():
    memo = toy(Expressions(2, 5, ("one", "two", "sum", "half"))).memo
    clean, detour = memo.admit((3, 1)), memo.admit((3, 2, 0, 1, 1))
    assert detour.genome == clean.genome == (3, 1)
    assert (detour.identity, detour.place, detour.hash) == (clean.identity, clean.place, clean.hash)


def test_measurements_that_all_runs_share_cannot_be_written_into():
    task = toy(Ladders())

    class Scribbler(archgym.AskTellAgent):
        def ask(self, n):
            return [archgym.Proposal((0, 0, 0, 0))]

        def tell(self, trials):
            trials[0].values["score"] = 1e9

    with pytest.raises(TypeError, match="cannot be written"):
        archgym.run(task, Scribbler(), archgym.Budget(evaluations=3))
    assert archgym.run(task, "random", archgym.Budget(evaluations=200)).incumbent.value < 1
