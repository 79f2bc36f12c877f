"""NATS-Bench's comparison at small size, on the built-in table and on an imported one with two fidelities."""

import numpy as np
import pytest

import archgym
from archgym.experiments import twelve_epochs
from archgym.experiments.twelve_epochs import Found, ahead, compare
from archgym.tables.declare import declare, metric_option
from archgym.tables.read import read
from archgym.tables.store import save


def test_runs_spend_their_cost_and_the_last_may_overshoot():
    task = archgym.task("NASBench201-v0")
    found = compare(task, runs=4, cost=100_000)
    assert [one.agent for one in found] == ["random", "regularized-evolution"]
    for one in found:
        assert one.holdout.shape == (4,) and 20 < one.evaluations < 200
    spent = archgym.run(task, "random", archgym.Budget(cost=100_000, overshoot="allow"), 0).trajectory.cost
    assert spent[:-1].sum() <= 100_000 < spent.sum()


def test_standard_errors_are_those_of_a_difference_of_means():
    first, last = np.array([1.0, 3.0, 2.0, 2.0]), np.array([5.0, 5.0, 7.0, 7.0])
    error = np.sqrt(first.var(ddof=1) / 4 + last.var(ddof=1) / 4)
    assert ahead([Found("a", 1, first, 0), Found("b", 1, last, 0)]) == pytest.approx(4 / error)


def test_evolution_is_ahead_on_twelve_epochs(shared_data, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path))
    a, b, c = (f"cifar10_val_acc_200ep_{seed}" for seed in "abc")
    declaration = declare(shared_data / "nasbench201" / "nb201.parquet", {
        "space": "NASBench201", "design": "arch", "cost": "cifar10_train_time_200ep_s",
        "metrics": dict([metric_option(f"val_accuracy=cifar10_val_acc_12ep@12;{a},{b},{c}@200")])})
    save(declaration, *read(declaration))
    assert twelve_epochs.main(["nb201", "--runs", "200"]) == 0
    *_, random, evolution, _, verdict = capsys.readouterr().out.splitlines()
    assert random.startswith("| random | ") and evolution.startswith("| regularized-evolution | 1")
    assert verdict.endswith("standard errors ahead over 200 runs.")
