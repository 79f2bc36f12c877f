"""Counts in closed form equal a mapping executed word by word."""

import numpy as np
from loop_nest import executed

from archgym.envs.hardware.accelerator.reuse import count
from archgym.spaces.accelerator_hardware import Hardware
from archgym.spaces.accelerator_layers import DIMENSIONS, Layer
from archgym.spaces.mapping import MappingSpace
from archgym.streams import generator, uniform

ROOMY = Hardware(4, 4, 2 ** 20, 2 ** 20, 8, 8)


def counted(mapping, stride):
    moved, scratch = np.zeros((3, 4, 2), np.int64), np.zeros((7, 16), np.int64)
    orders = np.array([[DIMENSIONS.index(d) for d in order] for order in mapping[1:]])
    count(np.array(mapping.factors), orders, stride, moved, scratch)
    return {(tensor, memory, way): moved[i, j, k]
            for i, tensor in enumerate(("weights", "inputs", "sums"))
            for j, memory in enumerate(("dram", "buffer", "network", "registers"))
            for k, way in enumerate(("reads", "writes"))}


def small_layers(rng):
    """Up to 4 of each extent, 768 operations, and strides within, at and beyond the filter."""
    while True:
        extents = rng.choice([1, 1, 2, 3, 4], size=8)
        if 4 <= np.prod(extents) <= 768:
            yield Layer("small", *map(int, extents), stride=int(rng.integers(1, 4)))


def test_counts_equal_execution_on_500_random_mappings():
    layers, u = small_layers(generator(0, "layers")), uniform(1)
    for _ in range(500):
        layer = next(layers)
        space = MappingSpace(layer, ROOMY)
        mapping = space.decode(space.sample(u))
        assert counted(mapping, layer.stride) == executed(mapping, layer.stride), (layer, mapping.text())
