"""Request traces: generators of the project's own, and `.stl` files of DRAMSys.

A trace is what the cores ask of a channel: when (memory cycle), where (byte address), and whether it is written.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError, unknown
from archgym.streams import generator

from .device import Device

RUN = 128  # requests of a sequential run in the mixture, on average
ROWS = 4096  # rows that the skewed trace draws from
SKEW = 1.2  # exponent of its Zipf law
READS = 0.67  # share of reads in the mixed trace
TILE = 16  # edge of a tile of the matrix product, in elements of 4 bytes


@dataclass(frozen=True)
class Trace:
    name: str
    cycle: np.ndarray
    """(N,) int64, ascending: when each request arrives."""
    address: np.ndarray
    """(N,) int64 byte addresses."""
    write: np.ndarray
    """(N,) bool."""
    places: tuple[int, ...] | None = None
    """Line number of each request in its file, for messages; None for generated traces."""

    def __len__(self):
        return len(self.cycle)

    @cached_property
    def checksum(self) -> str:
        h = hashlib.blake2b(digest_size=8)
        for column in (self.cycle, self.address, self.write):
            h.update(np.ascontiguousarray(column).tobytes())
        return h.hexdigest()

    def check(self, device: Device, ranks: int) -> None:
        """ArchGymError for an address beyond the channel's."""
        beyond = np.flatnonzero((self.address < 0) | (self.address >= device.rank_bytes * ranks))
        if len(beyond):
            i = int(beyond[0])
            place = f"line {self.places[i]}" if self.places is not None else f"request {i}"
            raise ArchGymError(
                f"trace {self.name}, {place}: address {int(self.address[i]):#x} lies beyond {ranks} "
                f"rank{'s' if ranks > 1 else ''} of {device.name} ({device.rank_bytes * ranks:#x} bytes); take another "
                "device or more ranks")


def stream(device, space, n, rng):
    """Consecutive bursts, one a cycle."""
    return np.arange(n) * device.burst_bytes, np.zeros(n, bool)


def random(device, space, n, rng):
    """Bursts anywhere in memory."""
    return rng.integers(space // device.burst_bytes, size=n) * device.burst_bytes, np.zeros(n, bool)


def cloud(device, space, n, rng):
    """Sequential runs of about 128 bursts and scattered stretches as long, in turn: half of each."""
    lengths = rng.geometric(1 / RUN, size=2 * (n // RUN + 8))
    while lengths.sum() < n:
        lengths = np.concatenate([lengths, rng.geometric(1 / RUN, size=2)])
    starts = np.r_[0, np.cumsum(lengths)]
    bursts = space // device.burst_bytes
    address = rng.integers(bursts, size=n)
    for start, end in zip(starts[:-1:2].tolist(), starts[1::2].tolist()):
        if start < n:
            run = address[start:end]
            run[:] = (run[0] + np.arange(len(run))) % bursts
    address *= device.burst_bytes
    return address, np.zeros(n, bool)


def zipf(device, space, n, rng):
    """Reads of 4,096 rows, drawn by a Zipf law: some rows are hot."""
    row_bytes = device.columns * device.width * device.devices // 8
    rows = rng.permutation(space // row_bytes)[:ROWS]
    weight = 1 / np.arange(1, len(rows) + 1) ** SKEW
    row = rows[np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(n), side="right").clip(max=len(rows) - 1)]
    burst = rng.integers(row_bytes // device.burst_bytes, size=n)
    return row * row_bytes + burst * device.burst_bytes, np.zeros(n, bool)


def mixed(device, space, n, rng):
    """The cloud-like mixture, a third of it written."""
    address, _ = cloud(device, space, n, rng)
    return address, rng.random(n) >= READS


def matmul(device, space, n, rng):
    """A tiled matrix product C += A B of 512 x 512 numbers: every burst that a tile's rows touch, C read and written."""
    edge, element = 512, 4
    bases = [i * edge * edge * element for i in range(3)]
    row_bytes = np.arange(0, TILE * element, device.burst_bytes)
    tiles = edge // TILE

    def tile(base, i, j):
        rows = base + ((i * TILE + np.arange(TILE)) * edge + j * TILE) * element
        return (rows[:, None] + row_bytes).ravel()

    address, write = [], []
    left = n
    for i, j in ((i, j) for i in range(tiles) for j in range(tiles)):
        parts = [tile(bases[2], i, j)]
        for k in range(tiles):
            parts += [tile(bases[0], i, k), tile(bases[1], k, j)]
        parts.append(tile(bases[2], i, j))
        address.append(np.concatenate(parts))
        write.append(np.r_[np.zeros(len(address[-1]) - len(parts[-1]), bool), np.ones(len(parts[-1]), bool)])
        left -= len(address[-1])
        if left <= 0:
            break
    address, write = np.concatenate(address), np.concatenate(write)
    return np.resize(address, n), np.resize(write, n)


GENERATORS = {"stream": stream, "random": random, "cloud": cloud, "zipf": zipf, "mixed": mixed, "matmul": matmul}


def generated(name: str, device: Device, requests: int, ranks: int = 1, seed: int = 0) -> Trace:
    """A trace of the project's own: so many requests, one a cycle; `seed` draws what is random in it."""
    if name not in GENERATORS:
        raise unknown("trace", name, GENERATORS, f"Known: {', '.join(GENERATORS)}, or a .stl file.")
    if isinstance(requests, bool) or not isinstance(requests, int) or requests < 1:
        raise ArchGymError(f"requests must be a whole number, 1 or more, got {requests!r}")
    address, write = GENERATORS[name](device, device.rank_bytes * ranks, requests, generator(seed, "trace", name))
    return Trace(name, np.arange(requests), np.asarray(address, np.int64), write)


def read_stl(path: "Path | str") -> Trace:
    """A DRAMSys trace: `cycle: read|write 0xADDRESS` a line, `#` before comments; cycles relative in `.rstl` files.

    ArchGymError names the line that cannot be read, or that goes back in time.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as why:
        raise ArchGymError(f"trace {path}: {why.strerror}") from None
    except UnicodeDecodeError:
        raise ArchGymError(f"trace {path}: not a text file") from None
    relative = path.suffix == ".rstl"
    cycles, addresses, writes, places = [], [], [], []
    now = 0
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            cycle, what, where = words[0], words[-2], words[-1]
            if len(words) not in (3, 4) or not cycle.endswith(":") or what not in ("read", "write"):
                raise ValueError
            if len(words) == 4 and not (words[1][0] + words[1][-1] == "()" and words[1][1:-1].isdigit()):
                raise ValueError
            when, address = int(cycle[:-1]), int(where, 16)
            if when < 0:
                raise ValueError
        except (ValueError, IndexError):
            raise ArchGymError(f"trace {path}, line {number}: {line.strip()!r} is no request; expected "
                               "'cycle: read 0xADDRESS' or 'cycle: write 0xADDRESS'") from None
        when = now + when if relative else when
        if when < now:
            raise ArchGymError(f"trace {path}, line {number}: cycle {when} comes after cycle {now}; requests must be in "
                               "the order of their cycles")
        now = when
        cycles.append(when)
        addresses.append(address)
        writes.append(what == "write")
        places.append(number)
    if not cycles:
        raise ArchGymError(f"trace {path} holds no request")
    return Trace(path.name, np.array(cycles, np.int64), np.array(addresses, np.int64), np.array(writes, bool),
                 tuple(places))
