"""Mapping-v0: find the mapping that runs one layer best on given hardware."""

from typing import Literal

import numpy as np

from archgym.evaluator import Designs, Evaluator, Measurement, Measurements
from archgym.registry import register_task as task
from archgym.task import Objective, Task

from ....spaces.accelerator_hardware import Hardware, hardware_named
from ....spaces.accelerator_layers import Layer, layer_named
from ....spaces.mapping import Mapping, MappingIndependent, MappingSpace
from ....spaces.mapping_gamma import GAMMA
from . import metrics
from .model import COLUMNS, CYCLES, FAILURE, Found, arrays_of, assess, constants, evaluate, most, reason

SPACES = {"fitting": MappingSpace, "independent": MappingIndependent, "gamma": GAMMA}


class Mapped(Evaluator):
    """Measures mappings of a layer on hardware."""

    metrics = metrics.MAPPING
    instant = True
    cost_unit = "mappings"

    def __init__(self, layer: Layer, hardware: Hardware):
        self.layer, self.hardware = layer, hardware
        shape = "-".join(map(str, (*layer.extents, layer.stride)))
        self.fingerprint = f"accelerator-{metrics.VERSION}:layer={shape}:hardware={'-'.join(map(str, hardware))}"

    def evaluate(self, design, *, fidelity, seed):
        found = evaluate(self.hardware, self.layer, design)
        return Measurement(self._values(found), 1.0)

    def evaluate_many(self, designs, *, fidelity, seeds):
        if isinstance(designs, Designs) and isinstance(designs.space, MappingIndependent):
            factors, orders = designs.space.arrays(np.asarray(designs.genomes))
        else:
            factors, orders = map(np.concatenate, zip(*map(arrays_of, designs)))
        found = np.empty((len(factors), len(COLUMNS)))
        assess(factors, orders, *constants(self.hardware, self.layer), found)
        failed = found[:, FAILURE] > 0
        values = self._values(Found(*found.T[CYCLES:]))
        if not failed.any():
            return Measurements(values, np.ones(len(found)))
        for column in values.values():
            column[failed] = np.nan
        return Measurements(values, np.where(failed, 0.0, 1.0),
                            np.where(failed, "infeasible", "ok").tolist(),
                            [reason(failure, needed, self.hardware, self.layer) if failure else None
                             for failure, needed in zip(*found.T[:CYCLES].tolist())])

    def _values(self, found):
        return metrics.values(found, metrics.energy_of(found, self.hardware), self.layer.macs, self.hardware.pes)

    def drawing(self, design: Mapping):
        from .breakdown import drawing

        return drawing("What the mapping costs", [(self.layer, self.hardware, design)])


@task("Mapping-v0")
def mapping(layer: str = "resnet18/conv2_1_1", hardware: str = "eyeriss",
            encoding: Literal["fitting", "independent", "gamma"] = "fitting",
            objective: Literal["latency", "energy", "edp", "utilization", "dram_words"] = "edp") -> Task:
    """Find the mapping of a layer on an accelerator: tile sizes, loop orders, and what the PEs do side by side.

    layer: network/layer, the network being alexnet, vgg16, resnet18, resnet50, mobilenet-v2 or transformer; or extents
        of your own, such as K64-C3-P112-Q112-R7-S7-stride2.
    hardware: eyeriss, edge or cloud; or ROWSxCOLUMNS-registers-buffer-DRAM bandwidth-buffer bandwidth, in bytes and
        bytes a cycle, such as 4x4-64-4096-4-16.
    encoding: "fitting" offers only what has room; "independent" lets any pick change at any time, and what does not fit
        is infeasible; "gamma" is GAMMA's, two levels of tiles each with an order and a parallel dimension.
    objective: a metric.
    """
    chosen, machine = layer_named(layer), hardware_named(hardware)
    evaluator = Mapped(chosen, machine)
    found = most(machine, chosen.macs)
    highest = metrics.values(found, metrics.energy_of(found, machine), 0, machine.pes)
    metric = next(metric for metric in metrics.MAPPING if metric.name == objective)
    scalar = Objective(objective, metric.goal, metric.unit)
    return Task(
        "Mapping-v0", SPACES[encoding](layer, hardware), evaluator, scalar,
        {"layer": layer, "hardware": hardware, "encoding": encoding, "objective": objective},
        worst=scalar.value(highest),
        about=metrics.about(f"A mapping of {layer}, {chosen.macs:,} multiply-accumulates, on {machine.rows} x "
                            f"{machine.columns} PEs", evaluator.fingerprint,
                            "encoding: Kao and Krishna, GAMMA, ICCAD 2020; " if encoding == "gamma" else ""))
