"""Which hyper-parameters matter, on scores made to depend on known ones."""

import numpy as np

from archgym.lottery.configurations import enter
from archgym.lottery.importance import coded, permutation_importance


def test_what_decides_matters_and_what_does_not_does_not():
    rng = np.random.default_rng(0)
    settings = rng.integers(0, 5, (40, 3))
    found = permutation_importance(("a", "b", "c"), settings, settings[:, 1] + 0.1 * rng.normal(size=40), rng)
    low, estimate = np.array(found.share.low), np.array(found.share.estimate)
    assert low[1] > 0.5 and estimate[0] < 0.1 and estimate[2] < 0.1
    assert found.explained > 0.7


def test_noise_is_not_predicted():
    rng = np.random.default_rng(1)
    found = permutation_importance(("a", "b"), rng.integers(0, 5, (40, 2)), rng.normal(size=40), rng)
    assert found.explained < 0.2 and np.all(np.array(found.share.low) < 0.1)


def test_nothing_is_said_of_scores_that_are_all_alike_or_few():
    rng = np.random.default_rng(0)
    assert permutation_importance(("a",), np.arange(20)[:, None], np.ones(20), rng) is None
    assert permutation_importance(("a",), np.arange(4)[:, None], np.arange(4), rng) is None


def test_numbers_are_coded_in_their_order():
    entrant = enter("genetic", 30)
    column = coded(entrant.space, entrant.drawn)[:, entrant.space.names.index("mutation")]
    values = [o["mutation"] for o in entrant.drawn]
    assert [sorted((0.1, 0.05, 0.001))[int(c)] for c in column] == values
