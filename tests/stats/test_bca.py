"""BCa against scipy's, and where it must not fall over."""

import numpy as np
import pytest
import scipy.stats

from archgym.stats import bootstrap, interquartile_mean, over_tasks
from archgym.stats.bca import ends
from archgym.stats.intervals import tail_probability


def generator():
    return np.random.default_rng(0)


def scipys(samples, statistic, fewest, **options):
    """scipy's BCa with its percentiles as far out as ours."""
    level = 1 - 2 * tail_probability(fewest)
    return tuple(scipy.stats.bootstrap(samples, statistic, confidence_level=level, n_resamples=20_000, method="BCa",
                                       rng=np.random.default_rng(1), **options).confidence_interval)


@pytest.mark.parametrize("statistic, function", [
    ("mean", np.mean), ("median", np.median), (lambda v, axis: np.std(v, axis), np.std)])
def test_the_interval_of_one_sample_is_scipys(statistic, function):
    values = np.random.default_rng(4).gamma(0.7, size=41)
    interval = bootstrap(values, generator(), statistic, resamples=20_000)
    assert (interval.low, interval.high) == pytest.approx(scipys((values,), function, 41), rel=0.02)


@pytest.mark.parametrize("statistic", [np.mean, interquartile_mean])
def test_the_interval_over_several_tasks_is_scipys(statistic):
    tasks = [np.random.default_rng(5 + n).gamma(0.5, size=n) for n in (20, 20, 35)]
    interval = over_tasks(tasks, generator(), lambda s: statistic(s, axis=-1), resamples=20_000)

    def of_all(*samples, axis=-1):
        return statistic(np.concatenate(samples, axis=axis), axis=axis)

    assert (interval.low, interval.high) == pytest.approx(scipys(tasks, of_all, 20), rel=0.02)


def test_a_long_tail_moves_both_ends_to_its_side():
    values = np.random.default_rng(6).exponential(size=30)
    replicates = np.random.default_rng(7).choice(values, (4000, 30)).mean(1)
    plain = ends(replicates, values.mean(), np.zeros(30), 0.025)
    moved = ends(replicates, values.mean(), values - values.mean(), 0.025)
    assert moved[0] > plain[0] and moved[1] > plain[1]


def test_a_mirrored_sample_has_the_mirrored_interval():
    values = np.random.default_rng(8).exponential(size=25)
    one, other = bootstrap(values, generator()), bootstrap(-values, generator())
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), rel=0.01)


def test_a_curve_has_at_each_point_the_interval_of_its_values():
    curves = np.random.default_rng(9).gamma(1, size=(12, 5))
    curves[3, 2], curves[:, 4] = np.nan, 7.0
    whole = bootstrap(curves, generator())
    points = [bootstrap(curves[:, i], generator()) for i in range(5)]
    assert whole.low == pytest.approx([p.low for p in points])
    assert whole.high == pytest.approx([p.high for p in points])


@pytest.mark.parametrize("values", [[0.0, 0, 0, 1], [0.0, 1], [0.0] * 29 + [1.0], [0.0, 0, np.inf], [5.0] * 3])
def test_odd_samples_have_an_interval_in_order(values):
    interval = bootstrap(values, generator(), level=0.99)
    assert interval.low <= interval.estimate <= interval.high


def test_an_estimate_outside_its_replicates_has_their_end():
    # The largest value is above or equal to every resample's.
    values = np.arange(10.0)
    interval = bootstrap(values, generator(), lambda v, axis: v.max(axis))
    assert interval.low < interval.high == 9


def test_resamples_that_say_nothing_are_passed_over():
    replicates = np.concatenate((np.linspace(0, 1, 1001), np.full(500, np.nan)))
    assert ends(replicates, 0.5, np.zeros(5), 0.025) == pytest.approx((0.025, 0.975), abs=0.001)
