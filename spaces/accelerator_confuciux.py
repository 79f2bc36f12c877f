"""ConfuciuX's encoding: PEs and registers for each layer of a network, whose layers have hardware of their own.

Kao, Jeong, Krishna, "ConfuciuX: Autonomous Hardware Resource Assignment for DNN Accelerators using Reinforcement
Learning", MICRO 2020; read: the levels of PEs and buffers in its repository. A level of its buffer is here 64 bytes of
registers in each PE; a layer's shared buffer is as large as all its registers, Eyeriss's rule (ISCA 2016).
"""

from math import isqrt
from typing import Literal

from archgym.choice import Choice
from archgym.errors import unknown
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .accelerator_hardware import Hardware
from .accelerator_layers import WORKLOADS

PES = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128)
LEVELS = tuple(range(1, 13))
REGISTERS = 64  # bytes a level
BANDWIDTHS = (8, 32)  # Eyeriss's of accelerator_hardware


def hardware_of(pes: int, level: int) -> Hardware:
    """The array is as near to a square as its PEs allow."""
    rows = next(rows for rows in range(isqrt(pes), 0, -1) if pes % rows == 0)
    return Hardware(rows, pes // rows, level * REGISTERS, pes * level * REGISTERS, *BANDWIDTHS)


@space("ConfuciuX")
class ConfuciuX(ProductSpace):
    """How many PEs each layer gets, and how large their registers are: 144 ways a layer.

    workload: alexnet, vgg16, resnet18, resnet50, mobilenet-v2 or transformer.
    """

    meaning = {"PEs": "how many processing elements the layer has to itself",
               "registers": "registers of each of them, in steps of 64 bytes; the layer's buffer has as much again"}

    def __init__(self, workload: Literal["alexnet", "vgg16", "resnet18", "resnet50", "mobilenet-v2",
                                         "transformer"] = "alexnet"):
        if workload not in WORKLOADS:
            raise unknown("workload with layers to assign hardware to:", workload, WORKLOADS)
        self.workload = workload
        self.layers = WORKLOADS[workload]
        super().__init__(tuple(Choice((layer.name, what), options, sort=what, ordered=True) for layer in self.layers
                               for what, options in (("PEs", PES), ("registers", LEVELS))))

    def assemble(self, options):
        return tuple(zip(options[::2], options[1::2]))

    def answer(self, design, choice):
        at = self._positions[choice.path]
        return design[at // 2][at % 2]

    def key(self, design):
        return " ".join(f"{pes}:{level}" for pes, level in design)

    def counts(self):
        yield f"genomes, {self.workload}", self.size, 144 ** len(self.layers)

    def __repr__(self):
        return f"ConfuciuX({self.workload!r})"
