"""The metrics of accelerators and of mappings, the objectives made of them, and what their tasks say alike."""

from math import sqrt

from archgym.evaluator import Metric
from archgym.task import TaskInfo

from ....spaces.accelerator_hardware import Hardware
from . import costs
from .model import Found

MAPPING = (
    Metric("latency", "s", "min", doc="cycles at 200 MHz; computing and moving words overlap, the slowest decides"),
    Metric("energy", "J", "min", doc="of operations and of accesses to registers, network, buffer and DRAM"),
    Metric("edp", "J*s", "min", doc="energy times latency"),
    Metric("power", "W", "min", doc="energy over latency"),
    Metric("cycles", "", "min", doc="until the last result is in DRAM"),
    Metric("utilization", "", "max", doc="operations of the workload over cycles times PEs"),
    Metric("dram_words", "", "min", doc="words of 16 bits read from DRAM and written to it"),
)
AREA = Metric("area", "m^2", "min", doc="of PEs, their registers and the buffer")
VERSION = 1  # of the model: larger when answers may have changed


def values(found: Found, energy, macs: int, pes) -> dict:
    """The metrics of MAPPING; arrays where `found` holds columns. `macs`: of the workload itself."""
    latency = found.cycles / costs.CLOCK
    return {"latency": latency, "energy": energy, "edp": energy * latency, "power": energy / latency,
            "cycles": found.cycles, "utilization": macs / (found.cycles * pes), "dram_words": found.dram}


def energy_of(found: Found, hardware: Hardware, root=sqrt):
    return sum(found.energies(hardware, root).values())


def about(summary: str, fingerprint: str, paper: str) -> TaskInfo:
    return TaskInfo(
        summary=summary,
        source="an analytical model of the project's own; counts equal those of loops that are walked",
        paper=paper + "counting: Parashar et al., Timeloop, ISPASS 2019; energies: Chen et al., Eyeriss, ISCA 2016; "
                      "areas: Kao and Krishna, GAMMA, ICCAD 2020",
        licence="none needed: layers are facts of the papers, the model is the project's own",
        data_version=fingerprint,
        holdout_note="No holdout: the model is deterministic, and what is searched on is what is reported.")
