"""einspace at a 3x32x32 input: derivations sampled and mutated a second, on one core, in processor time."""

from statistics import median
from time import process_time

import archgym
from archgym.spaces.einspace import SEEDS
from archgym.streams import uniform

COUNT, REPEATS = 2_000, 5


def rate(work):
    """Median of how many of COUNT are done a second of this process's processor time."""
    found = []
    for repeat in range(REPEATS):
        u, started = uniform(repeat), process_time()
        work(u)
        found.append(COUNT / (process_time() - started))
    return median(found)


def measure():
    space = archgym.space("einspace")
    u = uniform(100)
    parents = [space.sample(u) for _ in range(COUNT)]
    seeds = [space.encode(seed()) for seed in SEEDS.values()]
    nodes = sum(map(len, parents)) / COUNT
    sampled = rate(lambda u: [space.sample(u) for _ in range(COUNT)])
    regrown = rate(lambda u: [space.regrow(parent, u) for parent in parents])
    large = rate(lambda u: [space.regrow(seeds[i % len(seeds)], u) for i in range(COUNT)])
    exchanged = rate(lambda u: [space.exchange(*pair, u) for pair in zip(parents, reversed(parents))])
    rejected = space.rejections()
    reasons = "; ".join(f"{share:.1%} {reason}" for reason, share in rejected.items() if reason != "altogether")
    how = f"{COUNT:,} a repeat, median of {REPEATS}, processor time of one process; {nodes:.1f} nodes a derivation"
    yield ("einspace at 3×32×32: derivations sampled", "1,000 a second", f"{sampled:,.0f} a second",
           f"{how}; {rejected['altogether']:.1%} of draws rejected ({reasons})")
    size = sum(map(len, seeds)) / len(seeds)
    yield ("einspace at 3×32×32: a node's subtree drawn anew (`regrow`)", "1,500 a second", f"{regrown:,.0f} a second",
           f"{how}; the parents are samples. Of known architectures, {size:.0f} nodes each: {large:,.0f}; "
           f"subtrees of samples exchanged: {exchanged:,.0f}")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
