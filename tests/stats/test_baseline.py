"""Random baselines, against enumeration and against simulated random search."""

from itertools import product

import numpy as np
import pytest

from archgym.stats import RandomBaseline

VALUES = [3.0, 1.0, 2.0, 2.0, 3.0]
HOLDOUT = [10.0, 40.0, 20.0, 30.0, 60.0]


def test_the_mean_and_sd_equal_enumeration():
    bests = [max(drawn) for drawn in product(VALUES, repeat=3)]
    baseline = RandomBaseline(VALUES, 3)
    assert (baseline.mean, baseline.sd) == pytest.approx((np.mean(bests), np.std(bests)))


def test_the_cdf_equals_enumeration():
    bests = np.array([max(drawn) for drawn in product(VALUES, repeat=3)])
    at = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 9.0])
    assert RandomBaseline(VALUES, 3).cdf(at) == pytest.approx([(bests <= x).mean() for x in at])


@pytest.mark.parametrize("tenths", range(1, 11))
def test_round_quantiles_are_not_missed_by_rounding(tenths):
    assert RandomBaseline(np.arange(1.0, 11), 1).quantile(tenths / 10) == tenths


def test_the_zero_quantile_is_the_worst_value():
    assert RandomBaseline(VALUES, 3).quantile(0) == 1


def holdout_of_first_best(weights, n):
    """[(holdout, probability)] of the first drawn among the best by search value, by listing every sequence."""
    weights = np.array(weights) / np.sum(weights)
    for drawn in product(range(5), repeat=n):
        yield HOLDOUT[max(drawn, key=lambda i: VALUES[i])], np.prod(weights[list(drawn)])


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1], [1, 2, 3, 4, 5]], ids=["uniform", "weighted"])
def test_the_holdout_of_the_best_equals_enumeration(weights):
    expected = sum(h * p for h, p in holdout_of_first_best(weights, 3))
    assert RandomBaseline(VALUES, 3, HOLDOUT, weights).holdout_mean == pytest.approx(expected)


def test_the_distribution_of_the_holdout_equals_enumeration():
    weights = [1, 2, 3, 4, 5]
    expected = {h: sum(p for other, p in holdout_of_first_best(weights, 2) if other == h) for h in HOLDOUT}
    law = RandomBaseline(VALUES, 2, HOLDOUT, weights).holdout_of_best
    assert dict(zip(law.support.tolist(), law.probability.tolist(), strict=True)) == pytest.approx(expected)


def test_the_closed_form_agrees_with_simulated_random_search():
    rng = np.random.default_rng(0)
    values, n, runs = rng.gamma(2, size=500), 40, 4000
    bests = values[rng.integers(0, 500, (runs, n))].max(1)
    baseline = RandomBaseline(values, n)
    assert abs(bests.mean() - baseline.mean) < 3 * baseline.sd / np.sqrt(runs)


def test_a_curve_is_the_baseline_at_each_n():
    baseline = RandomBaseline(VALUES, 1, HOLDOUT, optimum=2.5)
    curve = baseline.curve([1, 4, 9], quantiles=(0.1, 0.9))
    each = [baseline.at(n) for n in (1, 4, 9)]
    found = np.vstack((curve.mean, curve.quantiles, curve.chance_of_optimum, curve.holdout_mean)).T
    expected = [[b.mean, b.quantile(0.1), b.quantile(0.9), b.chance_of_optimum, b.holdout_mean] for b in each]
    assert found == pytest.approx(np.array(expected))


def test_at_equals_a_baseline_made_anew():
    baseline = RandomBaseline(VALUES, 7, HOLDOUT)
    baseline.best, baseline.holdout_of_best  # noqa: B018 - what was computed for 7 must not be told of 2
    assert baseline.at(2).holdout_of_best.mean == RandomBaseline(VALUES, 2, HOLDOUT).holdout_of_best.mean


def test_the_optimum_is_the_best_row_unless_told():
    assert RandomBaseline(VALUES, 2).chance_of_optimum == pytest.approx(1 - 0.6**2)


def test_an_optimum_above_every_row_has_no_chance():
    assert RandomBaseline(VALUES, 2, optimum=4.0).chance_of_optimum == 0


def test_expected_draws_to_the_optimum_count_ties():
    assert RandomBaseline(VALUES, 2, replace=False).expected_draws_to_optimum == pytest.approx(6 / 3)


def test_beating_counts_ties_half():
    # Best of 2 of {1, 2, 2, 3, 3}: P(1) = 1/25, P(2) = 8/25, P(3) = 16/25; a score of 2 gains 1/25 + 4/25.
    won = RandomBaseline(VALUES, 2).beaten_by([2.0, 2.0, 3.5], np.random.default_rng(0))
    assert won.estimate == pytest.approx((0.2 + 0.2 + 1) / 3)


def test_an_agent_below_every_row_never_wins():
    assert RandomBaseline(VALUES, 2).beaten_by([0.0, 0.0], np.random.default_rng(0)).estimate == 0


def test_a_run_that_measured_nothing_neither_wins_nor_loses():
    won = RandomBaseline(VALUES, 2).beaten_by([2.0, np.nan], np.random.default_rng(0))
    assert won.estimate == pytest.approx(0.2)


def test_the_chance_of_being_below_no_value_is_unknown():
    assert np.isnan(RandomBaseline(VALUES, 2).cdf(np.nan))


def test_a_random_agent_beats_the_best_of_n_half_the_time():
    rng = np.random.default_rng(2)
    values = rng.normal(size=300).round(1)
    bests = values[rng.integers(0, 300, (4000, 25))].max(1)
    assert RandomBaseline(values, 25).beaten_by(bests, rng).estimate == pytest.approx(0.5, abs=0.02)


def test_winning_every_run_is_not_certainty():
    won = RandomBaseline(VALUES, 2).beaten_by(np.full(30, 9.0), np.random.default_rng(0))
    assert won.estimate == 1 and won.low < 0.95


def test_the_interval_of_beating_covers_rare_failures():
    rng = np.random.default_rng(3)
    baseline, fails = RandomBaseline(np.arange(100.0), 10), 0.03
    truth = (1 - fails) * baseline.best.score(99.5) + fails * baseline.best.score(50.0)
    covered = 0
    for _ in range(400):
        won = baseline.beaten_by(np.where(rng.random(30) < fails, 50.0, 99.5), rng, resamples=1000)
        covered += won.low <= truth <= won.high
    assert covered / 400 >= 0.92


def test_the_words_name_law_population_and_certainty():
    baseline = RandomBaseline(VALUES, 2, law="uniform over cells", rows_are="cells")
    assert baseline.words == "best of 2 random draws with replacement, law uniform over cells; exact over 5 cells"


def test_without_holdout_values_there_is_no_holdout_baseline():
    baseline = RandomBaseline(VALUES, 2)
    assert (baseline.holdout_mean, baseline.holdout_of_best, baseline.curve([1]).holdout_mean) == (None, None, None)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: RandomBaseline(VALUES, 2, HOLDOUT[:3]), "one finite value for each of the 5 rows"),
        (lambda: RandomBaseline(VALUES, 6, replace=False), "at most 5"),
        (lambda: RandomBaseline(VALUES, 1).at(0), "at least one draw"),
        (lambda: RandomBaseline(VALUES, 1).curve([0, 1]), "at least one draw"),
        (lambda: RandomBaseline(VALUES, 1).quantile(1.5), "between 0 and 1"),
        (lambda: RandomBaseline(VALUES, 1).curve([1], quantiles=[-0.1]), "between 0 and 1"),
        (lambda: RandomBaseline(VALUES, 1).beaten_by([np.nan], np.random.default_rng(0)), "no seeds"),
        (lambda: RandomBaseline(VALUES, 1, exact=False), "from_sample"),
    ],
)
def test_an_impossible_baseline_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
