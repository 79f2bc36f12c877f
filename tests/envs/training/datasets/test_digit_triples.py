"""AddNIST and MultNIST: labels follow from the three digits that an image shows."""

import numpy as np
import pytest
from tiny_sets import write_idx

from archgym import ArchGymError
from archgym.envs.training.sources import load

COUNTS = {"train": 410, "valid": 205, "test": 203}
Y = np.arange(200) % 10


def digit_images(first):
    """2 x 2 images: pixel 0 shows the digit, pixels 1 and 2 which image it is."""
    x = np.zeros((200, 2, 2), np.uint8)
    x[:, 0, 0], x[:, 0, 1], x[:, 1, 0] = Y, np.arange(200), first
    return x


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("mnist")
    write_idx(place, (digit_images(0), Y), (digit_images(1), Y))
    return str(place)


def shown(x, pixel, values):
    """What a pixel was before each channel was standardized, from the order of its values; `values` all occur."""
    found = np.stack([np.unique(x[:, channel][:, *pixel], return_inverse=True)[1] for channel in range(3)], axis=1)
    assert (found.max(axis=0) == len(values) - 1).all()
    return np.asarray(values)[found]


@pytest.mark.parametrize("name, rule, classes", [
    ("addnist", lambda digits: digits.sum(axis=1) - 1, 20), ("multnist", lambda digits: digits.prod(axis=1) % 10, 10)])
def test_labels_follow_from_the_digits_and_are_equally_frequent(folder, name, rule, classes):
    data = load(name, {"folder": folder, **COUNTS})
    assert data.shape == (3, 2, 2) and data.classes == classes
    for split, count in COUNTS.items():
        x, y = getattr(data, split)
        assert len(x) == count and (rule(shown(x, (0, 0), range(10))) == y).all()
        assert np.ptp(np.bincount(y, minlength=classes)) <= 1 and y.tolist() != sorted(y)


def test_an_image_serves_one_split_alone(folder):
    data = load("addnist", {"folder": folder, "train": 2000, "valid": 2000, "test": 2000})
    kept, held, tested = (getattr(data, split)[0] for split in COUNTS)
    values = [set(np.round(x[:, channel, 0, 1], 4)) for x in (kept, held) for channel in range(3)]
    for channel in range(3):
        assert not values[channel] & values[channel + 3]
        assert (len(values[channel]), len(values[channel + 3])) == (150, 50)
        assert tested[:, channel, 1, 0].min() > kept[:, channel, 1, 0].max()  # MNIST's own test images


def test_the_same_files_give_the_same_bytes_and_counts_leave_other_splits_alone(folder):
    one = load("multnist", {"folder": folder, **COUNTS})
    assert load("multnist", {"folder": folder, **COUNTS}).fingerprint == one.fingerprint
    other = load("multnist", {"folder": folder, **COUNTS, "train": 100})
    assert (other.valid[1] == one.valid[1]).all() and other.fingerprint != one.fingerprint


def test_a_digit_that_no_image_shows_is_named_and_a_label_that_is_no_digit(tmp_path):
    few = Y != 7
    write_idx(tmp_path, (digit_images(0)[few], Y[few]), (digit_images(1), Y))
    with pytest.raises(ArchGymError, match="no image shows a 7"):
        load("addnist", {"folder": str(tmp_path)})
    write_idx(tmp_path, (digit_images(0), np.arange(200) % 11), (digit_images(1), Y))
    with pytest.raises(ArchGymError, match="some image shows a 10"):
        load("addnist", {"folder": str(tmp_path)})
