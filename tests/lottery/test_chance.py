"""P(a random configuration of A beats the default of B)."""

import numpy as np
import pytest

from archgym.lottery.chance import chance_of_beating


def test_every_run_of_every_configuration_meets_every_run_of_the_default():
    finals = np.array([[1.0, 2.0], [3.0, np.nan]])  # what failed loses
    others = np.array([1.0, 2.5])
    pairs = [(a > b) + (a == b) / 2 for a in (1.0, 2.0, 3.0, -np.inf) for b in others]
    assert chance_of_beating(finals, others, np.random.default_rng(0)).estimate == pytest.approx(np.mean(pairs))


def test_the_interval_covers_the_truth_where_configurations_differ():
    rng, held = np.random.default_rng(2), []
    for _ in range(150):
        finals = rng.normal(size=(30, 1)) + rng.normal(size=(30, 5))
        found = chance_of_beating(finals, rng.normal(size=30), rng, resamples=200)
        held.append(found.low <= 0.5 <= found.high)
    assert np.mean(held) > 0.9
