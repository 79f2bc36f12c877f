"""What serving a trace takes in the DRAM simulator, compiled before the clock starts; memory of the process in all."""

import resource
from time import process_time

from archgym.envs.hardware.dram.channel import Channel
from archgym.envs.hardware.dram.device import device_named
from archgym.envs.hardware.dram.trace import GENERATORS, generated
from archgym.spaces.dram_controller import Controller

BUSY = Controller("OpenAdaptive", "FrFcfsGrp", "Bankwise", 8, "Reorder", "AllBank", 4, 4, "Reorder", 32)
REPEATS = 7


def seconds(channel, repeats):
    found = []
    for _ in range(repeats):
        started = process_time()
        channel.serve(BUSY)
        found.append(process_time() - started)
    return min(found)


def measure():
    device = device_named("DDR3-1600")
    times = {kind: seconds(Channel(device, generated(kind, device, 10_000)), REPEATS) for kind in GENERATORS}
    million = seconds(Channel(device, generated("cloud", device, 1_000_000)), 2)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield ("DRAM simulator, a trace of 10,000 requests / of a million", "5 ms / 0.5 s and 200 MB",
           ", ".join(f"{kind} {1e3 * t:.1f}" for kind, t in times.items()) + f" ms / cloud {million:.2f} s, {peak:.0f} MB",
           f"DDR3-1600, eight slots a bank, least of {REPEATS} (2) runs, processor time; the peak is the whole "
           "process's, the compiler's part included where it was not compiled before")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
