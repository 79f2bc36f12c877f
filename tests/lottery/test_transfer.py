"""Whether a ranking of settings carries over from task to task."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from archgym.lottery.transfer import transfer


def test_the_correlation_is_spearmans_between_halves_of_the_seeds():
    finals = np.random.default_rng(0).normal(size=(2, 12, 4))
    found = transfer(finals, np.random.default_rng(0))
    first, second = finals[:, :, ::2].mean(axis=2), finals[:, :, 1::2].mean(axis=2)
    assert found.correlation[0, 0] == pytest.approx(spearmanr(first[0], second[0]).statistic)
    across = spearmanr(first[0], second[1]).statistic, spearmanr(first[1], second[0]).statistic
    assert found.correlation[0, 1] == found.correlation[1, 0] == pytest.approx(np.mean(across))


def test_settings_that_are_good_everywhere_transfer_whole():
    worth = np.arange(10.0)[None, :, None]
    found = transfer(np.broadcast_to(worth, (3, 10, 4)), np.random.default_rng(0))
    assert np.all(found.correlation > 0.999) and np.all(found.served == 1)
    assert found.another.estimate == pytest.approx(1) == found.itself.low


def test_settings_that_are_good_where_others_are_bad_serve_last():
    worth = np.arange(10.0)
    finals = np.stack([np.stack([worth] * 2, 1), np.stack([-worth] * 2, 1)])
    found = transfer(finals, np.random.default_rng(0))
    assert found.correlation[0, 1] == pytest.approx(-1) and found.served[0, 1] == 0 and found.served[0, 0] == 1


def test_scores_that_are_all_alike_have_no_correlation():
    found = transfer(np.ones((2, 5, 2)), np.random.default_rng(0))
    assert np.isnan(found.another.estimate) and found.served[0, 1] == pytest.approx(0.5)
