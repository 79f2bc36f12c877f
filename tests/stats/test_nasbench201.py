"""Published and independently computed figures, on the real table."""

import numpy as np
import pytest

from archgym.stats import RandomBaseline


@pytest.fixture(scope="module")
def mean_validation(shared_data):
    parquet = pytest.importorskip("pyarrow.parquet")
    names = [f"cifar10_val_acc_200ep_{seed}" for seed in "abc"]
    table = parquet.read_table(shared_data / "nasbench201" / "nb201.parquet", columns=names)
    return np.nanmean([table[name].to_numpy() for name in names], axis=0)


def test_regret_of_distinct_random_cells_equals_the_reference(mean_validation):
    # The reference draws distinct cells: with replacement it would be .194 at 1,000.
    curve = RandomBaseline(mean_validation, 1, replace=False).curve([50, 100, 200, 300, 1000])
    assert mean_validation.max() - curve.mean == pytest.approx([0.808, 0.582, 0.428, 0.358, 0.191], abs=5e-4)


def test_simulated_random_search_agrees_with_the_closed_form(mean_validation):
    rng, runs = np.random.default_rng(0), 500
    found = mean_validation[rng.integers(0, len(mean_validation), (runs, 300))]
    for n in (50, 100, 300):
        baseline = RandomBaseline(mean_validation, n)
        assert abs(found[:, :n].max(1).mean() - baseline.mean) < 3 * baseline.sd / np.sqrt(runs)


def test_the_one_best_cell_is_seen_with_the_chance_of_a_ticket(mean_validation):
    assert RandomBaseline(mean_validation, 300, replace=False).chance_of_optimum == pytest.approx(300 / 15625)
