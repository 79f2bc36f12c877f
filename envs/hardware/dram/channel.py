"""One controller serving one trace on one device: what it took."""

from dataclasses import dataclass

import numpy as np

from archgym.errors import ArchGymError

from ....spaces.dram_controller import FIELDS, Controller
from .device import Device
from .trace import Trace


@dataclass(frozen=True)
class Served:
    """What serving a trace took. Seconds and joules are of the whole trace."""

    cycles: int
    latency: float
    """Seconds from cycle 0 to the last response: what ArchGym calls latency."""
    response: float
    """Mean seconds from a request's arrival to its response."""
    energy: float
    power: float
    bandwidth: float
    """Bytes a second."""
    row_hits: float
    """Share of requests that found their row open."""
    activations: int
    precharges: int
    refreshes: int
    log: np.ndarray
    """(M, 4): cycle, command (a position in `controller.COMMANDS`), bank, request."""


class Channel:
    """A device, its ranks, and a trace laid out on them; `serve` runs a controller over it.

    rows: (N,) the row that each request asks for, in its bank.
    """

    def __init__(self, device: Device, trace: Trace, ranks: int = 1):
        try:
            from . import controller
        except ModuleNotFoundError as why:
            raise ArchGymError(f"the DRAM simulator is compiled by {why.name}, which is not installed: "
                               "pip install 'archgym[hw]'") from None
        trace.check(device, ranks)
        self.device, self.trace, self.ranks, self._engine = device, trace, ranks, controller
        fields = device.fields(ranks)

        def part(name, kind=np.int16):
            low, bits = fields[name]
            # Numpy casts block by block: no array of a million whole numbers more.
            found = np.right_shift(trace.address, low, out=np.empty(len(trace), kind), casting="unsafe")
            found &= (1 << bits) - 1
            return found

        bank = part("bank")
        if ranks > 1:
            bank += part("rank") * device.banks
        self.rows = part("row", np.int32)
        self._requests = trace.cycle, bank, self.rows, trace.address, trace.write
        self._timing = controller.Timing(*(
            ranks if name == "ranks" else getattr(device, name)
            for name in controller.Timing._fields))
        self._energies = device.energies()

    def serve(self, design: Controller, log: bool = False) -> Served:
        device, trace = self.device, self.trace
        n = len(trace)
        response = np.empty(n, np.int64)
        # An access takes three commands at most, but for those that a refresh undoes.
        commands = np.empty((4 * n + 1000 if log else 0, 4), np.int64)
        cycles, activations, precharges, refreshes, hits, open_cycles, logged = self._engine.simulate(
            *self._requests, self._timing, self._settings(design), response, commands)
        each, written = self._energies, int(trace.write.sum())
        energy = (open_cycles * each["open"] + (cycles * self.ranks - open_cycles) * each["closed"]
                  + activations * each["activate"] + precharges * each["precharge"] + refreshes * each["refresh"]
                  + (n - written) * each["read"] + written * each["write"])
        clock = device.clock_ns * 1e-9
        latency = cycles * clock
        response -= trace.cycle
        return Served(cycles, latency, float(response.mean()) * clock, energy, energy / latency,
                      n * device.burst_bytes / latency, hits / n, activations, precharges, refreshes,
                      commands[:logged])

    def _settings(self, design):
        def position(name):
            return FIELDS[name].index(getattr(design, name))

        in_order = design.RespQueue == "Fifo" or design.Arbiter == "Fifo"
        return self._engine.Settings(
            position("PagePolicy"), position("Scheduler"), position("SchedulerBuffer"), design.RequestBufferSize,
            int(in_order), int(design.RefreshPolicy == "AllBank"), design.RefreshMaxPostponed,
            design.RefreshMaxPulledin,
            self._engine.FAR if design.Arbiter == "Simple" else design.MaxActiveTransactions)
