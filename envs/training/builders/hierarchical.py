"""Cells of motifs as networks.

Liu, Simonyan, Vinyals, Fernando, Kavukcuoglu, "Hierarchical Representations for Efficient Architecture Search", ICLR
2018: a 3x3 convolution, stages of cells, between two stages a separable convolution that halves the resolution and
doubles the channels, another one at the end, then global pooling and a linear layer. Every place of a motif has weights
of its own. Branches are added where they meet, as in NASLib, so that all have as many channels; the paper concatenates.
"""

from functools import partial

from torch import nn

from archgym.errors import unknown

from ....spaces.dag import EdgeDag
from ....spaces.hierarchical import NONE, Motifs, edges
from .layers import Layers
from .wiring import Wired

SPACES = ("HierarchicalMotifs",)


def separable(layers, inputs, outputs, stride=1) -> nn.Module:
    return nn.Sequential(layers.depthwise(inputs, 3, stride), layers.conv_norm_relu(inputs, outputs, 1))


def primitive(layers, channels, name) -> nn.Module:
    """Convolutions are followed by normalization and ReLU."""
    makers = {
        "identity": nn.Identity, "conv_1x1": lambda: layers.conv_norm_relu(channels, channels, 1),
        "depthwise_conv_3x3": lambda: nn.Sequential(layers.depthwise(channels, 3), layers.norm(channels), nn.ReLU()),
        "sep_conv_3x3": lambda: separable(layers, channels, channels),
        "max_pool_3x3": lambda: layers.max_pool(3), "avg_pool_3x3": lambda: layers.average_pool(3),
    }
    if name not in makers:
        raise unknown("primitive that is a layer:", name, makers)
    return makers[name]()


def live(carried) -> tuple:
    """(source, node, what it carries) of the edges on a path from the first node to the last."""
    nodes = next(n for n in range(2, len(carried) + 2) if len(edges(n)) == len(carried))
    used = tuple((source, node, name) for (node, source), name in zip(edges(nodes), carried) if name != NONE)
    return EdgeDag(used, 0, nodes - 1).live().edges


def cell(layers, design: Motifs, channels) -> nn.Module:
    """Motifs in their places, without what lies on no path; zeros where there is no path at all."""
    motifs = {f"motif{i}": live(motif) for i, motif in enumerate(design.motifs, start=1)}
    used = live([name if motifs.get(name) else NONE for name in design.cell])
    make = partial(primitive, layers, channels)
    return Wired([(source, node, Wired([(a, b, make(operation)) for a, b, operation in motifs[name]]))
                  for source, node, name in used] or [(0, 1, None)])


def network(design: Motifs, shape: tuple[int, ...], classes: int, *, channels: int = 16, cells: int = 1,
            stages: int = 3, copies: int = 1) -> nn.Module:
    """The network of a cell. The defaults are the network that is searched with.

    cells: of a stage. copies: as in `nasbench201.network`.
    """
    layers = Layers(len(shape) - 1, copies)
    parts = [layers.convolution(shape[0], channels, 3), layers.norm(channels)]
    for stage in range(stages):
        if stage:
            parts.append(separable(layers, channels, 2 * channels, stride=2))
            channels *= 2
        parts += [cell(layers, design, channels) for _ in range(cells)]
    return layers.network([*parts, separable(layers, channels, channels)], channels, classes)
