"""What simulating a system on a chip takes, compiled before the clock starts: one by one, and in batches."""

from time import process_time

from archgym.envs.hardware.soc.simulator import Simulator
from archgym.spaces.soc import WORKLOADS, SoC
from archgym.streams import uniform

CHIPS, REPEATS = 1000, 5


def least(work):
    found = []
    for _ in range(REPEATS):
        started = process_time()
        work()
        found.append(process_time() - started)
    return 1e6 * min(found) / CHIPS


def measure():
    for blocks in ("limited", "comprehensive"):
        told = []
        for name in WORKLOADS:
            space = SoC(name, blocks)
            simulator, u = Simulator(space.workload, space.library), uniform(0)
            chips = [space.decode(space.sample(u)) for _ in range(CHIPS)]
            simulator.measure(chips[0])
            told.append(f"{name} {least(lambda: list(map(simulator.measure, chips))):.0f} / "
                        f"{least(lambda: simulator.measure_many(chips)):.0f}")
        yield (f"System on a chip, an evaluation, {blocks} blocks: one by one / in batches", "1 ms",
               ", ".join(told) + " µs",
               f"{CHIPS:,} random chips, least of {REPEATS} runs, processor time of all threads")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
