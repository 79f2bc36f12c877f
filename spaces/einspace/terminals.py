"""The terminals of einspace: what each does to shapes, and how many parameters it has.

A shape leaves the batch out. Its length is its mode: three numbers are an image (channels, height, width), two are
columns (rows, features), and in the 1-D grammar (channels, length).
"""

import re
from collections.abc import Callable
from math import prod
from typing import NamedTuple

from archgym.errors import ArchGymError

Shape = tuple[int, ...]


class Misfit(Exception):
    """This terminal cannot take these shapes; the message says why."""


class Effect(NamedTuple):
    """What a terminal makes of its input."""

    shape: Shape
    """Of the tensor that comes out; of each of them, where it comes out in parts."""
    parameters: int = 0
    parts: int = 1
    image: tuple[int, int] | None = None
    """Height and width that `col2im` of the same routing restores: set by im2col."""

    @property
    def activations(self) -> int:
        """Numbers that come out, per sample."""
        return self.parts * prod(self.shape)


def in_words(shape: Shape) -> str:
    return "x".join(map(str, shape))


def read_shape(given) -> Shape:
    """A shape from numbers, or from text such as 3x32x32."""
    try:
        shape = tuple(int(n) for n in (re.split(r"\D+", given.strip("()[] ")) if isinstance(given, str) else given))
    except (TypeError, ValueError):
        shape = ()
    if len(shape) not in (2, 3) or min(shape) < 1:
        raise ArchGymError(f"einspace: an input is channels x height x width (3x32x32) or channels x length (4x1000), "
                           f"got {given!r}")
    return shape


def _image(shape):
    if len(shape) != 3:
        raise Misfit(f"takes an image of three dimensions, got {in_words(shape)}")
    return shape


def _dimension(shape, dim):
    if dim > len(shape):
        raise Misfit(f"works on dimension {dim}, and {in_words(shape)} has {len(shape)}")
    return shape[dim - 1]


def keep(shape):
    return Effect(shape)


def clone(copies):
    return lambda shape: Effect(shape, parts=copies)


def group(dim, parts):
    def effect(shape):
        size = _dimension(shape, dim)
        if size % parts:
            raise Misfit(f"cuts dimension {dim} of {in_words(shape)} into {parts} equal parts, and {parts} does not "
                         f"divide {size}")
        return Effect((*shape[:dim - 1], size // parts, *shape[dim:]), parts=parts)

    return effect


def permute(order):
    def effect(shape):
        if len(shape) != len(order):
            raise Misfit(f"permutes {len(order)} dimensions, got {in_words(shape)}")
        return Effect(tuple(shape[i - 1] for i in order))

    return effect


def _patches(shape, kernel, stride, padding):
    """Channels, and the positions of a kernel down and across."""
    channels, height, width = _image(shape)
    if min(height, width) + 2 * padding < kernel:
        raise Misfit(f"has a kernel of {kernel}, and {in_words(shape)} with a padding of {padding} is smaller")
    return channels, (height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1


def im2col(kernel, stride, padding):
    def effect(shape):
        channels, down, across = _patches(shape, kernel, stride, padding)
        return Effect((down * across, channels * kernel * kernel), image=(down, across))

    return effect


def maxpool(kernel, stride, padding):
    return lambda shape: Effect(_patches(shape, kernel, stride, padding))


def col2im(shape, image):
    """Columns back into the image that the im2col of the same routing took apart: a reshape, no overlap is added."""
    if image is None:
        raise Misfit("undoes the im2col of its own routing, and there is none")
    if len(shape) != 2 or shape[0] != image[0] * image[1]:
        raise Misfit(f"restores {in_words(image)} positions, got {in_words(shape)}")
    return Effect((shape[1], *image))


def linear(resize):
    """A matrix on the last dimension, with bias. `resize` maps the old width to the new one."""
    def effect(shape):
        width = resize(shape[-1])
        if width < 1:
            raise Misfit(f"would leave no features of {in_words(shape)}")
        return Effect((*shape[:-1], width), (shape[-1] + 1) * width)

    return effect


def conv1d(kernel, channels):
    """Stride 1, padded so that the length stays; an even kernel has one more zero on the right."""
    def effect(shape):
        if len(shape) != 2:
            raise Misfit(f"takes channels x length, got {in_words(shape)}")
        return Effect((channels, shape[1]), (shape[0] * kernel + 1) * channels)

    return effect


def norm(shape):
    """Batch normalisation over an image's channels, layer normalisation over the features of columns; both affine."""
    return Effect(shape, 2 * (shape[0] if len(shape) == 3 else shape[-1]))


def position(shape):
    """A learned number for every element, added."""
    return Effect(shape, prod(shape))


def add(*shapes):
    if len(set(shapes)) > 1:
        raise Misfit(f"takes equal shapes, got {' and '.join(map(in_words, shapes))}")
    return Effect(shapes[0])


def concatenate(dim, parts):
    def effect(*shapes):
        if len(shapes) != parts:
            raise Misfit(f"joins {parts} branches, and there are {len(shapes)}")
        size = sum(_dimension(shape, dim) for shape in shapes)
        if len({(shape[:dim - 1], shape[dim:]) for shape in shapes}) > 1:
            raise Misfit(f"takes shapes that differ in dimension {dim} at most, "
                         f"got {' and '.join(map(in_words, shapes))}")
        return Effect((*shapes[0][:dim - 1], size, *shapes[0][dim:]))

    return effect


def matmul(*shapes):
    if len(shapes) != 2:
        raise Misfit(f"multiplies 2 branches, and there are {len(shapes)}")
    left, right = shapes
    if len(left) != len(right) or left[:-2] != right[:-2] or left[-1] != right[-2]:
        raise Misfit(f"multiplies matrices, and {in_words(left)} and {in_words(right)} do not fit")
    return Effect((*left[:-1], right[-1]))


WIDTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
PATCHES = ((1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (4, 4, 0), (8, 8, 0), (16, 16, 0))  # kernel, stride, padding
LARGEST_KERNEL = 16
FACTORS = (2, 4, 8)

ORDERS = {f"permute{order}": tuple(map(int, order)) for order in ("21", "132", "213", "231", "312", "321")}
"""Permutation -> which input dimension each output dimension is, from 1."""
_SPLITS = {f"clone_tensor{b}": clone(b) for b in FACTORS} | {
    f"group_dim{b}s{d}d": group(d, b) for b in FACTORS for d in (1, 2, 3)}
_JOINS = {"dot_product": matmul, "scaled_dot_product": matmul, "add_tensors": add} | {
    f"cat_tensors{d}d{b}t": concatenate(d, b) for b in FACTORS for d in (1, 2, 3)}
_PERMUTES = {name: permute(order) for name, order in ORDERS.items()}
_COMPUTATIONS = {"identity": keep} | {f"linear{n}": linear(lambda width, n=n: n) for n in WIDTHS} | {
    "norm": norm, "leakyrelu": keep, "softmax": keep, "learnable_positional_encoding": position}
_CONVOLUTIONS = {f"conv1d{kernel}k1s{padding}p{n}d": conv1d(kernel, n)
                 for kernel, padding in ((8, 3), (5, 2), (3, 1), (1, 0)) for n in (32, 64, 128, 256)}
_IM2COLS = {f"im2col{k}k{s}s{p}p": im2col(k, s, p) for k, s, p in (*PATCHES, (7, 2, 3))}
_SEED_COMPUTATIONS = {"linear_x4": linear(lambda width: width * 4), "linear_4th": linear(lambda width: width // 4),
                      "maxpool3k2s1p": maxpool(3, 2, 1)}

EFFECTS: dict[str, Callable[..., Effect]] = {"col2im": col2im} | {
    name: effect for family in (_SPLITS, _JOINS, _PERMUTES, _IM2COLS, _COMPUTATIONS, _CONVOLUTIONS, _SEED_COMPUTATIONS)
    for name, effect in family.items()}
"""Terminal -> what it does: to a shape, to the shapes of all branches (aggregations), to (shape, image) (col2im)."""

NEVER_DRAWN = frozenset(("im2col7k2s3p", *_SEED_COMPUTATIONS))
"""Terminals of the seed derivations that the published grammar does not have: legal, of no weight."""

BRANCHES = {name: int(re.search(r"\d", name)[0]) for name in _SPLITS}
"""Branching function -> how many branches it makes."""

MODULES = ("sequential", "branching", "routing", "computation")
SORTS_2D = {
    "module": MODULES,
    "branching_fn": tuple(_SPLITS),
    "aggregation_fn": tuple(_JOINS),
    "prerouting_fn": ("identity", *_PERMUTES, *_IM2COLS),
    "postrouting_fn": ("identity", *_PERMUTES, "col2im"),
    "computation_fn": (*_COMPUTATIONS, *_SEED_COMPUTATIONS),
}
SORTS_1D = {
    "module": MODULES,
    "branching_fn": tuple(name for name in _SPLITS if not name.endswith("3d")),
    "aggregation_fn": tuple(name for name in _JOINS if "3d" not in name),
    "prerouting_fn": ("identity", "permute21"),
    "postrouting_fn": ("identity", "permute21"),
    "computation_fn": (*_COMPUTATIONS, *_CONVOLUTIONS, *("linear_x4", "linear_4th")),
}


def weight(name: str, shape: Shape) -> float:
    """1.0 where the published law may draw this terminal for this input, else 0.

    It leaves out kernels of 3 and more where an image is smaller, though padding would make them possible.
    """
    if name in NEVER_DRAWN:
        return 0.0
    if name.startswith("im2col") and (kernel := int(re.match(r"im2col(\d+)k", name)[1])) > 1:
        return float(min(shape[1:]) >= kernel)
    return 1.0
