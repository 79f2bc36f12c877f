"""Budgets for systems on a chip, from random designs: what the task SoC-v0 has, computed anew.

    python -m archgym.experiments.soc_budgets [--designs 100000] [--seed 0]

FARSI's own budgets presume memories that its database has only placeholders for, and cava's 34 ms are less than its
tasks take in the fastest accelerators (35 ms). Here a workload's budgets are one quantile of the latency, the power and
the area of random designs: the lowest at which SHARE of them keep all three, rounded up to five digits. So they can be
met; where many designs measure alike, more than SHARE meet them.
"""

import argparse
from dataclasses import fields
from math import ceil, floor, log10

import numpy as np

from archgym.streams import uniform

from ..envs.hardware.soc.simulator import Simulator, Took
from ..spaces.soc import WORKLOADS, SoC

METRICS = ("latency", "power", "area")
SHARE = 1e-4


def rank_where(rows: np.ndarray, share: float) -> int:
    """The lowest rank (from 1) such that `share` of the rows are in no column larger than what has that rank."""
    ranks = np.column_stack([np.searchsorted(np.sort(column), column) + 1 for column in rows.T])
    return int(np.sort(ranks.max(axis=1))[ceil(share * len(rows)) - 1])


def rounded_up(value: float, digits: int = 5) -> float:
    step = 10.0 ** (floor(log10(value)) - digits + 1)
    return float(f"{ceil(value / step - 1e-9) * step:.{digits}g}")


def budgets(workload: str, blocks: str, designs: int, seed: int) -> tuple[float, dict[str, float], float]:
    """(quantile, budget by metric, share of the designs that keep all)"""
    space = SoC(workload, blocks)
    u = uniform(seed)
    chips = [space.decode(space.sample(u)) for _ in range(designs)]
    took, _ = Simulator(space.workload, space.library).measure_many(chips)
    names = [field.name for field in fields(Took)]
    rows = took[:, [names.index(metric) for metric in METRICS]]
    rank = rank_where(rows, SHARE)
    found = [rounded_up(np.sort(column)[rank - 1]) for column in rows.T]
    return rank / designs, dict(zip(METRICS, found)), float((rows <= found).all(axis=1).mean())


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--designs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    for workload in WORKLOADS:
        for blocks in ("limited", "comprehensive"):
            q, found, share = budgets(workload, blocks, given.designs, given.seed)
            print(f"{(workload, blocks)}: {found},  # quantile {q:.3f}, {share:.3%} keep all", flush=True)


if __name__ == "__main__":
    main()
