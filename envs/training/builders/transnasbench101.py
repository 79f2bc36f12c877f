"""TransNAS-Bench-101's networks for classification: macro (modules of residual blocks) and micro (modules of cells).

Duan, Chen, Xu, Chen, Liang, Zhang, Li, "TransNAS-Bench-101: Improving Transferability and Generalizability of
Cross-Task Neural Architecture Search", CVPR 2021. Read: the authors' model files (yawen-d/TransNASBench). A stem that
makes images four times smaller, modules of two blocks or cells, the first of which doubles the channels, halves the
resolution or both, then global pooling and a linear layer. Initial weights are the trainer's.
"""

from typing import Literal

import torch
from torch import nn

from archgym.errors import ArchGymError

from ....spaces.cell import EDGES
from ....spaces.transnasbench101 import DOUBLES, HALVES, MICRO_SKELETON, MicroCell
from .layers import Layers, Reduction
from .wiring import Wired

SPACES = ("TransNASBench101Macro", "TransNASBench101Micro")

STEMS = {1: (1, 1), 2: (2, 1), 4: (2, 2)}
"""How many times smaller -> the strides of the stem's two convolutions."""
BLOCKS = 2
"""Blocks, or cells, of a module."""


class Block(nn.Module):
    def __init__(self, layers, inputs, outputs, stride):
        super().__init__()
        self.main = nn.Sequential(layers.relu_conv_norm(inputs, outputs, 3, stride),
                                  layers.relu_conv_norm(outputs, outputs, 3))
        self.shortcut = nn.Identity() if (inputs, stride) == (outputs, 1) else nn.Sequential(
            layers.convolution(inputs, outputs, 1, stride), layers.norm(outputs))

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


def cell(layers, design: MicroCell, inputs, outputs, stride) -> Wired:
    """The cell; what leaves its input changes channels and resolution."""
    def operation(name, source):
        before, step = (outputs, 1) if source else (inputs, stride)
        if name == "none":
            return None
        if name == "skip_connect":
            return nn.Identity() if (before, step) == (outputs, 1) else Reduction(layers, before, outputs, step)
        return layers.relu_conv_norm(before, outputs, {"nor_conv_1x1": 1, "nor_conv_3x3": 3}[name], step)

    def empty(x):
        small = x[:, :1, ::1 if layers.dims == 1 else stride, ::stride]
        return torch.zeros_like(small).expand(-1, layers.copies * outputs, -1, -1)

    return Wired([(source, node, operation(name, source)) for (node, source), name in zip(EDGES, design.operations)],
                 empty)


def network(design: MicroCell | tuple[int, ...], shape: tuple[int, ...], classes: int, *, channels: int = 64,
            stem: Literal[1, 2, 4] = 4, copies: int = 1) -> nn.Module:
    """The network of a cell (micro) or of a tuple of modules (macro). The defaults are the published skeleton.

    stem: how many times smaller the stem makes the samples.
    copies: as in `nasbench201.network`.
    """
    if channels < 2 or channels % 2:
        raise ArchGymError(f"TransNAS's networks halve their channels: an even number of them, got channels={channels}")
    layers = Layers(len(shape) - 1, copies)
    first, second = STEMS[stem]
    parts = [layers.convolution(shape[0], channels // 2, 3, first), layers.norm(channels // 2),
              layers.relu_conv_norm(channels // 2, channels, 3, second)]
    micro = isinstance(design, MicroCell)
    for kind in map(int, MICRO_SKELETON.split("-")[1]) if micro else design:
        for i in range(BLOCKS):
            wider, stride = (1, 1) if i else (1 + (kind in DOUBLES), 1 + (kind in HALVES))
            parts.append(cell(layers, design, channels, wider * channels, stride) if micro else
                         Block(layers, channels, wider * channels, stride))
            channels *= wider
    return layers.network(parts, channels, classes)
