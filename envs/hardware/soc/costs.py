"""What tasks, memories and buses cost in time, energy and area, as tables for the simulator.

Processing elements follow FARSI's database and its scaling of accelerators (Boroujerdian et al., TECS 2022, arXiv
2201.05232): an execution takes 0.064 times the database's energy and an engine 0.0374 times its area, each times the
iterations side by side; a processor does 47.0e9 instructions a joule, two a cycle, on 0.65 mm^2.

FARSI's database has placeholders where it would ask CACTI for memories (3,125 bytes a joule, scaled: some 900 J for one
decoded frame). What stands here instead are assumptions of this project, of the order of published figures for mobile
chips.
"""

import numpy as np

from ....spaces.soc.blocks import CLOCK, Accelerator, Library, Processor
from ....spaces.soc.workload import Work, Workload

GPP_CLOCK = 1e9  # Hz
INSTRUCTIONS_A_CYCLE = 2
INSTRUCTIONS_A_JOULE = 47_019_607_843
GPP_AREA = 6.5e-7  # m^2
IP_ENERGY, IP_AREA = 0.064, 0.0374  # of the database's figures

# Assumptions.
BUS_ENERGY = 1.5e-12  # J a byte and hop
DRAM_ENERGY = 60e-12  # J/B
SRAM_ENERGY, SRAM_GROWTH = 0.6e-12, 0.05e-12  # J/B of a KiB, and more with each doubling of the memory
SRAM_AREA, DRAM_AREA = 0.5e-12, 0.05e-12  # m^2/B; the DRAM is stacked on the chip


def unrolled(block: Accelerator, task: Work) -> int:
    """Iterations side by side in a task's engine: the block's, or the largest power of two that the task has."""
    return min(block.unroll, 1 << task.iterations.bit_length() - 1)


def seconds(block, task: Work) -> float:
    """Of a task that has its processing element to itself."""
    if isinstance(block, Processor):
        return task.cycles / GPP_CLOCK
    return task.ip_cycles / (CLOCK * block.multiple * unrolled(block, task))


def joules(block, task: Work) -> float:
    """Of an execution, data movement apart. An accelerator's clock does not change it."""
    if isinstance(block, Processor):
        return task.cycles * INSTRUCTIONS_A_CYCLE / INSTRUCTIONS_A_JOULE
    return unrolled(block, task) * IP_ENERGY * task.ip_energy * 1e-15


def engine_area(block, task: Work) -> float:
    """m^2 that a task adds to the processing element which runs it."""
    return 0.0 if isinstance(block, Processor) else unrolled(block, task) * IP_AREA * task.ip_area * 1e-12


def tables(workload: Workload, library: Library):
    """The `phases.Tables` of a workload on blocks of a library."""
    from .phases import Tables

    def each(cost):
        return np.array([[cost(block, task) for task in workload.tasks] for block in library.processing])

    source, target, size = np.array(workload.edges, np.int64).reshape(-1, 3).T.copy()
    return Tables(
        each(seconds), each(joules), each(engine_area),
        np.array([GPP_AREA if isinstance(block, Processor) else 0.0 for block in library.processing]),
        np.array([float(memory.width * memory.multiple * CLOCK) for memory in library.memories]),
        np.array([float(bus.width * bus.multiple * CLOCK) for bus in library.buses]),
        np.array([memory.kind == "DRAM" for memory in library.memories]),
        source, target, size.astype(float),
        np.bincount(target, minlength=len(workload.tasks)).astype(np.int64),
        np.array([task.cycles > 0 for task in workload.tasks]),
        BUS_ENERGY, DRAM_ENERGY, SRAM_ENERGY, SRAM_GROWTH, SRAM_AREA, DRAM_AREA)
