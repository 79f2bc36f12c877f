"""Records that somebody pickled, read without running what a pickle may ask to run.

A pickle is a program: it names functions and has them called. Here it may name what plain records are made of, ordered
dictionaries and numpy's numbers, and anything else is refused. What comes out is containers, texts and numbers.
"""

import io
import pickle
from collections import OrderedDict

import numpy as np

from ..errors import ArchGymError


def _number(dtype, content):
    """A numpy scalar as a Python number."""
    if dtype.kind not in "biuf":
        raise pickle.UnpicklingError(f"a numpy scalar of type {dtype}")
    return np.frombuffer(content, dtype, 1)[0].item()


ADMITTED = {("collections", "OrderedDict"): OrderedDict, ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "scalar"): _number, ("numpy._core.multiarray", "scalar"): _number}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ADMITTED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which plain records do not need")
        return ADMITTED[module, name]


def records(content: bytes, where: str):
    """What a pickle holds. ArchGymError, which says `where` it lay, if it is no pickle or no plain records."""
    try:
        return _Unpickler(io.BytesIO(content)).load()
    except Exception as why:  # a damaged pickle fails in any way at all
        raise ArchGymError(f"{where}: no records that can be read: {why}") from None
