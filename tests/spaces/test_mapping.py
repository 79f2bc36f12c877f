"""Spaces of mappings: every one covers the layer and fits, each stands there once, orders are all orders."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym.errors import ArchGymError
from archgym.spaces.accelerator_hardware import HARDWARE, Hardware, hardware_named
from archgym.spaces.accelerator_layers import DIMENSIONS, WORKLOADS
from archgym.spaces.mapping import BUFFER, COLUMNS, REGISTERS, ROWS, MappingIndependent, MappingSpace
from archgym.spaces.mapping_gamma import GAMMA
from archgym.streams import uniform

LAYERS = [layer for name in ("resnet18", "mobilenet-v2", "transformer") for layer in WORKLOADS[name][::4]]
FITTING = [kind(layer, hardware) for kind in (MappingSpace, GAMMA) for layer in LAYERS
           for hardware in (HARDWARE["eyeriss"], Hardware(3, 2, 32, 512, 8, 8))]
SMALL = "K4-P2"
TINY = Hardware(2, 2, 8, 64, 4, 4)


def words(tile, stride):
    """What a tile touches, counted word by word."""
    n, g, k, c, p, q, r, s = map(range, tile)
    rows, columns = {stride * y + x for y in p for x in r}, {stride * y + x for y in q for x in s}
    return (prod(map(len, (g, k, c, r, s))) + prod(map(len, (n, g, c, rows, columns)))
            + prod(map(len, (n, g, k, p, q))))


def fits(mapping, layer, hardware):
    tile = np.prod(mapping.factors[BUFFER:], axis=0)
    return (np.prod(mapping.factors[ROWS]) <= hardware.rows and np.prod(mapping.factors[COLUMNS]) <= hardware.columns
            and 2 * words(mapping.factors[REGISTERS], layer.stride) <= hardware.registers
            and 2 * words(tile, layer.stride) <= hardware.buffer)


@settings(max_examples=25)
@given(st.sampled_from(FITTING), st.integers(0, 2**32))
def test_every_mapping_covers_its_layer_exactly_and_fits(space, seed):
    mapping = space.decode(space.sample(uniform(seed)))
    assert tuple(np.prod(mapping.factors, axis=0)) == space.layer.extents
    assert fits(mapping, space.layer, space.hardware)
    assert sorted(mapping.dram_order) == sorted(mapping.buffer_order) == sorted(DIMENSIONS)


def test_the_space_that_fits_holds_each_fitting_mapping_of_the_independent_one_once():
    space, independent = MappingSpace(SMALL, TINY), MappingIndependent(SMALL, TINY)
    mappings = [space.decode(genome) for genome in space.enumerate()]
    others = [independent.decode(genome) for genome in independent.enumerate()]
    assert len(others) == len(set(others)) == independent.size
    assert len(mappings) == len(set(mappings))
    assert set(mappings) == {mapping for mapping in others if fits(mapping, space.layer, TINY)}
    assert 1 < len(mappings) < len(others)


@pytest.mark.parametrize("layer", ["resnet18/conv1", "mobilenet-v2/block2_1_depthwise", "transformer/scores", "K7"])
def test_rows_of_picks_become_the_arrays_of_their_mappings(layer):
    space = MappingIndependent(layer)
    genomes = space.sample_many(np.random.default_rng(0), 30)
    factors, orders = space.arrays(genomes)
    for genome, levels, order in zip(genomes.tolist(), factors.tolist(), orders.tolist()):
        mapping = space.decode(tuple(genome))
        assert mapping.factors == tuple(map(tuple, levels))
        assert ["".join(DIMENSIONS[d] for d in each) for each in order] == [mapping.dram_order, mapping.buffer_order]


def test_gammas_parallel_dimensions_take_as_many_pes_as_their_tiles_leave():
    space = GAMMA("K8-C6-P4", Hardware(4, 3, 1024, 65536, 8, 8))
    mapping = space.decode(space.encode(space.design({
        "outer/K": 2, "outer/C": 6, "outer/P": 4, "inner/K": 1, "inner/C": 1, "inner/P": 4, "dram/0": "K",
        "dram/1": "C", "dram/2": "P", "buffer/0": "P", "buffer/1": "C", "buffer/2": "K", "outer/parallel": "K",
        "inner/parallel": "C"})))
    at = {d: tuple(row[DIMENSIONS.index(d)] for row in mapping.factors) for d in "KCP"}
    assert at == {"K": (1, 2, 4, 1, 1), "C": (1, 2, 1, 3, 1), "P": (1, 1, 1, 1, 4)}


@pytest.mark.parametrize("text, says", [
    ("eyeris", "eyeriss"), ("4x4", "4x4-64-4096-4-16"), ("0x4-64-4096-4-16", "4x4-64"),
    ("4x4-4-4096-4-16", "registers hold 4 bytes; a weight, an input and a sum need 6")])
def test_hardware_that_cannot_be(text, says):
    with pytest.raises(ArchGymError, match=says):
        hardware_named(text)


def test_hardware_is_read_as_it_is_written():
    assert hardware_named("4x3-64-4096-4-16") == Hardware(4, 3, 64, 4096, 4, 16)
