"""Accelerator-v0: find the accelerator that runs a network best."""

from typing import Literal

from archgym.registry import register_task as task
from archgym.reward import NAME, Constrained, Least, Rewarded, WithinBudgets
from archgym.task import Objective, Task

from ....spaces.accelerator import Accelerator, AcceleratorSpace
from ....spaces.accelerator_confuciux import ConfuciuX
from ....spaces.accelerator_hardware import HARDWARE
from ....spaces.accelerator_layers import WORKLOADS, layer_named
from . import costs, metrics
from .running import METRICS, Assigned, Running

# Shares of what Eyeriss's design takes: what ArchGym's Timeloop environment asks of its base design.
TARGETS = {"energy": 0.7, "area": 0.85, "latency": 0.8}


@task("Accelerator-v0")
def accelerator(workload: str = "resnet18", encoding: Literal["hardware", "confuciux"] = "hardware",
                dataflow: Literal["weight-stationary", "output-stationary", "row-stationary", "nvdla",
                                  "shidiannao"] = "nvdla",
                objective: Literal["latency", "energy", "edp", "area", "utilization", "targets", "latency-in-half-area",
                                   "energy-in-half-area"] = "edp") -> Task:
    """Find the accelerator that runs a neural network best: PEs, memories, bandwidths and dataflow.

    workload: alexnet, vgg16, resnet18, resnet50, mobilenet-v2 or transformer; or one layer, as Mapping-v0 names it.
    encoding: "hardware" chooses one array for all layers; "confuciux" gives each layer PEs and registers of its own.
    dataflow: of the "confuciux" encoding; the "hardware" encoding chooses it.
    objective: a metric; ArchGym's targets, 0.7 of the energy, 0.85 of the area and 0.8 of the latency of Eyeriss's
        design, summed distances; or ConfuciuX's, within half the area of the largest design.
    """
    layers = WORKLOADS[workload] if workload in WORKLOADS else (layer_named(workload),)
    if encoding == "confuciux":
        space, measured = ConfuciuX(workload), Assigned(workload, layers, dataflow)
    else:
        space, measured = AcceleratorSpace(), Running(workload, layers)
    found, hardware = measured.largest()
    most = metrics.values(found, metrics.energy_of(found, hardware), 0, hardware.pes) | {"area": costs.area(hardware)}
    if objective == "targets":
        base = Accelerator(*HARDWARE["eyeriss"], "row-stationary")
        reached = Running(workload, layers).evaluate(base, fidelity=None, seed=0).values
        reward = WithinBudgets({name: share * reached[name] for name, share in TARGETS.items()})
    elif objective.endswith("-in-half-area"):
        reward = Constrained(Least((objective.split("-")[0],)), {"area": most["area"] / 2})
    else:
        reward = None
    if reward is None:
        metric = next(metric for metric in METRICS if metric.name == objective)
        evaluator, scalar = measured, Objective(objective, metric.goal, metric.unit)
        worst = scalar.value(most)
    else:
        evaluator, scalar, worst = Rewarded(measured, reward), Objective(NAME), float(reward(most))
    options = {"workload": workload, "encoding": encoding, "objective": objective}
    return Task(
        "Accelerator-v0", space, evaluator, scalar,
        options | ({"dataflow": dataflow} if encoding == "confuciux" else {}), worst=worst,
        about=metrics.about(f"An accelerator that runs {workload}: {len(layers)} layers, {measured.macs:,} "
                            "multiply-accumulates; a measurement costs the layers that it maps", evaluator.fingerprint,
                            "parameters and targets: Krishnan et al., ArchGym, ISCA 2023, arXiv 2306.08888; " if
                            encoding == "hardware" else "encoding: Kao, Jeong, Krishna, ConfuciuX, MICRO 2020; "))
