"""What tells recipes apart, on numbers whose answer is known."""

import numpy as np
import pytest

pytest.importorskip("torch")

from archgym import ArchGymError
from archgym.cache import EvaluationCache
from archgym.envs.training.datasets.mnist1d import load as mnist1d
from archgym.experiments.mnist1d_recipes import TRIALS, measured, told
from archgym.experiments.mnist1d_table import RECIPE, SKELETON, representatives
from archgym.spaces.cell import NASBench201


def test_seeds_that_agree_and_seeds_that_do_not():
    cells = np.linspace(20, 60, 101)
    alike = told(np.stack([cells, cells + 1, cells - 1], 1), 0.5)
    assert alike.agreement == pytest.approx(1) and alike.noise == pytest.approx(1) and alike.seconds == 0.5
    assert (alike.low, alike.high) == pytest.approx((22, 58)) and alike.spread == pytest.approx(cells.std(ddof=1))
    rng = np.random.default_rng(0)
    noise = told(rng.normal(40, 5, (2_000, 3)), 0.5)
    assert abs(noise.agreement) < 0.05 and noise.noise == pytest.approx(5, rel=0.05)
    assert noise.spread == pytest.approx(5 / 3**0.5, rel=0.05)


def test_the_recipe_of_the_table_is_among_those_that_were_tried_and_none_twice():
    assert (RECIPE, SKELETON) in TRIALS
    assert len({str(trial) for trial in TRIALS}) == len(TRIALS)


def test_what_is_missing_is_said(tmp_path):
    with pytest.raises(ArchGymError, match="2 of 2 classes are not trained yet"):
        measured(representatives(NASBench201())[:2], mnist1d(), EvaluationCache(tmp_path), RECIPE, SKELETON)
