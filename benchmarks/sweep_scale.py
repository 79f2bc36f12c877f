"""The quickstart's grid at 300 and 100 seeds: three tasks, four agents, 300 evaluations; one process and two."""

import tempfile
from time import perf_counter

from archgym.sweep import plan
from archgym.sweep.execute import execute


def seconds(seeds, workers):
    content = {"tasks": [{"name": "NASBench201-v0", "options": {"dataset": d}}
                         for d in ("cifar10", "cifar100", "imagenet16-120")],
               "agents": ["random", "regularized-evolution", "local-search", "reinforce"], "seeds": seeds,
               "budget": {"evaluations": 300}}
    grid = plan.from_dict(content)
    with tempfile.TemporaryDirectory() as folder:
        started = perf_counter()
        sweep = execute(grid, folder, workers)
        spent = perf_counter() - started
        assert len(list((sweep.folder / "runs").glob("*.parquet"))) == 12 * seeds
    return spent


def measure():
    one, two, hundred = seconds(300, 1), seconds(300, 2), seconds(100, 2)
    yield ("3 tasks × 4 agents × 300 seeds × 300 evaluations, 2 processes", "1.7 times one process; 100 seeds in 8 s",
           f"{one / two:.2f} times ({two:.1f} s beside {one:.1f} s); 100 seeds in {hundred:.1f} s",
           "from the call to the last file, workers started and tables opened included")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
