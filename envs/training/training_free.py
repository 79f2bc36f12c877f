"""Designs scored without training: proxies, sizes and measured latency, and the task that searches by one of them."""

from typing import Literal

import numpy as np

from archgym.errors import ArchGymError, EvaluationFailed, Infeasible, unknown
from archgym.evaluator import Evaluator, Measurement, Metric
from archgym.registry import needed
from archgym.registry import register_task as task
from archgym.task import Objective, Task, TaskInfo

from . import networks, onnx_file, sources
from .evaluator import FLOPS, PARAMETERS, RATE
from .proxies import PROXIES
from .task import _text, settings

SIZES = {"parameters": PARAMETERS.doc, "flops": FLOPS.doc}
LATENCY = Metric("latency", "s", "min",
                 doc="median seconds of a pass forward over the batch, measured: no seed makes it exact")
SCORES = (*SIZES, *PROXIES)
WORST = -1e8
"""Below what any of the scores gives; a design whose score is not defined has it."""


def metric(name: str) -> Metric:
    """Scores are to be maximized, sizes too where they stand for accuracy."""
    return LATENCY if name == "latency" else Metric(name, "", "max", doc=SIZES.get(name) or PROXIES[name].paper)


class TrainingFree(Evaluator):
    """Scores of the untrained network of a design and one batch. A seed stands for initial weights and a batch."""

    identity = "genome"  # twins draw other weights
    cost_unit = "s"

    def __init__(self, space_name, space, names, data, batch, skeleton, *, seeds=1, device="auto"):
        torch = needed("torch", "TrainingFree-v0", "train")
        from .trainer import device_of

        self.space_name, self.space, self.names, self.data, self.skeleton = space_name, space, names, data, skeleton
        if not 2 <= batch <= len(data.train[0]):
            raise ArchGymError(f"batch is from 2 to the {len(data.train[0]):,} training samples of {data.name}, "
                               f"got {batch}")
        self.batch, self.seeds, self.device = batch, seeds, device_of(device)
        if self.device.type == "cpu":
            torch.set_num_threads(1)  # bits depend on it, and small networks are slower on two
        self.passes = sum(PROXIES[name].passes if name in PROXIES else name == LATENCY.name for name in names)
        self.metrics = tuple(metric(name) for name in names)
        self.fingerprint = (f"training-free:{space_name};{','.join(names)};{data.fingerprint};{batch};{skeleton};"
                            f"{self.device.type}")

    def export(self, design, file):
        onnx_file.export(self, design, file)

    def evaluate(self, design, *, fidelity, seed):
        import torch

        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            torch.manual_seed(seed)  # dropout, where a builder has it
            return self.score(design, seed)

    def score(self, design, seed):
        """Infeasible where the network does not fit the samples, EvaluationFailed where a score is not defined."""
        import torch

        from .latency import latency
        from .operations import operations
        from .trainer import initialize

        model = networks.network(self.space_name, design, self.data.shape, self.data.classes, **self.skeleton)
        try:
            flops = operations(model, torch.zeros(1, *self.data.shape))
        except RuntimeError as why:
            raise Infeasible(f"the network does not fit samples of shape {self.data.shape}: {why}") from None
        cost = self.passes * self.batch * flops / RATE
        initialize(model, (seed,))
        if self.device.type != "cpu":
            model.to(self.device)
        rows = np.random.default_rng((seed, 4)).choice(len(self.data.train[0]), self.batch, replace=False)
        x, y = (torch.from_numpy(part[rows]).to(self.device) for part in self.data.train)
        values = {}
        for name in self.names:
            if name in PROXIES:
                values[name] = self.proxy(name, model, x, y, seed, cost)
            elif name == LATENCY.name:
                values[name] = latency(model, x)
            elif name == "flops":
                values[name] = float(flops)
            else:
                values[name] = float(sum(p.numel() for p in model.parameters()))
        return Measurement(values, cost)

    def proxy(self, name, model, x, y, seed, cost) -> float:
        import torch

        generator = torch.Generator().manual_seed(int(np.random.SeedSequence((seed, 5)).generate_state(1)[0]))
        try:
            # On CUDA convolutions keep three digits by default, of which some scores make two.
            with torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False):
                found = float(PROXIES[name].function(name)(model, x, y, generator))
            if not np.isfinite(found):
                raise EvaluationFailed(f"{name} is {found}, no finite number")
        except EvaluationFailed as why:
            why.cost = cost
            raise
        return found


@task("TrainingFree-v0")
def training_free(space: str = "NASBench201",
                  score: Literal["parameters", "flops", "grad_norm", "snip", "plain", "grasp", "l2_norm", "fisher",
                                 "synflow", "naswot", "jacob_cov", "epe_nas", "gradsign", "zen", "epsinas"] = "synflow",
                  beside: str = "", data: str = "digits", batch: int = 64, skeleton: "str | dict" = "",
                  space_options: "str | dict" = "", data_options: "str | dict" = "", seeds: int = 1,
                  device: str = "auto") -> Task:
    """Find the network of the highest training-free score.

    space: whose designs are scored.
    score: which score; `python -m archgym.experiments.proxy_correlations` measures how each ranks designs.
    beside: more scores, or latency, as further metrics of every design: "parameters, latency".
    data: a data set, such as mnist1d, digits, fashion-mnist, cifar10 or addnist, or a folder of train_x.npy, ...
    batch: how many training samples a score sees.
    skeleton: what surrounds a design, such as "channels: 8, cells: 1"; the published one where it is not given.
    space_options: options of the space, such as "max_parameters: 100000".
    data_options: options of the data set, such as "folder: data/cifar-10-batches-py, train: 5000".
    seeds: how many draws of initial weights and batch a design has.
    device: "cpu", "cuda", or "auto" for CUDA where there is one.
    """
    names = [score, *(name.strip() for name in beside.split(",") if name.strip())]
    for name in names:
        if name not in (*SCORES, LATENCY.name):
            raise unknown("score in beside:", name, (*SCORES, LATENCY.name))
    names = tuple(dict.fromkeys(names))
    taken = settings(data_options, "data_options")
    loaded = sources.load(data, taken)
    around, options = settings(skeleton, "skeleton"), settings(space_options, "space_options")
    made = networks.space_for(space, loaded.shape, loaded.classes, options)
    evaluator = TrainingFree(space, made, names, loaded, batch, around, seeds=seeds, device=device)
    return Task(
        "TrainingFree-v0", made, evaluator, Objective(score),
        options={"space": space, "score": score, "beside": ", ".join(names[1:]), "data": data, "batch": batch,
                 "skeleton": _text(around), "space_options": _text(options), "data_options": _text(taken),
                 "seeds": seeds, "device": evaluator.device.type},
        worst=WORST,
        about=TaskInfo(
            summary=f"{score} of untrained designs of {space} on {batch} samples of {data}",
            source=f"computed here; the cost is samples x operations of the passes at {RATE / 1e9:g} GFLOP/s",
            paper=PROXIES[score].paper if score in PROXIES else "", data_version=evaluator.fingerprint,
            holdout_note="No holdout: a score stands for accuracy, and how well is another question; Train-v0 trains "
                         "what was found."))
