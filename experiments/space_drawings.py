"""The pictures of docs/spaces.md, one a family of spaces.

    python -m archgym.experiments.space_drawings [FOLDER]

Writes NAME.svg for every row of PICTURES; the same designs and the same bytes every time.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from archgym import registry
from archgym.space import Space
from archgym.streams import uniform


def registered(name: str) -> Callable[[], Space]:
    return lambda: registry.space(name)


def chip() -> Space:
    return registry.space("SoC", workload="edge-detection")


def network_and_recipe() -> Space:
    return registry.space("NATSBenchSize") * registry.space("HPOBenchMLP")


PICTURES: dict[str, tuple[Callable[[], Space], int | str]] = {
    "cell": (registered("NASBench201"),
             "|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|nor_conv_1x1~1|avg_pool_3x3~2|"),
    "vertices": (registered("NASBench101"), 4),
    "cells": (registered("DARTS"), 11),
    "motifs": (registered("HierarchicalMotifs"), 7),
    "hierarchy": (registered("HierarchicalNASBench201FixedMacro"), 7),
    "function": (registered("ActivationFunctions"), 1),
    "einspace": (registered("einspace"),
                 "(sequential (sequential (routing im2col3k1s1p linear64 col2im) (sequential norm leakyrelu)) "
                 "(sequential (branching clone_tensor2 (sequential (routing im2col3k1s1p linear64 col2im) norm) "
                 "(sequential norm (routing im2col1k1s0p linear64 col2im)) add_tensors) leakyrelu))"),
    "stages": (registered("FBNet"), 7),
    "channels": (registered("NATSBenchSize"), 7),
    "settings": (registered("FCNet"), 7),
    "hardware": (registered("DRAMController"), 7),
    "chip": (chip, 7),
    "product": (network_and_recipe, 7),
}
"""File name -> the space, and which of its designs: its text, or the seed of a random one."""


def draw(folder: Path) -> Iterator[Path]:
    """Write every picture; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, which) in PICTURES.items():
        space = make()
        design = space.parse(which) if isinstance(which, str) else space.decode(space.sample(uniform(which)))
        yield space.draw(design, folder / f"{name}.svg")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="The pictures of the page on search spaces.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/spaces"), help="default: docs/spaces")
    for path in draw(parser.parse_args(arguments).folder):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
