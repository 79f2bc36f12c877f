"""Designs of a neural space, trained for real on data that is at hand."""

import json

from archgym.errors import ArchGymError
from archgym.registry import register_task as task
from archgym.task import Objective, Task, TaskInfo

from . import networks, sources
from .evaluator import RATE, TEST, VALID, Judge, Trained
from .recipe import read


def settings(given, what) -> dict:
    """A mapping, or text such as "channels: 8, cells: 1"; sorted, for the order of writing makes no other task."""
    if isinstance(given, dict):
        return dict(sorted(given.items()))
    import yaml

    try:
        found = yaml.safe_load(f"{{{given}}}")
    except yaml.YAMLError:
        found = None
    if not isinstance(found, dict) or None in found.values():
        raise ArchGymError(f"{what} {given!r} is not of the form 'name: value, name: value'")
    return dict(sorted(found.items()))


@task("Train-v0")
def train(space: str = "NASBench201", data: str = "mnist1d", recipe: "str | dict" = "", skeleton: "str | dict" = "",
          space_options: "str | dict" = "", data_options: "str | dict" = "", seeds: int = 3, device: str = "auto",
          limit_seconds: float | None = None) -> Task:
    """Train the networks of a space and find the one of the highest validation accuracy.

    space: whose designs are trained, such as NASBench201 or HierarchicalMotifs; an unknown name shows all.
    data: a data set, such as mnist1d, digits, fashion-mnist, cifar10 or addnist, or a folder of train_x.npy, ...
    recipe: what differs from the default recipe, such as "epochs: 4, batch: 50".
    skeleton: what surrounds a design, such as "channels: 8, cells: 1"; the published one where it is not given.
    space_options: options of the space, such as "max_parameters: 100000".
    data_options: options of the data set, such as "folder: data/cifar-10-batches-py, train: 5000".
    seeds: how many trainings of a design are told apart.
    device: "cpu", "cuda", or "auto" for CUDA where there is one.
    limit_seconds: a training that takes longer is recorded as failed.
    """
    chosen, taken = read(settings(recipe, "recipe")), settings(data_options, "data_options")
    loaded = sources.load(data, taken)
    around, options = settings(skeleton, "skeleton"), settings(space_options, "space_options")
    made = networks.space_for(space, loaded.shape, loaded.classes, options)

    def open_as(kind):
        return kind(space, made, loaded, chosen, around, seeds=seeds, device=device, limit_seconds=limit_seconds)

    evaluator = open_as(Trained)
    counts = [len(part[0]) for part in (loaded.train, loaded.valid, loaded.test)]
    return Task(
        "Train-v0", made, evaluator, Objective(VALID.name, "max", "%", TEST.name),
        options={"space": space, "data": data, "recipe": str(chosen), "skeleton": _text(around),
                 "space_options": _text(options), "data_options": _text(taken), "seeds": seeds,
                 "device": evaluator.device.type, "limit_seconds": limit_seconds},
        open_judge=lambda: open_as(Judge), worst=0.0,
        about=TaskInfo(
            summary=f"Designs of {space} trained on {data} for {chosen.epochs} epochs",
            source=f"trained here, on {counts[0]:,} samples{loaded.cut and f' ({loaded.cut})'}; the cost is samples x "
                   f"operations at {RATE / 1e9:g} GFLOP/s",
            data_version=evaluator.fingerprint,
            holdout_note=f"Holdout: accuracy on {counts[2]:,} test samples, of a training that is repeated for it; "
                         f"agents see the accuracy on {counts[1]:,} validation samples."))


def _text(mapping):
    """As `settings` reads it: text that YAML would take for something else is quoted."""
    def quoted(value):
        try:
            plain = settings(f"x: {value}", "text") == {"x": value}
        except ArchGymError:
            plain = False
        return value if plain or not isinstance(value, str) else json.dumps(value)

    return ", ".join(f"{name}: {quoted(value)}" for name, value in mapping.items())
