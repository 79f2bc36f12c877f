"""IDX files, the format of MNIST: images and labels, to train with and to test on; plain or compressed by gzip.

http://yann.lecun.com/exdb/mnist describes it: two zero bytes, a code for the type, the number of axes, the length of
each as four bytes, then the numbers, all with the highest byte first.
"""

import gzip
import re
import struct
import zlib
from pathlib import Path

import numpy as np

from archgym.errors import ArchGymError

from ..data import Data, standardized_bytes
from ._held_back import classes_of, held_back

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
HOLDS = ("The folder holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
         "t10k-labels-idx1-ubyte, as they are or with .gz")


def read(file: Path) -> np.ndarray:
    """The array of an IDX file."""
    content = file.read_bytes()
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as why:
            raise ArchGymError(f"{file} cannot be decompressed, it may have been cut off: {why}") from None
    if content[:2] != b"\0\0" or len(content) < 4 or content[2] not in TYPES or len(content) < 4 + 4 * content[3]:
        raise ArchGymError(f"{file} is no IDX file: it begins with {content[:4].hex(' ') or 'nothing'}; images "
                           "begin with 00 00 08 03, labels with 00 00 08 01")
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    dtype, begin = np.dtype(TYPES[content[2]]), 4 + 4 * content[3]
    expected = dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(content) - begin != expected:
        raise ArchGymError(f"{file} announces {' x '.join(map(str, shape))} numbers, {expected:,} bytes; "
                           f"{len(content) - begin:,} follow. Was it cut off?")
    return np.frombuffer(content, dtype, offset=begin).reshape(shape)


def pairs(name: str, folder: Path):
    """((images, labels) to train with, (images, labels) to test on): bytes (N, 1, height, width), and (N,)."""
    return [(images(one(name, folder, part, "images"))[:, None], labels(one(name, folder, part, "labels")))
            for part in ("train", "(?:t10k|test)")]


def one(name, folder, part, kind) -> Path:
    """The one file of a kind; where it lies there plain and compressed, the plain one."""
    form = re.compile(rf"(.*[-_.])?{part}[-_.]{kind}[-_.]idx\d[-_.]ubyte(\.gz)?")
    found = sorted(path for path in folder.iterdir() if form.fullmatch(path.name))
    stems = sorted({path.name.removesuffix(".gz") for path in found})
    if len(stems) != 1:
        purpose = "train with" if part == "train" else "test on"
        raise ArchGymError(f"data set {name}: {folder} should have one file of {kind} to {purpose}, and has "
                           f"{' and '.join(stems) or 'none'}. {HOLDS}.")
    return found[0]


def images(file):
    found = read(file)
    if found.ndim != 3 or found.dtype != np.uint8:
        raise ArchGymError(f"{file} holds {found.ndim} axes of {found.dtype}; images are bytes, N x height x width")
    return found


def labels(file):
    found = read(file)
    if found.ndim != 1:
        raise ArchGymError(f"{file} holds {found.ndim} axes; labels are one number an image")
    return found


def load_idx(name, folder, train, valid, test, classes: int | None = None) -> Data:
    training, testing = pairs(name, folder)
    parts, cut = held_back(name, training, testing, train, valid, test)
    return standardized_bytes(name, *parts, classes or classes_of(name, training[1]), cut)
