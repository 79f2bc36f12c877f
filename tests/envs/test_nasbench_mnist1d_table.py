"""The project's own table: its shape, its seeds and holdout, and that it is what training gives."""

import numpy as np
import pytest

import archgym
from archgym import Budget
from archgym.envs.tables.nasbench_mnist1d import EPOCHS, records
from archgym.testing import check_task

CONV3 = "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|"


def task(noise="seed"):
    return archgym.task("NASBenchMNIST1D-v0", noise=noise)


@pytest.mark.parametrize("noise", ["seed", "mean"])
def test_it_keeps_the_contract_of_a_task(noise):
    checks = check_task(task(noise))
    assert [promise for promise, _ in checks.untried if "log_prob" not in promise] == []


def test_it_has_a_record_for_each_official_class_and_seed_and_no_training_failed():
    data = records()
    for split in ("valid", "test"):
        assert tuple(data[split]) == EPOCHS
        for values in data[split].values():
            assert values.shape == (6_466, 3) and np.isfinite(values).all()
            assert (values >= 0).all() and (values <= 100).all()
            assert np.allclose(10 * values, np.round(10 * values))  # of 1,000 samples


def test_isomorphic_cells_share_a_record():
    space, rows = task().space, records()["rows"].row_of_code
    keys = {}
    for genome in space.enumerate():
        keys.setdefault(space.key(space.decode(genome)), set()).add(int(rows[space.codes(np.array([genome]))[0]]))
    assert len(keys) == 6_466 and all(len(found) == 1 for found in keys.values())
    assert len(set.union(*keys.values())) == 6_466


def test_the_optimum_is_the_best_of_all_records():
    valid, rows = records()["valid"][EPOCHS[-1]], records()["rows"].row_of_code
    assert task().optimum == valid.max() and task("mean").optimum == valid.mean(1).max()
    assert task("mean").optimum_count == int((valid.mean(1)[rows] == valid.mean(1).max()).sum())


def test_the_holdout_is_the_test_accuracy_of_the_other_trainings():
    noisy, mean = task(), task("mean")
    genome = noisy.genome(CONV3)
    row = records()["rows"].row_of_code[noisy.space.codes(np.array([genome]))[0]]
    test, valid = records()["test"][EPOCHS[-1]][row], records()["valid"]
    for seed in range(3):
        found = noisy.measure(genome, seed=seed, holdout=True)
        assert found.values["val_accuracy"] == valid[EPOCHS[-1]][row, seed]
        assert found.values["test_accuracy_other_seeds"] == pytest.approx(np.delete(test, seed).mean())
        assert noisy.measure(genome, seed=seed, fidelity=1).values["val_accuracy"] == valid[1][row, seed]
    assert mean.measure(genome, holdout=True).values["test_accuracy"] == pytest.approx(test.mean())


def test_a_search_on_it_costs_what_is_declared():
    found = archgym.run(task(), "random", Budget(evaluations=20), 3).trajectory
    assert found.cost == pytest.approx(4 * 1_000 * 3 * found.metrics["flops"] / 1e9)


@pytest.mark.parametrize("text", [CONV3, "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"])
def test_a_record_is_what_its_cell_has_and_learns(text):
    """Sizes to the last; accuracies within what another processor's last bits make of the first epoch."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("mnist1d")
    from archgym.envs.training.datasets.mnist1d import load
    from archgym.envs.training.trainer import Resident
    from archgym.experiments.mnist1d_table import train

    torch.set_num_threads(1)
    space, data = task().space, records()
    row = data["rows"].row_of_code[space.codes(np.array([space.encode(space.parse(text))]))[0]]
    found = train(space.parse(text), Resident(load(), torch.device("cpu"))).values
    assert (found["parameters"], found["flops"]) == (data["parameters"][row, 0], data["flops"][row, 0])
    for seed in range(3):
        assert abs(found[f"valid_{seed}_1"] - data["valid"][1][row, seed]) < 8
