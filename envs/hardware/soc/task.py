"""SoC-v0: find the system on a chip that runs a workload fast, on little power and area."""

from dataclasses import asdict
from typing import Literal

import numpy as np

from archgym.errors import Infeasible
from archgym.evaluator import Evaluator, Measurement, Measurements, Metric
from archgym.registry import register_task as task
from archgym.reward import NAME, Constrained, Least, Rewarded, WithinBudgets
from archgym.task import Objective, Task, TaskInfo

from ....spaces.soc import SoC, SoCIndependent
from ....spaces.soc.blocks import Library
from ....spaces.soc.workload import Workload
from .simulator import Simulator

METRICS = (
    Metric("latency", "s", "min", doc="from the start to the end of the last task"),
    Metric("energy", "J", "min", doc="of one run of the workload, leakage apart"),
    Metric("power", "W", "min", doc="the highest mean power of the windows of 10 ms"),
    Metric("area", "m^2", "min", doc="processing elements, and memories as large as the data that they must hold"),
    Metric("pe_energy", "J", "min", doc="the processing elements' part of the energy"),
    Metric("memory_energy", "J", "min", doc="the memories' part of the energy"),
    Metric("bus_energy", "J", "min", doc="the buses' part of the energy"),
    Metric("logic_area", "m^2", "min", doc="the processing elements' part of the area"),
    Metric("memory_area", "m^2", "min", doc="the memories' part of the area"),
    Metric("footprint", "B", "min", doc="data that the memories must hold at once, each at its worst"),
)
UNITS = {metric.name: metric.unit for metric in METRICS}
VERSION = 1  # of the simulator: larger when answers may have changed
# s, W, m^2; made by `python -m archgym.experiments.soc_budgets`.
BUDGETS = {
    ("audio-decoder", "limited"): {"latency": 0.0059022, "power": 0.020265, "area": 1.0892e-06},
    ("audio-decoder", "comprehensive"): {"latency": 0.0011263, "power": 0.013921, "area": 2.8899e-06},
    ("edge-detection", "limited"): {"latency": 5.8704, "power": 0.043522, "area": 8.4762e-06},
    ("edge-detection", "comprehensive"): {"latency": 0.030733, "power": 0.01529, "area": 1.5156e-05},
    ("hpvm-cava", "limited"): {"latency": 35.915, "power": 0.00015391, "area": 5.3606e-07},
    ("hpvm-cava", "comprehensive"): {"latency": 0.070932, "power": 0.00095055, "area": 1.1407e-06},
}
REWARDS = {
    "budgets": WithinBudgets,
    "energy-delay": lambda limits: Least(("energy", "latency")),
    "latency-limited": lambda limits: Constrained(Least(("latency",)), without_latency(limits)),
    # A budget passed by all of itself costs as much as the whole latency budget.
    "latency-penalized": lambda limits: Constrained(Least(("latency",)), without_latency(limits), limits["latency"]),
}


def without_latency(limits):
    return {metric: limit for metric, limit in limits.items() if metric != "latency"}


class OnChip(Evaluator):
    """Runs one workload; what it finds is a function of the chip."""

    metrics = METRICS
    instant = True
    cost_unit = "tasks"

    def __init__(self, workload: Workload, library: Library, name: str):
        self.simulator = Simulator(workload, library)
        self.fingerprint = f"soc-{VERSION}:{workload.name}:{name}"
        self.cost = float(len(workload.tasks))

    def evaluate(self, design, *, fidelity, seed):
        try:
            return Measurement(asdict(self.simulator.measure(design)), self.cost)
        except Infeasible as why:
            return Measurement({}, self.cost, "infeasible", str(why))

    def evaluate_many(self, designs, *, fidelity, seeds):
        """On as many threads as the numerical libraries may use."""
        found, why = self.simulator.measure_many(designs)
        flawed = any(why)
        return Measurements(dict(zip(UNITS, found.T)), np.full(len(why), self.cost),
                            ["infeasible" if reason else "ok" for reason in why] if flawed else None,
                            why if flawed else None)

    def drawing(self, design):
        """When each task ran, and the chip."""
        from .timeline import drawn

        try:
            return drawn(design, self.simulator.workload, self.simulator.measure(design), self.simulator.run(design))
        except Infeasible:
            return None


@task("SoC-v0")
def system_on_chip(workload: Literal["audio-decoder", "edge-detection", "hpvm-cava"] = "audio-decoder",
                   chips: Literal["limited", "comprehensive", "independent"] = "limited",
                   objective: Literal["budgets", "latency", "energy", "power", "area", "energy-delay",
                                      "latency-limited", "latency-penalized"] = "budgets") -> Task:
    """Find the system on a chip that runs a workload fast, on little power and area, by simulation.

    workload: audio-decoder, edge-detection, hpvm-cava: FARSI's, of augmented reality.
    chips: "limited" to three processing elements, memories and buses of few types; "comprehensive", up to one of each
        a task, of all types; "independent", the limited ones as ArchGym's integers, most of which are no valid chip.
    objective: FARSI's distance to budgets of latency, power and area; a metric; energy times latency; or the least
        latency where power and area beyond their budgets are infeasible (limited) or paid for (penalized).
    """
    designs = SoCIndependent(workload) if chips == "independent" else SoC(workload, chips)
    evaluator = OnChip(designs.workload, designs.library, designs.blocks)
    worst = asdict(evaluator.simulator.bounds(designs.slots))
    limits = BUDGETS[workload, designs.blocks]
    if objective in REWARDS:
        reward = REWARDS[objective](limits)
        evaluator, scalar, worst = Rewarded(evaluator, reward), Objective(NAME), worst | {NAME: float(reward(worst))}
    else:
        scalar = Objective(objective, "min", UNITS[objective])
    tasks = [work for work in designs.workload.tasks if work.cycles]
    kept = ", ".join(f"{metric} {limit:g} {UNITS[metric]}" for metric, limit in limits.items())
    return Task(
        "SoC-v0", designs, evaluator, scalar, {"workload": workload, "chips": chips, "objective": objective},
        worst=scalar.value(worst), optimum=0.0 if objective == "budgets" else None,
        about=TaskInfo(
            summary=f"A chip of {designs.blocks} blocks that runs {len(tasks)} tasks and moves "
                    f"{sum(size for *_, size in designs.workload.edges):,} bytes between them; budgets: {kept}",
            source="a simulator of the project's own, phase by phase and compiled; tasks and blocks of FARSI's "
                   "database; energy and area of memories and buses are assumptions (docs/hardware.md)",
            paper="Boroujerdian et al., FARSI, TECS 2022, arXiv 2201.05232; spaces: Krishnan et al., ArchGym, ISCA "
                  "2023, arXiv 2306.08888",
            licence="none needed: the simulator is the project's own; FARSI's database is published under MIT",
            data_version=evaluator.fingerprint,
            holdout_note="No holdout: the simulator is deterministic, and the workload that is searched on is the one "
                         "that is reported."))
