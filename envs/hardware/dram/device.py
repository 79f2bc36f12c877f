"""DRAM devices: geometry, timing and currents, as their makers and JEDEC publish them.

Cycles are of the memory clock. Values: Micron's data sheet of MT41J128M8 (1 Gb, x8) for DDR3-1600, JESD79-4 (4 Gb, x8)
for DDR4-2400, JESD209-4 (8 Gb, x16) for LPDDR4-3200; currents as DRAMSys and DRAMPower state them for these parts.
"""

from dataclasses import dataclass
from math import log2

from archgym.errors import ArchGymError, unknown


@dataclass(frozen=True)
class Rail:
    """One supply: volts, and the currents (mA, one device) of the JEDEC IDD measurement loops."""

    volts: float
    idd0: float
    """One bank activated and precharged at tRC."""
    idd2n: float
    """Standby, all banks precharged."""
    idd3n: float
    """Standby, a bank open."""
    idd4r: float
    idd4w: float
    """Bursts of reads, of writes."""
    idd5: float
    """Refresh at tRFC."""


@dataclass(frozen=True)
class Device:
    """A channel of equal devices. Every duration is in memory clock cycles."""

    name: str
    clock_ns: float
    bank_groups: int
    banks: int
    """A rank."""
    rows: int
    columns: int
    width: int
    """Data bits of a device."""
    devices: int
    """Devices that answer together."""
    burst_length: int
    RL: int
    WL: int
    RCD: int
    RP: int
    RPab: int
    """Precharge of all banks."""
    RAS: int
    RC: int
    RRD_S: int
    RRD_L: int
    FAW: int
    CCD_S: int
    CCD_L: int
    WTR_S: int
    WTR_L: int
    WR: int
    RTP: int
    REFI: int
    RFC: int
    RTRS: int
    """Cycles lost on the data bus when another rank drives it."""
    turnaround: int
    """Cycles between a read's data and a write's: 2, or 1 and a write preamble of 1."""
    bus_access: int
    """Cycles that an activation, a read or a write occupies the command bus."""
    bus_other: int
    """The same for precharges and refreshes."""
    order: tuple[str, ...]
    """Address bits above a burst's offset, lowest first: "column", "bank", "row"."""
    rails: tuple[Rail, ...]

    @property
    def burst(self) -> int:
        """Cycles that a burst occupies the data bus."""
        return self.burst_length // 2

    @property
    def burst_bytes(self) -> int:
        """What one request moves."""
        return self.width * self.devices * self.burst_length // 8

    @property
    def rank_bytes(self) -> int:
        return self.banks * self.rows * self.columns * self.width * self.devices // 8

    @property
    def peak_bandwidth(self) -> float:
        """Bytes a second that the data bus can carry."""
        return self.burst_bytes / (self.burst * self.clock_ns * 1e-9)

    def fields(self, ranks: int) -> dict[str, tuple[int, int]]:
        """Name -> (lowest bit, bits) of the address fields; the rank's bits are the highest."""
        columns = int(log2(self.columns))
        burst_columns = int(log2(self.burst_length))
        bits = {"column": columns - burst_columns, "bank": int(log2(self.banks)), "row": int(log2(self.rows)),
                "rank": int(log2(ranks))}
        low, places = int(log2(self.burst_bytes)), {}
        for name in (*self.order, "rank"):
            places[name] = (low, bits[name])
            low += bits[name]
        return places

    def energies(self) -> dict[str, float]:
        """Joules of each event on all devices of a rank; "open" and "closed" are of a cycle in standby.

        As DRAMsim3 and DRAMPower count them: what an event draws above standby. An activation and the precharge after it
        share what IDD0 measures.
        """
        per_mA_cycle = 1e-3 * self.clock_ns * 1e-9 * self.devices
        found = dict.fromkeys(("open", "closed", "activate", "precharge", "read", "write", "refresh"), 0.0)
        for r in self.rails:
            joules = r.volts * per_mA_cycle
            found["open"] += joules * r.idd3n
            found["closed"] += joules * r.idd2n
            found["activate"] += joules * (r.idd0 - r.idd3n) * self.RAS
            found["precharge"] += joules * (r.idd0 - r.idd2n) * self.RP
            found["read"] += joules * (r.idd4r - r.idd3n) * self.burst
            found["write"] += joules * (r.idd4w - r.idd3n) * self.burst
            found["refresh"] += joules * (r.idd5 - r.idd3n) * self.RFC
        return found


DEVICES = {device.name: device for device in (
    Device("DDR3-1600", 1.25, bank_groups=1, banks=8, rows=16384, columns=1024, width=8, devices=8, burst_length=8,
           RL=10, WL=8, RCD=10, RP=10, RPab=10, RAS=28, RC=38, RRD_S=5, RRD_L=5, FAW=24, CCD_S=4, CCD_L=4, WTR_S=6,
           WTR_L=6, WR=12, RTP=6, REFI=6240, RFC=88, RTRS=1, turnaround=2, bus_access=1, bus_other=1,
           order=("column", "bank", "row"), rails=(Rail(1.5, 70, 45, 45, 140, 145, 170),)),
    # The pump supply VPP is left out: its currents are not among the published ones.
    Device("DDR4-2400", 0.833, bank_groups=4, banks=16, rows=32768, columns=1024, width=8, devices=8, burst_length=8,
           RL=16, WL=16, RCD=16, RP=16, RPab=16, RAS=39, RC=55, RRD_S=4, RRD_L=6, FAW=26, CCD_S=4, CCD_L=6, WTR_S=3,
           WTR_L=9, WR=18, RTP=12, REFI=9360, RFC=312, RTRS=1, turnaround=2, bus_access=1, bus_other=1,
           order=("column", "row", "bank"), rails=(Rail(1.2, 60.75, 38.25, 44, 184.5, 168.75, 118),)),
    Device("LPDDR4-3200", 0.625, bank_groups=1, banks=8, rows=65536, columns=1024, width=16, devices=1,
           burst_length=16, RL=28, WL=14, RCD=29, RP=29, RPab=34, RAS=68, RC=97, RRD_S=16, RRD_L=16, FAW=64, CCD_S=8,
           CCD_L=8, WTR_S=16, WTR_L=16, WR=29, RTP=12, REFI=6246, RFC=448, RTRS=1, turnaround=2, bus_access=4,
           bus_other=2, order=("column", "row", "bank"),
           rails=(Rail(1.8, 3.5, 2, 2.25, 2.25, 2.25, 10), Rail(1.1, 45, 27, 30, 275, 210, 90))))}


def device_named(name: str) -> Device:
    if name not in DEVICES:
        raise unknown("DRAM device", name, DEVICES)
    return DEVICES[name]


def checked_ranks(ranks: int) -> int:
    if ranks not in (1, 2, 4):
        raise ArchGymError(f"a channel has 1, 2 or 4 ranks, got {ranks!r}")
    return ranks
