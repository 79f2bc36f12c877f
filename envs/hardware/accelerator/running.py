"""Accelerators that run a network: every layer by its dataflow's template, on one array or on hardware of its own."""

from collections import Counter
from math import prod

import numpy as np

from archgym.errors import Infeasible
from archgym.evaluator import Designs, Evaluator, Measurement, Measurements

from ....spaces.accelerator import DATAFLOWS, FIELDS
from ....spaces.accelerator_confuciux import LEVELS, PES, hardware_of
from ....spaces.accelerator_hardware import Hardware
from . import costs, metrics
from .dataflow import ORDERS, TAKES, mapping_of, run
from .model import COLUMNS, CYCLES, FAILURE, NEEDED, Found, evaluate, limits_of, most, reason

METRICS = (*metrics.MAPPING, metrics.AREA)
FLOWS = {name: n for n, name in enumerate(DATAFLOWS)}
LARGEST = Hardware(*(max(options) for options, _ in list(FIELDS.values())[:6]))
SLOWEST = [min(options) for options, _ in list(FIELDS.values())[4:6]]


class Running(Evaluator):
    """Measures accelerators on a network, every layer mapped by the dataflow's template."""

    metrics = METRICS
    instant = True
    cost_unit = "layers"

    def __init__(self, workload: str, layers):
        self.workload, self.layers = workload, layers
        shapes = Counter(layer._replace(name="") for layer in layers)  # layers of one shape are run once
        self.names = {shape: next(layer for layer in layers if layer[1:] == shape[1:]) for shape in shapes}
        self.macs = sum(layer.macs for layer in layers)
        self._shapes = (np.array([shape.extents for shape in shapes]), np.array([shape.stride for shape in shapes]),
                        np.array(list(shapes.values()), float))
        self.fingerprint = f"accelerator-{metrics.VERSION}:workload={workload}"

    def run(self, limits, flows) -> np.ndarray:
        """(n, 9) as `dataflow.run` fills it. limits: (n, 6); flows: (n,) positions in DATAFLOWS."""
        found = np.empty((len(limits), len(COLUMNS)))
        run(*self._shapes, limits, flows, TAKES, ORDERS, found)
        return found

    def evaluate(self, design, *, fidelity, seed):
        hardware = design.hardware
        row = self.run(np.array((limits_of(hardware),)), np.array((FLOWS[design.dataflow],)))[0].tolist()
        if row[FAILURE]:
            raise Infeasible(self._reason(row, hardware))
        found = Found(*row[CYCLES:])
        return Measurement(self._values(found, metrics.energy_of(found, hardware), hardware), float(len(self.layers)))

    def evaluate_many(self, designs, *, fidelity, seeds):
        if isinstance(designs, Designs):
            columns = [np.asarray(choice.options)[picks] if choice.ordered else picks
                       for choice, picks in zip(designs.space.choices, np.asarray(designs.genomes).T)]
        else:
            columns = [*np.array([design[:6] for design in designs]).T, [FLOWS[design.dataflow] for design in designs]]
        hardware = Hardware(*columns[:6])
        rows = self.run(np.array(limits_of(hardware), float).T.copy(), np.asarray(columns[6], np.int64))
        failed = rows[:, FAILURE] > 0
        found = Found(*rows.T[CYCLES:])
        with np.errstate(all="ignore"):
            values = self._values(found, metrics.energy_of(found, hardware, np.sqrt), hardware)
        if not failed.any():
            return Measurements(values, np.full(len(rows), float(len(self.layers))))
        for column in values.values():
            column[failed] = np.nan
        return Measurements(values, np.where(failed, 0.0, len(self.layers)),
                            np.where(failed, "infeasible", "ok").tolist(),
                            [self._reason(row, Hardware(*each)) if bad else None for row, bad, each
                             in zip(rows.tolist(), failed, zip(*(column.tolist() for column in hardware)))])

    def _values(self, found, energy, hardware):
        return metrics.values(found, energy, self.macs, hardware.pes) | {"area": costs.area(hardware)}

    def _reason(self, row, hardware):
        shape = list(self.names)[int(row[CYCLES])]
        return f"layer {self.names[shape].name}: " + reason(row[FAILURE], row[NEEDED], hardware, shape)

    def largest(self) -> tuple[Found, Hardware]:
        """What no design exceeds: dimensions are filled up by less than themselves."""
        return most(Hardware(*LARGEST[:4], *SLOWEST), _filled_up(self.layers)), LARGEST

    def parts(self, design):
        """(layer, hardware, mapping) of every layer."""
        return [(layer, design.hardware, mapping_of(design.hardware, layer, design.dataflow)) for layer in self.layers]

    def drawing(self, design):
        from .breakdown import drawing

        return drawing(f"What {self.workload} costs", self.parts(design))


def _filled_up(layers) -> int:
    return sum(prod(2 * extent - 1 for extent in layer.extents) for layer in layers)


class Assigned(Evaluator):
    """Measures ConfuciuX's assignments: every layer on hardware of its own, one after the other."""

    metrics = METRICS
    instant = True
    cost_unit = "layers"

    def __init__(self, workload: str, layers, dataflow: str):
        self.workload, self.layers, self.dataflow = workload, layers, dataflow
        self.macs = sum(layer.macs for layer in layers)
        self._measured = {}
        self.fingerprint = f"accelerator-{metrics.VERSION}:assigned={workload}:dataflow={dataflow}"

    def evaluate(self, design, *, fidelity, seed):
        cycles = energy = dram = area = pes = 0
        for n, picks in enumerate(design):
            each = self._measured.get((n, picks))
            if each is None:
                each = self._measured[n, picks] = self._layer(self.layers[n], hardware_of(*picks))
            cycles, energy, dram, area = (total + one for total, one in zip((cycles, energy, dram, area), each))
            pes += picks[0]
        latency = cycles / costs.CLOCK
        return Measurement({"latency": latency, "energy": energy, "edp": energy * latency, "power": energy / latency,
                            "cycles": cycles, "utilization": self.macs / (cycles * pes), "dram_words": dram,
                            "area": area}, float(len(self.layers)))

    def _layer(self, layer, hardware):
        found = evaluate(hardware, layer, mapping_of(hardware, layer, self.dataflow))
        return found.cycles, metrics.energy_of(found, hardware), found.dram, costs.area(hardware)

    def largest(self) -> tuple[Found, Hardware]:
        """What no design exceeds."""
        one = hardware_of(max(PES), max(LEVELS))
        return most(one, _filled_up(self.layers)), one._replace(rows=one.rows * len(self.layers),
                                                                buffer=one.buffer * len(self.layers))

    def parts(self, design):
        """(layer, hardware, mapping) of every layer."""
        machines = [hardware_of(*picks) for picks in design]
        return [(layer, machine, mapping_of(machine, layer, self.dataflow))
                for layer, machine in zip(self.layers, machines)]

    def drawing(self, design):
        from .breakdown import drawing

        return drawing(f"What {self.workload} costs", self.parts(design))
