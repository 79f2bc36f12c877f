"""Arrays of buffers are those that pyarrow makes itself, without pandas."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.sweep.arrow import column_of, flags, lists, numbers, texts

COLUMNS = st.one_of(st.lists(st.none() | st.text(max_size=4), max_size=20), st.lists(st.just("ok"), max_size=20),
                    st.lists(st.none(), max_size=20))


@given(COLUMNS)
def test_texts(column):
    found = texts(column)
    found.validate(full=True)
    assert found.equals(pa.array(column, pa.string()))


@given(st.lists(st.lists(st.integers(-2**15, 2**15 - 1), max_size=5), max_size=20))
def test_lists(rows):
    found = lists(rows, pa.int16())
    found.validate(full=True)
    assert found.equals(pa.array(rows, pa.list_(pa.int16())))


def test_rows_of_a_matrix():
    matrix = np.arange(12, dtype=np.int64).reshape(4, 3)[::2]
    assert lists(matrix, pa.int32()).equals(pa.array(matrix.tolist(), pa.list_(pa.int32())))


def test_a_number_that_does_not_fit_is_an_error():
    for rows in (np.array([[1, 2**15]]), [[1, 2**15]]):
        with pytest.raises(OverflowError):
            lists(rows, pa.int16())


@given(st.lists(st.booleans(), max_size=70))
def test_flags(values):
    found = flags(np.array(values, bool))
    found.validate(full=True)
    assert found.equals(pa.array(values, pa.bool_()))


@given(st.lists(st.floats(), max_size=20))
def test_numbers(values):
    found = numbers(values, pa.float64())
    found.validate(full=True)
    assert np.array_equal(found.to_numpy(), np.array(values, float), equal_nan=True) and found.null_count == 0


@given(st.lists(st.integers(-2**31, 2**31 - 1), max_size=40), st.integers(0, 40), st.integers(0, 40))
def test_columns_are_read_as_they_were_written(values, start, length):
    for made, kind in ((numbers(values, pa.int32()), np.int32), (numbers(values, pa.float64()), float),
                       (flags([value > 0 for value in values]), bool)):
        found = column_of(made.slice(start, length))
        assert found.dtype == kind and not found.flags.writeable
        assert found.tolist() == made.to_pylist()[start:start + length]


def test_columns_of_other_writers_are_read_too():
    assert column_of(pa.array([1, 2**40])).tolist() == [1, 2**40]
    np.testing.assert_array_equal(column_of(pa.array([1.0, None])), [1.0, np.nan])


def test_a_run_is_written_and_read_without_pandas(tmp_path):
    code = ("import sys, numpy as np; from archgym import Budget, run; "
            "from archgym.sweep.store import read_run, write_run; "
            "from pathlib import Path; found = run('NASBench201-v0', 'random', Budget(evaluations=5)); "
            f"folder = Path({str(tmp_path)!r}); (folder / 'runs').mkdir(); "
            "write_run(folder, 'a', {}, found.trajectory, np.zeros(5, bool), 'budget', 0); "
            "assert read_run(folder, 'a')[0].genomes.tolist() == found.trajectory.genomes.tolist(); "
            "print('pandas' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "False"
