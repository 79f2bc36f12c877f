"""Relative improvement over random."""

import numpy as np
import pytest

from archgym.stats import relative_improvement


def test_the_improvement_is_in_percent_of_the_reference():
    assert relative_improvement([92.0, 94.0], 90.0, np.random.default_rng(0)).estimate == pytest.approx(100 / 30)


def test_a_lower_latency_is_an_improvement():
    # Latencies 8 and 10 against 12, on the value scale.
    assert relative_improvement([-8.0, -10.0], -12.0, np.random.default_rng(0)).estimate == pytest.approx(25)


def test_the_interval_is_that_of_the_mean_in_percent():
    values = np.random.default_rng(1).normal(90, 1, 200)
    improvement = relative_improvement(values, 90.0, np.random.default_rng(2))
    normal = 2 * 1.96 * values.std() / np.sqrt(200)
    assert improvement.high - improvement.low == pytest.approx(100 / 90 * normal, rel=0.1)


@pytest.mark.parametrize("reference", [0.0, np.nan, -np.inf])
def test_a_reference_without_a_meaning_is_refused(reference):
    with pytest.raises(ValueError, match="finite reference that is not zero"):
        relative_improvement([1.0, 2.0], reference, np.random.default_rng(0))
