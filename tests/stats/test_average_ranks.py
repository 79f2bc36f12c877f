"""Friedman's test against SciPy and Demsar's published example."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from archgym.stats import critical_difference, friedman


@pytest.mark.parametrize("seed", range(4))
def test_the_statistic_is_scipys_ties_or_not(seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 6, (4, 12)).astype(float)
    assert friedman(values).chi_square == pytest.approx(scipy_stats.friedmanchisquare(*values).statistic)


def test_the_p_is_of_the_f_distribution():
    found = friedman(np.random.default_rng(0).normal(size=(5, 14)))
    assert found.f == pytest.approx(13 * found.chi_square / (14 * 4 - found.chi_square))
    assert found.p == pytest.approx(scipy_stats.f.sf(found.f, 4, 52))


@pytest.mark.parametrize("agents, q", [(2, 1.960), (3, 2.344), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_has_demsars_table(agents, q):
    assert critical_difference(agents, 20) == pytest.approx(q * (agents * (agents + 1) / 120) ** 0.5, rel=3e-4)


def test_demsars_example():
    """Four classifiers on 14 data sets."""
    assert critical_difference(4, 14) == pytest.approx(1.25, abs=0.01)


def test_under_the_null_five_in_a_hundred_are_found():
    rng = np.random.default_rng(0)
    found = np.mean([friedman(rng.normal(size=(4, 15))).p < 0.05 for _ in range(400)])
    assert 0.02 < found < 0.085


def test_agents_that_are_all_equal_differ_in_nothing():
    found = friedman(np.ones((3, 12)))
    assert found.p == 1 and found.chi_square == 0 and found.alike() == [(0, 1, 2)]


def test_one_order_on_every_task_is_as_clear_as_can_be():
    found = friedman(np.arange(3.0)[:, None] + np.zeros(12))
    assert found.p == 0 and found.ranks.tolist() == [3, 2, 1]


def test_the_bars_join_what_is_within_one_critical_difference():
    values = np.array([[5.0] * 20, [4.0] * 20, [1.0, 2.0] * 10, [2.0, 1.0] * 10])
    assert friedman(values).alike() == [(0, 1), (2, 3)]


def test_few_tasks_are_said_to_be_few():
    assert friedman(np.random.default_rng(0).normal(size=(3, 4))).underpowered == (
        "underpowered: 4 tasks, and a comparison of average ranks needs 10 or more")
    assert not friedman(np.random.default_rng(0).normal(size=(3, 10))).underpowered


def test_one_task_or_a_missing_number_is_refused():
    for values in (np.zeros((3, 1)), np.zeros((1, 3)), [[1.0, np.nan], [1, 2]]):
        with pytest.raises(ValueError, match="agents, tasks"):
            friedman(values)
