"""The folders in which NATS-Bench is released: a pickle an architecture, compressed.

Dong, Liu, Musial, Gabrys, "NATS-Bench: Benchmarking NAS Algorithms for Architecture Topology and Size", TPAMI 2021.
Read: the code that writes the folders NATS-tss-v1_0-3ffb9-simple and NATS-sss-v1_0-50262-simple, and its reader.
Pickles are read as plain records: whatever else they name is refused (`archgym.tables.pickles`).

`meta.pickle.pbz2` lists the architectures; `000000.pickle.pbz2` and so on hold, for each number of epochs, trainings by
(data set, seed). A measurement costs what `simulate_train_eval` counts: all its epochs of training and one pass over
the validation data.
"""

import bz2
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from archgym.errors import ArchGymError
from archgym.tables import pickles

ENDING = ".pickle.pbz2"
DATASETS = {"cifar10": ("cifar10-valid", "cifar10", "ori-test"), "cifar100": ("cifar100", "cifar100", "x-test"),
            "ImageNet16-120": ("ImageNet16-120", "ImageNet16-120", "x-test")}
"""Name -> the trainings that are searched, those that are the holdout, and the images of the holdout. CIFAR-10's are
trained on the validation images too."""
SEEDS = 3
COSTS = {"flop": "flops", "params": "parameters"}


class Release:
    """How the space of a release reads its folder as a table: a row an architecture and data set.

    epochs: the recorded lengths of training, the last the full one.
    """

    def __init__(self, *epochs: int):
        self.epochs = epochs

    @property
    def declaration(self) -> dict:
        """What a table's YAML file would say."""
        full = self.epochs[-1]
        return {
            "design": "design", "where": {"dataset": "cifar10"},
            "metrics": {
                "val_accuracy": {"columns": {e: _seeds(f"validation_{e}") for e in self.epochs}, "unit": "%",
                                 "doc": "validation accuracy, of one recorded training seed"},
                "latency": {"columns": "latency", "unit": "s", "goal": "min", "doc": "recorded latency of a batch"},
                "parameters": {"columns": "parameters", "unit": "M", "goal": "min", "doc": "in millions"},
                "flops": {"columns": "flops", "unit": "M", "goal": "min", "doc": "of one image, in millions"}},
            "holdout": {"test_accuracy": {"columns": _seeds("test"), "unit": "%",
                                          "doc": f"test accuracy after {full} epochs, mean of all recorded seeds"}},
            "cost": {e: f"seconds_{e}" for e in self.epochs},
            "source": "a folder of the official release of NATS-Bench",
            "paper": "Dong et al., NATS-Bench, TPAMI 2021, arXiv 2009.00437",
            "licence": "MIT (github.com/D-X-Y/NATS-Bench)"}

    def read(self, folder: Path, progress: Callable[[int, int], None]) -> dict[str, list]:
        """The columns. progress(architectures read, of how many) is called after each."""
        meta = folder / f"meta{ENDING}"
        if not meta.is_file():
            raise ArchGymError(f"{folder}: no {meta.name}, so it is no folder of NATS-Bench's release; expected one "
                               "such as NATS-tss-v1_0-3ffb9-simple, unpacked")
        texts = _part(_load(meta), "meta_archs", meta.name)
        files = {i: path for i in range(len(texts)) if (path := folder / f"{i:06d}{ENDING}").is_file()}
        if not files:
            raise ArchGymError(f"{folder}: no 000000{ENDING} or any other of the {len(texts):,} architectures")
        columns: dict[str, list] = {}
        for done, (i, path) in enumerate(files.items(), start=1):
            for row in self._rows(texts[i], _load(path), path.name):
                for name, value in row.items():
                    columns.setdefault(name, []).append(value)
            progress(done, len(files))
        return columns

    def _rows(self, text, records, where) -> Iterator[dict]:
        at = {int(epochs): found for epochs, found in records.items()} if isinstance(records, dict) else {}
        if missing := [e for e in self.epochs if e not in at]:
            there = ", ".join(map(str, at)) or "none"
            raise ArchGymError(f"{where}: no training of {missing[0]} epochs, only of {there}; is the folder of this "
                               "space's release?")
        for found in at.values():
            if (told := _part(found, "arch_str", where)) != text:
                raise ArchGymError(f"{where} holds {told}, where meta{ENDING} lists {text}")
        for dataset, (searched, held, images) in DATASETS.items():
            row = {"dataset": dataset, "design": text}
            for epochs in self.epochs:
                trainings = _trainings(at[epochs], searched, where)
                row |= _spread(f"validation_{epochs}", [_accuracy(t, "x-valid", where) for t in trainings], where)
                row[f"seconds_{epochs}"] = _mean([_seconds(t, where) for t in trainings])
            full = at[self.epochs[-1]]
            trainings = _trainings(full, searched, where)
            row |= {name: _mean([_part(t, key, where) for t in trainings]) for key, name in COSTS.items()}
            row["latency"] = _mean([_mean(t["latency"]) for t in trainings if t.get("latency")])
            yield row | _spread("test", [_accuracy(t, images, where) for t in _trainings(full, held, where)], where)


def _seeds(name) -> list[str]:
    return [f"{name}_{i}" for i in range(1, SEEDS + 1)]


def _spread(name, values, where) -> dict:
    """A column a seed; None where fewer were recorded."""
    if len(values) > SEEDS:
        raise ArchGymError(f"{where}: {len(values)} seeds of {name}, expected {SEEDS} at most")
    return dict(zip(_seeds(name), values + [None] * (SEEDS - len(values)), strict=True))


def _load(path):
    try:
        content = bz2.decompress(path.read_bytes())
    except (OSError, ValueError, EOFError) as why:
        raise ArchGymError(f"{path}: cannot be decompressed: {why}") from None
    return pickles.records(content, str(path))


def _part(found, key, where):
    try:
        return found[key]
    except (KeyError, TypeError, IndexError):
        raise ArchGymError(f"{where}: no {key!r}: these are not the records of NATS-Bench's release") from None


def _trainings(found, dataset, where) -> list[dict]:
    """The trainings on a data set, in the order of their seeds; none where the architecture was not trained on it."""
    seeds = _part(found, "dataset_seed", where)
    results = _part(found, "all_results", where)
    return [_part(results, (dataset, seed), where) for seed in sorted(seeds[dataset])] if dataset in seeds else []


def _accuracy(training, images, where) -> float:
    """Percent, after the last epoch."""
    last = _part(training, "epochs", where) - 1
    return _part(_part(training, "eval_acc1es", where), f"{images}@{last}", where)


def _seconds(training, where) -> float:
    """All epochs of training, and one pass over the validation data."""
    epochs, times = range(_part(training, "epochs", where)), _part(training, "eval_times", where)
    trained = math.fsum(_part(_part(training, "train_times", where), epoch, where) for epoch in epochs)
    return trained + math.fsum(_part(times, f"x-valid@{epoch}", where) for epoch in epochs) / len(epochs)


def _mean(values) -> float | None:
    values = list(values)
    return math.fsum(values) / len(values) if values else None
