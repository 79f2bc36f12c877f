"""Files of data sets in the formats in which they are published, a few samples each."""

import gzip
import io
import pickle
import struct

import numpy as np

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
"""Of an IDX file, for numpy's types."""


def idx(array) -> bytes:
    code = CODES[array.dtype.str[1:]]
    head = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_idx(folder, train, test, compressed=False):
    """Four files of MNIST's names from (images, labels) twice."""
    for part, (x, y) in (("train", train), ("t10k", test)):
        for kind, array in (("images-idx3", x), ("labels-idx1", y)):
            content = idx(np.asarray(array, np.uint8))
            (folder / f"{part}-{kind}-ubyte{'.gz' * compressed}").write_bytes(
                gzip.compress(content) if compressed else content)


class _Python2(pickle._Pickler):
    """Writes texts and bytes as Python 2 did, which knew no difference."""

    def string(self, text):
        content = text if isinstance(text, bytes) else text.encode()
        self.write(pickle.BINSTRING + struct.pack("<i", len(content)) + content)

    dispatch = pickle._Pickler.dispatch | {str: string, bytes: string}


def python2_pickle(thing) -> bytes:
    """As the batches of CIFAR are: by Python 2, with numpy's modules under their old names."""
    file = io.BytesIO()
    _Python2(file, 2).dump(thing)
    return file.getvalue().replace(b"numpy._core.", b"numpy.core.")


def write_batch(folder, name, x, binary=False, **labels):
    """A batch of CIFAR: images (N, 3, 32, 32), and labels by their names in the order of the binary version."""
    rows = x.reshape(len(x), -1)
    if binary:
        columns = [np.asarray(column, np.uint8)[:, None] for column in labels.values()]
        (folder / f"{name}.bin").write_bytes(np.hstack([*columns, rows]).tobytes())
    else:
        lists = {kind: [int(label) for label in column] for kind, column in labels.items()}
        (folder / name).write_bytes(python2_pickle({"data": rows, "batch_label": name, **lists}))


def write_cifar10(folder, x, y, test_x, test_y, binary=False):
    """The five batches and the one to test on."""
    for i, (images, labels) in enumerate(zip(np.array_split(x, 5), np.array_split(y, 5)), start=1):
        write_batch(folder, f"data_batch_{i}", images, binary, labels=labels)
    write_batch(folder, "test_batch", test_x, binary, labels=test_y)
