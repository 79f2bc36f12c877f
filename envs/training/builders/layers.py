"""What builders share: layers for images and sequences, for one network or several side by side.

A sequence is an image of height 1, and every kernel has height 1 there: with the channels last in memory, PyTorch on a
CPU takes two thirds of the time that its one-dimensional layers take.
"""

import torch
from torch import nn


class Layers:
    """Layers for images or sequences, for so many copies of a network side by side: groups keep these apart."""

    def __init__(self, dims, copies):
        self.dims, self.copies = dims, copies

    def size(self, width, height=None):
        return (1 if height is None else height, width) if self.dims == 1 else width

    def convolution(self, inputs, outputs, kernel, stride=1):
        return nn.Conv2d(self.copies * inputs, self.copies * outputs, self.size(kernel), self.size(stride),
                         self.size(kernel // 2, height=0), groups=self.copies, bias=False)

    def average_pool(self, kernel, stride=1):
        """What lies outside does not count."""
        return nn.AvgPool2d(self.size(kernel), self.size(stride), self.size(kernel // 2, height=0),
                            count_include_pad=False)

    def norm(self, channels):
        return nn.BatchNorm2d(self.copies * channels)

    def relu_conv_norm(self, inputs, outputs, kernel, stride=1):
        return nn.Sequential(nn.ReLU(), self.convolution(inputs, outputs, kernel, stride), self.norm(outputs))


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
