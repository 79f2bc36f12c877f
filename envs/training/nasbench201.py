"""NAS-Bench-201 cells as networks, in two dimensions (images) or one (sequences).

Dong & Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020. A stem, stages
of cells, between two stages a residual block that halves the resolution and doubles the channels, then normalization,
global pooling and a linear layer. A sequence is an image of height 1, and every kernel has height 1 there: with the
channels last in memory, PyTorch on a CPU takes two thirds of the time that its one-dimensional layers take.
"""

import torch
from torch import nn

from ...spaces.cell import EDGES, Cell


class Heads(nn.Module):
    """A linear layer a copy: (batch, copies * features) -> (batch, classes), or (copies, batch, classes) of many."""

    def __init__(self, features, classes, copies):
        super().__init__()
        self.layer = nn.Conv1d(copies * features, copies * classes, 1, groups=copies)
        self.copies = copies

    def forward(self, x):
        out = self.layer(x.unsqueeze(-1)).squeeze(-1)
        return out if self.copies == 1 else out.unflatten(1, (self.copies, -1)).transpose(0, 1)


class CellModule(nn.Module):
    def __init__(self, layers, cell: Cell, channels):
        super().__init__()
        self.edges = [(node, source, op) for (node, source), op in zip(EDGES, cell.operations) if op != "none"]
        self.operations = nn.ModuleList(layers.operation(op, channels) for _, _, op in self.edges)

    def forward(self, x):
        nodes = [x, None, None, None]
        for (node, source, _), operation in zip(self.edges, self.operations):
            if nodes[source] is not None:
                out = operation(nodes[source])
                nodes[node] = out if nodes[node] is None else nodes[node] + out
        return torch.zeros_like(x) if nodes[3] is None else nodes[3]


class ResidualBlock(nn.Module):
    """Half the resolution, twice the channels."""

    def __init__(self, layers, channels):
        super().__init__()
        self.main = nn.Sequential(layers.relu_conv_norm(channels, 2 * channels, 3, stride=2),
                                  layers.relu_conv_norm(2 * channels, 2 * channels, 3))
        # An odd resolution is rounded up, as the strided convolution does.
        self.shortcut = nn.Sequential(nn.AvgPool2d(layers.size(2), ceil_mode=True, count_include_pad=False),
                                      layers.convolution(channels, 2 * channels, 1))

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Layers:
    """Layers for images or sequences, for so many copies of a network side by side: groups keep these apart."""

    def __init__(self, dims, copies):
        self.dims, self.copies = dims, copies

    def size(self, width, height=None):
        return (1 if height is None else height, width) if self.dims == 1 else width

    def convolution(self, inputs, outputs, kernel, stride=1):
        return nn.Conv2d(self.copies * inputs, self.copies * outputs, self.size(kernel), self.size(stride),
                         self.size(kernel // 2, height=0), groups=self.copies, bias=False)

    def norm(self, channels):
        return nn.BatchNorm2d(self.copies * channels)

    def relu_conv_norm(self, inputs, outputs, kernel, stride=1):
        return nn.Sequential(nn.ReLU(), self.convolution(inputs, outputs, kernel, stride), self.norm(outputs))

    def operation(self, name, channels):
        if name == "skip_connect":
            return nn.Identity()
        if name == "avg_pool_3x3":
            return nn.AvgPool2d(self.size(3), 1, self.size(1, height=0), count_include_pad=False)
        return self.relu_conv_norm(channels, channels, {"nor_conv_1x1": 1, "nor_conv_3x3": 3}[name])


class AsImage(nn.Module):
    """(batch, channels, length) -> (batch, channels, 1, length), the channels last in memory."""

    def forward(self, x):
        return x.unsqueeze(2).contiguous(memory_format=torch.channels_last)


def network(cell: Cell, shape: tuple[int, ...], classes: int, *, channels: int = 16, cells: int = 5, stages: int = 3,
            copies: int = 1) -> nn.Module:
    """The network of a cell. The defaults are the published skeleton.

    shape: of one sample, (channels, length) or (channels, height, width).
    copies: networks of this cell side by side. The input has copies * shape[0] channels, and the output is
        (copies, batch, classes); no copy sees another.
    """
    layers = Layers(len(shape) - 1, copies)
    parts = [AsImage()] if layers.dims == 1 else []
    parts += [layers.convolution(shape[0], channels, 3), layers.norm(channels)]
    for stage in range(stages):
        if stage:
            parts.append(ResidualBlock(layers, channels))
            channels *= 2
        parts += [CellModule(layers, cell, channels) for _ in range(cells)]
    parts += [layers.norm(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), Heads(channels, classes, copies)]
    return nn.Sequential(*parts).to(memory_format=torch.channels_last)
