"""Derivations of einspace as networks, with a classification head.

Ericsson et al., "einspace: Searching for Neural Architectures from Fundamental Operations", NeurIPS 2024. The shapes
are those that the space infers; tied branches have weights of their own.
"""

import math
import re

import torch
import torch.nn.functional as F
from torch import nn

from ....spaces.einspace.derivation import Branching, Computation, Derivation, Routing, Sequential
from ....spaces.einspace.terminals import BRANCHES, EFFECTS, ORDERS
from .layers import Pointwise

SPACES = ("einspace",)


def given(shape, classes):
    return {"input": shape, "classes": classes}


class Step(nn.Module):
    """A terminal without parameters."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *given):
        return self.function(*given)


class Position(nn.Module):
    """A learned number for every element, added; drawn from the normal distribution."""

    def __init__(self, shape):
        super().__init__()
        self.position = nn.Parameter(torch.empty(shape))
        self.draw(None)

    def draw(self, generator):
        with torch.no_grad():
            self.position.copy_(torch.randn(self.position.shape, generator=generator))

    def forward(self, x):
        return x + self.position


class Conv1d(nn.Conv1d):
    """The length stays: an even kernel has one more zero on the right."""

    def forward(self, x):
        width = self.kernel_size[0] - 1
        return super().forward(F.pad(x, (width // 2, width - width // 2)))


class Routed(nn.Module):
    def __init__(self, prerouting, inner, postrouting):
        super().__init__()
        self.prerouting, self.inner, self.postrouting = prerouting, inner, postrouting

    def forward(self, x):
        return self.postrouting(self.inner(self.prerouting(x)))


class Branched(nn.Module):
    def __init__(self, split, branches, join):
        super().__init__()
        self.split, self.branches, self.join = split, nn.ModuleList(branches), join

    def forward(self, x):
        return self.join(*(branch(part) for branch, part in zip(self.branches, self.split(x))))


class Head(nn.Module):
    """The mean of each channel (image, sequence) or row (columns), then a linear layer."""

    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)

    def forward(self, x):
        return self.linear(x.flatten(2).mean(-1))


def network(design: Derivation, shape: tuple[int, ...], classes: int, *, fuse: bool = True) -> nn.Module:
    """The network of a derivation with its head.

    fuse: im2col | linear | col2im becomes the convolution that it is; the same function with weights in another order.
    """
    body, shape = build(design, tuple(shape), fuse)
    return nn.Sequential(body, Head(shape[0], classes))


def build(design: Derivation, shape, fuse):
    """(module, shape that comes out)."""
    if isinstance(design, Sequential):
        first, shape = build(design.first, shape, fuse)
        second, shape = build(design.second, shape, fuse)
        return nn.Sequential(first, second), shape
    if isinstance(design, Computation):
        name = design.computation
        return computation(name, shape), EFFECTS[name](shape).shape
    if isinstance(design, Branching):
        part = EFFECTS[design.branching](shape)
        inner = (design.inner1, design.inner2) if part.parts == 2 else (design.inner1,) * part.parts
        branches, shapes = zip(*(build(each, part.shape, fuse) for each in inner))
        return Branched(Step(split(design.branching)), branches, Step(join(design.aggregation))), EFFECTS[
            design.aggregation](*shapes).shape
    if fuse and (found := convolution(design, shape)):
        return found
    before = EFFECTS[design.prerouting](shape)
    inner, shape = build(design.inner, before.shape, fuse)
    if design.postrouting == "col2im":
        after, function = EFFECTS["col2im"](shape, before.image), col2im(before.image)
    else:
        after, function = EFFECTS[design.postrouting](shape), permutation(design.postrouting)
    kernel = _kernel(design.prerouting)
    prerouting = im2col(*kernel) if kernel else permutation(design.prerouting)
    return Routed(Step(prerouting), inner, Step(function)), after.shape


def _kernel(name):
    match = re.fullmatch(r"im2col(\d+)k(\d+)s(\d+)p", name)
    return match and tuple(map(int, match.groups()))


def convolution(design: Routing, shape):
    """(nn.Conv2d, shape) of im2col | linear | col2im; None for any other routing."""
    kernel, inner = _kernel(design.prerouting), design.inner
    if not (kernel and design.postrouting == "col2im" and isinstance(inner, Computation)
            and inner.computation.startswith("linear")):
        return None
    before = EFFECTS[design.prerouting](shape)
    features = EFFECTS[inner.computation](before.shape).shape[-1]
    kind = Pointwise if kernel[0] == 1 < kernel[1] else nn.Conv2d
    return kind(shape[0], features, *kernel), (features, *before.image)


def computation(name, shape) -> nn.Module:
    after = EFFECTS[name](shape).shape
    if name == "identity":
        return nn.Identity()
    if name.startswith("linear"):
        return nn.Linear(shape[-1], after[-1])
    if match := re.match(r"conv1d(\d+)k", name):
        return Conv1d(shape[0], after[0], int(match[1]))
    if match := re.fullmatch(r"maxpool(\d+)k(\d+)s(\d+)p", name):
        return nn.MaxPool2d(*map(int, match.groups()))
    if name == "norm":
        return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.LayerNorm(shape[-1])
    if name == "learnable_positional_encoding":
        return Position(shape)
    return {"leakyrelu": nn.LeakyReLU(), "softmax": nn.Softmax(-1)}[name]


def split(name):
    if name.startswith("clone"):
        return lambda x: (x,) * BRANCHES[name]
    parts, dim = map(int, re.fullmatch(r"group_dim(\d)s(\d)d", name).groups())
    return lambda x: x.chunk(parts, dim)


def join(name):
    if name == "add_tensors":
        return lambda *branches: sum(branches[1:], branches[0])
    if name == "dot_product":
        return torch.matmul
    if name == "scaled_dot_product":
        return lambda a, b: torch.matmul(a, b) / math.sqrt(a.shape[-1])
    dim = int(re.fullmatch(r"cat_tensors(\d)d\dt", name)[1])
    return lambda *branches: torch.cat(branches, dim)


def permutation(name):
    return (lambda x: x) if name == "identity" else lambda x: x.permute(0, *ORDERS[name])


def im2col(kernel, stride, padding):
    return lambda x: F.unfold(x, kernel, padding=padding, stride=stride).transpose(1, 2)


def col2im(image):
    return lambda x: x.transpose(1, 2).unflatten(2, image)
