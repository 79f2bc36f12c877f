"""What builders share: layers for images and sequences, for one network or several side by side.

A sequence is an image of height 1, and every kernel has height 1 there: with the channels last in memory, PyTorch on a
CPU takes two thirds of the time that its one-dimensional layers take.
"""

import torch
import torch.nn.functional as F
from torch import nn


class Layers:
    """Layers for images or sequences, for so many copies of a network side by side: groups keep these apart."""

    def __init__(self, dims, copies):
        self.dims, self.copies = dims, copies

    def size(self, width, height=None):
        return (1 if height is None else height, width) if self.dims == 1 else width

    def convolution(self, inputs, outputs, kernel, stride=1, *, height=None, dilation=1, groups=1):
        """kernel: its width, and its height where `height` is not given."""
        height = 1 if self.dims == 1 else height or kernel
        kind = Pointwise if height == kernel == 1 < stride else nn.Conv2d
        return kind(self.copies * inputs, self.copies * outputs, (height, kernel), self.size(stride),
                    (dilation * (height // 2), dilation * (kernel // 2)), dilation, self.copies * groups, bias=False)

    def depthwise(self, channels, kernel, stride=1, dilation=1):
        return self.convolution(channels, channels, kernel, stride, dilation=dilation, groups=channels)

    def average_pool(self, kernel, stride=1):
        """What lies outside does not count."""
        return AveragePool(self.size(kernel), self.size(stride), self.size(kernel // 2, height=0),
                           count_include_pad=False)

    def max_pool(self, kernel, stride=1):
        return nn.MaxPool2d(self.size(kernel), self.size(stride), self.size(kernel // 2, height=0))

    def norm(self, channels):
        return nn.BatchNorm2d(self.copies * channels)

    def relu_conv_norm(self, inputs, outputs, kernel, stride=1):
        return nn.Sequential(nn.ReLU(), self.convolution(inputs, outputs, kernel, stride), self.norm(outputs))

    def conv_norm_relu(self, inputs, outputs, kernel, stride=1):
        return nn.Sequential(self.convolution(inputs, outputs, kernel, stride), self.norm(outputs), nn.ReLU())

    def separable(self, channels, kernel, stride=1, dilation=1):
        """A convolution in each channel, then one that mixes them."""
        return nn.Sequential(nn.ReLU(), self.depthwise(channels, kernel, stride, dilation),
                             self.convolution(channels, channels, 1), self.norm(channels))

    def network(self, parts, channels, classes):
        """What takes samples, from these parts, which put out so many channels: pooled, and a linear layer a copy."""
        first = [AsImage()] if self.dims == 1 else []
        return nn.Sequential(*first, *parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                             Heads(channels, classes, self.copies)).to(memory_format=torch.channels_last)

    def concatenate(self, parts):
        """Tensors (batch, copies * channels, ...), a copy's channels side by side."""
        if self.copies == 1:
            return torch.cat(parts, 1)
        return torch.cat([part.unflatten(1, (self.copies, -1)) for part in parts], 2).flatten(1, 2)


class AveragePool(nn.AvgPool2d):
    """The same function, with the channels first meanwhile on CUDA.

    With channels last, PyTorch's gradient of padded windows is wrong there, by half in small images (pytorch/pytorch,
    issue 188344, mended after 2.13).
    """

    def forward(self, x):
        if not x.is_cuda:
            return super().forward(x)
        return super().forward(x.contiguous()).contiguous(memory_format=torch.channels_last)


class Pointwise(nn.Conv2d):
    """A strided 1x1 convolution that picks its positions first: the same function.

    With the channels last in memory and fewer than 16 of them, oneDNN 3.12's writes past its memory when weights are
    learned on a CPU (uxlfoundation/oneDNN, issue 6035).
    """

    def forward(self, x):
        down, right = self.stride
        return F.conv2d(x[:, :, ::down, ::right], self.weight, self.bias, groups=self.groups)


class Reduction(nn.Module):
    """A skip that changes the shape: half of the channels from every second pixel, half from the pixels between."""

    def __init__(self, layers, inputs, outputs, stride):
        super().__init__()
        self.layers = layers
        self.here, self.between = (layers.convolution(inputs, outputs // 2, 1, stride) for _ in range(2))
        self.past = (0, 1, 0, int(layers.dims == 2))
        self.norm = layers.norm(outputs)

    def forward(self, x):
        x = torch.relu(x)
        shifted = F.pad(x, self.past)[:, :, self.past[3]:, 1:]
        return self.norm(self.layers.concatenate([self.here(x), self.between(shifted)]))


class Heads(nn.Module):
    """A linear layer a copy: (batch, copies * features) -> (batch, classes), or (copies, batch, classes) of many."""

    def __init__(self, features, classes, copies):
        super().__init__()
        self.layer = nn.Conv1d(copies * features, copies * classes, 1, groups=copies)
        self.copies = copies

    def forward(self, x):
        out = self.layer(x.unsqueeze(-1)).squeeze(-1)
        return out if self.copies == 1 else out.unflatten(1, (self.copies, -1)).transpose(0, 1)


class AsImage(nn.Module):
    """(batch, channels, length) -> (batch, channels, 1, length), the channels last in memory."""

    def forward(self, x):
        return x.unsqueeze(2).contiguous(memory_format=torch.channels_last)
