"""An accelerator: an array of processing elements (PEs) with registers, and a buffer that they share."""

import re
from typing import NamedTuple

from archgym.errors import ArchGymError, unknown

WORD = 2  # bytes; weights, inputs and partial sums have 16 bits


class Hardware(NamedTuple):
    """Sizes in bytes, bandwidths in bytes a cycle."""

    rows: int
    columns: int
    registers: int
    """Of one PE; weights, inputs and sums share them."""
    buffer: int
    dram_bandwidth: int
    buffer_bandwidth: int

    @property
    def pes(self) -> int:
        return self.rows * self.columns


KB = 1024
HARDWARE = {
    "eyeriss": Hardware(12, 14, 512, 108 * KB, 8, 32),  # its array and memories; bandwidths are assumptions
    "edge": Hardware(8, 8, 128, 32 * KB, 4, 16),
    "cloud": Hardware(32, 32, 256, 2048 * KB, 32, 128),
}


def hardware_named(text: str) -> Hardware:
    """One of HARDWARE, or ROWSxCOLUMNS-registers-buffer-DRAM bandwidth-buffer bandwidth: 4x4-64-4096-4-16."""
    if text in HARDWARE:
        return HARDWARE[text]
    match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)" + r"-([1-9]\d*)" * 4, text)
    if not match:
        raise unknown("hardware", text, HARDWARE, f"There are {', '.join(HARDWARE)}; or give rows x columns of PEs, "
                      "bytes of a PE's registers and of the buffer, bytes a cycle from DRAM and from the buffer, "
                      "such as 4x4-64-4096-4-16.")
    hardware = Hardware(*map(int, match.groups()))
    for name, held in (("registers", hardware.registers), ("buffer", hardware.buffer)):
        if held < 3 * WORD:
            raise ArchGymError(f"hardware {text!r}: its {name} hold {held} bytes; a weight, an input and a sum need "
                               f"{3 * WORD}")
    return hardware
