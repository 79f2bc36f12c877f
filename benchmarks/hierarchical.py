"""Hierarchical spaces: designs sampled, varied and named, in microseconds of processor time on one core."""

from statistics import median
from time import process_time

import archgym
from archgym.streams import uniform

COUNT, REPEATS = 1_000, 7
BARS = {("HierarchicalNASBench201", "sample"): "300 µs"}


def microseconds(work, items):
    """Median over passes of the time an item takes; the first pass, which fills memories, is left out."""
    found = []
    for _ in range(REPEATS + 1):
        started = process_time()
        for item in items:
            work(item)
        found.append((process_time() - started) / len(items) * 1e6)
    return median(found[1:])


def measure():
    for name in ("HierarchicalNASBench201", "HierarchicalNASBench201FixedMacro", "HierarchicalNASBench201SharedCell",
                 "ActivationFunctions", "HierarchicalMotifs"):
        space, u = archgym.space(name), uniform(1)
        genomes = [space.sample(u) for _ in range(COUNT)]
        designs = [space.decode(genome) for genome in genomes]
        pairs = list(zip(genomes, reversed(genomes), strict=True))[:COUNT // 4]
        figures = {
            "sample": microseconds(lambda _: space.sample(u), genomes),
            "mutate": microseconds(lambda genome: space.mutate(genome, u), genomes),
            "exchange": microseconds(lambda pair: space.exchange(*pair, u), pairs),
            "key": microseconds(space.key, designs),
        }
        how = f"{COUNT:,} designs, median of {REPEATS} passes; {sum(map(len, genomes)) / COUNT:.0f} choices a design"
        for what, found in figures.items():
            yield f"{name}: {what}", BARS.get((name, what), ""), f"{found:,.1f} µs", how


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
