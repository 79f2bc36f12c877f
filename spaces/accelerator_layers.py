"""Layers of neural networks as loop nests, and the networks that accelerators are measured on.

Shapes are those of the papers: AlexNet in its one-column form (Krizhevsky, "One weird trick for parallelizing
convolutional neural networks", arXiv 1404.5997), VGG16 (Simonyan and Zisserman, ICLR 2015), ResNet-18 and -50 (He et
al., CVPR 2016), MobileNetV2 (Sandler et al., CVPR 2018), all for images of 224 x 224, and the block of BERT's base
model (Devlin et al., NAACL 2019) on 512 tokens.
"""

import re
from math import prod
from typing import NamedTuple

from archgym.errors import ArchGymError, unknown

DIMENSIONS = "NGKCPQRS"
"""The loops of a layer, as NAMES says."""
NAMES = {"N": "images", "G": "groups", "K": "output channels of a group", "C": "input channels of a group",
         "P": "output rows", "Q": "output columns", "R": "filter rows", "S": "filter columns"}


class Layer(NamedTuple):
    """A convolution, or a matrix product: K outputs of C inputs in each of P rows."""

    name: str
    N: int = 1
    G: int = 1
    K: int = 1
    C: int = 1
    P: int = 1
    Q: int = 1
    R: int = 1
    S: int = 1
    stride: int = 1

    @property
    def extents(self) -> tuple[int, ...]:
        """How often each loop goes round, in the order of DIMENSIONS."""
        return self[1:9]

    @property
    def macs(self) -> int:
        """Multiplications, each with an addition."""
        return prod(self.extents)


def convolution(name, outputs, inputs, size, kernel, stride=1, groups=1):
    """`size`: rows and columns of the output."""
    return Layer(name, G=groups, K=outputs // groups, C=inputs // groups, P=size, Q=size, R=kernel, S=kernel,
                 stride=stride)


def product(name, outputs, inputs, rows=1, groups=1):
    return Layer(name, G=groups, K=outputs, C=inputs, P=rows)


def alexnet():
    return (convolution("conv1", 64, 3, 55, 11, 4), convolution("conv2", 192, 64, 27, 5),
            convolution("conv3", 384, 192, 13, 3), convolution("conv4", 256, 384, 13, 3),
            convolution("conv5", 256, 256, 13, 3),
            product("fc6", 4096, 9216), product("fc7", 4096, 4096), product("fc8", 1000, 4096))


def vgg16():
    layers, inputs = [], 3
    for stage, (outputs, count) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1):
        for n in range(1, count + 1):
            layers.append(convolution(f"conv{stage}_{n}", outputs, inputs, 448 >> stage, 3))
            inputs = outputs
    return (*layers, product("fc6", 4096, 25088), product("fc7", 4096, 4096), product("fc8", 1000, 4096))


def resnet(kernels, counts, widening):
    """kernels: of a block's convolutions, whose last has `widening` times the channels of the others.

    A block strides in its first 3 x 3 convolution, as most implementations have it (the paper in its first 1 x 1).
    """
    layers, inputs = [convolution("conv1", 64, 3, 112, 7, 2)], 64
    for stage, count in enumerate(counts):
        width, size = 64 << stage, 56 >> stage
        for block in range(count):
            first, stride = inputs, 2 if stage and not block else 1
            name = f"conv{stage + 2}_{block + 1}"
            at = kernels.index(3)  # the convolution that strides
            for n, kernel in enumerate(kernels):
                outputs = width * (widening if n == len(kernels) - 1 else 1)
                layers.append(convolution(f"{name}_{n + 1}", outputs, inputs, size * (stride if n < at else 1), kernel,
                                          stride if n == at else 1))
                inputs = outputs
            if first != inputs:
                layers.append(convolution(f"{name}_shortcut", inputs, first, size, 1, stride))
    return (*layers, product("fc", 1000, inputs))


def mobilenet_v2():
    layers, inputs, size = [convolution("conv1", 32, 3, 112, 3, 2)], 32, 112
    settings = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                (6, 320, 1, 1))
    for stage, (expansion, outputs, count, first) in enumerate(settings, start=1):
        for block in range(1, count + 1):
            name, stride, wide = f"block{stage}_{block}", first if block == 1 else 1, inputs * expansion
            if expansion > 1:
                layers.append(convolution(f"{name}_expand", wide, inputs, size, 1))
            size //= stride
            layers += [convolution(f"{name}_depthwise", wide, wide, size, 3, stride, groups=wide),
                       convolution(f"{name}_project", outputs, wide, size, 1)]
            inputs = outputs
    return (*layers, convolution("conv2", 1280, 320, 7, 1), product("fc", 1000, 1280))


def transformer_block():
    width, heads, tokens, hidden = 768, 12, 512, 3072
    return (*(product(name, width, width, tokens) for name in ("query", "key", "value")),
            product("scores", tokens, width // heads, tokens, heads),
            product("attention", width // heads, tokens, tokens, heads),
            product("output", width, width, tokens),
            product("expand", hidden, width, tokens), product("project", width, hidden, tokens))


WORKLOADS = {"alexnet": alexnet(), "vgg16": vgg16(), "resnet18": resnet((3, 3), (2, 2, 2, 2), 1),
             "resnet50": resnet((1, 3, 1), (3, 4, 6, 3), 4), "mobilenet-v2": mobilenet_v2(),
             "transformer": transformer_block()}


def layer_named(text: str) -> Layer:
    """`network/layer`, such as resnet18/conv2_1_1, or a layer of your own: K64-C3-P112-Q112-R7-S7-stride2."""
    network, slash, name = text.partition("/")
    if slash:
        if network not in WORKLOADS:
            raise unknown("workload", network, WORKLOADS)
        layers = {layer.name: layer for layer in WORKLOADS[network]}
        if name not in layers:
            raise unknown(f"layer of {network}", name, layers)
        return layers[name]._replace(name=text)
    extents = {}
    for part in text.split("-"):
        match = re.fullmatch(r"([NGKCPQRS]|stride)([1-9]\d*)", part)
        if not match or match[1] in extents:
            raise ArchGymError(f"layer {text!r}: expected network/layer, with one of {', '.join(WORKLOADS)}, or "
                               f"extents such as K64-C3-P112-Q112-R7-S7-stride2; {part!r} is none, or given twice")
        extents[match[1]] = int(match[2])
    return Layer(text, **extents)
