"""FBNet's chains as networks, for images or sequences.

Wu et al., "FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable Neural Architecture Search", CVPR 2019;
strides and heads are those of HW-NAS-Bench (Li et al., ICLR 2021). A candidate is an inverted residual block: a 1x1
convolution that expands, one in each channel, a 1x1 that contracts, with a skip where the shape stays. A skip that
changes the shape is a 1x1 convolution.
"""

from typing import Literal

from torch import nn

from ....spaces.fbnet import CHANNELS, LAYERS
from .layers import Layers

SPACES = ("FBNet",)

STEM = 16
MADE_FOR = {"cifar100": (1, (1, 1, 2, 2, 1, 2, 1), 1504), "imagenet": (2, (1, 2, 2, 2, 1, 2, 1), 1984)}
"""Data -> stride of the stem, strides of the stages, channels of the head."""


class Shuffle(nn.Module):
    """The channels of all groups, in turns."""

    def __init__(self, copies, groups):
        super().__init__()
        self.copies, self.groups = copies, groups

    def forward(self, x):
        return x.unflatten(1, (self.copies, self.groups, -1)).transpose(2, 3).flatten(1, 3)


class Residual(nn.Module):
    def __init__(self, main):
        super().__init__()
        self.main = main

    def forward(self, x):
        return x + self.main(x)


def candidate(layers, name, inputs, outputs, stride) -> nn.Module:
    same = (inputs, stride) == (outputs, 1)
    if name == "skip":
        return nn.Identity() if same else layers.conv_norm_relu(inputs, outputs, 1, stride)
    kernel, expansion, *groups = (int(part[1:]) for part in name.split("_"))
    groups, inner = groups[0] if groups else 1, expansion * inputs
    main = nn.Sequential(
        layers.convolution(inputs, inner, 1, groups=groups), layers.norm(inner), nn.ReLU(),
        Shuffle(layers.copies, groups) if groups > 1 else nn.Identity(),
        layers.depthwise(inner, kernel, stride), layers.norm(inner), nn.ReLU(),
        layers.convolution(inner, outputs, 1, groups=groups), layers.norm(outputs))
    return Residual(main) if same else main


def network(design: tuple[str, ...], shape: tuple[int, ...], classes: int, *,
            made_for: Literal["cifar100", "imagenet"] = "cifar100", width: float = 1.0, copies: int = 1) -> nn.Module:
    """The network of a chain of candidates.

    made_for: "cifar100", which halves the resolution three times, or "imagenet": five times, with a wider head.
    width: channels as a share of the published ones, rounded to multiples of eight.
    copies: as in `nasbench201.network`.
    """
    stem_stride, strides, head = MADE_FOR[made_for]

    def wide(channels):
        return max(8, 8 * round(width * channels / 8))

    layers, inputs = Layers(len(shape) - 1, copies), wide(STEM)
    parts = [layers.conv_norm_relu(shape[0], inputs, 3, stem_stride)]
    for name, (stage, layer) in zip(design, LAYERS):
        outputs = wide(CHANNELS[stage - 1])
        parts.append(candidate(layers, name, inputs, outputs, strides[stage - 1] if layer == 1 else 1))
        inputs = outputs
    return layers.network([*parts, layers.conv_norm_relu(inputs, wide(head), 1)], wide(head), classes)
