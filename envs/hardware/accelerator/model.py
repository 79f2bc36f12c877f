"""A layer mapped on hardware: whether it fits, its cycles and what it moves."""

from functools import cache, lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from numba import njit

from archgym.errors import Infeasible

from ....spaces.accelerator_hardware import WORD, Hardware
from ....spaces.accelerator_layers import DIMENSIONS, Layer
from ....spaces.mapping import Mapping
from . import costs
from .reuse import CACHED, count, sizes

# Columns of `assess`: what fails (below), how much of it was needed, then the fields of Found.
FAILURE, NEEDED, CYCLES, BUSY, DRAM, BUFFER, NETWORK, REGISTERS, OPERATIONS = COLUMNS = range(9)
NOTHING, UNCOVERED = 0, 1  # 1 to 8: a dimension is not covered
TOO_MANY = {9: "rows of PEs", 10: "columns of PEs", 11: "a PE's registers", 12: "the buffer"}


class Found(NamedTuple):
    """Of one layer, or summed over several; or columns of many mappings."""

    cycles: float
    busy: float
    """Cycles in which the PEs compute; in the others they wait for DRAM or the buffer."""
    dram: float
    """Words read and written; so the next three."""
    buffer: float
    network: float
    registers: float
    operations: float
    """Multiply-accumulates, with those that fill up dimensions which a mapping rounds up."""

    def energies(self, hardware: Hardware, root=sqrt) -> dict[str, float]:
        """J, by where it is spent. root: numpy's where the hardware's sizes are arrays."""
        dram, buffer, network, registers = costs.access_energies(hardware, root)
        return {"DRAM": self.dram * dram, "buffer": self.buffer * buffer, "network": self.network * network,
                "registers": self.registers * registers, "arithmetic": self.operations * costs.MAC}


@njit(**CACHED)
def assess(factors, orders, extents, stride, limits, found):
    """Fill `found`, (n, 9), for n mappings of a layer.

    factors: (n, 5, 8); orders: (n, 2, 8); extents: (8,) of the layer.
    limits: (m, 6) rows, columns, registers and buffer in words, words a cycle of DRAM and of the buffer; m is n or 1.
    """
    moved, words = np.empty((3, 4, 2), np.int64), np.empty(3, np.int64)
    scratch = np.empty((7, 16), np.int64)
    held = np.empty(8, np.int64)
    for i in range(len(factors)):
        limit, out = limits[i if len(limits) > 1 else 0], found[i]
        rows = columns = steps = 1
        out[FAILURE] = NOTHING
        for d in range(8):
            rows *= factors[i, 2, d]
            columns *= factors[i, 3, d]
            steps *= factors[i, 0, d] * factors[i, 1, d] * factors[i, 4, d]
            held[d] = factors[i, 1, d] * factors[i, 2, d] * factors[i, 3, d] * factors[i, 4, d]
            if held[d] * factors[i, 0, d] < extents[d] and out[FAILURE] == NOTHING:
                out[FAILURE], out[NEEDED] = UNCOVERED + d, held[d] * factors[i, 0, d]
        if out[FAILURE] == NOTHING:
            sizes(factors[i, 4], stride, words)
            own = words.sum()
            sizes(held, stride, words)
            for n, there in enumerate((rows, columns, own, words.sum())):
                if there > limit[n]:
                    out[FAILURE], out[NEEDED] = 9 + n, there
                    break
        if out[FAILURE] != NOTHING:
            out[CYCLES:] = np.nan
            continue
        count(factors[i], orders[i], stride, moved, scratch)
        out[BUSY] = steps
        for memory in range(4):
            out[DRAM + memory] = moved[:, memory].sum()
        out[OPERATIONS] = steps * rows * columns
        out[CYCLES] = np.ceil(max(steps, out[DRAM] / limit[4], out[BUFFER] / limit[5]))


def limits_of(hardware: Hardware) -> tuple[float, ...]:
    rows, columns, registers, buffer, dram_bandwidth, buffer_bandwidth = hardware
    return rows, columns, registers // WORD, buffer // WORD, dram_bandwidth / WORD, buffer_bandwidth / WORD


@lru_cache(maxsize=10_000)
def reason(failure: float, needed: float, hardware: Hardware, layer: Layer) -> str:
    """What the first two columns of `assess` say: why a mapping is none of this layer on this hardware."""
    failure, needed = int(failure), int(needed)
    if failure < 9:
        return (f"the mapping covers {needed} of the {layer.extents[failure - 1]} iterations of dimension "
                f"{DIMENSIONS[failure - 1]}")
    available, unit = hardware[failure - 9], ""
    if failure > 10:
        needed, unit = needed * WORD, " bytes"
    return f"the mapping does not fit {TOO_MANY[failure]}: {needed:,}{unit} needed, {available:,} available"


@cache
def positions(order: str) -> tuple[int, ...]:
    """Of dimensions in DIMENSIONS."""
    return tuple(map(DIMENSIONS.index, order))


def arrays_of(mapping: Mapping) -> tuple[np.ndarray, np.ndarray]:
    """(1, 5, 8) factors and (1, 2, 8) orders."""
    (dram, buffer, rows, columns, registers), dram_order, buffer_order = mapping
    flat = np.array((*dram, *buffer, *rows, *columns, *registers, *positions(dram_order), *positions(buffer_order)))
    return flat[:40].reshape(1, 5, 8), flat[40:].reshape(1, 2, 8)


@cache
def constants(hardware: Hardware, layer: Layer) -> tuple[np.ndarray, int, np.ndarray]:
    """What `assess` needs of them: extents, stride, limits."""
    return np.array(layer.extents), layer.stride, np.array((limits_of(hardware),))


def evaluate(hardware: Hardware, layer: Layer, mapping: Mapping) -> Found:
    """Infeasible, with the reason, where the mapping does not cover the layer or does not fit the hardware."""
    found = np.empty((1, len(COLUMNS)))
    assess(*arrays_of(mapping), *constants(hardware, layer), found)
    row = found[0].tolist()
    if row[FAILURE]:
        raise Infeasible(reason(row[FAILURE], row[NEEDED], hardware, layer))
    return Found(*row[CYCLES:])


def most(hardware: Hardware, operations: int) -> Found:
    """What no mapping with so many operations exceeds: each moves a word of a tensor at most once in and once out."""
    *_, dram_rate, buffer_rate = limits_of(hardware)
    dram, buffer = 4.0 * operations, 8.0 * operations
    return Found(1 + max(operations, dram / dram_rate, buffer / buffer_rate), operations, dram, buffer, dram, buffer,
                 operations)
