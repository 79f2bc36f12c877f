"""Noise and ruggedness against closed forms and simulated processes."""

import numpy as np
import pytest
import scipy.stats

from archgym.stats import correlation_length, seed_noise, walk_autocorrelation


def test_the_noise_of_two_designs_measured_twice_by_hand():
    # Within: (.5 + 2)/2 = 1.25. Mean square between: 2 (2.25^2 + 2.25^2) = 20.25, less 1.25, over two seeds: 9.5.
    found = seed_noise([1, 2, 5, 7], ["a", "a", "b", "b"])
    assert (found.within**2, found.between**2) == pytest.approx((1.25, 9.5))
    assert found.reliability == pytest.approx(9.5 / 10.75)


def test_the_parts_of_the_variance_have_the_f_ratio_of_scipys_analysis():
    rng = np.random.default_rng(5)
    groups = [rng.normal(mean, 1, size) for mean, size in ((0, 3), (2, 5), (5, 2), (1, 1))]
    found = seed_noise(np.concatenate(groups), np.repeat(np.arange(4), [len(g) for g in groups]))
    usual = (11 - (9 + 25 + 4 + 1) / 11) / 3  # measurements of a design, where numbers differ
    expected = scipy.stats.f_oneway(*groups).statistic
    assert 1 + usual * (found.between / found.within) ** 2 == pytest.approx(expected)


def test_unequal_numbers_of_seeds_do_not_bias_the_parts():
    rng = np.random.default_rng(0)
    designs = np.repeat(np.arange(6000), rng.integers(1, 4, 6000))
    values = 2 * rng.normal(size=6000)[designs] + rng.normal(size=len(designs))
    found = seed_noise(values, designs)
    assert (found.within, found.between, found.reliability) == pytest.approx((1, 2, 0.8), rel=0.03)


def test_reliability_is_the_correlation_of_two_seeds():
    rng = np.random.default_rng(1)
    pairs = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 2))
    found = seed_noise(pairs.ravel(), np.repeat(np.arange(4000), 2))
    assert found.reliability == pytest.approx(np.corrcoef(pairs.T)[0, 1], abs=0.01)


def test_designs_that_differ_in_noise_alone_have_no_spread_of_their_own():
    assert seed_noise([0, 2, 0, 2], [0, 0, 1, 1]).between == 0
    assert seed_noise([1, 2, 3], [0, 1, 2]) is None and seed_noise([1, 2], [0, 0]) is None


def autoregressive(rho, shape, rng):
    steps = rng.normal(size=shape) * (1 - rho**2) ** 0.5
    steps[:, 0] = rng.normal(size=shape[0])
    for t in range(1, shape[1]):
        steps[:, t] += rho * steps[:, t - 1]
    return steps


def test_a_walk_that_forgets_exponentially_is_told_as_that():
    found = walk_autocorrelation(autoregressive(0.8, (300, 200), np.random.default_rng(2)), [0, 1, 2, 5],
                                 np.random.default_rng(0))
    assert found.estimate == pytest.approx([1, 0.8, 0.64, 0.8**5], abs=0.02)
    assert correlation_length(found.estimate[1]) == pytest.approx(-1 / np.log(0.8), rel=0.1)


def test_one_mutation_of_many_bits_keeps_the_rest():
    """On the number of ones of b bits a step that flips one has the autocorrelation 1 - 2/b (Weinberger)."""
    rng, bits = np.random.default_rng(3), 10
    walks = np.empty((400, 60))
    state = rng.integers(0, 2, (400, bits))
    for step in range(60):
        walks[:, step] = state.sum(1)
        at = rng.integers(0, bits, 400)
        state[np.arange(400), at] ^= 1
    found = walk_autocorrelation(walks, [1, 2], rng)
    assert found.estimate == pytest.approx([0.8, 0.64], abs=0.03)


def test_lengths_at_the_ends():
    assert correlation_length(-0.2) == 0 and correlation_length(1.0) == np.inf
    with pytest.raises(ValueError, match="more steps"):
        walk_autocorrelation(np.zeros((3, 4)), [4], np.random.default_rng(0))


def test_a_landscape_without_differences_has_no_autocorrelation():
    assert np.isnan(walk_autocorrelation(np.ones((3, 9)), [1], np.random.default_rng(0)).estimate).all()
