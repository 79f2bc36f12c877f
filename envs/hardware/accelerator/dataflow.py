"""Dataflow templates: the mapping that an accelerator of a given dataflow makes of a layer.

What a template spreads over PEs takes as many as there are; then the tile in a PE's registers grows along the
template's dimensions while it fits, then the tile in the buffer; the rest is left to the loops around. A dimension is
divided into equal tiles, the last of which may be filled up: by less than the dimension itself in all.
"""

import numpy as np
from numba import njit

from ....spaces.accelerator import DATAFLOWS
from ....spaces.accelerator_hardware import Hardware
from ....spaces.accelerator_layers import Layer
from ....spaces.mapping import Mapping
from .model import assess, limits_of, positions
from .reuse import CACHED, sizes

# (dataflows, 4, 8): what rows, columns, registers and buffer take, -1 where no more.
TAKES = np.array([[(*positions(dims), *[-1] * (8 - len(dims))) for dims in template[:4]]
                  for template in DATAFLOWS.values()])
ORDERS = np.array([[positions(template.dram_order), positions(template.buffer_order)]
                   for template in DATAFLOWS.values()])


@njit(**CACHED)
def fitted(extents, stride, limit, takes, factors):
    """Fill `factors`, (5, 8), with the template's mapping. `limit` as in `assess`."""
    left = extents.copy()
    tile, words = np.empty(8, np.int64), np.empty(3, np.int64)
    factors[:] = 1
    for n in range(2):
        room = int(limit[n])
        for d in takes[n]:
            if d < 0:
                break
            size = -(-left[d] // -(-left[d] // room))
            factors[2 + n, d] *= size
            left[d] = -(-left[d] // size)
            room //= size
    for n in (2, 3):
        level = 4 if n == 2 else 1
        for d in takes[n]:
            if d < 0:
                break
            low, high = 1, left[d]  # the largest size that fits is between them
            while low < high:
                middle = (low + high + 1) // 2
                factors[level, d] = middle
                tile[:] = factors[4]
                sizes(tile, stride, words)
                fits = words.sum() <= limit[2]
                tile *= factors[1] * factors[2] * factors[3]
                sizes(tile, stride, words)
                if fits and words.sum() <= limit[3]:
                    low = middle
                else:
                    high = middle - 1
            factors[level, d] = -(-left[d] // -(-left[d] // low))
            left[d] = -(-left[d] // factors[level, d])
    factors[0] = left


@njit(**CACHED)
def run(extents, strides, times, limits, dataflows, takes, orders, found):
    """Fill `found`, (n, 9) as in `assess`, for n accelerators that run each of L layers so many times.

    A failure is the first layer's that fails, with the layer in the column of cycles.
    """
    factors, row = np.empty((1, 5, 8), np.int64), np.empty((1, found.shape[1]))
    for i in range(len(found)):
        found[i] = 0
        flow = dataflows[i]
        for layer in range(len(extents)):
            fitted(extents[layer], strides[layer], limits[i], takes[flow], factors[0])
            assess(factors, orders[flow:flow + 1], extents[layer], strides[layer], limits[i:i + 1], row)
            if row[0, 0]:
                found[i, 0], found[i, 1], found[i, 2] = row[0, 0], row[0, 1], layer
                break
            found[i, 2:] += times[layer] * row[0, 2:]


def mapping_of(hardware: Hardware, layer: Layer, dataflow: str) -> Mapping:
    """A template's mapping of one layer."""
    template, factors = DATAFLOWS[dataflow], np.empty((5, 8), np.int64)
    fitted(np.array(layer.extents), layer.stride, np.array(limits_of(hardware)), TAKES[list(DATAFLOWS).index(dataflow)],
           factors)
    return Mapping(tuple(map(tuple, factors.tolist())), template.dram_order, template.buffer_order)
