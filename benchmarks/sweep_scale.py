"""The quickstart's grid at 300 and 100 seeds: three tasks, four agents, 300 evaluations; one process and two."""

import tempfile
from statistics import median
from time import perf_counter

from archgym.sweep import plan
from archgym.sweep.execute import execute

PASSES = 3


def seconds(seeds, workers, folder):
    content = {"tasks": [{"name": "NASBench201-v0", "options": {"dataset": d}}
                         for d in ("cifar10", "cifar100", "imagenet16-120")],
               "agents": ["random", "regularized-evolution", "local-search", "reinforce"], "seeds": seeds,
               "budget": {"evaluations": 300}}
    grid = plan.from_dict(content)
    started = perf_counter()
    sweep = execute(grid, tempfile.mkdtemp(dir=folder), workers)
    spent = perf_counter() - started
    assert len(list((sweep.folder / "runs").glob("*.parquet"))) == 12 * seeds
    return spent


def measure():
    # Folders are deleted at the end: what the file system does about thousands of deleted files it does meanwhile.
    with tempfile.TemporaryDirectory() as folder:
        hundreds = [seconds(100, 2, folder) for _ in range(PASSES)]
        ones, twos = zip(*((seconds(300, 1, folder), seconds(300, 2, folder)) for _ in range(PASSES)))
    yield ("3 tasks × 4 agents × 300 seeds × 300 evaluations, 2 processes", "1.7 times one process; 100 seeds in 8 s",
           f"{median(one / two for one, two in zip(ones, twos)):.2f} times ({told(twos)} s beside {told(ones)} s); "
           f"100 seeds in {median(hundreds):.1f} s ({told(hundreds)})",
           f"medians of {PASSES} passes, one process and two by turns; from the call to the last file, workers started "
           "and tables opened included")


def told(times):
    return ", ".join(f"{time:.1f}" for time in times)


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
