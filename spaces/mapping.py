"""Mappings of a layer on an accelerator: where each loop's factors go, and in which order loops are nested.

Parashar et al., "Timeloop: A Systematic Approach to DNN Accelerator Evaluation", ISPASS 2019: a loop of every dimension
at every level of the memory hierarchy, whose factors multiply to the dimension's extent. Here each prime factor of each
extent is given a level, so that every mapping covers the layer exactly.
"""

from collections import Counter
from functools import cache
from itertools import permutations, product
from math import factorial, prod
from typing import NamedTuple

import numpy as np

from archgym.choice import Choice
from archgym.product import ProductSpace
from archgym.registry import register_space as space
from archgym.space import Space

from .accelerator_hardware import WORD, Hardware, hardware_named
from .accelerator_layers import DIMENSIONS, NAMES, Layer, layer_named

LEVELS = ("dram", "buffer", "rows", "columns", "registers")
DRAM, BUFFER, ROWS, COLUMNS, REGISTERS = range(5)


class Mapping(NamedTuple):
    """factors: at each of LEVELS, one of each of DIMENSIONS. Orders: dimensions, outermost loop first.

    From the outside in: loops over tiles in the buffer, loops over tiles in the array, PEs side by side in rows and
    columns, and what one PE does out of its registers.
    """

    factors: tuple[tuple[int, ...], ...]
    dram_order: str
    buffer_order: str

    def text(self) -> str:
        """Factors above 1 by level, loops outermost first."""
        orders = (self.dram_order, self.buffer_order, *[DIMENSIONS] * 3)
        parts = ["".join(f" {d}{f}" for d in order if (f := row[DIMENSIONS.index(d)]) > 1)
                 for row, order in zip(self.factors, orders)]
        return ";".join(f"{level}{part}" for level, part in zip(LEVELS, parts))


def span(outputs: int, filters: int, stride: int) -> int:
    """How many rows (or columns) of the input so many output and filter rows (columns) touch."""
    return (outputs - 1) * stride + filters if filters >= stride else outputs * filters


def footprint(tile, stride: int) -> int:
    """Words of weights, inputs and sums that a tile of these extents needs."""
    n, g, k, c, p, q, r, s = tile
    return g * (k * c * r * s + n * c * span(p, r, stride) * span(q, s, stride) + n * k * p * q)


def primes(number: int) -> list[int]:
    """Prime factors, ascending, each as often as it divides."""
    found, divisor = [], 2
    while number > 1:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1
    return found


MEANING = {
    "dram": "loops over tiles in the buffer", "buffer": "loops over tiles in the array",
    "rows": "PEs side by side, in rows", "columns": "PEs side by side, in columns",
    "registers": "one PE's own work, out of its registers"}
LOOP = "which dimension the next loop over tiles in the {} is over, outermost first; what a loop does not change stays"


class _Mappings:
    """What the spaces of mappings know: the layer, the hardware, the factors to place, the dimensions to order."""

    def _describe(self, layer, hardware):
        self.layer = layer_named(layer) if isinstance(layer, str) else layer
        self.hardware = hardware_named(hardware) if isinstance(hardware, str) else hardware
        self.loops = "".join(d for d, extent in zip(DIMENSIONS, self.layer.extents) if extent > 1)
        self.primes = [(d, prime) for d in self.loops for prime in primes(self.layer.extents[DIMENSIONS.index(d)])]

    def key(self, design):
        """Factors multiply: which of two equal primes went where makes no difference. Nor do orders of loops of 1."""
        return design.text()

    def __repr__(self):
        return f"{type(self).__name__}({self.layer.name!r})"


def ordered(loops: str) -> str:
    """An order of all dimensions: those given, then those whose loops go round once."""
    return loops + "".join(d for d in DIMENSIONS if d not in loops)


@space("Mapping")
class MappingSpace(_Mappings, Space):
    """Mappings of a layer that fit the hardware, all of them: a factor is offered the levels with room for it.

    layer: `network/layer` (alexnet, vgg16, resnet18, resnet50, mobilenet-v2, transformer), or extents such as
        K64-C3-P112-Q112-R7-S7-stride2.
    hardware: eyeriss, edge, cloud, or ROWSxCOLUMNS-registers-buffer-DRAM bandwidth-buffer bandwidth, in bytes and bytes
        a cycle.
    """

    law = "each power of a prime uniform over those that fit, level by level from the registers outward; orders uniform"

    def __init__(self, layer: str | Layer = "resnet18/conv2_1_1", hardware: str | Hardware = "eyeriss"):
        self._describe(layer, hardware)
        counts = Counter(self.primes)
        self.parts = [(level, DIMENSIONS.index(d), count, _powers(d, prime, count, level))
                      for level in (REGISTERS, COLUMNS, ROWS, BUFFER) for (d, prime), count in counts.items()]
        loops = tuple(self.loops)
        self.sorts = {choice.name: choice.options for *_, (choice, *_) in self.parts} | (
            {"dram loop": loops, "buffer loop": loops} if loops else {})
        self.meaning = {choice.name: f"factor of {NAMES[DIMENSIONS[d]]} in {MEANING[LEVELS[level]]}"
                        for level, d, _, (choice, *_) in self.parts} | {
            "dram loop": LOOP.format("buffer"), "buffer loop": LOOP.format("array")}

    def build(self):
        factors = [[1] * len(DIMENSIONS) for _ in LEVELS]
        left = {}
        for level, d, count, powers in self.parts:
            prime = powers[0].path[1]
            most = left.get((d, prime), count)
            fits = most and self._room(factors, level, d, prime, most)
            power = yield powers[fits]
            factors[level][d] *= power
            left[d, prime] = most - powers[0].options.index(power)
        for (d, prime), rest in left.items():
            factors[DRAM][d] *= prime ** rest
        orders = []
        for level in ("dram", "buffer"):
            remaining, order = self.loops, ""
            while remaining:
                order += yield _loop(level, len(order), self.loops, remaining)
                remaining = remaining.replace(order[-1], "")
            orders.append(ordered(order))
        return Mapping(tuple(map(tuple, factors)), *orders)

    def _room(self, factors, level, d, prime, most):
        """How many further primes of a dimension fit at a level, at most `most`."""
        row, hardware, stride = list(factors[level]), self.hardware, self.layer.stride
        tile = [b * r * c * own for _, b, r, c, own in zip(*factors)]
        for fits in range(most):
            row[d] *= prime
            tile[d] *= prime
            if level in (ROWS, COLUMNS) and prod(row) > hardware[level - ROWS] or (
                    level == REGISTERS and footprint(row, stride) * WORD > hardware.registers) or (
                    footprint(tile, stride) * WORD > hardware.buffer):
                return fits
        return most

    def answer(self, design, choice):
        if choice.sort:
            order = design.dram_order if choice.path[0] == "dram" else design.buffer_order
            return [d for d in order if d in self.loops][choice.path[1]]
        dimension, prime, level = choice.path
        factor, power = design.factors[LEVELS.index(level)][DIMENSIONS.index(dimension)], 1
        while factor % (power * prime) == 0:
            power *= prime
        return power


@cache
def _powers(dimension, prime, count, level) -> tuple[Choice, ...]:
    """The choice of a prime's power at a level where 0, 1, ..., `count` more of it fit."""
    options = tuple(prime ** n for n in range(count + 1))
    return tuple(Choice((dimension, prime, LEVELS[level]), options,
                        None if fits == count else tuple(n <= fits for n in range(count + 1)), ordered=True)
                 for fits in range(count + 1))


@cache
def _loop(level, n, loops, left):
    return Choice((level, n), tuple(loops), tuple(d in left for d in loops), sort=f"{level} loop")


@space("MappingIndependent")
class MappingIndependent(_Mappings, ProductSpace):
    """Mappings by independent picks, for faces and agents that change any pick at any time. What does not fit says so
    when measured.

    layer: `network/layer`, or extents such as K64-C3-P112-Q112-R7-S7-stride2.
    hardware: eyeriss, edge, cloud, or sizes such as 4x4-64-4096-4-16.

    One pick divides all of a prime's powers among the levels, dram.buffer.rows.columns.registers. A loop order is a
    number at each place: how many of the dimensions that are left are passed over (Lehmer's code).
    """

    def __init__(self, layer: str | Layer = "resnet18/conv2_1_1", hardware: str | Hardware = "eyeriss"):
        self._describe(layer, hardware)
        chosen = tuple(Choice((d, prime), _divisions(prime, count, self.hardware)) for (d, prime), count
                       in Counter(self.primes).items())
        self.divided = len(chosen)
        places = range(len(self.loops), 1, -1)
        super().__init__((*chosen, *(
            Choice((level, len(self.loops) - left), tuple(range(left)), sort=f"{level}, {left} left")
            for level in ("dram", "buffer") for left in places)))
        division = ", how divided: " + "; ".join(f"{level}: {what}" for level, what in MEANING.items())
        self.meaning = {choice.name: NAMES[choice.path[0]] + (division if choice is chosen[0] else ", likewise")
                        for choice in chosen} | {
            f"{level}, {left} left": LOOP.format(tile)
            for level, tile in (("dram", "buffer"), ("buffer", "array")) for left in places}

    def assemble(self, options):
        factors = [[1] * len(DIMENSIONS) for _ in LEVELS]
        for choice, division in zip(self.choices, options[:self.divided]):
            d = DIMENSIONS.index(choice.path[0])
            for row, power in zip(factors, division.split(".")):
                row[d] *= int(power)
        places = max(len(self.loops) - 1, 0)
        code = options[self.divided:]
        return Mapping(tuple(map(tuple, factors)), self._order(code[:places]), self._order(code[places:]))

    def _order(self, code):
        left, order = list(self.loops), ""
        for passed in code:
            order += left.pop(passed)
        return ordered(order + "".join(left))

    def answer(self, design, choice):
        if not choice.sort:
            dimension, prime = choice.path
            d = DIMENSIONS.index(dimension)
            return ".".join(str(prime ** primes(row[d]).count(prime)) for row in design.factors)
        level, place = choice.path
        order = [d for d in (design.dram_order if level == "dram" else design.buffer_order) if d in self.loops]
        return sum(d in order[place:] for d in self.loops[:self.loops.index(order[place])])

    def arrays(self, genomes):
        """(n, 5, 8) factors and (n, 2, 8) orders, as positions in DIMENSIONS, of rows of picks."""
        factors = np.ones((len(genomes), len(LEVELS), len(DIMENSIONS)), np.int64)
        for column, choice in enumerate(self.choices[:self.divided]):
            powers = np.array([list(map(int, division.split("."))) for division in choice.options])
            factors[:, :, DIMENSIONS.index(choice.path[0])] *= powers[genomes[:, column]]
        places = len(self.choices) - self.divided >> 1
        radix = np.array([factorial(n) for n in range(places, 0, -1)], np.int64)
        code = genomes[:, self.divided:].reshape(len(genomes), 2, places).astype(np.int64)
        return factors, _orders(self.loops)[(code * radix).sum(axis=2)]


@cache
def _orders(loops) -> np.ndarray:
    """(n!, 8) all orders of n loops, as positions in DIMENSIONS, lexicographic: in the order of Lehmer's code."""
    return np.array([[DIMENSIONS.index(d) for d in ordered("".join(order))] for order in permutations(loops)], np.int64)


@cache
def _divisions(prime, count, hardware) -> tuple[str, ...]:
    """Ways to divide `count` equal primes among the levels without more rows or columns than there are."""
    return tuple(".".join(str(prime ** n) for n in powers) for powers in product(range(count + 1), repeat=len(LEVELS))
                 if sum(powers) == count and prime ** powers[ROWS] <= hardware.rows
                 and prime ** powers[COLUMNS] <= hardware.columns)
