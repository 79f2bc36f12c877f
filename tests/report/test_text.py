"""Numbers as a reader sees them."""

import math

import pytest

from archgym.report.scale import round_numbers
from archgym.report.text import amount, count, decimals_for, figures, grouped, latex, number, p_value, probability, slug


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (count(2140), "2\u202f140"),
        (count(math.inf), "—"),
        (number(-0.001, 2), "0.00"),
        (number(-12345.678, 1), "\u221212\u202f345.7"),
        (number(math.nan), "—"),
        (number(5.0025e-05, 9), "5.0025e\u22125"),
        (number(-1.23456e-08, 10), "\u22121.23e\u22128"),
        (number(93.7, 9), "93.700000"),
        (number(0.0, 9), "0.000000"),
        (figures(0.0012345), "0.00123"),
        (figures(1.2345e-8), "1.23e\u22128"),
        (figures(1234567), "1\u202f234\u202f567"),
        (probability(0.973), ".97"),
        (probability(0.999), ">.99"),
        (probability(1.0), "1.00"),
        (probability(0.0), ".00"),
        (probability(0.001), "<.01"),
        (probability(0.005), ".01"),
        (p_value(0.0004), "<.001"),
        (p_value(1.0), "1"),
        (amount(536000, "s"), "6.20 days"),
        (amount(90, "s"), "90.0 s"),
        (amount(0.0000004, "s"), "0.400 µs"),
        (amount(3.5, "J"), "3.50 J"),
        (grouped("best of 15,625 draws, law a,b"), "best of 15\u202f625 draws, law a,b"),
        (slug("NASBench201-v0(dataset=cifar10)"), "nasbench201-v0-dataset-cifar10"),
        (slug("../../etc"), "etc"),
        (latex("a_b & 5 % ± 1"), r"a\_b \& 5 \% $\pm$ 1"),
    ],
)
def test_shown_as(shown, expected):
    assert shown == expected


@pytest.mark.parametrize(
    ("spreads", "decimals"), [([0.2, 0.4], 2), ([0.04], 3), ([12], 0), ([], 2), ([math.nan, 0], 2)]
)
def test_decimals_show_two_digits_of_the_spread(spreads, decimals):
    assert decimals_for(spreads) == decimals


@pytest.mark.parametrize(("low", "high"), [(0.001, 10), (0.2, 0.9), (1.1, 1.9), (3e-5, 4e-4), (0.99, 101)])
def test_a_logarithmic_axis_has_at_least_three_round_ticks(low, high):
    ticks = round_numbers(low, high)
    assert len(ticks) >= 3 and ticks == sorted(ticks) and low * 0.99 <= ticks[0] and ticks[-1] <= high
