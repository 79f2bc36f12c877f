"""What a chip is made of: processing elements, memories and buses, each in several types.

An A53 runs any task at 1 GHz. An IP is made for the tasks that it is given: an engine for each; they take turns. All
else has a clock of 100 MHz or a multiple of it. The comprehensive types are FARSI's database (see `workload`): widths
of 4 to 128 bytes, clocks times 1, 4, 6 and 8, and 1 to 65,536 iterations side by side. The limited ones are as many as
ArchGym's study has (Krishnan et al., ISCA 2023, arXiv 2306.08888): two, four and four; which, is a choice made here.
"""

from dataclasses import dataclass
from typing import NamedTuple

CLOCK = 100_000_000  # Hz, of all but processors
MULTIPLES = (1, 4, 6, 8)
WIDTHS = tuple(4 << k for k in range(6))
UNROLLS = tuple(1 << k for k in range(17))


class Processor(NamedTuple):
    name: str = "A53"


class Accelerator(NamedTuple):
    multiple: int = 1
    """Of the clock."""
    unroll: int = 1
    """Iterations side by side, in engines whose task has as many."""

    @property
    def name(self) -> str:
        return f"IP-x{self.unroll}-{self.multiple * CLOCK // 1_000_000}MHz"


class Memory(NamedTuple):
    kind: str
    """SRAM on the chip, or DRAM stacked on it."""
    width: int
    """Bytes a cycle, in each direction."""
    multiple: int = 1

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.width}B-{self.multiple * CLOCK // 1_000_000}MHz"


class Bus(NamedTuple):
    width: int
    """Bytes a cycle, in each direction."""
    multiple: int = 1

    @property
    def name(self) -> str:
        return f"{self.width}B-{self.multiple * CLOCK // 1_000_000}MHz"


@dataclass(frozen=True)
class Library:
    """The types that a chip's blocks can have."""

    processing: tuple[Processor | Accelerator, ...]
    memories: tuple[Memory, ...]
    buses: tuple[Bus, ...]


LIMITED = Library(
    (Processor(), Accelerator()),
    tuple(Memory(kind, width) for kind in ("SRAM", "DRAM") for width in (4, 32)),
    tuple(Bus(width) for width in (4, 16, 32, 128)))
COMPREHENSIVE = Library(
    (Processor(), *(Accelerator(multiple, unroll) for multiple in MULTIPLES for unroll in UNROLLS)),
    tuple(Memory(kind, width, multiple) for kind in ("SRAM", "DRAM") for width in WIDTHS for multiple in MULTIPLES),
    tuple(Bus(width, multiple) for width in WIDTHS for multiple in MULTIPLES))
LIBRARIES = {"limited": LIMITED, "comprehensive": COMPREHENSIVE}
