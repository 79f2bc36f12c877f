"""TransNAS-Bench-101: official strings, exact counts, the uniform law, and the published tables."""

import re
from itertools import product
from math import log

import numpy as np
import pytest

from archgym.errors import IllegalDesign
from archgym.spaces.transnasbench101 import TransNASBench101Macro, TransNASBench101Micro

MICRO, MACRO = TransNASBench101Micro(), TransNASBench101Macro()


@pytest.fixture(scope="module")
def networks():
    """Every macro genome and its text."""
    return {genome: MACRO.text_of(genome) for genome in MACRO.enumerate()}


def test_micro_enumeration_gives_every_official_string():
    texts = [MICRO.text_of(genome) for genome in MICRO.enumerate()]
    assert len(texts) == MICRO.size == 4_096
    assert set(texts) == {"64-41414-{}_{}{}_{}{}{}".format(*digits) for digits in product(range(4), repeat=6)}
    assert texts[0] == "64-41414-0_00_000"


def test_the_digits_of_a_micro_string_are_the_edges_of_one_node_after_the_other():
    design = MICRO.parse("64-41414-1_02_333")
    assert design.operations == ("skip_connect", "none", "nor_conv_1x1", *["nor_conv_3x3"] * 3)
    assert str(design) == "64-41414-1_02_333"


def test_micro_twins_share_a_key():
    # A 3x3 convolution and a skip, one before the other.
    twins = {MICRO.key(MICRO.parse(f"64-41414-{cell}")) for cell in ("3_00_010", "1_00_030")}
    assert len(twins) == 1
    assert MICRO.key(MICRO.parse("64-41414-2_00_010")) not in twins


def test_macro_enumeration_gives_every_network_within_the_limits(networks):
    def within(modules):
        doubling, halving = sum(m in "24" for m in modules), sum(m in "34" for m in modules)
        return 1 <= doubling <= 3 and 1 <= halving <= 4

    written = {depth: {f"64-{''.join(m)}-basic" for m in product("1234", repeat=depth) if within(m)}
               for depth in (4, 5, 6)}
    assert [len(written[depth]) for depth in (4, 5, 6)] == [210, 750, 2_296]
    assert set(networks.values()) == set.union(*written.values())
    assert len(networks) == MACRO.size == 3_256


def test_macro_draws_every_network_alike(networks):
    assert all(MACRO.log_prob(genome) == pytest.approx(-log(3_256)) for genome in networks)


def test_macro_strings_go_in_and_out(networks):
    for genome, text in networks.items():
        assert MACRO.encode(MACRO.parse(text)) == genome


@pytest.mark.parametrize("space, text, complaint", [
    (MICRO, "64-1234-basic", "'64-1234-basic' does not begin with 64-41414-; expected 64-41414-1_02_333"),
    (MICRO, "64-41414-1_02", "'1_02' in '64-41414-1_02' has 2 nodes joined by '_'"),
    (MICRO, "64-41414-1_02_343", "node 3 of '64-41414-1_02_343' is '343'; it has 3 edges, each 0 (none), 1 (skip)"),
    (MICRO, "64-41414-1_0_333", "node 2 of '64-41414-1_0_333' is '0'; it has 2 edges"),
    (MACRO, "64-41414-1_02_333", "is no network; expected 64-1234-basic"),
    (MACRO, "64-1235-basic", "module '5' of '64-1235-basic' is none of 1 (plain)"),
    (MACRO, "64-124-basic", "has 3 modules, a network has 4 to 6"),
    (MACRO, "64-1133-basic", "has 0 modules that double the channels (2, 4), a network has 1 to 3"),
    (MACRO, "64-2222-basic", "has 4 modules that double the channels"),
    (MACRO, "64-1222-basic", "has 0 modules that halve the resolution (3, 4), a network has 1 to 4"),
    (MACRO, "64-233333-basic", "has 5 modules that halve the resolution"),
])
def test_a_string_that_is_no_design_says_what_is_wrong(space, text, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        space.parse(text)


@pytest.fixture(scope="module")
def tables(shared_data):
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = shared_data / "transnasbench101"
    if not folder.is_dir():
        pytest.skip("needs transnasbench101 in ../shared/data")

    def rows(name):
        columns = parquet.read_table(folder / f"transnasbench101_{name}.parquet",
                                     columns=[*(f"x{i}" for i in range(6)), "class_scene_val"]).to_pydict()
        return list(zip(*columns.values()))

    return {name: rows(name) for name in ("micro", "macro")}


def test_the_micro_table_is_the_space(tables):
    designs = [MICRO.parse(micro_text(row)) for row in tables["micro"]]
    assert {str(design) for design in designs} == {MICRO.text_of(genome) for genome in MICRO.enumerate()}


def micro_text(row):
    """The table's codes are the digits of the official string (its notes say otherwise: see the next test)."""
    return "64-41414-{}_{}{}_{}{}{}".format(*row[:6])


def test_cells_of_one_key_measure_alike_in_the_micro_table(tables):
    """Which digit is which edge and which operation: read in any other order, twins would not be alike."""
    values = np.array([row[6] for row in tables["micro"]])
    _, key = np.unique([MICRO.key(MICRO.parse(micro_text(row))) for row in tables["micro"]], return_inverse=True)
    means = np.bincount(key, values) / np.bincount(key)
    assert np.sum((values - means[key]) ** 2) < 0.01 * np.sum((values - values.mean()) ** 2)


def test_the_macro_table_is_the_space(tables, networks):
    texts = {f"64-{''.join(str(code) for code in row[:6] if code)}-basic" for row in tables["macro"]}
    assert {MACRO.format(MACRO.parse(text)) for text in texts} == set(networks.values())
