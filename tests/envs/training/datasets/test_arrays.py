"""Folders of arrays: validation samples are the folder's own, or held back from those to train with."""

import numpy as np
import pytest

from archgym import ArchGymError
from archgym.envs.training.sources import load


def write(folder, splits=("train", "valid", "test"), count=40, **changes):
    """Sample i of a split is the number i everywhere; labels go round."""
    for split in splits:
        x, y = np.arange(count * 6.0).reshape(count, 1, 6), np.arange(count) % 4
        arrays = {f"{split}_x": x, f"{split}_y": y} | changes
        for part in "xy":
            np.save(folder / f"{split}_{part}.npy", arrays[f"{split}_{part}"])
    return str(folder)


def rows(folder, data, split):
    """Which rows of the training file a split holds: its samples differ in every number."""
    first = np.load(f"{folder}/train_x.npy")[:, 0, 0]
    order = first.argsort()
    values = getattr(data, split)[0][:, 0, 0]
    both = np.concatenate([data.train[0][:, 0, 0], data.valid[0][:, 0, 0]])
    return order[np.searchsorted(np.sort(both), values)]


def test_a_folder_is_taken_as_it_is(tmp_path):
    data = load(write(tmp_path))
    raw = np.load(tmp_path / "train_x.npy")
    np.testing.assert_allclose(data.train[0], (raw - raw.mean()) / raw.std(), atol=1e-6)
    assert (data.test[1] == np.arange(40) % 4).all() and data.classes == 4 and data.cut == ""


def test_a_fifth_is_held_back_where_nothing_validates(tmp_path):
    folder = write(tmp_path, ("train", "test"))
    data = load(folder)
    held, kept = rows(folder, data, "valid"), rows(folder, data, "train")
    assert sorted([*held, *kept]) == list(range(40)) and len(held) == 8 and list(held) != sorted(held)
    assert (data.valid[1] == held % 4).all() and (data.train[1] == kept % 4).all()
    assert "8 of 40 training samples held back, drawn by seed 0" in data.fingerprint
    assert load(folder).fingerprint == data.fingerprint


def test_counts_cut_and_do_not_move_the_others(tmp_path):
    folder = write(tmp_path, ("train", "test"))
    whole, few = load(folder, {"valid": 10}), load(folder, {"train": 5, "valid": 10, "test": 7})
    assert [len(part[0]) for part in (few.train, few.valid, few.test)] == [5, 10, 7]
    assert (few.valid[1] == whole.valid[1]).all()
    write(tmp_path)
    own = load("arrays", {"folder": folder, "valid": 3})
    assert [len(part[0]) for part in (own.train, own.valid, own.test)] == [40, 3, 40]


@pytest.mark.parametrize("options, complaint", [
    ({"valid": 40}, "40 training samples; 40 to validate with and some to train with do not fit"),
    ({"train": 33}, "8 to validate with and 33 to train with do not fit"), ({"test": 41}, "40 test samples; 41")])
def test_more_than_there_are_are_refused(tmp_path, options, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        load(write(tmp_path, ("train", "test")), options)


@pytest.mark.parametrize("changes, complaint", [
    ({"train_y": np.arange(40) % 4 + 1}, "begin at 1.*take 1 from all"),
    ({"train_y": np.arange(40) % 4 * 2}, "go up to 6, but none is 1"),
    ({"valid_y": np.arange(40) % 5}, "valid split: labels run from 0 to 4; with 4 classes"),
    ({"train_y": np.arange(40) % 4 - 1}, "train split: labels run from -1"),
    ({"train_y": np.arange(39) % 4}, "40 inputs and 39 labels"), ({"test_y": np.arange(39) % 4}, "40 inputs and 39"),
    ({"train_y": np.full(40, "a")}, "whole number a sample"), ({"train_x": np.full((40, 1, 6), np.nan)}, "holds NaN"),
    ({"test_x": np.zeros((40, 1, 7))}, r"\(1, 7\), in the training split \(1, 6\)"),
    ({"train_x": np.array([{}] * 40)}, "train_x.npy is no plain numpy array")])
def test_arrays_that_do_not_fit_say_so(tmp_path, changes, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        load(write(tmp_path, **changes))


def test_mismatched_arrays_are_refused_where_some_are_held_back(tmp_path):
    with pytest.raises(ArchGymError, match="40 inputs and 39 labels among its training samples"):
        load(write(tmp_path, ("train", "test"), train_y=np.arange(39) % 4))


@pytest.mark.parametrize("content", [b"", b"no array", b"cut"])
def test_a_file_that_is_no_array_is_named(tmp_path, content):
    folder = write(tmp_path)
    file = tmp_path / "valid_x.npy"
    file.write_bytes(file.read_bytes()[:200] if content == b"cut" else content)
    with pytest.raises(ArchGymError, match="valid_x.npy is no plain numpy array, or was cut off"):
        load(folder)


def test_half_of_a_split_is_not_taken_for_none(tmp_path):
    folder = write(tmp_path)
    (tmp_path / "valid_y.npy").unlink()
    with pytest.raises(ArchGymError, match="no valid_y.npy"):
        load(folder)
