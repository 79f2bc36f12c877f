"""Ten random designs of every space whose networks can be trained: two steps, an ONNX file, onnxruntime's outputs.

    python -m archgym.experiments.export_check [--designs N] [--write FILE] [SPACE ...]

Skeletons, samples and einspace's networks are small, for PyTorch takes some 30 ms of a processor to write an operation.
"""

import argparse
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from archgym import registry, streams
from archgym.errors import Infeasible

from ..envs.training import networks, onnx_file

IMAGE, SEQUENCE, CLASSES, SAMPLES = (3, 8, 8), (3, 16), 10, 4
SKELETON = {"channels": 8, "cells": 1, "blocks": 1, "stages": 2, "stem": 1, "width": 0.25}
"""Of these, what a builder has."""
EXCEPTIONS = {"DARTS": {"cells": 3}}  # with fewer, all cells are reduction cells
OPTIONS = {"einspace": {"max_parameters": 100_000, "max_activations": 100_000}}
CLOSE = 1e-4


class Checked(NamedTuple):
    space: str
    images: int
    """Designs exported for images."""
    sequences: int
    left_out: int
    """Designs drawn besides that take no samples of this size, or whose outputs are no finite numbers."""
    difference: float
    """The largest between an output of PyTorch and of onnxruntime, relative to the network's largest where that is
    above 1."""
    seconds: float
    """Of the processor, to write a network: the median."""


def small_skeleton(name: str) -> dict:
    fields = networks.skeleton_of(name)
    return {field: value for field, value in (SKELETON | EXCEPTIONS.get(name, {})).items() if field in fields}


def trained(model, shape):
    """The module after two steps, samples drawn here, and what it puts out for them."""
    import torch
    from torch.nn.functional import cross_entropy

    from ..envs.training.trainer import initialize

    initialize(model, (0,))
    x = torch.randn(SAMPLES, *shape, generator=torch.Generator().manual_seed(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(2):
        optimizer.zero_grad()
        cross_entropy(model(x), torch.arange(SAMPLES) % CLASSES).backward()
        optimizer.step()
    with torch.no_grad():
        return model, x, model.eval()(x).numpy()


def difference(file, x, ours) -> float:
    """How far onnxruntime's outputs are from PyTorch's, as `Checked` has it."""
    import numpy as np
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = 1
    theirs, = InferenceSession(str(file), options).run(None, {"x": x.numpy()})
    assert ours.shape == theirs.shape == (SAMPLES, CLASSES), (ours.shape, theirs.shape)
    return float(np.abs(ours - theirs).max() / max(1.0, np.abs(ours).max()))


def check(name: str, designs: int = 10) -> Checked:
    """Draw designs, images and sequences in turns where the space's networks take both, until so many are exported."""
    import numpy as np

    axes = networks.builders()[name][1] or (2, 3)
    shapes = [shape for shape in (IMAGE, SEQUENCE) if len(shape) in axes]
    spaces = [networks.space_for(name, shape, CLASSES, OPTIONS.get(name, {})) for shape in shapes]
    u, done, left_out, apart, seconds = streams.uniform(0), [0] * len(shapes), 0, [], []
    with tempfile.TemporaryDirectory() as folder:
        while sum(done) < designs:
            at = sum(done) % len(shapes)
            design = spaces[at].decode(spaces[at].sample(u))
            try:
                model = networks.network(name, design, shapes[at], CLASSES, **small_skeleton(name))
                model, x, outputs = trained(model, shapes[at])
            except Infeasible:
                left_out += 1
                continue
            if not np.isfinite(outputs).all():
                left_out += 1
                continue
            started = process_time()
            file = onnx_file.write(model, shapes[at], Path(folder) / "network.onnx")
            seconds.append(process_time() - started)
            apart.append(difference(file, x, outputs))
            done[at] += 1
    counts = dict(zip(shapes, done))
    return Checked(name, counts.get(IMAGE, 0), counts.get(SEQUENCE, 0), left_out, float(np.max(apart)), median(seconds))


def rows(names=(), designs: int = 10) -> Iterator[Checked]:
    """Of the named spaces, or of all whose networks can be trained."""
    for name in names or networks.builders():
        yield check(name, designs)


def table(checked) -> str:
    lines = ["| space | images | sequences | left out | largest difference | seconds each | skeleton |",
             "|---|---:|---:|---:|---:|---:|---|"]
    for row in checked:
        skeleton = ", ".join(f"{field}: {value}" for field, value in small_skeleton(row.space).items())
        lines.append(f"| {row.space} | {row.images} | {row.sequences} | {row.left_out} | {row.difference:.1e} | "
                     f"{row.seconds:.1f} | {skeleton} |")
    return "\n".join(lines)


def page(checked, designs) -> str:
    from importlib.metadata import version

    from archgym.sweep.manifest import processor

    versions = ", ".join(f"{package} {version(package)}" for package in ("torch", "onnx", "onnxscript", "onnxruntime"))
    return "\n\n".join([
        "# Export",
        f"Made by `python -m archgym.experiments.export_check --designs {designs} --write docs/export.md` on "
        f"{processor()}, Python {platform.python_version()}, {versions}; do not edit by hand.",
        "`archgym export` writes the network of a design as an ONNX file. Here are random designs of every space whose "
        f"networks can be trained ([training.md](training.md)), on images of {IMAGE[1]} x {IMAGE[2]} and sequences of "
        f"{SEQUENCE[1]} in turns: each is trained for two steps, written, and run in onnxruntime on another number of "
        "samples than it was traced with.",
        table(checked),
        "*Largest difference* is between outputs of PyTorch and onnxruntime, relative to the largest output of the "
        f"network where that is above 1; up to {CLOSE:g} they count as equal. Designs were *left out* whose networks "
        "do not take samples of this size or put out no finite numbers. Seconds are of the processor, to write a file, "
        "on a machine that others used at the same time."]) + "\n"


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Random designs of every neural space through ONNX and onnxruntime.")
    parser.add_argument("spaces", nargs="*", metavar="SPACE", help="default: all whose networks can be trained")
    parser.add_argument("--designs", type=int, default=10, help="of each space")
    parser.add_argument("--write", metavar="FILE", help="also write the page")
    options = parser.parse_args(arguments)
    registry.needed("onnxruntime", "checking ONNX files", "train")
    registry.needed("torch", "training", "train").set_num_threads(1)
    checked = []
    for row in rows(options.spaces, options.designs):
        checked.append(row)
        print(table([row]).splitlines()[-1], flush=True)
    if options.write:
        Path(options.write).write_text(page(checked, options.designs), encoding="utf-8")
    return int(not all(row.difference <= CLOSE for row in checked))


if __name__ == "__main__":
    sys.exit(main())
