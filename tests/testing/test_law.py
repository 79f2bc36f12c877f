"""The law that checked spaces are held to."""

import numpy as np
import pytest
from sound_space import Sound

import archgym
from archgym.testing.law import chi_square, exact_law


def test_the_exact_law_of_a_small_space_is_its_weights():
    law = exact_law(Sound())
    expected = {(a, b): p / 2 for a, p in enumerate((0.6, 0.3, 0.1)) for b in range(2)}
    assert law.probability == pytest.approx(expected) and law.direct == pytest.approx(expected)
    assert (law.rejected, law.detours) == (0.0, 0)
    assert exact_law(archgym.space("NASBench201")) is None


def test_chi_square_is_pearsons():
    stats = pytest.importorskip("scipy.stats")
    counts, p = [30, 50, 20, 60], [0.2, 0.3, 0.1, 0.4]
    assert chi_square(counts, p) == pytest.approx(stats.chisquare(counts, np.array(p) * 160).pvalue)
    assert chi_square([10, 0, 1], [1.0, 0.0, 0.0]) == 0.0  # what cannot be was drawn
    assert chi_square([100, 3, 2], [0.96, 0.02, 0.02]) == pytest.approx(
        stats.chisquare([100, 5], [105 * 0.96, 105 * 0.04]).pvalue, rel=0.2)
