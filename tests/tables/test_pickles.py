"""Records are read from pickles; what a pickle would run is not."""

import os
import pickle
from collections import Counter, OrderedDict

import numpy as np
import pytest
from tiny_sets import python2_pickle

from archgym.errors import ArchGymError
from archgym.tables.pickles import records


@pytest.mark.parametrize("protocol", range(3, pickle.HIGHEST_PROTOCOL + 1))
def test_plain_records_come_back_as_they_are(protocol):
    plain = {("cifar10", 777): [1.5, None, "x", (True, {3: ""})]}
    kept = OrderedDict({"12": plain | {"accuracy": np.float64(2.25), "n": np.int64(3)}})
    found = records(pickle.dumps(kept, protocol), "here")
    assert found == kept and type(found["12"]["accuracy"]) is float and type(found["12"]["n"]) is int


def test_numbers_that_an_older_numpy_pickled_are_read():
    old = pickle.dumps(np.float32(0.5), 3).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    assert records(old, "here") == 0.5


@pytest.mark.parametrize("protocol", (3, 4))
def test_arrays_of_numbers_come_back_as_they_are(protocol):
    for array in (np.arange(6, dtype=np.uint8).reshape(2, 3), np.arange(6.0).reshape(3, 2).T, np.array(0.5),
                  np.zeros((0, 2))):
        found = records(pickle.dumps({"x": array}, protocol), "here")["x"]
        assert found.dtype == array.dtype and found.shape == array.shape and (found == array).all()


def test_what_python_2_pickled_is_read_as_bytes():
    old = python2_pickle({"data": np.arange(4, dtype=np.uint8), "names": ["a", "b"]})
    found = records(old, "here", encoding="bytes")
    assert found.keys() == {b"data", b"names"}
    assert found[b"data"].tolist() == [0, 1, 2, 3] and found[b"names"] == [b"a", b"b"]


class Runs:
    """Its pickle makes a folder."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_a_pickle_runs_nothing(tmp_path):
    content = pickle.dumps({"12": Runs(tmp_path / "made")})
    with pytest.raises(ArchGymError, match="000011.pickle: no records that can be read: it names posix.mkdir"):
        records(content, "000011.pickle")
    assert not (tmp_path / "made").exists()
    pickle.loads(content)
    assert (tmp_path / "made").exists()  # so the pickle was one that runs something


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps([1, 2])[:-4], pickle.dumps(Counter("ab")),
                                     pickle.dumps(np.array([{}])), pickle.dumps(np.datetime64("2020-01-01")),
                                     b"cnumpy\nndarray\n((I2\ntR.",
                                     pickle.dumps(np.array(["a"])), b"cos\nsystem\n(S'true'\ntR.",
                                     python2_pickle(np.zeros(4, np.uint8)).replace(b"K\x04\x85", b"K\x09\x85")])
def test_what_is_no_plain_record_is_refused(content):
    with pytest.raises(ArchGymError, match="^here: no records that can be read"):
        records(content, "here")
