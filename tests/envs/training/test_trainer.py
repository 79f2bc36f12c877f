"""Training: what a seed gives depends on nothing else, and training on equals training through."""

import random

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from archgym import ArchGymError
from archgym.envs.training.data import Data
from archgym.envs.training.networks import network
from archgym.envs.training.recipe import Recipe, read
from archgym.envs.training.trainer import Diverged, Resident, Training, device_of
from archgym.spaces.cell import NASBench201

CELL = NASBench201().decode((3, 1, 2, 4, 3, 2))


def data(count=24, shape=(1, 12), name="toy"):
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=count)
    x = rng.normal(size=(count, *shape)) + y.reshape(-1, *(1,) * len(shape))
    return Data(name, (x, y), (x, y), (x, y), 3)


def training(seeds, recipe=None, **changes):
    toy = data(**changes)

    def make(copies):
        return network("NASBench201", CELL, toy.shape, 3, channels=4, cells=1, stages=2, copies=copies)

    return Training(make, Resident(toy, torch.device("cpu")), recipe or Recipe(epochs=3, batch=8), seeds)


def weights(trained):
    return torch.cat([value.flatten() for value in trained.model.state_dict().values() if value.ndim])


def test_a_seed_trains_alike_whatever_others_drew():
    def trained():
        one = training((5,), Recipe(epochs=1, batch=8, augmentation="shift-flip"), shape=(1, 6, 6))
        one.train_epoch()
        return weights(one)

    first = trained()
    torch.rand(3), np.random.default_rng(1).random()
    assert torch.equal(first, trained())


def test_training_leaves_the_shared_generators_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    training((0,)).train_epoch()
    assert torch.equal(before[0], torch.get_rng_state()) and (before[1] == np.random.get_state()[1]).all()
    assert before[2] == random.getstate()


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_training_on_from_a_checkpoint_is_training_through(optimizer):
    recipe = Recipe(epochs=3, batch=8, optimizer=optimizer, learning_rate=0.01, label_smoothing=0.1)
    through, early, late = (training((2,), recipe) for _ in range(3))
    for _ in range(3):
        through.train_epoch()
    early.train_epoch()
    late.resume(early.state())
    while late.epoch < 3:
        late.train_epoch()
    assert torch.equal(weights(late), weights(through))


def test_a_constant_schedule_keeps_the_learning_rate_and_a_cosine_ends_near_0():
    rates = []
    for schedule in ("constant", "cosine"):
        trained = training((0,), Recipe(epochs=1, batch=2, schedule=schedule))
        trained.train_epoch()
        rates.append(trained.optimizer.param_groups[0]["lr"])
    assert rates[0] == 0.1 and 0 < rates[1] < 0.002


def test_seeds_side_by_side_train_as_each_alone():
    together = training((0, 7))
    for _ in range(2):
        together.train_epoch()
    for copy, seed in enumerate((0, 7)):
        alone = training((seed,))
        for _ in range(2):
            alone.train_epoch()
        for a, b in zip(alone.model.parameters(), together.model.parameters(), strict=True):
            torch.testing.assert_close(a, b.chunk(2)[copy], atol=1e-4, rtol=1e-3)


def test_a_loss_that_is_no_number_is_noticed():
    with pytest.raises(Diverged, match="epoch 1"):
        training((0,), Recipe(epochs=1, batch=8, learning_rate=1e30)).train_epoch()


def test_a_recipe_is_read_and_written():
    recipe = read("epochs: 4, optimizer: adamw")
    assert recipe == Recipe(epochs=4, optimizer="adamw") and read(str(recipe)) == recipe


@pytest.mark.parametrize("given, complaint", [
    ({"epoch": 3}, "did you mean 'epochs'"), ({"optimizer": "adam"}, "did you mean 'adamw'"),
    ({"batch": 1}, "batch must be at least 2"), ({"epochs": 1.5}, "epochs is a int"), ("epochs: [", "form")])
def test_a_wrong_recipe_says_what_is_wrong(given, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        read(given)


@pytest.mark.skipif(torch.cuda.is_available(), reason="CUDA is here")
def test_cuda_where_there_is_none_is_refused():
    with pytest.raises(ArchGymError, match="finds no CUDA"):
        device_of("cuda")


def test_data_that_cannot_be_learned_from_say_why():
    x, y = np.zeros((4, 1, 6)), np.zeros(4, int)
    sick = x.copy()
    sick[2, 0, 3] = np.nan
    for train, complaint in (((sick, y), "sample 2 holds NaN"), ((x, y[:3]), "4 inputs and 3 labels"),
                             ((x, y + 5), "labels run from 5"), ((x, y + 0.5), "whole number"),
                             ((x.astype(str), y), "numbers")):
        with pytest.raises(ArchGymError, match=complaint):
            Data("toy", train, (x, y), (x, y), 3)
