"""GAMMA's encoding of a mapping: two levels, each with tile sizes, a loop order and a parallel dimension.

Kao and Krishna, "GAMMA: Automating the HW Mapping of DNN Models on Accelerators via Genetic Algorithm", ICCAD 2020;
read: the description of the encoding in its repository. The outer level's tiles lie in the buffer, and it spreads its
parallel dimension over the rows of PEs; the inner level's lie in a PE's registers, and it spreads its own over the
columns. Here tiles are divisors, the inner dividing the outer, so that a mapping covers the layer exactly; a row is a
cluster, whose size GAMMA chooses too; and what does not fit is not offered.
"""

from functools import cache

from archgym.choice import Choice
from archgym.registry import register_space as space
from archgym.space import Space

from .accelerator_hardware import WORD, Hardware
from .accelerator_layers import DIMENSIONS, NAMES, Layer
from .mapping import BUFFER, COLUMNS, LOOP, REGISTERS, ROWS, Mapping, _loop, _Mappings, footprint, ordered


@space("GAMMA")
class GAMMA(_Mappings, Space):
    """Mappings as GAMMA encodes them: tiles, loop orders and a parallel dimension at each of two levels.

    layer: `network/layer`, or extents such as K64-C3-P112-Q112-R7-S7-stride2.
    hardware: eyeriss, edge, cloud, or sizes such as 4x4-64-4096-4-16.
    """

    law = "each choice uniform over what fits: outer tiles, inner tiles, orders, parallel dimensions"

    def __init__(self, layer: str | Layer = "resnet18/conv2_1_1", hardware: str | Hardware = "eyeriss"):
        self._describe(layer, hardware)
        tiles = {f"{level}/{d}": divisors(self.layer.extents[DIMENSIONS.index(d)])
                 for level in ("outer", "inner") for d in self.loops}
        loops = {"dram loop": tuple(self.loops), "buffer loop": tuple(self.loops), "parallel": tuple(self.loops)}
        self.sorts = dict(sorted((tiles | (loops if self.loops else {})).items()))
        self.meaning = {name: f"{NAMES[name[-1]]} of a tile in "
                        + ("the buffer, for one row of PEs" if name.startswith("outer") else "a PE's registers")
                        for name in tiles} | {
            "dram loop": LOOP.format("buffer"), "buffer loop": LOOP.format("array"),
            "parallel": "which dimension is spread over rows of PEs (outer) or the columns of a row (inner)"}

    def build(self):
        extents, stride, hardware = self.layer.extents, self.layer.stride, self.hardware
        outer, inner = [1] * len(DIMENSIONS), [1] * len(DIMENSIONS)
        for level, tile, room in (("outer", outer, hardware.buffer), ("inner", inner, hardware.registers)):
            for dimension in self.loops:
                d = DIMENSIONS.index(dimension)
                whole = extents[d] if level == "outer" else outer[d]
                options = divisors(extents[d])
                legal = tuple(whole % size == 0 and _fits(tile, d, size, stride, room) for size in options)
                tile[d] = yield _tile(level, dimension, options, legal)
        orders = []
        for level in ("dram", "buffer"):
            left, order = self.loops, ""
            while left:
                order += yield _loop(level, len(order), self.loops, left)
                left = left.replace(order[-1], "")
            orders.append(ordered(order))
        rows, columns = [1] * len(DIMENSIONS), [1] * len(DIMENSIONS)
        for level, whole, tile, spread, limit in (("outer", extents, outer, rows, hardware.rows),
                                                  ("inner", outer, inner, columns, hardware.columns)):
            most = [max(f for f in divisors(a // b) if f <= limit) for a, b in zip(whole, tile)]
            legal = tuple(most[d] > 1 and (level == "inner" or _fits(outer, d, outer[d] * most[d], stride,
                                                                     hardware.buffer))
                          for d in map(DIMENSIONS.index, self.loops))
            if any(legal):
                d = DIMENSIONS.index((yield _parallel(level, self.loops, legal)))
                spread[d] = most[d]
        buffer = tuple(a // b // c for a, b, c in zip(outer, inner, columns))
        dram = tuple(a // b // c for a, b, c in zip(extents, outer, rows))
        return Mapping((dram, buffer, tuple(rows), tuple(columns), tuple(inner)), *orders)

    def answer(self, design, choice):
        level, what = choice.path
        if level in ("dram", "buffer"):
            order = design.dram_order if level == "dram" else design.buffer_order
            return [d for d in order if d in self.loops][what]
        if what == "parallel":
            return next((d for d, factor in zip(DIMENSIONS, design.factors[ROWS if level == "outer" else COLUMNS])
                         if factor > 1), None)
        factors = [row[DIMENSIONS.index(what)] for row in design.factors]
        return factors[REGISTERS] * (factors[COLUMNS] * factors[BUFFER] if level == "outer" else 1)


def _fits(tile, d, size, stride, room) -> bool:
    return footprint((*tile[:d], size, *tile[d + 1:]), stride) * WORD <= room


@cache
def divisors(number: int) -> tuple[int, ...]:
    return tuple(d for d in range(1, number + 1) if number % d == 0)


@cache
def _tile(level, dimension, options, legal):
    return Choice((level, dimension), options, None if all(legal) else legal, ordered=True)


@cache
def _parallel(level, loops, legal):
    return Choice((level, "parallel"), tuple(loops), legal, sort="parallel")
