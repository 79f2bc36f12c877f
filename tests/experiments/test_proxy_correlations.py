"""How training-free scores rank cells: published cells are found in our space, and the page says what was found."""

import numpy as np
import pytest

pytest.importorskip("torch")

from archgym.envs.tables.nasbench201 import SPACE, records
from archgym.experiments.proxy_correlations import codes_of, of_all_cells, of_table, published_scores
from archgym.experiments.proxy_page import page
from archgym.stats import Interval


def test_a_published_cell_is_ours_with_its_edges_by_source():
    cell = SPACE.decode(tuple(np.unravel_index(int(codes_of(["(0, 1, 2, 3, 4, 0)"])[0]), (5,) * 6)))
    assert cell.operations == ("skip_connect", "none", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3", "skip_connect")


def test_published_cells_have_the_accuracy_of_the_table(shared_data):
    import pyarrow.parquet as pq

    rows = pq.read_table(shared_data / "nasbench_suite_zero" / "zc_proxies_subsets.parquet").to_pylist()
    theirs = np.array([row["val_accuracy"] for row in rows if (row["space"], row["task"]) == ("nasbench201", "cifar10")])
    codes = published_scores(shared_data / "nasbench_suite_zero")["code"]
    assert np.corrcoef(theirs, np.nanmean(records("cifar10")["accuracy"], axis=1)[codes])[0, 1] > 0.99


def test_the_file_of_zen_scores_is_of_the_cells_it_is_said_to_be_of(shared_data):
    theirs = of_all_cells(shared_data / "nasbench_suite_zero", "cifar10_naslib_val_accuracy")
    assert np.corrcoef(theirs, np.nanmean(records("cifar10")["accuracy"], axis=1))[0, 1] > 0.99


def test_a_table_gives_the_mean_over_its_seeds_or_why_it_is_not_there():
    designs = [SPACE.decode((3,) * 6), SPACE.decode((1, 3, 3, 3, 3, 3))]
    codes = SPACE.codes(np.array([SPACE.encode(design) for design in designs]))
    assert of_table("NASBench201-v0", designs) == pytest.approx(np.nanmean(records("cifar10")["accuracy"], 1)[codes])
    assert "is no task" in of_table("NASBenchOfNobody-v0", designs)


def test_the_page_ranks_scores_and_says_what_chance_gives():
    row = {"rho": 0.1, "best": 0.2, "again": 0.3, "undefined": 3, "seconds": 0.01}
    rows = [row | {"score": "snip", "tau": Interval(0.1, -0.1, 0.2)}, row | {"score": "synflow", "tau": Interval(0.5, 0.4, 0.6)}]
    text = page(rows, 300, 0, False, note="no such task")
    assert text.index("| synflow | 0.50 (0.40 to 0.60) |") < text.index("| snip | 0.10 (-0.10 to 0.20) | 0.10 | 0.20 | 0.30 | 3 |")
    assert "within ±0.08" in text and "published:" not in text and "no such task" in text
    assert "Highest is synflow" in text and "holds 0 for snip" in text
