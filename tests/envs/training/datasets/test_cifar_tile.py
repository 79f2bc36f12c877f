"""CIFAR-Tile: the label is how many kinds of things a tile shows, less one."""

import numpy as np
import pytest
from tiny_sets import write_cifar10

from archgym import ArchGymError
from archgym.envs.training.datasets.cifar_tile import moved, pick, tiled
from archgym.envs.training.sources import load

COUNTS = {"train": 43, "valid": 42, "test": 41}
PATTERNS = [[4], [2, 2], [1, 1, 2], [1, 1, 1, 1]]


def photographs(count):
    """Of one color each: red is the kind, green and blue which photograph."""
    x = np.zeros((count, 3, 32, 32), np.uint8)
    which = np.arange(count)
    for channel, color in enumerate((which % 10, which % 200, which // 200)):
        x[:, channel] = color[:, None, None] + 1
    return x, which % 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("cifar")
    write_cifar10(place, *photographs(400), *photographs(100))
    return str(place)


def test_a_tile_shows_as_many_kinds_as_its_label_says(folder):
    data = load("cifar-tile", {"folder": folder, **COUNTS})
    assert data.shape == (3, 64, 64) and data.classes == 4
    for split, count in COUNTS.items():
        x, y = getattr(data, split)
        middles = np.round(x[:, :, 16::32, 16::32].reshape(count, 3, 4), 3)  # where a photograph shows, moved or not
        kinds = [sorted(np.unique(red, return_counts=True)[1]) for red in middles[:, 0]]
        assert kinds == [PATTERNS[label] for label in y]
        assert np.ptp(np.bincount(y, minlength=4)) <= 1
        assert all(len({tuple(column) for column in tile.T}) == 4 for tile in middles)


def test_only_what_is_trained_with_is_moved(folder):
    data = load("cifar-tile", {"folder": folder, **COUNTS})
    for split in COUNTS:
        quarters = getattr(data, split)[0].reshape(-1, 3, 2, 32, 2, 32)
        whole = (quarters == quarters[:, :, :, 16:17, :, 16:17]).all(axis=(1, 3, 5)).mean()
        assert whole < 0.2 if split == "train" else whole == 1


def test_no_photograph_twice_in_a_tile_and_every_place_alike():
    y = np.arange(40) % 10
    picked, labels = pick(y, 4000, np.random.default_rng(0))
    assert all(len(set(row)) == 4 for row in picked)
    assert [len(set(y[row])) - 1 for row in picked] == labels.tolist()
    singles = y[picked[labels == 2]]
    twice = np.array([[(row == kind).sum() == 2 for kind in row] for row in singles])
    assert np.abs(twice.mean(axis=0) - 0.5).max() < 0.08  # 1,000 tiles: five deviations


def test_a_moved_image_is_a_window_of_itself():
    x = np.random.default_rng(0).integers(1, 256, size=(60, 3, 32, 32), dtype=np.uint8)
    for before, after in zip(x, moved(x, np.random.default_rng(1))):
        padded = np.pad(before, ((0, 0), (4, 4), (4, 4)))
        windows = [padded[:, i:i + 32, j:j + 32] for i in range(9) for j in range(9)]
        assert any((after == window).all() or (after == window[..., ::-1]).all() for window in windows)


def test_tiles_are_laid_row_by_row():
    parts = [np.full((1, 3, 2, 2), i) for i in range(4)]
    assert tiled(parts)[0, 0].tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]


def test_the_same_files_give_the_same_bytes(folder):
    assert len({load("cifar-tile", {"folder": folder, **COUNTS}).fingerprint for _ in range(2)}) == 1


def test_too_few_photographs_of_a_kind_are_refused(tmp_path):
    write_cifar10(tmp_path, *photographs(100), *photographs(20))
    with pytest.raises(ArchGymError, match="a tile may need four"):
        load("cifar-tile", {"folder": str(tmp_path), **COUNTS})
    with pytest.raises(ArchGymError, match="a photograph has the label 10"):
        pick(np.arange(44) % 11, 5, np.random.default_rng(0))
