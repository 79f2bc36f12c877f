"""One workload on chips made of one library's blocks: what each takes, and when each task ran."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from archgym.errors import Infeasible
from archgym.registry import needed

from ....spaces.soc.blocks import Library
from ....spaces.soc.chip import FIELDS, Chip
from ....spaces.soc.workload import Workload
from .costs import tables

ENDS = {"pe_to_bus": "buses", "bus_to_bus": "buses", "bus_to_mem": "memories",
        "task_to_pe": "processing elements", "task_to_mem": "memories"}


@dataclass(frozen=True)
class Took:
    """What a workload takes on a chip, in s, J, W, m^2 and bytes."""

    latency: float
    """From the start to the end of the last task."""
    energy: float
    power: float
    """The highest mean power of the windows of 10 ms, or more where a phase is longer; leakage apart."""
    area: float
    pe_energy: float
    memory_energy: float
    bus_energy: float
    logic_area: float
    memory_area: float
    footprint: float
    """Bytes that the memories must hold at once, each at its worst."""


@dataclass(frozen=True)
class Run:
    """A simulated run, phase by phase."""

    durations: np.ndarray
    """(phases,) seconds."""
    bound: np.ndarray
    """(phases, tasks) what bounds a task: -1 its processing element, else twice the block (buses first, then memories)
    and one more for writes; -2 where it does not run."""


class Simulator:
    """Simulates chips. Infeasible where one is not connected as its tasks need it."""

    def __init__(self, workload: Workload, library: Library):
        needed("numba", "the simulator of systems on a chip")
        from . import network, phases

        self.workload, self.library, self._phases, self._network = workload, library, phases, network
        self.tables = tables(workload, library)
        self._numbers = {field: {block.name: i for i, block in enumerate(blocks)} for field, blocks in zip(
            FIELDS, (library.processing, library.memories, library.buses))}

    def measure(self, chip: Chip) -> Took:
        rows, slots = self._rows([chip])
        found, flaws = np.empty((1, self._phases.RESULTS)), np.empty((1, 3), np.int64)
        self._phases.measured_many(rows, slots, self.tables, found, flaws)
        self._refuse(flaws[0].tolist(), chip)
        return Took(*found[0].tolist())

    def measure_many(self, chips: Sequence[Chip]) -> tuple[np.ndarray, list[str | None]]:
        """((N, fields of Took), why each is infeasible or None), on as many threads as numerical libraries may use.

        A row of NaN where a chip is infeasible.
        """
        chips = list(chips)
        rows, slots = self._rows(chips)
        found, flaws = np.full((len(rows), self._phases.RESULTS), np.nan), np.empty((len(rows), 3), np.int64)
        threads = int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)

        def some(part):
            self._phases.measured_many(rows[part], slots, self.tables, found[part], flaws[part])

        share = -(-len(rows) // threads) or 1
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(some, (slice(i, i + share) for i in range(0, len(rows), share))))
        return found, [self._reason(*flaw, chip) for flaw, chip in zip(flaws.tolist(), chips)]

    def run(self, chip: Chip) -> Run:
        """The run itself."""
        tasks = len(self.workload.tasks)
        rows, slots = self._rows([chip])
        durations, bound = np.empty(tasks), np.empty((tasks, tasks), np.int64)
        plan = self._phases.unpacked(rows[0], slots, tasks)
        self._refuse(self._phases.measured(plan, self.tables, np.empty(self._phases.RESULTS), durations, bound), chip)
        phases = np.count_nonzero(durations)
        return Run(durations[:phases], bound[:phases])

    def bounds(self, slots: int) -> Took:
        """What no chip of at most `slots` blocks of each kind exceeds, far as that may be."""
        t = self.tables
        tasks, moved = len(t.works), float(t.size.sum())  # bytes moved each way, if over one channel
        # At most two pipes a slot share a channel.
        slowest = 2 * slots * moved / min(t.memory_rate.min(), t.bus_rate.min())
        latency = float(np.maximum(tasks * t.seconds.max(axis=0), slowest)[t.works].sum())
        pe_energy = float(t.energy.max(axis=0).sum())
        memory_energy, bus_energy = 2 * moved * t.dram_energy, 2 * moved * slots * t.bus_energy
        watts = (t.energy[:, t.works] / t.seconds[:, t.works]).max(axis=0).sum() + 2 * slots * (
            t.memory_rate.max() * t.dram_energy + t.bus_rate.max() * t.bus_energy)
        logic = float(slots * t.fixed_area.max() + t.area.max(axis=0).sum())
        memory = (moved + slots * self._phases.MIB) * max(t.sram_area, t.dram_area)
        each = (latency, pe_energy + memory_energy + bus_energy, float(watts), logic + memory, pe_energy, memory_energy,
                bus_energy, logic, memory, moved)
        return Took(*(bound * (1 + 1e-9) for bound in each))  # sums are rounded

    def _rows(self, chips):
        """(chips as rows of numbers, slots): see `phases.measured_many`."""
        slots = max((len(field) for chip in chips for field in chip[:6]), default=0)
        rows = [self._row(chip, slots) for chip in chips]
        return np.array(rows, np.int64).reshape(len(rows), 3 + 6 * slots + 2 * len(self.workload.tasks)), slots

    def _row(self, chip, slots):
        pes, memories, buses = map(len, chip[:3])
        for ends, count, what in zip(FIELDS[3:], (pes, buses, buses, *[len(self.workload.tasks)] * 2),
                                     (*["blocks"] * 3, *["tasks"] * 2)):
            if len(getattr(chip, ends)) != count:
                raise Infeasible(f"{ends} has {len(getattr(chip, ends))} entries for {count} {what}")
        row = [pes, memories, buses]
        for field, numbers in self._numbers.items():
            names = getattr(chip, field)
            try:
                row += [numbers[name] for name in names]
            except KeyError as why:
                raise Infeasible(f"{field}: no block is called {why}; there are {', '.join(numbers)}") from None
            row += [-1] * (slots - len(names))
        for ends in chip[3:6]:
            row += [*ends, *[-1] * (slots - len(ends))]
        return row + [*chip.task_to_pe, *chip.task_to_mem]

    def _refuse(self, code, chip):
        if why := self._reason(*code, chip):
            raise Infeasible(why)

    def _reason(self, code, a, b, chip):
        """Why a chip is infeasible, in words; None where it is not."""
        n, names = self._network, self.workload.names
        if code == n.OK:
            return None
        if code == n.NOT_THERE:
            field = FIELDS[a]
            slot = names[b] if field.startswith("task") else b
            kind = ENDS[field]
            count = len(getattr(chip, {"buses": "bus", "memories": "mem"}.get(kind, "pe") + "_allocation"))
            return f"{field}/{slot} is {getattr(chip, field)[b]}, but the chip's {kind} are 0 to {count - 1}"
        if code == n.SELF:
            return f"bus {a} is connected to itself"
        if code == n.TWO_BUSES:
            return (f"memory {a} is on bus {b} and on bus {chip.bus_to_mem.index(a, b + 1)}; "
                    "a memory has one bus")
        if code == n.NO_MEMORY:
            return "no bus is connected to a memory"
        does = "writes to" if code == n.CANNOT_WRITE else "reads from"
        pe = chip.task_to_pe[a]
        return (f"{names[a]} runs on pe {pe} and {does} memory {b}, which is "
                + (f"out of reach of bus {chip.pe_to_bus[pe]}" if b in chip.bus_to_mem else "on no bus"))
