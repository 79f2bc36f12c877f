from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.occurrences import FEW, Occurrences

codes = st.lists(st.lists(st.integers(0, 9), max_size=30), max_size=6)


@pytest.mark.parametrize("many", [10, FEW + 1, None])
@given(batches=codes)
def test_an_entry_is_counted_after_all_equal_ones_before_it(many, batches):
    occurrences, seen = Occurrences(many), Counter()
    for batch in batches:
        expected = []
        for code in batch:
            expected.append(seen[code])
            seen[code] += 1
        row = np.array(batch, np.int64)
        found = occurrences.count(row, lambda entries, row=row: row[entries] - 100)
        assert (found - row + 100).tolist() == expected


def test_codes_that_are_hashes_may_be_any_64_bit_number():
    occurrences, far = Occurrences(None), np.array([-(2**63), 2**63 - 1, -(2**63)])
    assert occurrences.count(far, np.ones_like).tolist() == [1, 1, 2]
    assert occurrences.count(far, np.ones_like).tolist() == [3, 2, 4]
