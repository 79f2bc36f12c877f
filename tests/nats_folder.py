"""Folders in the layout of NATS-Bench's release, with numbers of the tests' own making."""

import bz2
import pickle
from collections import OrderedDict

import numpy as np

IMAGES = {"cifar10-valid": ("x-valid", "ori-test"), "cifar10": ("ori-test",),
          "cifar100": ("x-valid", "x-test", "ori-test"), "ImageNet16-120": ("x-valid", "x-test", "ori-test")}
SEEDS = (777, 888, 999)


def accuracy(index, epochs, dataset, seed, images, epoch):
    """Different for everything that it depends on."""
    return 10 + index / 8 + epochs / 1_000 + [*IMAGES].index(dataset) + seed / 1e5 + len(images) / 100 + epoch / 1e4


def seeds_of(index, epochs, full):
    """One training a shortened schedule; after the full one two or three."""
    return SEEDS[:1] if epochs != full else SEEDS[1:] if index % 2 else SEEDS


def training(index, text, epochs, dataset, seed):
    found = {(images, e): accuracy(index, epochs, dataset, seed, images, e)
             for images in IMAGES[dataset] for e in range(epochs)}
    return {"name": dataset, "net_state_dict": None, "train_acc1es": {e: 50.0 for e in range(epochs)},
            "train_acc5es": None, "train_losses": {e: 1.0 for e in range(epochs)},
            "train_times": OrderedDict((e, 10.0 + index) for e in range(epochs)),
            "arch_config": {"channel": 16, "num_cells": 5, "arch_str": text, "class_num": 10},
            "params": 0.25 + index, "flop": 12.5 + index, "seed": str(seed), "epochs": epochs,
            "latency": [np.float64(0.01 + index)], "eval_names": list(IMAGES[dataset]),
            "eval_acc1es": {f"{images}@{e}": np.float64(a) for (images, e), a in found.items()},
            "eval_times": {f"{images}@{e}": 2.0 for images, e in found},
            "eval_losses": {f"{images}@{e}": 1.0 for images, e in found}}


def records(index, text, lengths):
    """lengths: the schedules by their official names, the last the full one."""
    full = int(lengths[-1])
    return OrderedDict((name, {
        "arch_index": index, "arch_str": text, "clear_net_done": True,
        "dataset_seed": {dataset: list(seeds_of(index, int(name), full)) for dataset in IMAGES},
        "all_results": {(dataset, seed): training(index, text, int(name), dataset, seed)
                        for dataset in IMAGES for seed in seeds_of(index, int(name), full)}}) for name in lengths)


def put(folder, name, content):
    (folder / f"{name}.pickle.pbz2").write_bytes(bz2.compress(pickle.dumps(content, 4)))


def write(folder, texts, lengths, indexes=None):
    """A folder of these architectures, all or those of some indexes."""
    folder.mkdir()
    put(folder, "meta", {"meta_archs": list(texts), "total_archs": len(texts), "arch2infos": None,
                         "evaluated_indexes": set()})
    for index in range(len(texts)) if indexes is None else indexes:
        put(folder, f"{index:06d}", records(index, texts[index], lengths))
    return folder
