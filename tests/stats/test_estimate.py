"""Baselines estimated from a sample."""

from itertools import combinations, product

import numpy as np
import pytest

from archgym.stats import RandomBaseline, standard_error


def test_the_estimate_is_the_mean_over_all_subsets():
    sample = [4.0, 1.0, 3.0, 3.0, 0.0, 7.0]
    subsets = [max(subset) for subset in combinations(sample, 3)]
    assert RandomBaseline.from_sample(sample, 3).mean == pytest.approx(np.mean(subsets))


def test_the_estimate_is_unbiased():
    # Every sample of five draws from a population of three, weighted alike.
    population, n = [0.0, 1.0, 5.0], 3
    estimates = [RandomBaseline.from_sample(sample, n).mean for sample in product(population, repeat=5)]
    assert np.mean(estimates) == pytest.approx(RandomBaseline(population, n).mean)


def test_the_estimated_holdout_is_unbiased():
    population, holdout, n = [0.0, 1.0, 1.0], np.array([9.0, 2.0, 4.0]), 2
    estimates = [
        RandomBaseline.from_sample(np.array(population)[list(rows)], n, holdout=holdout[list(rows)]).holdout_mean
        for rows in product(range(3), repeat=4)
    ]
    assert np.mean(estimates) == pytest.approx(RandomBaseline(population, n, holdout).holdout_mean)


@pytest.mark.parametrize("n", [1, 2, 5, 11])
def test_the_standard_error_equals_leaving_each_draw_out(n):
    sample = np.random.default_rng(0).normal(size=12).round(1)
    left_out = [RandomBaseline.from_sample(np.delete(sample, i), n).mean for i in range(12)]
    assert standard_error(sample, n) == pytest.approx(np.sqrt(11 / 12 * np.sum((left_out - np.mean(left_out)) ** 2)))


def test_the_standard_error_of_one_draw_is_that_of_the_mean():
    sample = np.random.default_rng(1).normal(size=50)
    assert standard_error(sample, 1) == pytest.approx(sample.std(ddof=1) / np.sqrt(50))


def test_the_standard_error_is_the_spread_of_estimates():
    rng = np.random.default_rng(2)
    samples = rng.normal(size=(400, 300))
    spread = np.std([RandomBaseline.from_sample(sample, 20).mean for sample in samples])
    assert np.mean([standard_error(sample, 20) for sample in samples]) == pytest.approx(spread, rel=0.15)


def test_a_sample_of_only_n_tells_no_standard_error():
    assert np.isnan(RandomBaseline.from_sample([1.0, 2.0], 2).standard_error)


def test_an_exact_baseline_has_no_standard_error():
    assert RandomBaseline([1.0, 2.0], 2).standard_error == 0


def test_a_sample_knows_no_optimum_by_itself():
    baseline = RandomBaseline.from_sample([1.0, 2.0, 3.0], 2)
    assert (baseline.chance_of_optimum, baseline.expected_draws_to_optimum) == (None, None)


def test_the_chance_of_a_known_optimum_is_estimated():
    baseline = RandomBaseline.from_sample([1.0, 2.0, 3.0], 2, optimum=3.0)
    assert baseline.chance_of_optimum == pytest.approx(2 / 3)


def test_an_estimate_says_that_it_is_one():
    assert RandomBaseline.from_sample([1.0, 2.0], 1).words.endswith("unbiased estimate from a sample of 2 draws")


def test_more_draws_than_the_sample_holds_are_refused():
    with pytest.raises(ValueError, match="give a larger sample"):
        RandomBaseline.from_sample([1.0, 2.0], 3)
