"""Train-v0 end to end, small: real trainings under a budget, faults as measurements, data folders."""

import shutil
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import archgym
from archgym import ArchGymError
from archgym.cache import EvaluationCache
from archgym.sweep.execute import execute
from archgym.sweep.plan import from_dict
from archgym.sweep.verify import verify

SMALL = {"recipe": "epochs: 2, batch: 16", "skeleton": "channels: 2, cells: 1, stages: 1", "device": "cpu"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for split in ("train", "valid", "test"):
        y = rng.integers(3, size=40)
        np.save(place / f"{split}_x.npy", rng.normal(size=(40, 1, 10)) + y[:, None, None])
        np.save(place / f"{split}_y.npy", y)
    return str(place)


def test_a_design_measures_the_same_again_and_after_fewer_epochs(folder):
    task = archgym.task("Train-v0", data=folder, **SMALL)
    genome = (3, 1, 2, 4, 3, 2)
    early, late = task.measure(genome, fidelity=1), task.measure(genome, holdout=True)
    again = archgym.task("Train-v0", data=folder, **SMALL).measure(genome, holdout=True)
    assert late == again and 0 <= late.values["test_accuracy"] <= 100
    assert late.values["val_accuracy_epoch1"] == early.values["val_accuracy"]
    assert late.cost == 2 * early.cost == pytest.approx(2 * 40 * 3 * late.values["flops"] / 1e9)
    assert task.evaluator.seeds == 3 and task.evaluator.fidelities == (1, 2)


def test_an_agent_searches_through_trainings(folder):
    task = archgym.task("Train-v0", space="einspace", data=folder, recipe="epochs: 1, batch: 20", device="cpu",
                        space_options="max_parameters: 20000, max_activations: 20000")
    done = archgym.run(task, archgym.agent("random"), archgym.Budget(evaluations=3), 0)
    assert len(done.trajectory.value) == 3 and (done.trajectory.value > 0).any()


def test_a_sweep_of_trainings_is_verified(folder, tmp_path):
    options = SMALL | {"data": folder, "skeleton": {"stages": 1, "cells": 1, "channels": 2}}
    task = {"name": "Train-v0", "options": options}
    plan = from_dict({"tasks": [task], "agents": ["random"], "seeds": 1, "budget": {"evaluations": 2}})
    execute(plan, tmp_path / "sweep", cache=tmp_path / "cache")
    levels = verify(tmp_path / "sweep", cache=EvaluationCache(tmp_path / "other"))
    assert [level.faults for level in levels[:2]] == [[], []] and levels[0].checked == levels[1].checked == 1


def test_perceptrons_learn_iris_with_the_settings_of_the_design():
    task = archgym.task("Train-v0", space="HPOBenchMLP", data="iris", recipe="epochs: 5", device="cpu")
    settings = dict(alpha=1e-8, batch_size=16, depth=1, width=64)
    slow, fast = (task.measure(settings | {"learning_rate_init": rate}) for rate in (1e-5, 7.742637e-2))
    assert fast.values["val_accuracy"] > 80 and slow.values["val_accuracy"] < fast.values["val_accuracy"]


def test_a_divergence_and_a_network_too_large_are_measurements(folder):
    wild = archgym.task("Train-v0", data=folder, **SMALL | {"recipe": "epochs: 1, batch: 16, learning_rate: 1.0e+30"})
    found = wild.measure((3,) * 6)
    assert found.status == "failed" and "epoch 1" in found.error and found.cost > 0
    tight = archgym.task("Train-v0", data=folder, **SMALL | {"recipe": "memory_gib: 0.0000001"})
    assert tight.measure((3,) * 6).status == "infeasible"


def test_a_data_set_takes_its_options_and_says_how_it_was_cut(folder, tmp_path):
    place = tmp_path / "a, b: #1"  # what YAML would take for more than a text
    place.mkdir()
    for split in ("train", "test"):
        for part in "xy":
            shutil.copy(f"{folder}/{split}_{part}.npy", place)
    task = archgym.task("Train-v0", data="arrays", data_options={"folder": str(place), "valid": 15, "train": 20},
                        **SMALL)
    assert "20 samples (15 of 40 training samples held back, drawn by seed 0)" in task.about.source
    again = archgym.task("Train-v0", **task.options)
    assert again.id == task.id and again.fingerprint == task.fingerprint
    assert archgym.task("Train-v0", data=str(place), **SMALL).fingerprint != task.fingerprint


def test_the_id_opens_the_same_task(folder):
    task = archgym.task("Train-v0", data=folder, **SMALL)
    again = archgym.task("Train-v0", **task.options)
    assert again.id == task.id and again.fingerprint == task.fingerprint
    turned = archgym.task("Train-v0", data=folder, **SMALL | {"skeleton": {"stages": 1, "cells": 1, "channels": 2}})
    assert turned.id == task.id and turned.fingerprint == task.fingerprint


@pytest.mark.parametrize("options, complaint", [
    ({"data": "mnist2d"}, "did you mean 'mnist1d'"), ({"space": "NASBench202"}, "did you mean 'NASBench201'"),
    ({"recipe": "epoch: 2"}, "did you mean 'epochs'"), ({"skeleton": "channels: ["}, "form"),
    ({"data": "iris"}, "shape"), ({"data": "mnist1d", "data_options": "train: 3500"}, "4,000 samples.*4,500 were"),
    ({"data_options": "train: 5"}, "option of data set digits: 'train'.*It takes none"),
    ({"space": "FCNet", "skeleton": "channels: 4"}, "It has none"),
    ({"skeleton": "channel: 4"}, "did you mean 'channels'"), ({"skeleton": "copies: 2"}, "skeleton")])
def test_wrong_options_say_what_is_allowed(options, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        archgym.task("Train-v0", **{"data": "digits", "space": "NASBench201"} | options)


def test_without_torch_the_extra_that_trains_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in ("digits", "mnist1d"):
        with pytest.raises(ArchGymError, match=r"'torch'.*archgym\[train\]"):
            archgym.task("Train-v0", data=name)


def test_a_folder_without_an_array_names_it(tmp_path):
    with pytest.raises(ArchGymError, match="no train_x.npy"):
        archgym.task("Train-v0", data=str(tmp_path))


def test_mnist1d_is_the_same_every_time_and_leaves_the_shared_generators_alone():
    from archgym.envs.training.datasets.mnist1d import load as mnist1d

    before = np.random.get_state()[1].copy()
    data = mnist1d(100, 50)
    assert (before == np.random.get_state()[1]).all()
    assert data.fingerprint == mnist1d(100, 50).fingerprint and data.shape == (1, 40) and data.classes == 10
    assert [len(part[0]) for part in (data.train, data.valid, data.test)] == [100, 50, 1000]
