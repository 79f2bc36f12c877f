"""How training-free scores rank cells: published cells are found in our space, and the page says what was found."""

import numpy as np
import pytest

pytest.importorskip("torch")

from archgym.envs.tables.nasbench201 import SPACE, records
from archgym.experiments.proxy_correlations import codes_of, published_scores
from archgym.experiments.proxy_page import page


def test_a_published_cell_is_ours_with_its_edges_by_source():
    cell = SPACE.decode(tuple(np.unravel_index(int(codes_of(["(0, 1, 2, 3, 4, 0)"])[0]), (5,) * 6)))
    assert cell.operations == ("skip_connect", "none", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3", "skip_connect")


def test_published_cells_have_the_accuracy_of_the_table(shared_data):
    import pyarrow.parquet as pq

    rows = pq.read_table(shared_data / "nasbench_suite_zero" / "zc_proxies_subsets.parquet").to_pylist()
    theirs = np.array([row["val_accuracy"] for row in rows if (row["space"], row["task"]) == ("nasbench201", "cifar10")])
    codes = published_scores(shared_data / "nasbench_suite_zero")["code"]
    assert np.corrcoef(theirs, np.nanmean(records("cifar10")["accuracy"], axis=1)[codes])[0, 1] > 0.99


def test_the_page_ranks_scores_and_says_what_chance_gives():
    row = {"rho": 0.1, "best": 0.2, "undefined": 3, "seconds": 0.01}
    text = page([row | {"score": "snip", "tau": 0.1}, row | {"score": "synflow", "tau": 0.5}], 300, 0, False)
    assert text.index("| synflow | 0.50 |") < text.index("| snip | 0.10 | 0.10 | 0.20 | 3 | 0.010 |")
    assert "within ±0.08" in text and "published:" not in text
