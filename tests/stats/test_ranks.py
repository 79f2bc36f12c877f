"""Ranks of agents."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from archgym.stats import average_rank, rank_agents


@given(arrays(float, (4, 3, 2), elements=st.integers(0, 3).map(float)))
def test_ranks_equal_scipys_from_the_best_down(values):
    assert rank_agents(values).tolist() == scipy.stats.rankdata(-values, axis=0).tolist()


def test_one_value_an_agent_can_be_ranked():
    assert rank_agents([1.0, 3.0, 2.0]).tolist() == [3, 1, 2]


def test_where_an_agent_has_no_value_nobody_has_a_rank():
    assert np.isnan(rank_agents([[1.0, 2.0], [np.nan, 1.0]])[:, 0]).all()


def test_a_run_that_failed_ranks_last():
    assert rank_agents([[-np.inf], [0.0]])[:, 0].tolist() == [2, 1]


def test_the_average_rank_is_the_mean_over_seeds():
    values = np.array([[3.0, 1.0, 2.0], [2.0, 2.0, 2.0]])
    assert average_rank(values, np.random.default_rng(0)).estimate == pytest.approx([1.5, 1.5])


def test_a_rank_curve_has_a_point_for_every_evaluation():
    values = np.random.default_rng(0).normal(size=(3, 5, 7))
    curve = average_rank(values, np.random.default_rng(1))
    assert curve.estimate == pytest.approx(scipy.stats.rankdata(-values, axis=0).mean(1))


def test_average_ranks_add_up_to_those_of_all_agents():
    values = np.random.default_rng(2).integers(0, 4, (5, 8, 6)).astype(float)
    assert average_rank(values, np.random.default_rng(3)).estimate.sum(0) == pytest.approx(np.full(6, 15))


def test_an_agent_that_always_wins_has_rank_one_without_doubt():
    rank = average_rank([[2.0, 3.0, 4.0], [1.0, 1.0, 1.0]], np.random.default_rng(0))
    assert (rank.low[0], rank.high[0]) == (1, 1)


@pytest.mark.parametrize(
    "call, message",
    [(lambda: rank_agents(1.0), "no agents"), (lambda: average_rank([1.0, 2.0], None), r"\(agents, seeds\)")],
)
def test_what_cannot_be_ranked_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
