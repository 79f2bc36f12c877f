"""Arrays in memory: what is wrong with them is said, and what is looked up is what would have been computed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym import ArchGymError
from archgym.envs.training.data import Data, standardized, standardized_bytes


def data(**changes):
    x, y = np.arange(24.0).reshape(6, 1, 4), np.array([0, 1, 2, 0, 1, 2])
    return Data(**{"name": "toy", "train": (x, y), "valid": (x, y), "test": (x, y), "classes": 3} | changes)


def with_nan(place):
    x = np.zeros((6, 1, 4))
    x[place, 0, 2] = np.nan
    return x


Y = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize("split", ["train", "valid", "test"])
@pytest.mark.parametrize("pair, complaint", [
    ((with_nan(4), Y), "sample 4 holds NaN"), ((np.full((6, 1, 4), 1e300), Y), "sample 0 holds NaN or infinity"),
    ((np.zeros((6, 1, 4)), Y[:5]), "6 inputs and 5 labels"), ((np.zeros((0, 1, 4)), Y[:0]), "0 inputs"),
    ((np.full((6, 1, 4), "a"), Y), "inputs are numbers"), ((np.zeros(6), Y), "several a sample"),
    ((np.zeros((6, 1, 4)), Y + 0.5), "one whole number"), ((np.zeros((6, 1, 4)), Y * np.nan), "one whole number"),
    ((np.zeros((6, 1, 4)), np.eye(6)), "one whole number"), ((np.zeros((6, 1, 4)), Y.astype(str)), "one whole number"),
    ((np.zeros((6, 1, 4)), Y + 1), "labels run from 1 to 3; with 3 classes they run from 0 to 2"),
    ((np.zeros((6, 1, 4)), Y - 1), "labels run from -1 to 1")])
def test_faults_are_said_with_their_place(split, pair, complaint):
    with pytest.raises(ArchGymError, match=f"data set toy, {split} split: .*{complaint}"):
        data(**{split: pair})


def test_samples_of_another_shape_are_refused():
    with pytest.raises(ArchGymError, match=r"test split: .* shape \(1, 5\), in the training split \(1, 4\)"):
        data(test=(np.zeros((6, 1, 5)), Y))


def test_the_fingerprint_tells_every_number_and_how_it_was_cut():
    one = data()
    changed = with_nan(3)
    changed[np.isnan(changed)] = 1
    others = [data(train=(changed, Y)), data(valid=(changed, Y)), data(test=(one.test[0], Y[::-1])), data(name="other"),
              replace(one, cut="by hand")]
    assert data().fingerprint == one.fingerprint
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 6
    assert "by hand" in replace(one, cut="by hand").fingerprint


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([(2, 3), (1, 2, 2), (3, 4, 5)]))
@settings(max_examples=30)
def test_bytes_are_standardized_as_numbers_are(seed, count, shape):
    rng = np.random.default_rng(seed)
    parts = [(rng.integers(256, size=(n, *shape), dtype=np.uint8), rng.integers(2, size=n)) for n in (count, 3, 4)]
    parts[0][0][:, 0] = 7  # a channel that never changes
    looked_up, computed = standardized_bytes("a", *parts, 2, "so"), standardized(Data("a", *parts, 2, "so"))
    assert looked_up.cut == computed.cut == "so"
    for split in ("train", "valid", "test"):
        np.testing.assert_allclose(getattr(looked_up, split)[0], getattr(computed, split)[0], rtol=1e-4, atol=1e-4)
        assert (getattr(looked_up, split)[1] == getattr(computed, split)[1]).all()
