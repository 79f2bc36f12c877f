"""The card of a table against its space counted by hand."""

import numpy as np
import pytest

from archgym.choice import Choice
from archgym.errors import ArchGymError, Infeasible
from archgym.evaluator import Evaluator, Measurement, Metric
from archgym.product import ProductSpace
from archgym.report import card
from archgym.report.style import drawing
from archgym.task import Objective, Task


class Bits(ProductSpace):
    """Eight bits; a design is their number of ones: 256 genomes, nine designs."""

    choices = tuple(Choice(("bit", i), (0, 1), sort="bit") for i in range(8))

    def key(self, design):
        return str(sum(design))


class Ones(Evaluator):
    """The number of ones. A low fidelity turns it round; seed 0 adds .5, seed 1 takes it."""

    metrics = (Metric("ones", "", "max"),)
    fidelities = (1, 9)
    instant = True
    fingerprint = "ones"

    def __init__(self, seeds=2, fails=False):
        self.seeds, self.fails = seeds, fails

    def evaluate(self, design, *, fidelity, seed):
        if self.fails and design[0]:
            raise Infeasible("begins with a one")
        ones = sum(design) * (-1 if fidelity == 1 else 1)
        return Measurement({"ones": ones + (0.5 - seed) * (self.seeds > 1)}, 1.0)


def task(**options):
    return Task("ones", Bits(), Ones(**options), Objective("ones"))


@pytest.fixture(scope="module")
def found():
    return card.find(task())


def test_every_row_is_read_once_and_twins_are_counted(found):
    assert found.whole and len(found.values) == 512 and (found.genomes, found.keys) == (256, 9)
    ones = np.array([bin(i).count("1") + half for i in range(256) for half in (-0.5, 0.5)])
    assert found.quantiles.tolist() == np.quantile(ones, card.LEVELS, method="inverted_cdf").tolist()


def test_noise_is_what_the_seeds_add(found):
    assert found.noise.within == pytest.approx(0.5**0.5)  # two values .5 off their mean, one degree of freedom
    assert found.noise.between**2 == pytest.approx(2 * 256 / 255 - 0.25, rel=1e-9)  # binomial, 8/4, less noise/2
    assert found.within_noise == 1  # eight ones; seven are 1 below, more than .71


def test_a_fidelity_that_turns_the_order_round_is_seen(found):
    assert [f[0] for f in found.fidelities] == [1]
    assert found.fidelities[0][1] == pytest.approx(-1)


def test_a_step_flips_one_bit_of_eight(found):
    """The correlation of the ones is 1 - 2/8 a step; every measurement is by seed 0, so noise takes nothing."""
    rho = found.autocorrelation
    assert rho.low[1] - 0.06 < 0.75 < rho.high[1] + 0.06
    assert rho.estimate[0] == 1 and found.length == pytest.approx(-1 / np.log(rho.estimate[1]))


def test_designs_that_fail_are_told_and_left_out():
    found = card.find(task(seeds=1, fails=True))
    assert found.failed == pytest.approx(0.5) and len(found.values) == 128 and found.quantiles[-1] == 7
    assert found.noise is None and dict(card.words(found))["Failures"].startswith("50 %")


def test_the_figure_is_one_column_wide_and_has_the_numbers(found, tmp_path):
    with drawing():
        picture = card.picture(found)
        assert picture.figure.get_size_inches()[0] == 3.4
        picture.save(tmp_path)
    rows = (tmp_path / "card.csv").read_text().splitlines()
    assert rows[0] == "panel,x,y,low,high" and sum(row.startswith("autocorrelation") for row in rows) == 13
    assert sum(float(r.split(",")[2]) for r in rows if r.startswith("distribution")) == pytest.approx(1)


def test_where_all_measure_alike_the_card_says_so():
    class Flat(Ones):
        def evaluate(self, design, *, fidelity, seed):
            return Measurement({"ones": 1.0}, 1.0)

    found = card.find(Task("flat", Bits(), Flat(seeds=1), Objective("ones")))
    assert dict(card.words(found))["Walks"] == "no value differs"
    with drawing():
        card.picture(found)


def test_a_slow_evaluator_is_not_asked_thousands_of_times():
    slow = task()
    slow.evaluator.instant = False
    with pytest.raises(ArchGymError, match="takes time"):
        card.find(slow)
