"""Records that somebody pickled, read without running what a pickle may ask to run.

A pickle is a program: it names functions and has them called. Here it may name what plain records are made of, ordered
dictionaries, numpy's numbers and arrays of numbers, and anything else is refused. What comes out is containers, texts,
numbers and such arrays.
"""

import io
import math
import pickle
from collections import OrderedDict

import numpy as np

from ..errors import ArchGymError


def _number(dtype, content):
    """A numpy scalar as a Python number."""
    if dtype.kind not in "biuf":
        raise pickle.UnpicklingError(f"a numpy scalar of type {dtype}")
    return np.frombuffer(content, dtype, 1)[0].item()


class _Array(np.ndarray):
    """An array that takes numbers alone, and as many as its shape says."""

    def __setstate__(self, state):
        _, shape, dtype, _, content = state
        numbers = dtype.kind in "biuf" and min(shape, default=0) >= 0
        if not numbers or len(content) != dtype.itemsize * math.prod(shape):
            raise pickle.UnpicklingError(f"an array of type {dtype}, shape {shape} and {len(content)} bytes or items")
        super().__setstate__(state)


def _empty(kind, shape, code):
    """What pickles begin an array with."""
    return np.empty(0, np.uint8).view(_Array)


ADMITTED = {("collections", "OrderedDict"): OrderedDict, ("numpy", "dtype"): np.dtype,
            ("numpy", "ndarray"): "named, never called"}
for _module in ("numpy.core.multiarray", "numpy._core.multiarray"):
    ADMITTED |= {(_module, "scalar"): _number, (_module, "_reconstruct"): _empty}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ADMITTED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which plain records do not need")
        return ADMITTED[module, name]


def records(content: bytes, where: str, encoding: str = "ASCII"):
    """What a pickle holds. ArchGymError, which says `where` it lay, if it is no pickle or no plain records.

    encoding: of the texts that Python 2 pickled; "bytes" leaves them as bytes.
    """
    try:
        return _Unpickler(io.BytesIO(content), encoding=encoding).load()
    except Exception as why:  # a damaged pickle fails in any way at all
        raise ArchGymError(f"{where}: no records that can be read: {why}") from None
