"""Intervals over seeds, against scipy and closed forms; what they cover is in test_coverage."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from archgym.stats import bootstrap, bounded_mean, paired_difference, proportion, share_seeds
from archgym.stats.intervals import student_t_quantile


def generator():
    return np.random.default_rng(0)


def test_the_interval_of_a_mean_is_as_wide_as_students():
    values = np.random.default_rng(3).normal(size=20)
    interval = bootstrap(values, generator(), resamples=20000)
    low, high = scipy.stats.t.interval(0.95, 19, values.mean(), scipy.stats.sem(values))
    assert interval.high - interval.low == pytest.approx(high - low, rel=0.03)


@pytest.mark.parametrize("statistic, function", [("mean", np.mean), ("median", np.median)])
@pytest.mark.parametrize("seeds", [6, 7])
def test_the_quick_statistic_equals_the_function_by_name(statistic, function, seeds):
    values = np.random.default_rng(6).normal(size=(seeds, 3))
    quick, plain = (bootstrap(values, generator(), s) for s in (statistic, lambda v, axis: function(v, axis)))
    assert np.array([quick.estimate, quick.low, quick.high]) == pytest.approx(
        np.array([plain.estimate, plain.low, plain.high])
    )


def test_a_large_resample_is_taken_in_pieces_without_a_seam(monkeypatch):
    values = np.random.default_rng(7).normal(size=(10, 4))
    whole = bootstrap(values, generator(), np.median)
    monkeypatch.setattr("archgym.stats.intervals.CHUNK", 100)
    assert bootstrap(values, generator(), np.median).low.tolist() == whole.low.tolist()


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=12))
def test_the_interval_of_a_mean_lies_among_the_seeds(values):
    interval = bootstrap(values, generator(), resamples=200)
    slack = 1e-9 * max(map(abs, values))
    assert min(values) - slack <= interval.low <= interval.high <= max(values) + slack


@given(st.floats(-1e6, 1e6), st.integers(2, 9), st.sampled_from(["mean", "median"]))
def test_equal_seeds_have_their_value_to_the_last_bit(value, seeds, statistic):
    interval = bootstrap([value] * seeds, generator(), statistic, resamples=50)
    assert (interval.estimate, interval.low, interval.high) == (value, value, value)


def test_the_same_generator_gives_the_same_interval():
    values = np.random.default_rng(8).normal(size=9)
    assert bootstrap(values, generator()) == bootstrap(values, generator())


def test_one_seed_tells_no_interval():
    interval = bootstrap([[1.0, 2.0]], generator())
    assert np.isnan([interval.low, interval.high]).all()


@pytest.mark.parametrize("statistic", ["mean", "median"])
def test_an_absent_seed_is_passed_over(statistic):
    present = np.random.default_rng(9).normal(size=8)
    assert bootstrap(np.append(present, np.nan), generator(), statistic).estimate == pytest.approx(
        {"mean": np.mean, "median": np.median}[statistic](present)
    )


def test_where_one_seed_is_left_there_is_no_interval():
    interval = bootstrap([[1.0, 1.0], [2.0, np.nan]], generator())
    assert np.isnan(interval.low).tolist() == [False, True]


def test_a_failed_seed_makes_the_mean_infinite_and_not_the_median():
    values = np.append(np.arange(9.0), -np.inf)
    mean, median = (bootstrap(values, generator(), statistic) for statistic in ("mean", "median"))
    assert (mean.estimate, median.estimate) == (-np.inf, 3.5)


def test_the_low_end_of_a_failed_seed_is_infinite():
    assert bootstrap(np.append(np.arange(9.0), -np.inf), generator()).low == -np.inf


def test_pairing_by_seed_removes_what_the_seeds_share():
    shared = np.random.default_rng(10).normal(0, 100, 30)
    own = np.random.default_rng(11).normal(size=30)
    paired = paired_difference(shared + own, shared, generator())
    assert paired.high - paired.low < 2


def test_shared_seeds_are_found_in_any_order():
    seeds, (first, second) = share_seeds([4, 2, 9], [9, 3, 4])
    assert (seeds.tolist(), first.tolist(), second.tolist()) == ([4, 9], [0, 2], [2, 0])


def test_agents_without_a_common_seed_share_none():
    assert share_seeds([1], [2])[0].tolist() == []


@pytest.mark.parametrize("successes, trials", [(0, 30), (3, 30), (29, 30), (30, 30), (1, 2)])
def test_the_interval_of_a_proportion_equals_scipy(successes, trials):
    interval = proportion(successes, trials)
    other = scipy.stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((other.low, other.high), abs=1e-12)


def test_proportions_are_computed_for_many_counts():
    assert proportion([0, 5, 10], 10).estimate.tolist() == [0, 0.5, 1]


def test_no_trial_tells_nothing():
    assert np.isnan(proportion(0, 0).estimate)


def test_thirty_wins_are_resampled_with_one_win_and_one_loss():
    low = bounded_mean(np.ones(30), generator(), resamples=20000).low
    assert low == pytest.approx(1 - scipy.stats.binom.ppf(0.975, 32, 1 / 32) / 32)


@pytest.mark.parametrize("freedom, within", [(1, 1e-9), (2, 1e-9), (3, 0.01), (5, 0.002), (8, 3e-4), (29, 1e-6)])
def test_the_quantile_of_student_is_as_close_to_scipys_as_it_says(freedom, within):
    assert student_t_quantile(0.975, freedom) == pytest.approx(scipy.stats.t.ppf(0.975, freedom), rel=within)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda rng: bootstrap([], rng), "no seeds"),
        (lambda rng: bootstrap([1.0, 2.0], rng, "mode"), "'mean', 'median'"),
        (lambda rng: bootstrap([1.0, 2.0], rng, level=95), "between 0 and 1"),
        (lambda rng: bounded_mean([0.5, 1.5], rng), "between 0 and 1"),
        (lambda rng: paired_difference([1.0], [1.0, 2.0], rng), "share_seeds"),
        (lambda rng: share_seeds([1, 1], [1]), "occurs twice"),
        (lambda rng: proportion(3, 2), "number of trials"),
    ],
)
def test_what_cannot_be_an_interval_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(generator())
