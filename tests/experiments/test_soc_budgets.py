"""Budgets of systems on a chip: the rank that they come from, against trying all; a small sample of the real thing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from archgym.experiments.soc_budgets import METRICS, budgets, rank_where, rounded_up


@given(arrays(float, st.tuples(st.integers(1, 12), st.just(3)), elements=st.integers(0, 5)), st.floats(0.05, 1))
def test_the_rank_is_the_lowest_at_which_enough_rows_keep_all(rows, share):
    def kept(rank):
        limits = [sorted(column)[rank - 1] for column in rows.T]
        return np.mean([all(value <= limit for value, limit in zip(row, limits)) for row in rows])

    lowest = next(rank for rank in range(1, len(rows) + 1) if kept(rank) >= share - 1e-12)
    found = rank_where(rows, share)
    assert kept(found) >= share - 1e-12
    assert [sorted(c)[found - 1] for c in rows.T] == [sorted(c)[lowest - 1] for c in rows.T]


@pytest.mark.parametrize("value, up", [(0.00590711, 0.0059072), (36.0, 36.0), (1.00001e-6, 1.0001e-6)])
def test_budgets_are_rounded_up(value, up):
    assert rounded_up(value) == up >= value


def test_some_of_the_designs_that_are_drawn_keep_the_budgets():
    quantile, found, share = budgets("edge-detection", "limited", designs=200, seed=1)
    assert set(found) == set(METRICS) and share >= 1 / 200 and 0 < quantile <= 1
