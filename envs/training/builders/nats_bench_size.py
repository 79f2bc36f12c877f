"""Networks of NATS-Bench's size space: one cell in three places, five layers with channels of their own.

Dong, Liu, Musial, Gabrys, "NATS-Bench: Benchmarking NAS Algorithms for Architecture Topology and Size", TPAMI 2021.
Layers 2 and 4 are residual blocks that halve the resolution; the others are cells, whose topology is NAS-Bench-201's
best on CIFAR-100. What leaves the input of a cell changes the channels.
"""

from torch import nn

from ....spaces.cell import EDGES
from .layers import Layers
from .nasbench201 import ResidualBlock
from .wiring import Wired

SPACES = ("NATSBenchSize",)

CELL = ("nor_conv_3x3", "nor_conv_3x3", "nor_conv_3x3", "skip_connect", "nor_conv_3x3", "nor_conv_3x3")
"""|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_3x3~2|"""


def cell(layers, inputs, outputs) -> Wired:
    def operation(name, source):
        before = outputs if source else inputs
        if name == "nor_conv_3x3":
            return layers.relu_conv_norm(before, outputs, 3)
        return nn.Identity() if before == outputs else nn.Sequential(layers.convolution(before, outputs, 1),
                                                                     layers.norm(outputs))

    return Wired([(source, node, operation(name, source)) for (node, source), name in zip(EDGES, CELL)])


def network(design: tuple[int, ...], shape: tuple[int, ...], classes: int, *, copies: int = 1) -> nn.Module:
    """The network whose five layers have these channels; the stem has the first layer's."""
    layers = Layers(len(shape) - 1, copies)
    parts = [layers.convolution(shape[0], design[0], 3), layers.norm(design[0])]
    for i, (inputs, outputs) in enumerate(zip((design[0], *design), design)):
        parts.append(ResidualBlock(layers, inputs, outputs) if i % 2 else cell(layers, inputs, outputs))
    return layers.network([*parts, layers.norm(outputs), nn.ReLU()], outputs, classes)
