"""What only a CUDA device shows: recorded steps train as plain ones do, and memory that runs out is charged."""

import gc
import weakref

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import archgym
from archgym.envs.training.data import Data
from archgym.envs.training.latency import latency
from archgym.envs.training.networks import network
from archgym.envs.training.recipe import Recipe
from archgym.envs.training.replayed import PLAIN
from archgym.envs.training.trainer import Resident, Training
from archgym.envs.training.training_free import SCORES
from archgym.spaces.cell import NASBench201
from archgym.streams import uniform

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

CELL = NASBench201().decode((3, 1, 2, 4, 3, 2))


def training(recipe, seeds=(0,), device="cuda", count=200, shape=(3, 8, 8)):
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=count)
    x = rng.normal(size=(count, *shape)) + y.reshape(-1, *(1,) * len(shape))
    data = Resident(Data("toy", (x, y), (x, y), (x, y), 3), torch.device(device))

    def make(copies):
        return network("NASBench201", CELL, shape, 3, channels=4, cells=1, stages=2, copies=copies)

    return Training(make, data, recipe, seeds)


def weights(trained):
    return torch.cat([value.flatten().float() for value in trained.model.state_dict().values() if value.ndim]).cpu()


@pytest.mark.parametrize("recipe", [Recipe(epochs=2, batch=16), Recipe(epochs=2, batch=16, optimizer="adamw",
                                                                      learning_rate=0.01, label_smoothing=0.1)])
@pytest.mark.parametrize("seeds", [(0,), (3, 1, 7)])
def test_recorded_steps_train_as_plain_ones(recipe, seeds):
    recorded, plain = training(recipe, seeds), training(recipe, seeds)
    plain.replayed = None
    for _ in range(2):
        recorded.train_epoch(), plain.train_epoch()
    assert recorded.replayed.graph is not None
    assert torch.allclose(weights(recorded), weights(plain), rtol=0.05, atol=0.02)
    assert np.abs(np.subtract(recorded.accuracy("valid"), plain.accuracy("valid"))).max() < 5


def test_a_training_is_freed_with_its_last_reference():
    """One that waits for the garbage collector would be freed while another is recorded, which CUDA forbids."""
    for _ in range(2):  # the first loads parts of PyTorch, which holds on to it
        trained = training(Recipe(epochs=1, batch=16))
        trained.train_epoch()
    gone, collecting = weakref.ref(trained), gc.isenabled()
    gc.disable()
    try:
        del trained
        assert gone() is None
    finally:
        if collecting:
            gc.enable()


def test_the_learning_rate_of_a_recorded_step_falls():
    trained = training(Recipe(epochs=1, batch=8))
    trained.train_epoch()
    assert 200 // 8 > PLAIN and 0 < trained.optimizer.param_groups[0]["lr"].item() < 0.002


def test_training_on_from_a_checkpoint_is_near_training_through():
    recipe = Recipe(epochs=2, batch=16)
    through, early, late = (training(recipe) for _ in range(3))
    through.train_epoch(), through.train_epoch()
    early.train_epoch()
    late.resume(early.state())
    late.train_epoch()
    assert torch.allclose(weights(late), weights(through), rtol=0.05, atol=0.02)


def test_augmentation_draws_anew_each_step_and_leaves_the_generators_alone():
    before = torch.cuda.get_rng_state()
    trained = training(Recipe(epochs=1, batch=16, augmentation="shift-flip"))
    trained.train_epoch()
    assert torch.equal(before, torch.cuda.get_rng_state())


def test_a_device_learns_as_a_cpu_does():
    found = []
    for device in ("cpu", "cuda"):
        trained = training(Recipe(epochs=3, batch=16), device=device)
        for _ in range(3):
            trained.train_epoch()
        found += trained.accuracy("valid")
    assert min(found) > 90


def test_memory_that_runs_out_is_a_failure_that_costs_an_epoch():
    task = archgym.task("Train-v0", data="digits", recipe="epochs: 1", skeleton="channels: 64, cells: 1", device="cuda")
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(60 * 2**20 / torch.cuda.get_device_properties(0).total_memory)
    try:
        with pytest.raises(archgym.EvaluationFailed, match="out of memory") as failed:
            task.evaluator.evaluate(CELL, fidelity=None, seed=0)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert failed.value.cost > 0
    assert task.evaluator.evaluate(CELL, fidelity=None, seed=0).values["val_accuracy"] > 0


@pytest.mark.parametrize("space, options", [("NASBench201", ""), ("NASBench101", ""), ("DARTS", ""), ("FBNet", ""),
                                            ("HierarchicalMotifs", ""), ("HierarchicalNASBench201", ""),
                                            ("TransNASBench101Macro", ""),
                                            ("einspace", "max_parameters: 100000, max_activations: 100000")])
def test_networks_of_a_space_train_on_the_device(space, options):
    around = {"NASBench201": "channels: 8, cells: 1", "NASBench101": "channels: 16, cells: 1, stages: 2",
              "DARTS": "channels: 8, cells: 3", "HierarchicalMotifs": "channels: 8", "TransNASBench101Macro": "stem: 1",
              "HierarchicalNASBench201": "channels: 8"}
    task = archgym.task("Train-v0", space=space, data="digits", recipe="epochs: 1, batch: 50", device="cuda",
                        skeleton=around.get(space, ""), space_options=options)
    u = uniform(0)
    for _ in range(3):
        found = task.evaluator.evaluate(task.space.decode(task.space.sample(u)), fidelity=None, seed=0)
        assert 0 <= found.values["val_accuracy"] <= 100


def test_latency_is_measured_on_the_device():
    x = torch.randn(32, 3, 8, 8, device="cuda")
    model = network("NASBench201", CELL, (3, 8, 8), 10, channels=4, cells=1, stages=2).to("cuda")
    assert 1e-6 < latency(model, x) < 1


def test_gradients_are_those_of_a_cpu():
    """Of a cell with a padded average pool, whose gradient PyTorch's own layer has wrong for channels last."""
    model = network("NASBench201", CELL, (3, 8, 8), 10, channels=4, cells=1, stages=2).double()
    x = torch.rand(16, 3, 8, 8)
    found = []
    for device, kind in (("cpu", torch.float64), ("cuda", torch.float32)):
        model.to(device, kind).zero_grad()
        with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
            model(x.to(device, kind)).square().mean().backward()
        found.append(torch.cat([p.grad.flatten().double().cpu() for p in model.parameters()]))
    assert torch.linalg.norm(found[1] - found[0]) < 1e-4 * torch.linalg.norm(found[0])


@pytest.mark.parametrize("score", SCORES)
def test_scores_on_the_device_are_near_those_of_a_cpu(score):
    found = []
    for device in ("cpu", "cuda"):
        task = archgym.task("TrainingFree-v0", score=score, data="digits", device=device,
                            skeleton="channels: 8, cells: 1")
        found.append(task.evaluator.evaluate(CELL, fidelity=None, seed=0).values[score])
    assert found[1] == pytest.approx(found[0], rel=2e-3)
