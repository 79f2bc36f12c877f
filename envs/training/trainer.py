"""Training one architecture, one or several seeds of it side by side, epoch by epoch."""

import math
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .data import SPLITS, Data
from .recipe import Recipe
from .replayed import Branches, Replayed

AT_A_TIME = {"cpu": 256, "cuda": 2048}
"""Samples at a time where nothing is learned: on a CPU what its caches hold, on CUDA what keeps it busy."""


class Diverged(Exception):
    """The loss is no finite number any more."""


def device_of(name: str) -> torch.device:
    from archgym.errors import ArchGymError

    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise ArchGymError(f"device {name!r} was asked for, and PyTorch {torch.__version__} finds no CUDA here; "
                           "use device=cpu, or auto")
    return torch.device(name)


class Resident:
    """A data set on its device, from where batches are picked."""

    def __init__(self, data: Data, device: torch.device):
        self.device, self.classes = device, data.classes
        self.splits = {s: tuple(torch.from_numpy(part).to(device) for part in getattr(data, s)) for s in SPLITS}


def initialize(model: nn.Module, seeds) -> None:
    """Draw all weights again, the copy of each seed from that seed alone.

    Convolutions and linear layers: uniform within 1/sqrt(fan-in), biases too, as PyTorch does; normalizations keep ones
    and zeros; a module with a method `draw(generator)` draws its own.
    """
    generators = [torch.Generator().manual_seed(_number(seed, 1)) for seed in seeds]
    with torch.no_grad():
        for module in model.modules():
            if hasattr(module, "draw"):
                module.draw(generators[0])
            elif isinstance(module, (nn.Linear, nn.modules.conv._ConvNd)):
                bound = 1 / math.sqrt(module.weight[0].numel())
                for parameter in (module.weight, module.bias):
                    if parameter is not None:
                        for part, generator in zip(parameter.chunk(len(seeds)), generators):
                            part.copy_(torch.empty(part.shape).uniform_(-bound, bound, generator=generator))


class Training:
    """`make(copies)` builds the module of one architecture; `seeds` train side by side, none sees another.

    On a CPU they are groups of one module's layers, on CUDA modules that run at the same time.

    What a seed does depends on the seed, the epoch and the recipe alone, on one thread of a CPU to the last bit; so
    training on from `state()` gives what training through gives. PyTorch's own generators are left as they were.
    """

    def __init__(self, make, data: Resident, recipe: Recipe, seeds=(0,)):
        self.data, self.recipe, self.seeds, self.epoch = data, recipe, tuple(seeds), 0
        self.on_cuda = data.device.type == "cuda"
        self.branches = self.on_cuda and len(self.seeds) > 1
        with self._own_randomness(0):
            self.model = Branches(make, len(self.seeds)) if self.branches else make(len(self.seeds))
        if self.branches:
            for part, seed in zip(self.model, self.seeds):
                initialize(part, (seed,))
        else:
            initialize(self.model, self.seeds)
        self.model.to(data.device)
        if self.on_cuda and data.splits["train"][0].ndim == 4:
            self.model.to(memory_format=torch.channels_last)
        # On CUDA the rate lies on the device, where a recorded step reads it.
        rate = torch.tensor(recipe.learning_rate, device=data.device) if self.on_cuda else recipe.learning_rate
        settings = {"lr": rate, "weight_decay": recipe.weight_decay, "fused": True}
        parameters = list(self.model.parameters())
        if recipe.optimizer == "adamw":
            self.optimizer = torch.optim.AdamW(parameters, capturable=self.on_cuda, **settings)
        else:
            self.optimizer = torch.optim.SGD(parameters, momentum=recipe.momentum, nesterov=recipe.momentum > 0,
                                             **settings)
        self.stream = torch.cuda.Stream(data.device) if self.on_cuda else None  # nothing is recorded on the default one
        self.replayed = Replayed() if self.on_cuda else None

    def state(self) -> dict:
        """A checkpoint, for `resume`."""
        from copy import deepcopy

        return deepcopy({"epoch": self.epoch, "model": self.model.state_dict(),
                         "optimizer": self.optimizer.state_dict()})

    def resume(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch = state["epoch"]
        if self.on_cuda:
            self.replayed = Replayed()

    def train_epoch(self) -> None:
        """One pass over the training samples. Raises Diverged."""
        x, y = self.data.splits["train"]
        batch, steps = self.recipe.batch, steps_an_epoch(len(x), self.recipe.batch)
        orders = [np.random.default_rng((seed, 2, self.epoch)).permutation(len(x)) for seed in self.seeds]
        order = torch.from_numpy(np.stack(orders)).to(self.data.device)
        self.model.train()
        with self._own_randomness(1 + self.epoch), self._on_stream():
            total = torch.zeros((), device=self.data.device)
            for step in range(steps):
                if self.recipe.schedule == "cosine":
                    progress = (self.epoch + step / steps) / self.recipe.epochs
                    self._set_rate(self.recipe.learning_rate * (1 + math.cos(math.pi * progress)) / 2)
                rows = order[:, step * batch:(step + 1) * batch]
                batch_x, batch_y = self._augmented(x[rows]), y[rows]
                total += self.replayed(self._step, batch_x, batch_y) if self.replayed else self._step(batch_x, batch_y)
        self.epoch += 1
        if not torch.isfinite(total):
            raise Diverged(f"the loss is {total.item()} in epoch {self.epoch}")

    def _set_rate(self, rate):
        for group in self.optimizer.param_groups:
            if self.on_cuda:
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate

    @contextmanager
    def _on_stream(self):
        if not self.on_cuda:
            yield
            return
        outside = torch.cuda.current_stream()
        self.stream.wait_stream(outside)
        with torch.cuda.stream(self.stream):
            yield
        outside.wait_stream(self.stream)

    def _step(self, x, y):
        """x (seeds, batch, ...), y (seeds, batch). The loss is summed over seeds, so that each has its own gradient."""
        with torch.autocast(self.data.device.type, torch.bfloat16, enabled=self.on_cuda):
            out = self._forward(x)
        loss = F.cross_entropy(out.flatten(0, 1).float(), y.flatten(), label_smoothing=self.recipe.label_smoothing)
        loss = loss * len(self.seeds)
        self.optimizer.zero_grad()
        if loss.requires_grad:
            loss.backward()
            self.optimizer.step()
        return loss.detach()

    def _forward(self, x):
        """(seeds, batch, ...) -> (seeds, batch, classes)."""
        if self.branches:
            return self.model(x)
        if len(self.seeds) == 1:
            x = x[0]
            if self.on_cuda and x.ndim == 4:
                x = x.contiguous(memory_format=torch.channels_last)
            return self.model(x)[None]
        return self.model(x.transpose(0, 1).flatten(1, 2))

    def _augmented(self, x):
        if self.recipe.augmentation == "none" or x.ndim < 4:
            return x
        flat = x.flatten(0, 1)
        for axis in range(2, flat.ndim):
            size = flat.shape[axis]
            far = max(1, size // 8)
            start = torch.randint(-far, far + 1, (len(flat), 1), device=x.device)
            where = torch.arange(size, device=x.device) + start
            place = [size if a == axis else 1 for a in range(1, flat.ndim)]
            inside = ((where >= 0) & (where < size)).view(len(flat), *place)
            index = where.clamp(0, size - 1).view(inside.shape).expand_as(flat)
            flat = flat.gather(axis, index) * inside
        if self.recipe.augmentation == "shift-flip":
            mirrored = torch.rand(len(flat), *(1,) * (flat.ndim - 1), device=x.device) < 0.5
            flat = torch.where(mirrored, flat.flip(-1), flat)
        return flat.view_as(x)

    @torch.no_grad()
    def accuracy(self, split: str) -> list[float]:
        """Percent of the split's samples that are classified right, a seed each."""
        x, y = self.data.splits[split]
        self.model.eval()
        right = torch.zeros(len(self.seeds), device=self.data.device)
        step = AT_A_TIME[self.data.device.type]
        for at in range(0, len(x), step):
            part = x[at:at + step]
            with torch.autocast(self.data.device.type, torch.bfloat16, enabled=self.on_cuda):
                out = self._forward(part.expand(len(self.seeds), *part.shape))
            right += (out.argmax(-1) == y[at:at + step]).sum(1)
        return (100 * right / len(x)).tolist()

    def _own_randomness(self, purpose):
        """Dropout and augmentation draw from PyTorch's generators: seeded here, given back as they were."""
        stack = ExitStack()
        device = self.data.device
        stack.enter_context(torch.random.fork_rng(devices=[device] if device.type == "cuda" else []))
        torch.manual_seed(_number(self.seeds[0], 3, purpose))
        return stack


def _number(*purpose):
    return int(np.random.SeedSequence(purpose).generate_state(1)[0])


def steps_an_epoch(samples: int, batch: int) -> int:
    """Batches of an epoch; a last one of a single sample is left out, for no normalization can be learned from it."""
    return max(1, samples // batch + (samples % batch > 1))
