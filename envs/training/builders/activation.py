"""Searched activation functions, in ResNet-20.

Schrodi, Stoll, Ru, Sukthanker, Brox, Hutter, "Construction of Hierarchical Neural Architecture Search Spaces based on
Context-free Grammars", NeurIPS 2023. Read: the authors' operations and network (automl/hierarchical_nas_construction).
The network is He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2, with
shortcuts without parameters; the function stands in every place of its ReLUs. Numbers that a function learns are one a
channel in every place, ones at first. Functions that are not defined everywhere (square_root, atanh) give NaN there.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ....spaces.grammar import Tree
from ....spaces.grammar_space import Derivation
from .layers import Layers

SPACES = ("ActivationFunctions",)

EPSILON = 1e-6
FUNCTIONS = {
    "id": lambda x: x, "neg": torch.neg, "abs": torch.abs, "square": torch.square, "cubic": lambda x: x ** 3,
    "square_root": torch.sqrt, "log": lambda x: torch.log(torch.abs(x) + EPSILON), "exp": torch.exp,
    "sin": torch.sin, "cos": torch.cos, "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh,
    "asinh": torch.asinh, "atanh": torch.atanh, "sinc": torch.sinc, "umax": torch.relu,
    "umin": lambda x: -torch.relu(-x), "sigmoid": torch.sigmoid, "logexp": F.softplus,
    "gaussian": lambda x: torch.exp(-x ** 2), "erf": torch.erf,
    "add": torch.add, "multi": torch.mul, "sub": torch.sub, "div": lambda x, y: x / (y + EPSILON),
    "bmax": torch.maximum, "bmin": torch.minimum, "bsigmoid": lambda x, y: torch.sigmoid(x) * y,
}
LEARNED = {
    "mconst": lambda b, x: b * x, "aconst": lambda b, x: b + x, "const": lambda b, x: b * torch.ones_like(x),
    "bgaussian_sq": lambda b, x, y: torch.exp(-b * (x - y) ** 2),
    "bgaussian_abs": lambda b, x, y: torch.exp(-b * torch.abs(x - y)),
    "wavg": lambda b, x, y: b * x + (1 - b) * y,
}
"""Functions of a learned number and of one or two inputs."""


class Fixed(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.function = FUNCTIONS[name]

    def forward(self, *given):
        return self.function(*given)


class Learned(nn.Module):
    def __init__(self, name, channels):
        super().__init__()
        self.function, self.beta = LEARNED[name], nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, *given):
        return self.function(self.beta, *given)


class Joined(nn.Module):
    def __init__(self, function, first, second):
        super().__init__()
        self.first, self.second, self.function = first, second, function

    def forward(self, x):
        return self.function(self.first(x), self.second(x))


def activation(tree: Tree, channels) -> nn.Module:
    if tree.head == "UnaryTopo":
        return activation(tree.children[0], channels)
    if tree.head == "BinaryTopo":
        return Joined(*(activation(child, channels) for child in tree.children[:3]))
    return Learned(tree.head, channels) if tree.head in LEARNED else Fixed(tree.head)


class Block(nn.Module):
    """Two convolutions and a shortcut, which skips every second pixel and gives new channels zeros."""

    def __init__(self, layers, tree, inputs, outputs, stride):
        super().__init__()
        every = layers.copies * outputs
        self.main = nn.Sequential(layers.convolution(inputs, outputs, 3, stride), layers.norm(outputs),
                                  activation(tree, every), layers.convolution(outputs, outputs, 3),
                                  layers.norm(outputs))
        self.activation = activation(tree, every)
        self.copies, self.stride, self.new = layers.copies, stride, outputs - inputs

    def forward(self, x):
        out = self.main(x)
        x = x[:, :, ::self.stride, ::self.stride]
        if self.new:
            before = self.new // 2
            x = F.pad(x.unflatten(1, (self.copies, -1)), (0, 0, 0, 0, before, self.new - before)).flatten(1, 2)
        return self.activation(out + x)


def network(design: Derivation, shape: tuple[int, ...], classes: int, *, channels: int = 16, blocks: int = 3,
            stages: int = 3, copies: int = 1) -> nn.Module:
    """ResNet with this function; the defaults are ResNet-20.

    blocks: of a stage. copies: as in `nasbench201.network`.
    """
    layers, tree = Layers(len(shape) - 1, copies), design.tree
    parts = [layers.convolution(shape[0], channels, 3), layers.norm(channels), activation(tree, copies * channels)]
    for stage in range(stages):
        for i in range(blocks):
            wider = 2 if stage and not i else 1
            parts.append(Block(layers, tree, channels, wider * channels, stride=wider))
            channels *= wider
    return layers.network(parts, channels, classes)
