"""Scores across tasks against SciPy, closed forms and simulation."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from archgym.stats import interquartile_mean, normalised, optimality_gap, over_tasks, performance_profile


@pytest.mark.parametrize("n", [4, 8, 40])
def test_the_interquartile_mean_is_scipys_trimmed_mean_where_a_quarter_is_whole(n):
    scores = np.random.default_rng(n).normal(size=n)
    assert interquartile_mean(scores) == pytest.approx(scipy_stats.trim_mean(scores, 0.25))


def test_a_part_of_a_score_counts_in_part():
    # Five scores: a quarter is 1.25 of them, so the second and the fourth count three quarters.
    assert interquartile_mean([0, 1, 2, 3, 100]) == pytest.approx((0.75 * 1 + 2 + 0.75 * 3) / 2.5)


def test_one_wild_score_does_not_move_the_interquartile_mean():
    calm = np.arange(12.0)
    wild = calm.copy()
    wild[-1] = 1e9
    assert interquartile_mean(wild) == interquartile_mean(calm)


def test_the_gap_counts_what_is_missing_and_nothing_above():
    assert optimality_gap([0.5, 1.0, 7.0]) == pytest.approx(0.5 / 3)


def test_the_profile_is_the_share_strictly_above():
    assert performance_profile([0.1, 0.5, 0.5, 0.9], [0.0, 0.5, 0.9]).tolist() == [1.0, 0.25, 0.0]


def test_the_area_under_the_profile_of_scores_from_0_to_1_is_their_mean():
    scores = np.random.default_rng(0).random(50)
    taus = (np.arange(20_000) + 0.5) / 20_000
    assert performance_profile(scores, taus).mean() == pytest.approx(scores.mean(), abs=1e-4)


def test_normalised_is_0_at_the_baseline_and_1_at_the_optimum():
    assert normalised([2, 3, 5], 2, 4).tolist() == [0, 0.5, 1.5]
    with pytest.raises(ValueError, match="low < high"):
        normalised([1], 3, 3)


def test_seeds_are_resampled_within_their_task():
    """Scores that differ between tasks and not within leave nothing to be unsure of."""
    interval = over_tasks([np.zeros(5), np.ones(5)], np.random.default_rng(0), lambda s: s.mean(-1))
    assert interval.low == interval.estimate == interval.high == 0.5


def test_one_seed_says_nothing_about_the_spread():
    interval = over_tasks([[0.5], [0.7, 0.8]], np.random.default_rng(0), interquartile_mean)
    assert interval.estimate > 0 and np.isnan(interval.low)
    with pytest.raises(ValueError, match="non-empty"):
        over_tasks([[]], np.random.default_rng(0), interquartile_mean)
