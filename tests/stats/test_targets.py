"""Targets, the share of them that is reached, and log efficiency, against enumeration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import log_efficiency, quantile_targets, target_ecdf


def test_the_targets_of_a_thousand_designs_are_their_best_hundred_ten_and_one():
    assert quantile_targets(np.arange(1000)).tolist() == [900, 990, 999, 999]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_a_target_is_the_least_value_with_no_more_than_its_share_above_or_at_it(values):
    values = np.array(values)
    for target, share in zip(quantile_targets(values, top=(0.5, 0.1)), (0.5, 0.1)):
        if target < values.max():
            assert (values >= target).mean() <= share
        below = values[values < target]
        if len(below):
            assert (values >= below.max()).mean() > share


def test_weights_count_as_repetitions():
    assert quantile_targets([1, 2, 3], [0.5, 0.4, 0.1], (0.5, 0.1)).tolist() == quantile_targets(
        [1] * 5 + [2] * 4 + [3], top=(0.5, 0.1)).tolist()


def test_the_ecdf_counts_pairs_of_a_run_and_a_target():
    incumbents = np.array([[1.0, 2, 3], [0, 0, 2]])
    found = target_ecdf(np.arange(1, 4), incumbents, [1, 2, 3, 9], [1, 2, 3], np.random.default_rng(0))
    assert found.estimate.tolist() == [1 / 8, 2 / 8, 5 / 8]
    assert (found.low <= found.estimate).all() and (found.high >= found.estimate).all()


def test_half_the_budget_is_the_logarithm_of_two_more_efficient():
    assert log_efficiency([99, 49, 9], [199, 99, 19]) == pytest.approx(np.log(2))
    assert log_efficiency([10, np.inf], [10, np.inf]) == 0
    assert log_efficiency([5], [np.inf]) == np.inf and np.isnan(log_efficiency([np.inf], [np.inf]))
