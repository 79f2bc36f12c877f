"""ZigZag's verdict on a layer: its search for the order of loops and its counts, on our hardware and with our costs.

Mei et al., "ZigZag: Enlarging Joint Architecture-Mapping Design Space Exploration for DNN Accelerators", IEEE
Transactions on Computers 2021; Symons et al., "LOMA: Fast Auto-Scheduling on DNN Accelerators through Loop-Order-based
Memory Allocation", AICAS 2021; the package zigzag-dse. ZigZag is told what the PEs do side by side. It tries orders of
the other loops, fills registers and buffer with as many of the innermost ones as fit, for each tensor by itself, and
counts what crosses each port. It knows no network between buffer and PEs: what its counts say of registers is what
crosses ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from zigzag.mapping.data_movement import DataDirection
from zigzag.mapping.temporal_mapping import TemporalMappingType
from zigzag.opt.loma.engine import NoValidLoopOrderingFoundException
from zigzag.parser.accelerator_factory import AcceleratorFactory
from zigzag.parser.accelerator_validator import AcceleratorValidator
from zigzag.parser.mapping_validator import MappingValidator
from zigzag.parser.workload_factory import LayerNodeFactory
from zigzag.parser.workload_validator import WorkloadValidator
from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage
from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
from zigzag.stages.mapping.temporal_mapping_generator_stage import TemporalMappingGeneratorStage

from archgym.errors import ArchGymError, Infeasible

from ....spaces.accelerator_hardware import WORD, Hardware
from ....spaces.accelerator_layers import DIMENSIONS, Layer
from . import costs
from .model import Found

LPF_LIMIT = 4
BITS = 8 * WORD
LOOPS = dict(zip(DIMENSIONS, ("B", "G", "K", "C", "OY", "OX", "FY", "FX")))
EQUATION = "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]"
TENSORS = {"W": "I2", "I": "I1", "O": "O"}  # ZigZag's names of weights, inputs and sums in a layer, and in memories
OUT, IN = DataDirection.RD_OUT_TO_HIGH, DataDirection.WR_IN_BY_HIGH  # of a memory, to the one outside it and from it


@dataclass(frozen=True)
class Searched:
    """The order of loops that ZigZag found best."""

    found: Found
    loops: dict[str, list[list[tuple[str, int]]]]
    """Of tensors W, I and O: (dimension, times) in registers, buffer and DRAM, innermost loop first."""
    orders: int
    """How many were tried."""
    pj: float
    """ZigZag's own figure of the energy: that of `found` without the network, in pJ."""


def best(hardware: Hardware, layer: Layer, rows, columns, *, even: bool = False, loops: int = LPF_LIMIT) -> Searched:
    """Least energy times latency over the orders that ZigZag tries; the first of equals.

    rows, columns: (8,) of DIMENSIONS, how many iterations of each the PEs of a column, and of a row, do side by side.
    even: all tensors are kept at the same loops, as in our own mappings; ZigZag's own way is each by itself.
    loops: whose orders are tried; factors of a dimension are merged to so many, but not into other dimensions.
    Infeasible where no order fits.
    """
    chosen, least, orders = None, float("inf"), 0
    try:
        for evaluation in _evaluations(hardware, layer, rows, columns, even, loops):
            found = found_of(evaluation, hardware)
            orders += 1
            if (product := sum(found.energies(hardware).values()) * found.cycles) < least:
                chosen, least = (evaluation, found), product
    except NoValidLoopOrderingFoundException:
        raise Infeasible(f"ZigZag finds no order of the loops of {layer.name} that fits {hardware.registers} bytes of "
                         f"registers a PE and {hardware.buffer:,} bytes of buffer") from None
    evaluation, found = chosen
    names = {loop: d for d, loop in LOOPS.items()}
    nest = {str(tensor): [[(names[str(loop)], times) for loop, times in level] for level in levels]
             for tensor, levels in evaluation.temporal_mapping.mapping_dic_origin.items()}
    return Searched(found, nest, orders, evaluation.energy_total)


def _evaluations(hardware, layer, rows, columns, even, limit) -> Iterator:
    accelerator = _valid(AcceleratorValidator, _accelerator(hardware))
    # ZigZag has no PEs beyond a dimension's end, where ours may be idle in the last round.
    columns = [min(times, extent // above) for times, above, extent in zip(columns, rows, layer.extents)]
    side_by_side = {name: [f"{LOOPS[d]}, {times}" for d, times in zip(DIMENSIONS, factors) if times > 1] or ["K, 1"]
                    for name, factors in (("D1", rows), ("D2", columns))}
    mapping = _valid(MappingValidator, [{"name": name, "spatial_mapping": side_by_side}
                                        for name in ("default", "Conv")])
    node = LayerNodeFactory(_valid(WorkloadValidator, [_layer(layer)])[0], mapping).create()
    # The stages of ZigZag's own pipeline, without those that write files.
    stage = SpatialMappingGeneratorStage(
        [TemporalMappingGeneratorStage, CostModelStage],
        accelerator=AcceleratorFactory(accelerator).create(), layer=node,
        loma_lpf_limit=limit, loma_show_progress_bar=False,
        temporal_mapping_type=TemporalMappingType.EVEN if even else TemporalMappingType.UNEVEN,
        access_same_data_considered_as_no_access=False)  # every multiplication reads its operands, as with us
    for evaluation, _ in stage.run():
        yield evaluation


def _valid(validator, data):
    checked = validator(data)
    if not checked.validate():
        raise ArchGymError(f"ZigZag refuses {data}")
    return checked.normalized_data


def _layer(layer):
    return {"id": 0, "name": layer.name, "operator_type": "Conv", "equation": EQUATION,
            "dimension_relations": [f"iy={layer.stride}*oy+1*fy", f"ix={layer.stride}*ox+1*fx"],
            "loop_dims": list(LOOPS.values()), "loop_sizes": list(layer.extents),
            "operand_precision": {"W": BITS, "I": BITS, "O": BITS, "O_final": BITS}, "operand_source": {"I": 0, "W": 0}}


def _accelerator(hardware):
    dram, buffer, _, registers = costs.access_energies(hardware)
    everything = [f"{tensor}, {way}" for tensor in TENSORS.values()
                  for way in (("fh", "tl", "fl", "th") if tensor == "O" else ("fh", "tl"))]

    def memory(size, joules, ports, served):
        widest = max(port["bandwidth_max"] for port in ports)
        pj = joules * 1e12 * widest / BITS  # ZigZag asks for the energy of an access as wide as the port
        return {"size": 8 * size, "r_cost": pj, "w_cost": pj, "area": 0.0, "latency": 1, "ports": ports,
                "operands": list(TENSORS.values()), "served_dimensions": served}

    def port(name, kind, bandwidth, served):
        return {"name": name, "type": kind, "bandwidth_min": BITS, "bandwidth_max": 8 * bandwidth, "allocation": served}

    def own_ports(kind, to_outside, to_inside):
        return [port(f"{kind[0]}_port_{n}", kind, WORD,
                     [f"{tensor}, {way}" for way in (to_inside, to_outside) if f"{tensor}, {way}" in everything])
                for n, tensor in enumerate(TENSORS.values(), start=1)]

    return {
        "name": "accelerator",
        "operational_array": {"unit_energy": costs.MAC * 1e12, "unit_area": 0.0, "dimensions": ["D1", "D2"],
                              "sizes": [hardware.rows, hardware.columns]},
        "memories": {
            # A multiplication a cycle is all that registers are asked for: a port a tensor in each direction.
            "registers": memory(hardware.registers, registers,
                                own_ports("read", "th", "tl") + own_ports("write", "fl", "fh"), []),
            "buffer": memory(hardware.buffer, buffer, [port("rw_port_1", "read_write", hardware.buffer_bandwidth,
                                                            everything)], ["D1", "D2"]),
            "dram": memory(10 ** 12, dram, [port("rw_port_1", "read_write", hardware.dram_bandwidth, everything)],
                           ["D1", "D2"])}}


def found_of(evaluation, hardware: Hardware) -> Found:
    """ZigZag's counts in our words. Cycles are its total: computing, waiting, the first words in and the last out."""
    widths = (1, hardware.buffer_bandwidth / WORD, hardware.dram_bandwidth / WORD)  # words of a full access
    words = [0.0] * 3
    network = 0.0
    for levels in evaluation.memory_word_access.values():
        for memory, accesses in enumerate(levels):
            words[memory] += widths[memory] * sum(accesses.get(way) for way in DataDirection)
        network += levels[0].get(OUT) + levels[0].get(IN)
    registers, buffer, dram = words
    return Found(float(evaluation.latency_total2), float(evaluation.ideal_temporal_cycle), dram, buffer, network,
                 registers, float(evaluation.layer.total_mac_count))
