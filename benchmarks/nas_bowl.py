"""CPU seconds that a run of NAS-BOWL takes on NAS-Bench-201, its 300 evaluations and its thousand."""

from statistics import median
from time import process_time

import archgym
from archgym import Budget

RUNS = {300: 15, 1_000: 5}


def seconds(task, evaluations, seed):
    start = process_time()
    archgym.run(task, "nas-bowl", Budget(evaluations=evaluations), seed)
    return process_time() - start


def measure():
    task = archgym.task("NASBench201-v0", noise="mean")
    seconds(task, 20, 0)  # imports
    found = {n: [seconds(task, n, seed) for seed in range(runs)] for n, runs in RUNS.items()}
    yield ("a run of nas-bowl, batches of 5, a pool of 200: 300 / 1,000 evaluations", "0.3 / 2.5 CPU s",
           " / ".join(f"{median(times):.2f} s ({min(times):.2f} to {max(times):.2f})" for times in found.values()),
           f"{' and '.join(map(str, RUNS.values()))} seeds on NAS-Bench-201, all included")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
