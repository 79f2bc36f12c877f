"""500 runs of regularized evolution on NAS-Bench-201's 12-epoch trainings, beside random search; processor time.

The table is no part of the project: it is read from ../shared/data, as tests read it.
"""

import os
import sys
import tempfile
from pathlib import Path

import archgym
from archgym.experiments.twelve_epochs import ahead, compare
from archgym.tables.declare import declare, metric_option
from archgym.tables.read import read
from archgym.tables.store import save

FILE = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "nasbench201" / "nb201.parquet"
RUNS = 500


def measure():
    if not FILE.is_file():
        print(f"twelve_epochs: no row, for there is no {FILE}", file=sys.stderr)
        return
    seeds = ",".join(f"cifar10_val_acc_200ep_{seed}" for seed in "abc")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ARCHGYM_CACHE"] = folder
        declaration = declare(FILE, {
            "name": "nb201", "space": "NASBench201", "design": "arch", "cost": "cifar10_train_time_200ep_s",
            "metrics": dict([metric_option(f"val_accuracy=cifar10_val_acc_12ep@12;{seeds}@200")])})
        save(declaration, *read(declaration))
        random, evolution = found = compare(archgym.task("nb201", fidelity=12), RUNS, 12_000)
    yield ("regularized evolution (10/3, node then edge) on 12-epoch trainings, 12,000 simulated seconds, 500 runs",
           "about 110 evaluations a run, 500 runs in 60 s, holdout clearly above random search's",
           f"{evolution.evaluations:.0f} evaluations a run, 500 runs in {evolution.seconds:.1f} s, holdout "
           f"{evolution.holdout.mean():.2f} ± {evolution.holdout.std(ddof=1):.2f} % against "
           f"{random.holdout.mean():.2f} ± {random.holdout.std(ddof=1):.2f} %: {ahead(found):.1f} standard errors",
           f"an imported table; random search has {random.evaluations:.0f} evaluations a run, for evolution moves to "
           "cells that train longer; the NATS-Bench paper reports 91.19 ± 0.31 and 90.93 ± 0.36 %; processor time of "
           "one process")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
