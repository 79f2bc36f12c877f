"""Derivations of hierarchical NAS-Bench-201 as networks: the full grammar, the fixed macro structure, the shared cell.

Schrodi, Stoll, Ru, Sukthanker, Brox, Hutter, "Construction of Hierarchical Neural Architecture Search Spaces based on
Context-free Grammars", NeurIPS 2023. Read: the authors' primitives and graphs (automl/hierarchical_nas_construction).
NAS-Bench-201's stem and head around the derivation; layer normalization is over channels and positions, with a weight
for each. What only cut edges lead to computes nothing, as in `nasbench201`.
"""

from math import ceil, prod

import torch
import torch.nn.functional as F
from torch import nn

from archgym.errors import Infeasible

from ....spaces.grammar import ZERO, Tree
from ....spaces.grammar_space import Derivation
from .layers import Layers
from .nasbench201 import ResidualBlock
from .wiring import Wired

SPACES = ("HierarchicalNASBench201", "HierarchicalNASBench201FixedMacro", "HierarchicalNASBench201SharedCell")


class LayerNorm(nn.Module):
    """Mean 0 and deviation 1 over channels and positions of a copy; a weight and a bias for each of them."""

    def __init__(self, layers, channels, size):
        super().__init__()
        self.copies = layers.copies
        self.weight = nn.Parameter(torch.ones(layers.copies * channels, *size))
        self.bias = nn.Parameter(torch.zeros(layers.copies * channels, *size))

    def forward(self, x):
        return F.group_norm(x, self.copies) * self.weight + self.bias


class Builder:
    """Parts of a derivation as modules. A size is the (height, width) that comes in."""

    def __init__(self, layers, topologies, shared):
        self.layers, self.topologies, self.shared = layers, topologies, shared

    def build(self, part: Tree | str, channels, size):
        """(module, channels, size that comes out); the module is None where nothing passes."""
        if part == "SharedCell":
            part = self.shared
        head = part.head if isinstance(part, Tree) else part
        if head == "resBlock":
            return ResidualBlock(self.layers, channels, 2 * channels), 2 * channels, tuple(ceil(n / 2) for n in size)
        if head not in self.topologies:
            return operation(self.layers, head, channels, size), channels, size
        edges, shapes = [], {self.topologies[head][0][0]: (channels, size)}
        for (source, node), child in zip(self.topologies[head], part.children):
            module, *shape = self.build(child, *shapes[source])
            edges.append((source, node, module))
            shapes[node] = tuple(shape)
        chain = all(source + 1 == node for source, node, _ in edges)
        return nn.Sequential(*(module for _, _, module in edges)) if chain else Wired(edges), *shapes[node]


def operation(layers, name, channels, size) -> nn.Module | None:
    def convolution(kernel):
        return layers.convolution(channels, channels, kernel)

    return {
        ZERO: lambda: None, "id": nn.Identity, "avg_pool": lambda: layers.average_pool(3),
        "conv1x1": lambda: layers.relu_conv_norm(channels, channels, 1),
        "conv3x3": lambda: layers.relu_conv_norm(channels, channels, 3),
        "conv1x1o": lambda: convolution(1), "conv3x3o": lambda: convolution(3),
        "dconv3x3o": lambda: layers.depthwise(channels, 3),
        "relu": nn.ReLU, "hardswish": nn.Hardswish, "mish": nn.Mish,
        "batch": lambda: layers.norm(channels), "layer": lambda: LayerNorm(layers, channels, size),
        "instance": lambda: instance_norm(layers, channels, size),
    }[name]()


def instance_norm(layers, channels, size):
    if prod(size) == 1:
        raise Infeasible("instance normalization of one number a channel: the samples are too small to be halved twice")
    return nn.InstanceNorm2d(layers.copies * channels, affine=True)


def network(design: Derivation, shape: tuple[int, ...], classes: int, *, channels: int = 16,
            copies: int = 1) -> nn.Module:
    """The network of a derivation; the default is the published skeleton. copies: as in `nasbench201.network`."""
    layers = Layers(len(shape) - 1, copies)
    tree, shared = design.tree.children if design.tree.head == "Shared" else (design.tree, None)
    builder = Builder(layers, design.grammar.topologies, shared)
    body, wide, _ = builder.build(tree, channels, (1, *shape[1:])[-2:])
    stem = layers.convolution(shape[0], channels, 3), layers.norm(channels)
    return layers.network([*stem, body, layers.norm(wide), nn.ReLU()], wide, classes)
