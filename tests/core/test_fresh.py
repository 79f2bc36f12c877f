"""Draws and mutants that leave out what was measured."""

from hypothesis import given
from hypothesis import strategies as st

from archgym.fresh import fresh_mutant, fresh_sample
from archgym.streams import uniform
from archgym.testing import Ladders, OneDesign

LADDERS = Ladders()
ALL = list(LADDERS.enumerate())


@given(st.sets(st.sampled_from(ALL), max_size=len(ALL) - 1), st.integers(0, 2**32))
def test_a_fresh_sample_is_none_of_those_seen(seen, seed):
    assert fresh_sample(LADDERS, seen, uniform(seed)) in set(ALL) - seen


def test_where_all_was_seen_a_sample_is_one_of_them():
    assert fresh_sample(LADDERS, set(ALL), uniform(0)) in ALL


@given(st.sampled_from(ALL), st.sets(st.sampled_from(ALL)), st.integers(0, 2**32))
def test_a_fresh_mutant_is_near_and_none_of_those_seen(genome, seen, seed):
    child = fresh_mutant(LADDERS, genome, seen, uniform(seed))
    near = [g for g in ALL if sum(a != b for a, b in zip(g, genome)) == 1 and g not in seen]
    assert child in near if near else child is None


def test_a_space_of_one_design_has_no_mutant():
    assert fresh_mutant(OneDesign(), (0,), set(), uniform(0)) is None
