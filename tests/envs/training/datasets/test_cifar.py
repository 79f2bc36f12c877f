"""CIFAR's batches, pickled and binary: every number comes back, and what is no batch says so."""

import pickle

import numpy as np
import pytest
from tiny_sets import python2_pickle, write_batch, write_cifar10

from archgym import ArchGymError
from archgym.envs.training.datasets import cifar10
from archgym.envs.training.sources import load

RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.integers(256, size=(60, 3, 32, 32), dtype=np.uint8), RNG.permutation(np.arange(60) % 10)


def write(folder, binary=False):
    write_cifar10(folder, IMAGES[:50], LABELS[:50], IMAGES[50:], LABELS[50:], binary)
    return {"folder": str(folder)}


@pytest.mark.parametrize("binary", [False, True])
def test_batches_come_back_one_by_one(tmp_path, binary):
    options = write(tmp_path, binary)
    (x, y), (test_x, test_y) = cifar10.images("cifar10", str(tmp_path))
    assert (x == IMAGES[:50]).all() and (y == LABELS[:50]).all() and x.dtype == np.uint8
    assert (test_x == IMAGES[50:]).all() and (test_y == LABELS[50:]).all()
    data = load("cifar10", options)
    assert data.shape == (3, 32, 32) and data.classes == 10 and "10 of 50 training samples" in data.cut
    assert (data.test[1] == LABELS[50:]).all()


def test_both_versions_give_the_same_bytes(tmp_path):
    prints = set()
    for binary in (False, True):
        (folder := tmp_path / str(binary)).mkdir()
        prints.add(load("cifar10", write(folder, binary)).fingerprint)
    assert len(prints) == 1


@pytest.mark.parametrize("binary", [False, True])
def test_of_the_hundred_the_fine_labels_are_learned(tmp_path, binary):
    fine = np.arange(60) + 40
    for name, rows in (("train", slice(50)), ("test", slice(50, 60))):
        write_batch(tmp_path, name, IMAGES[rows], binary, coarse_labels=fine[rows] // 5, fine_labels=fine[rows])
    data = load("cifar100", {"folder": str(tmp_path)})
    assert data.classes == 100 and data.test[1].tolist() == list(range(90, 100))
    order = np.random.default_rng(0).permutation(50)
    assert data.valid[1].tolist() == (order[:10] + 40).tolist() and data.train[1].tolist() == (order[10:] + 40).tolist()


def batch(**changes):
    return python2_pickle({"data": IMAGES[:10].reshape(10, -1), "labels": [0] * 10} | changes)


@pytest.mark.parametrize("content, complaint", [
    (batch(labels=[0] * 9), "10 images and 9 labels"), (batch(data=IMAGES[:10]), r"shape \(10, 3, 32, 32\)"),
    (batch(data=np.zeros((10, 3072))), "is float64"), (batch(data=[1]), "is list"), (batch()[:-100], "can be read"),
    (python2_pickle({"fine_labels": [0]}), "data and labels, and holds fine_labels"), (pickle.dumps([1]), "holds list"),
    (batch(labels=[10] * 10), "labels run from 0 to 10; with 10 classes"), (b"", "can be read"),
    (pickle.dumps(np.random.default_rng), "it names numpy.random")])
def test_what_is_no_batch_says_so(tmp_path, content, complaint):
    options = write(tmp_path)
    (tmp_path / "data_batch_3").write_bytes(content)
    with pytest.raises(ArchGymError, match=complaint):
        load("cifar10", options)


def test_a_binary_batch_that_was_cut_off_is_named(tmp_path):
    options = write(tmp_path, binary=True)
    file = tmp_path / "data_batch_2.bin"
    file.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(ArchGymError, match="data_batch_2.bin has 30,725 bytes, no whole number of records of 3,073"):
        load("cifar10", options)


def test_a_batch_that_is_missing_is_named_with_where_it_comes_from(tmp_path):
    options = write(tmp_path)
    (tmp_path / "data_batch_4").unlink()
    with pytest.raises(ArchGymError, match="no data_batch_4 or data_batch_4.bin.*cs.toronto.edu"):
        load("cifar10", options)
