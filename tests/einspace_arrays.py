"""Runs einspace derivations on arrays: what the space infers about shapes and parameters, found out by computing.

Weights follow from a terminal's name and its input's shape alone, so that two derivations that compute the same give
the same numbers however they are written.
"""

import re
from zlib import crc32

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Runner:
    """Computes a derivation for one sample, counting weights and the numbers that terminals put out."""

    def __init__(self):
        self.parameters = self.activations = 0

    def weights(self, name, *shape):
        self.parameters += int(np.prod(shape))
        return np.random.default_rng(crc32(f"{name}{shape}".encode())).standard_normal(shape)

    def out(self, x):
        self.activations += x.size
        return x

    def run(self, design, x):
        kind = type(design).__name__
        if kind == "Sequential":
            return self.run(design.second, self.run(design.first, x))
        if kind == "Computation":
            return self.out(self.compute(design.computation, x))
        if kind == "Routing":
            before = self.out(self.route(design.prerouting, x))
            y = self.run(design.inner, before)
            if design.postrouting == "col2im":
                return self.out(y.T.reshape(y.shape[1], *positions(design.prerouting, x)))
            return self.out(self.route(design.postrouting, y))
        parts = [self.out(part) for part in split(design.branching, x)]
        inners = [design.inner1] * len(parts) if design.inner2 is None else [design.inner1, design.inner2]
        assert len(parts) == len(inners)
        return self.out(join(design.aggregation, [self.run(inner, part) for inner, part in zip(inners, parts)]))

    def compute(self, name, x):
        if name in ("identity", "leakyrelu"):
            return x if name == "identity" else np.where(x > 0, x, 0.01 * x)
        if name == "softmax":
            e = np.exp(x - x.max(-1, keepdims=True))
            return e / e.sum(-1, keepdims=True)
        if name == "learnable_positional_encoding":
            return x + self.weights(name, *x.shape)
        if name == "norm":
            size = x.shape[0] if x.ndim == 3 else x.shape[-1]
            scale, shift = self.weights(name, 2, size)
            if x.ndim == 3:
                return x * scale[:, None, None] + shift[:, None, None]
            return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-3) * scale + shift
        if name.startswith("linear"):
            width = {"linear_x4": x.shape[-1] * 4, "linear_4th": x.shape[-1] // 4}.get(name) or int(name[6:])
            return x @ self.weights(name, x.shape[-1], width) / np.sqrt(x.shape[-1]) + self.weights(name, width)
        if name == "maxpool3k2s1p":
            return patches(x, 3, 2, 1, -np.inf).max((-2, -1))
        kernel, padding, channels = map(int, re.fullmatch(r"conv1d(\d)k1s(\d)p(\d+)d", name).groups())
        padded = np.pad(x, ((0, 0), (padding, padding + (kernel % 2 == 0))))
        windows = sliding_window_view(padded, kernel, 1)  # channels, length, kernel
        return (np.einsum("clk,nck->nl", windows, self.weights(name, channels, x.shape[0], kernel))
                + self.weights(name, channels)[:, None]) / kernel

    @staticmethod
    def route(name, x):
        if name.startswith("permute"):
            return x.transpose([int(d) - 1 for d in name[7:]])
        if name.startswith("im2col"):
            return patches(x, *kernel_of(name)).transpose(1, 2, 0, 3, 4).reshape(np.prod(positions(name, x)), -1)
        assert name == "identity"
        return x


def kernel_of(name):
    return tuple(map(int, re.fullmatch(r"im2col(\d+)k(\d+)s(\d+)p", name).groups()))


def patches(x, kernel, stride, padding, fill=0.0):
    """channels, down, across, kernel, kernel"""
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)), constant_values=fill)
    return sliding_window_view(padded, (kernel, kernel), (1, 2))[:, ::stride, ::stride]


def positions(name, x):
    return patches(x, *kernel_of(name)).shape[1:3]


def split(name, x):
    if name.startswith("clone"):
        return [x] * int(name[-1])
    parts, dim = map(int, re.fullmatch(r"group_dim(\d)s(\d)d", name).groups())
    return np.split(x, parts, dim - 1)


def join(name, xs):
    if name == "add_tensors":
        assert len({x.shape for x in xs}) == 1
        return sum(xs[1:], xs[0])
    if name.endswith("dot_product"):
        left, right = xs
        assert left.shape[:-2] == right.shape[:-2]
        return left @ right / (np.sqrt(left.shape[-1]) if name.startswith("scaled") else 1)
    dim, parts = map(int, re.fullmatch(r"cat_tensors(\d)d(\d)t", name).groups())
    assert parts == len(xs)
    return np.concatenate(xs, dim - 1)
