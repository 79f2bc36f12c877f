"""AcceleratorZigZag-v0: the designs of Accelerator-v0, with ZigZag as their judge."""

from importlib.metadata import version
from typing import Literal

from archgym.evaluator import Evaluator, Measurement
from archgym.registry import register_task as task
from archgym.task import Objective, Task, TaskInfo

from ....spaces.accelerator import Accelerator, AcceleratorSpace
from ....spaces.accelerator_layers import WORKLOADS, layer_named
from . import costs, metrics
from .model import Found
from .running import METRICS, Running
from .zigzag import LPF_LIMIT, best

VERSION = 1  # of what ZigZag is asked, and of how its answers are read: larger when values may have changed
WAITING = 5  # ZigZag adds up computing, both ports at work, and the first words in and last words out


class Searching(Evaluator):
    """Measures accelerators on a network: PEs side by side as the dataflow's template says, ZigZag orders the loops."""

    metrics = METRICS
    cost_unit = "mappings"

    def __init__(self, workload: str, layers):
        self.running = Running(workload, layers)
        self.fingerprint = (f"zigzag-{VERSION}:zigzag-dse={version('zigzag-dse')}:lpf={LPF_LIMIT}:"
                            f"{self.running.fingerprint}")

    def evaluate(self, design: Accelerator, *, fidelity, seed):
        hardware, searched, orders = design.hardware, {}, 0
        parts = self.running.parts(design)
        for layer, _, mapping in parts:
            shape = layer._replace(name="")
            if shape not in searched:
                _, _, rows, columns, _ = mapping.factors
                searched[shape] = best(hardware, layer, rows, columns)
                orders += searched[shape].orders
        found = Found(*map(sum, zip(*(searched[layer._replace(name="")].found for layer, *_ in parts))))
        values = metrics.values(found, metrics.energy_of(found, hardware), self.running.macs, hardware.pes)
        return Measurement(values | {"area": costs.area(hardware)}, float(orders))

    def largest(self):
        """What no design exceeds."""
        found, hardware = self.running.largest()
        return found._replace(cycles=WAITING * found.cycles), hardware


@task("AcceleratorZigZag-v0")
def accelerator_zigzag(workload: str = "transformer",
                       objective: Literal["latency", "energy", "edp", "area", "utilization"] = "edp") -> Task:
    """Find the accelerator that runs a neural network best, measured by ZigZag instead of the project's own model.

    The designs, costs and metrics are those of Accelerator-v0. ZigZag is told which loops the PEs share, as the
    dataflow's template has it, and searches the order of the others. A layer takes it seconds: measurements are kept in
    the cache.

    workload: alexnet, vgg16, resnet18, resnet50, mobilenet-v2 or transformer; or one layer, as Mapping-v0 names it.
    objective: a metric.
    """
    layers = WORKLOADS[workload] if workload in WORKLOADS else (layer_named(workload),)
    evaluator = Searching(workload, layers)
    found, hardware = evaluator.largest()
    metric = next(metric for metric in METRICS if metric.name == objective)
    scalar = Objective(objective, metric.goal, metric.unit)
    most = metrics.values(found, metrics.energy_of(found, hardware), 0, hardware.pes) | {"area": costs.area(hardware)}
    return Task(
        "AcceleratorZigZag-v0", AcceleratorSpace(), evaluator, scalar, {"workload": workload, "objective": objective},
        worst=scalar.value(most),
        about=TaskInfo(
            summary=f"An accelerator that runs {workload}: {len(layers)} layers, {evaluator.running.macs:,} "
                    "multiply-accumulates, each in the best of the orders of loops that ZigZag tries; a measurement "
                    "costs these orders",
            source="zigzag-dse of PyPI, github.com/KULeuven-MICAS/zigzag",
            paper="Mei et al., ZigZag, IEEE Transactions on Computers 2021; orders of loops: Symons et al., LOMA, "
                  "AICAS 2021; energies and areas: those of Accelerator-v0",
            licence="MIT (zigzag-dse); layers are facts of the papers",
            data_version=evaluator.fingerprint,
            holdout_note="No holdout: ZigZag is deterministic, and what is searched on is what is reported."))
