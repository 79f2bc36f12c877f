"""Systems on a chip: workloads, blocks, and the spaces of FARSI and ArchGym."""

from .blocks import Library
from .chip import Chip
from .space import SoC, SoCIndependent
from .workload import WORKLOADS, Workload

__all__ = ["Chip", "Library", "SoC", "SoCIndependent", "WORKLOADS", "Workload"]
