"""The space of a sample: its designs are the rows of the table, and nothing else."""

import itertools
import math

import numpy as np
import pytest
from toy_table import SPACE

from archgym import registry
from archgym.errors import ArchGymError
from archgym.product import ProductSpace
from archgym.streams import uniform
from archgym.tables.rows import TableSpace
from archgym.tables.spaces import InlineSpace
from archgym.testing import check_space


def some_rows(space, count, seed=0):
    u = uniform(seed)
    rows = set()
    while len(rows) < count:
        rows.add(space.sample(u))
    return sorted(rows)


SPACES = {"product": (InlineSpace(SPACE), 7), "one row": (InlineSpace(SPACE), 1), "cells": (None, 60)}


@pytest.fixture(params=SPACES)
def sample(request):
    space, count = SPACES[request.param]
    space = space or registry.space("NASBench201")
    rows = some_rows(space, count)
    return TableSpace(space, rows), rows


def test_it_enumerates_the_rows(sample):
    space, rows = sample
    assert list(space.enumerate()) == rows and space.size == len(rows)


def test_every_row_is_equally_likely(sample):
    space, rows = sample
    assert [math.exp(space.log_prob(row)) for row in rows] == pytest.approx([1 / len(rows)] * len(rows))
    u = uniform(1)
    drawn = [rows.index(space.sample(u)) for _ in range(50 * len(rows))]
    counts = np.bincount(drawn, minlength=len(rows))
    assert ((counts - 50) ** 2 / 50).sum() < len(rows) + 5 * math.sqrt(2 * len(rows))


def test_variation_stays_among_the_rows(sample):
    space, rows = sample
    u, there = uniform(2), set(rows)
    for row in rows:
        child = space.mutate(row, u)
        assert child in there - {row} if len(rows) > 1 else child is None
        assert set(space.neighbours(row, u)) <= there
    vectors = np.random.default_rng(0).random((20, space.vector_length))
    assert {space.from_vector(v.tolist()) for v in vectors} <= there


def test_what_no_row_records_is_no_design(sample):
    space, rows = sample
    other = next(g for g in space.space.enumerate() if g not in set(rows))
    with pytest.raises(ArchGymError, match="allowed: "):
        space.decode(other)
    with pytest.raises(ArchGymError, match="the table has no row for"):
        space.parse(space.space.text_of(other))


def test_it_passes_the_checks_of_every_space(sample):
    check_space(sample[0])


def test_all_rows_of_a_space_are_that_space():
    whole = InlineSpace(SPACE)
    table = TableSpace(whole, whole.enumerate())
    assert list(table.enumerate()) == list(itertools.product(range(3), range(2), range(2)))
    assert isinstance(whole, ProductSpace) and all(
        sorted(table.neighbours(g, uniform(0))) == sorted(whole.neighbours(g, uniform(0))) for g in whole.enumerate())
