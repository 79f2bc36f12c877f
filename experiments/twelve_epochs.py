"""NATS-Bench's comparison: regularized evolution beside random search on short trainings, scored by full ones.

    archgym data import nb201.parquet ...    (docs/tables.md shows one with 12 and 200 epochs)
    python -m archgym.experiments.twelve_epochs nb201 [--runs 500] [--fidelity 12] [--cost 12000]

Each run spends 12,000 simulated seconds on trainings of 12 epochs, the last of which may overshoot; what counts is the
holdout of the cell that did best in them. Population 10, tournament 3, and a mutation that picks a node and then one of
its edges, as in Dong, Liu, Musial, Gabrys, "NATS-Bench", TPAMI 2021. Fails where evolution is not 3 standard errors
ahead.
"""

import argparse
import sys
from dataclasses import dataclass
from time import process_time

import numpy as np

import archgym

AGENTS = {"random": {}, "regularized-evolution": {"population": 10, "tournament": 3, "mutation": "path"}}
AHEAD = 3  # standard errors


@dataclass
class Found:
    agent: str
    evaluations: float
    """Mean a run."""
    holdout: np.ndarray
    """(runs,) of the incumbents, larger is better."""
    seconds: float
    """Processor time of all runs."""

    def row(self) -> str:
        held = f"{self.holdout.mean():.2f} ± {self.holdout.std(ddof=1):.2f}"
        return f"| {self.agent} | {self.evaluations:.1f} | {held} | {self.seconds:.1f} |"


def compare(task, runs: int, cost: float) -> list[Found]:
    """`runs` seeds of each agent under a budget of declared cost."""
    budget, found = archgym.Budget(cost=cost, overshoot="allow"), []
    for name, hyperparameters in AGENTS.items():
        agent, started = archgym.agent(name, **hyperparameters), process_time()
        done = [archgym.run(task, agent, budget, seed) for seed in range(runs)]
        held = np.array([run.incumbent.holdout[task.objective.holdout] for run in done]) * task.objective.sign
        found.append(Found(name, float(np.mean([len(run.trajectory) for run in done])), held, process_time() - started))
    return found


def ahead(found: list[Found]) -> float:
    """By how many standard errors the last agent's mean holdout is above the first's."""
    first, last = (f.holdout for f in (found[0], found[-1]))
    return float((last.mean() - first.mean()) / np.hypot(first.std(ddof=1), last.std(ddof=1)) * len(first) ** 0.5)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Regularized evolution beside random search on short trainings.")
    parser.add_argument("task", help="an imported table with fidelities, costs and a holdout")
    parser.add_argument("--runs", type=int, default=500, help="seeds of each agent (default 500)")
    parser.add_argument("--fidelity", type=int, default=12, help="what is measured (default 12)")
    parser.add_argument("--cost", type=float, default=12_000, help="budget of a run (default 12000)")
    options = parser.parse_args(arguments)
    found = compare(archgym.task(options.task, fidelity=options.fidelity), options.runs, options.cost)
    print("| agent | evaluations a run | holdout, mean ± sd | processor seconds |\n|---|---:|---:|---:|")
    for one in found:
        print(one.row())
    print(f"\nEvolution is {ahead(found):.1f} standard errors ahead over {options.runs} runs.")
    return int(ahead(found) < AHEAD)


if __name__ == "__main__":
    sys.exit(main())
