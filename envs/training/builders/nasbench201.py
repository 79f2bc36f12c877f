"""NAS-Bench-201 cells as networks, for images or sequences.

Dong & Yang, "NAS-Bench-201: Extending the Scope of Reproducible Neural Architecture Search", ICLR 2020. A stem, stages
of cells, between two stages a residual block that halves the resolution and doubles the channels, then normalization,
global pooling and a linear layer.
"""

from torch import nn

from ....spaces.cell import EDGES, Cell
from .layers import Layers
from .wiring import Wired

SPACES = ("NASBench201",)


class ResidualBlock(nn.Module):
    """Half the resolution, other channels."""

    def __init__(self, layers, inputs, outputs):
        super().__init__()
        self.main = nn.Sequential(layers.relu_conv_norm(inputs, outputs, 3, stride=2),
                                  layers.relu_conv_norm(outputs, outputs, 3))
        # An odd resolution is rounded up, as the strided convolution does.
        self.shortcut = nn.Sequential(nn.AvgPool2d(layers.size(2), ceil_mode=True, count_include_pad=False),
                                      layers.convolution(inputs, outputs, 1))

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


def cell(layers, design: Cell, channels) -> Wired:
    return Wired([(source, node, operation(layers, name, channels))
                  for (node, source), name in zip(EDGES, design.operations)])


def operation(layers, name, channels) -> nn.Module | None:
    if name == "none":
        return None
    if name == "skip_connect":
        return nn.Identity()
    if name == "avg_pool_3x3":
        return layers.average_pool(3)
    return layers.relu_conv_norm(channels, channels, {"nor_conv_1x1": 1, "nor_conv_3x3": 3}[name])


def network(design: Cell, shape: tuple[int, ...], classes: int, *, channels: int = 16, cells: int = 5, stages: int = 3,
            copies: int = 1) -> nn.Module:
    """The network of a cell. The defaults are the published skeleton.

    shape: of one sample, (channels, length) or (channels, height, width).
    copies: networks of this cell side by side. The input has copies * shape[0] channels, and the output is
        (copies, batch, classes); no copy sees another.
    """
    layers = Layers(len(shape) - 1, copies)
    parts = [layers.convolution(shape[0], channels, 3), layers.norm(channels)]
    for stage in range(stages):
        if stage:
            parts.append(ResidualBlock(layers, channels, 2 * channels))
            channels *= 2
        parts += [cell(layers, design, channels) for _ in range(cells)]
    return layers.network([*parts, layers.norm(channels), nn.ReLU()], channels, classes)
