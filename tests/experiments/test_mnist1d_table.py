"""The program of the MNIST-1D table on two cells: it resumes, it refuses to write what is not there."""

import pytest

pytest.importorskip("torch")

import pyarrow.parquet as pq

from archgym import ArchGymError
from archgym.cache import EvaluationCache
from archgym.envs.training.datasets.mnist1d import load as mnist1d
from archgym.experiments.mnist1d_table import RECIPE, SEEDS, fill, representatives, write
from archgym.spaces.cell import NASBench201


def test_there_is_a_representative_for_each_class():
    space = NASBench201()
    cells = representatives(space)
    assert len(cells) == len(set(map(space.key, cells))) == 6_466


def test_trainings_are_made_once_and_written_when_all_are_there(tmp_path):
    space, data = NASBench201(), mnist1d(100, 50)
    cells = [space.decode((0,) * 6), space.decode((1, 0, 2, 0, 4, 1))]
    cache = EvaluationCache(tmp_path / "cache")
    assert fill(cells, data, cache, limit=1) == 1
    with pytest.raises(ArchGymError, match="1 of 2 cells are not trained"):
        write(cells, data, cache, tmp_path / "table.parquet")
    assert fill(cells, data, EvaluationCache(tmp_path / "cache")) == 1
    assert fill(cells, data, cache) == 0
    write(cells, data, cache, tmp_path / "table.parquet")
    rows = pq.read_table(tmp_path / "table.parquet").to_pylist()
    assert [(row["cell"], row["seed"]) for row in rows] == [(str(cell), seed) for cell in cells for seed in SEEDS]
    assert all(0 <= row[f"{split}_{epoch}"] <= 100 for row in rows for split in ("valid", "test")
               for epoch in range(1, RECIPE.epochs + 1))
    assert rows[0]["parameters"] < rows[-1]["parameters"]
