"""Training as an evaluator: accuracy after so many epochs, from one of the training seeds."""

from collections import OrderedDict
from functools import cached_property

from archgym.cache import EvaluationCache
from archgym.errors import EvaluationFailed, Infeasible
from archgym.evaluator import Evaluator, Measurement, Metric
from archgym.registry import needed

from . import networks, onnx_file
from .data import Data
from .recipe import Recipe

VALID = Metric("val_accuracy", "%", "max", doc="accuracy on the validation samples after the epochs of the fidelity")
TEST = Metric("test_accuracy", "%", "max", "holdout",
              "accuracy on the test samples, of the training that the search saw")
PARAMETERS = Metric("parameters", "", "min", doc="numbers that are learned")
FLOPS = Metric("flops", "", "min", doc="operations of one sample forward, two a multiplication with its addition")
RATE = 1e9
"""Operations a second at which a declared cost is stated."""
BACKWARD = 3
"""A training step costs as much as so many passes forward."""
KEPT = 64
"""Checkpoints that are remembered, for a design that is trained on to a higher fidelity."""


class Trained(Evaluator):
    """Trains the network of a design. Every epoch is a fidelity; the declared cost is that of training from scratch.

    A design that was measured at a lower fidelity by this process is trained on from there, with the same result.
    """

    metrics = (VALID, PARAMETERS, FLOPS)
    identity = "genome"  # twins start from other weights

    def __init__(self, space_name: str, space, data: Data, recipe: Recipe, skeleton: dict, *, seeds=3, device="auto",
                 limit_seconds=None):
        torch = needed("torch", "training", "train")
        from . import trainer

        self.space_name, self.space, self.data, self.recipe, self.skeleton = space_name, space, data, recipe, skeleton
        self.device = trainer.device_of(device)
        if self.device.type == "cpu":
            torch.set_num_threads(1)  # small networks are many times slower on two, and bits depend on it
        self.seeds, self.limit_seconds = seeds, limit_seconds
        networks.check_skeleton(space_name, skeleton)
        self.fidelities = tuple(range(1, recipe.epochs + 1))
        self.fingerprint = f"train:{space_name};{data.fingerprint};{recipe};{skeleton};{self.device.type}"
        self._checkpoints = OrderedDict()

    @cached_property
    def resident(self):
        from .trainer import Resident

        return Resident(self.data, self.device)

    def export(self, design, file):
        onnx_file.export(self, design, file)

    def evaluate(self, design, *, fidelity, seed):
        curve, found = self.train(design, fidelity or self.recipe.epochs, seed, "valid")
        values = {VALID.name: curve[-1], PARAMETERS.name: float(found.parameters), FLOPS.name: float(found.flops)}
        epochs = {f"{VALID.name}_epoch{i}": value for i, value in enumerate(curve, start=1)}
        return Measurement(values | epochs, self.cost(found, len(curve)))

    def cost(self, found, epochs) -> float:
        """Seconds at RATE: samples x operations."""
        return epochs * len(self.data.train[0]) * BACKWARD * found.flops / RATE

    def train(self, design, epochs, seed, split):
        """(accuracy on the split after each epoch, footprint)."""
        import torch

        from .footprint import footprint, memory_gib
        from .trainer import Diverged, Training

        def make(copies):
            return networks.network(self.space_name, design, self.data.shape, self.data.classes, **self.skeleton)

        try:
            with torch.random.fork_rng(devices=[]):
                found = footprint(make(1), self.data.shape)
        except RuntimeError as why:
            raise Infeasible(f"the network does not fit samples of shape {self.data.shape}: {why}") from None
        recipe = networks.recipe(self.space_name, design, self.recipe)
        if (needed_gib := memory_gib(found, recipe.batch)) > self.recipe.memory_gib:
            raise Infeasible(f"training needs about {needed_gib:.1f} GiB, the recipe allows {self.recipe.memory_gib:g}")
        place = self.space.format(design), seed, split
        try:
            training = Training(make, self.resident, recipe, (seed,))
            curve = []
            kept = self._checkpoints.get(place)
            if kept and len(kept[0]) <= epochs:
                curve = list(kept[0])
                training.resume(kept[1])
            while training.epoch < epochs:
                training.train_epoch()
                curve += training.accuracy(split)
        except Diverged as why:
            raise self.failure(str(why), found, training.epoch) from None
        except torch.OutOfMemoryError:
            torch.cuda.empty_cache()
            raise self.failure("out of memory on the device", found, 1) from None
        if epochs < self.recipe.epochs:
            self._checkpoints[place] = curve, training.state()
            if len(self._checkpoints) > KEPT:
                self._checkpoints.popitem(last=False)
        return curve, found

    def failure(self, why, found, epochs) -> EvaluationFailed:
        failed = EvaluationFailed(why)
        failed.cost = self.cost(found, epochs)
        return failed


class Judge(Trained):
    """The holdout: test accuracy of the same training, which is repeated for it once and then kept."""

    metrics = (TEST,)

    def evaluate(self, design, *, fidelity, seed):
        epochs = fidelity or self.recipe.epochs

        def measured():
            curve, found = self.train(design, epochs, seed, "test")
            return Measurement({TEST.name: curve[-1]}, self.cost(found, epochs))

        return self.cache.get_or_measure(f"{self.fingerprint};test", self.space.format(design), epochs, seed, None,
                                         measured)

    @cached_property
    def cache(self):
        return EvaluationCache()
