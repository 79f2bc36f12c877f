"""Accelerators: an array of PEs, its memories and bandwidths, and the dataflow by which it maps every layer.

The parameters of ArchGym's Timeloop environment (Krishnan et al., ISCA 2023, arXiv 2306.08888), reduced to those that
an analytical model tells apart, with the dataflows of five chips.
"""

from typing import NamedTuple

from archgym.choice import Choice
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .accelerator_hardware import KB, Hardware


class Template(NamedTuple):
    """How a dataflow maps a layer; dimensions as letters of accelerator_layers.DIMENSIONS."""

    rows: str
    """What is spread over the rows of PEs: the first, and where rows are left, the next."""
    columns: str
    registers: str
    """What a PE's tile grows along, as far as its registers allow, in this order."""
    buffer: str
    """The same of the tile in the buffer."""
    buffer_order: str
    """Loops over tiles in the array, outermost first: what the innermost do not change stays with the PEs."""
    dram_order: str


_PIXELS_LAST, _SUMS_LAST = "GKCRSNPQ", "GNKPQCRS"
DATAFLOWS = {
    "weight-stationary": Template("CRS", "K", "SRCK", "QPSRCKNG", _PIXELS_LAST, _PIXELS_LAST),
    "output-stationary": Template("PQ", "K", "QPK", "SRCQPKNG", _SUMS_LAST, _SUMS_LAST),
    "row-stationary": Template("RCK", "PK", "SCK", "RSQPCKNG", _PIXELS_LAST, _SUMS_LAST),
    "nvdla": Template("C", "K", "QP", "SRCQPKNG", _SUMS_LAST, _SUMS_LAST),
    "shidiannao": Template("P", "Q", "SR", "SRCQPKNG", _SUMS_LAST, _SUMS_LAST),
}
DATAFLOW_MEANING = (
    "how layers are mapped. weight-stationary: weights stay with the PEs, input channels and filters side by side; "
    "output-stationary: sums stay, pixels and filters side by side; row-stationary: a PE slides a filter's row along "
    "an input's (Eyeriss); nvdla: channels and filters side by side, a stripe of pixels added up; shidiannao: the "
    "pixels of one output side by side, inputs passed between neighbours")
FIELDS = {
    "rows": ((4, 8, 12, 14, 16, 24, 32), "rows of PEs"),
    "columns": ((4, 8, 12, 14, 16, 24, 32), "columns of PEs"),
    "registers": ((32, 64, 128, 256, 512, 1024), "bytes of registers in each PE, for weights, inputs and sums"),
    "buffer": (tuple(KB << n for n in range(4, 12)), "bytes of the buffer that all PEs share"),
    "dram_bandwidth": ((2, 4, 8, 16, 32), "bytes a cycle from and to DRAM"),
    "buffer_bandwidth": ((8, 16, 32, 64), "bytes a cycle from and to the buffer"),
    "dataflow": (tuple(DATAFLOWS), DATAFLOW_MEANING),
}


class Accelerator(NamedTuple):
    """`FIELDS` says what each field decides."""

    rows: int
    columns: int
    registers: int
    buffer: int
    dram_bandwidth: int
    buffer_bandwidth: int
    dataflow: str

    @property
    def hardware(self) -> Hardware:
        return Hardware(*self[:6])


@space("Accelerator")
class AcceleratorSpace(ProductSpace):
    """Array, memories, bandwidths and dataflow of an accelerator: 235,200 designs."""

    meaning = {name: meaning for name, (_, meaning) in FIELDS.items()}

    def __init__(self):
        super().__init__(tuple(Choice((name,), options, ordered=name != "dataflow")
                               for name, (options, _) in FIELDS.items()))

    def assemble(self, options):
        return Accelerator(*options)

    def key(self, design):
        return ",".join(map(str, design))
