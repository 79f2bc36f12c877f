"""What an operation, an access and a square micrometre cost.

Energies are multiples of one multiply-accumulate of 16 bits, as Chen et al. give them ("Eyeriss: A Spatial Architecture
for Energy-Efficient Dataflow for Convolutional Neural Networks", ISCA 2016): registers of 512 B 1, the array's network
2, a buffer of 108 KB 6, DRAM 200. The multiply-accumulate is ArchGym's at 45 nm, 2.20 pJ (Krishnan et al., ISCA 2023).
An access takes longer lines in a larger memory: its energy goes with the square root of the capacity, an assumption
that Horowitz's figures bear out ("Computing's energy problem", ISSCC 2014: 10, 20 and 100 pJ in 8 KB, 32 KB and 1 MB).
Areas are GAMMA's (Kao and Krishna, ICCAD 2020): 282 um^2 a PE, 0.086 um^2 a bit of any memory on the chip.
Nothing leaks, and DRAM has no area.
"""

from math import sqrt

CLOCK = 200e6  # Hz, Eyeriss's
MAC = 2.20e-12  # J
DRAM, NETWORK = 200.0, 2.0  # times MAC, a word
BUFFER, BUFFER_BYTES = 6.0, 108 * 1024
REGISTERS, REGISTERS_BYTES = 1.0, 512
PE_AREA, BIT_AREA = 282e-12, 0.086e-12  # m^2


def access_energies(hardware, root=sqrt) -> tuple:
    """J of a word's access in DRAM, buffer, network and registers. root: numpy's where sizes are arrays."""
    return (DRAM * MAC, BUFFER * MAC * root(hardware.buffer / BUFFER_BYTES), NETWORK * MAC,
            REGISTERS * MAC * root(hardware.registers / REGISTERS_BYTES))


def area(hardware) -> float:
    """m^2"""
    return hardware.pes * PE_AREA + 8 * (hardware.pes * hardware.registers + hardware.buffer) * BIT_AREA
