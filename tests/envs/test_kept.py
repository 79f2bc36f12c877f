"""Columns kept in the cache folder: read once, and again where what was kept is not what was read."""

import numpy as np
import pytest

from archgym.envs.tables._kept import kept

COLUMNS = np.array([[1.0, np.nan, 3.0], [-0.5, 1e300, 0.0]])


@pytest.fixture
def read(tmp_path, monkeypatch):
    """What reads the columns, counting its calls."""
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path / "cache"))

    def columns():
        columns.calls += 1
        return COLUMNS

    columns.calls = 0
    return columns


def test_columns_are_read_once_and_the_same_ever_after(read):
    for _ in range(3):
        assert np.array_equal(kept("a", 2, read), COLUMNS, equal_nan=True)
    assert read.calls == 1
    assert np.array_equal(kept("b", 2, read), COLUMNS, equal_nan=True) and read.calls == 2


@pytest.mark.parametrize("damage", [lambda whole: whole[:-8], lambda whole: b"", lambda whole: whole[:-1] + b"\xff"])
def test_a_damaged_file_is_read_anew(read, tmp_path, damage):
    kept("a", 2, read)
    [path] = (tmp_path / "cache" / "columns").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert np.array_equal(kept("a", 2, read), COLUMNS, equal_nan=True) and read.calls == 2
    kept("a", 2, read)
    assert read.calls == 2


def test_without_a_folder_to_write_to_columns_are_read_every_time(read, tmp_path):
    (tmp_path / "cache").write_text("a file where the folder would be")
    for _ in range(2):
        assert np.array_equal(kept("a", 2, read), COLUMNS, equal_nan=True)
    assert read.calls == 2
