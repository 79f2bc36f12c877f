"""Arrow arrays made of their buffers, and read from them.

`pyarrow.array` and `to_numpy` give the same and import pandas on their first call, which is a third of what a worker of
a sweep needs to start, and takes 50 MB in each.
"""

from itertools import chain

import numpy as np
import pyarrow as pa

KINDS = {pa.int16(): np.int16, pa.int32(): np.int32, pa.float64(): np.float64}


def numbers(values, kind: pa.DataType) -> pa.Array:
    """OverflowError for whole numbers that the kind does not hold."""
    given = np.asarray(values)
    values = np.ascontiguousarray(given, KINDS[kind])
    if given.dtype.itemsize > values.dtype.itemsize and (values != given).any():
        raise OverflowError(f"{given[values != given][0]} is no {kind}")
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def flags(values) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, _bits(values)])


def lists(rows, kind: pa.DataType) -> pa.Array:
    """Of rows of numbers: a matrix, or sequences of any length."""
    if isinstance(rows, np.ndarray):
        flat, offsets = rows.reshape(-1), np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    else:
        lengths = list(map(len, rows))
        flat, offsets = np.fromiter(chain.from_iterable(rows), KINDS[kind], sum(lengths)), _offsets(lengths)
    return pa.ListArray.from_arrays(numbers(offsets, pa.int32()), numbers(flat, kind))


def texts(column: list) -> pa.Array:
    """Of strings and None."""
    first = column[0] if len(column) else None
    if column.count(first) == len(column):  # all alike, as statuses and errors mostly are
        text = b"" if first is None else first.encode()
        offsets, joined = np.arange(len(column) + 1, dtype=np.int32) * len(text), text * len(column)
        there = None if first is not None else _bits(np.zeros(len(column), bool))
    else:
        encoded = [b"" if text is None else text.encode() for text in column]
        offsets, joined = _offsets(list(map(len, encoded))), b"".join(encoded)
        there = _bits([text is not None for text in column]) if None in column else None
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(offsets), pa.py_buffer(joined), there)


def _offsets(lengths):
    offsets = np.zeros(len(lengths) + 1, np.int32)
    offsets[1:] = lengths
    return offsets.cumsum(dtype=np.int32)


def _bits(values):
    return pa.py_buffer(np.packbits(np.asarray(values, bool), bitorder="little"))


def column_of(array: pa.Array) -> np.ndarray:
    """A column of numbers or flags, not to be written into; NaN where a number is missing."""
    buffer, start, end = array.buffers()[1], array.offset, array.offset + len(array)
    if array.null_count or buffer is None or array.type not in (*KINDS, pa.bool_()):  # not what is written here
        found = array.to_numpy(zero_copy_only=False)
    elif array.type == pa.bool_():
        found = np.unpackbits(np.frombuffer(buffer, np.uint8), count=end, bitorder="little")[start:].astype(bool)
    else:
        found = np.frombuffer(buffer, KINDS[array.type], end)[start:]
    found.flags.writeable = False
    return found
