"""What is wrong with a table is said with the rows that are wrong."""

import pytest
from toy_table import ROWS, SPACE, record

from archgym.errors import ArchGymError


def changed(at, **more):
    return [row | more if i == at else row for i, row in enumerate(ROWS)]


CELL = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
CELLS = {"space": "NASBench201", "design": "cell", "metrics": {"value": "value"}, "sample": True}


@pytest.mark.parametrize("rows, more, words", [
    (ROWS[:-2], {}, ["2 of the 12 designs of columns have no row", '"depth": 3, "width": 16, "op": "conv"',
                     "--sample"]),
    ([*ROWS, record(3)], {}, ["a design that stands above already", "row 13: depth=1, width=16, op=pool: as row 4",
                              "repeats: seeds"]),
    (changed(2, a=""), {}, ["lack an earlier seed", "row 3: depth=1, width=16, op=conv"]),
    (changed(2, short="nan"), {}, ["column 'short' (accuracy) has no value in 1 row", "row 3"]),
    (changed(2, short="inf"), {}, ["column 'short' is infinite in 1 row", "row 3"]),
    (changed(5, short="fast"), {}, ["column 'short' holds string, not numbers", "fast"]),
    (changed(5, seconds=-1), {}, ["the cost, is negative or missing in 1 row", "row 6", "-1.0"]),
    (changed(1, width=12), {}, ["the columns are no design of columns in 1 row", "row 2", "width", "12", "8, 16"]),
    (changed(1, width=""), {}, ["row 2", "nothing in column 'width'"]),
    (ROWS, {"cost": "second"}, ["unknown column of toy.csv", "'second'", "did you mean 'seconds'"]),
    (ROWS, {"metrics": {"accuracy": "acc"}}, ["unknown column of toy.csv", "'acc'"]),
    (ROWS, {"where": {"op": "none"}}, ["no row has op = none"]),
    (ROWS, {"space": "NASBench20", "design": "op"}, ["unknown space 'NASBench20'", "did you mean 'NASBench201'"]),
    (ROWS, {"space": "NASBench201", "design": ["depth", "width"]},
     ["2 design columns for the 6 choices of NASBench201"]),
    (ROWS, {"goal": "max"}, ["unknown key of", "'goal'"]),
    (ROWS, {"metrics": {"accuracy": {"column": "a", "gaol": "min"}}}, ["metrics, accuracy", "'gaol'", "'goal'"]),
    (ROWS, {"metrics": {"accuracy": {"column": "a", "goal": "up"}}}, ["goal", "'up'", "max, min"]),
    (ROWS, {"metrics": {}}, ["which columns hold the metrics"]),
    (ROWS, {"objective": "speed"}, ["'speed'", "accuracy"]),
    (ROWS, {"holdout": {"test": "a"}}, ["holdout 'test' reads column 'a', which the search sees"]),
    (ROWS, {"holdout": {"accuracy": "test"}}, ["'accuracy' is a search metric and a holdout metric"]),
    (ROWS, {"metrics": {"x": {3: "a", 9: "b"}, "y": {3: "a"}}}, ["metric 'y' has fidelities 3, the table has 3, 9"]),
    (ROWS, {"metrics": {"x": ["a", "b"], "y": ["a", "b", "c"]}}, ["2 and 3 seeds"]),
    (ROWS, {"metrics": {"x": {0: "a"}}}, ["a fidelity is a whole number from 1", "0"]),
    (ROWS, {"space": {"depth": []}}, ["choice 'depth'", "list of distinct options"]),
    (ROWS, {"name": "a/b"}, ["'a/b' is no name for a table"]),
    ([{"cell": CELL, "value": 1}, {"cell": CELL.replace("~2|", "~1|"), "value": 2}], CELLS,
     ["no design of NASBench201 in 1 row", "row 2: " + CELL.replace("~2|", "~1|"), "none~1"]),
    ([{"cell": "64-41414-1_02_333", "value": 1}], CELLS, ["row 1: 64-41414-1_02_333", "a cell has 3"]),
    ([{"cell": CELL, "value": 1}, {"cell": CELL, "value": 2}], CELLS, ["row 2", "as row 1"]),
    ([{"cell": CELL, "value": 1}], CELLS | {"sample": False}, ["15,624 of the 15,625 designs", "and 15,621 more"]),
])
def test_the_offending_part_is_named(imported, rows, more, words):
    with pytest.raises(ArchGymError) as error:
        imported(rows, **more)
    for word in words:
        assert word in str(error.value)


def test_a_joined_table_must_have_every_row_once(imported, tmp_path):
    rows = [row | {"id": i} for i, row in enumerate(ROWS)]
    for lines, words in (("0,1", "no row for id = 1, 2, 3 and 8 more"), ("0,1\n0,2", "id = 0 stands in rows 1 and 2")):
        (tmp_path / "more.csv").write_text("id,phone\n" + lines)
        with pytest.raises(ArchGymError, match=words):
            imported(rows, join=[{"file": "more.csv", "by": "id"}])
    (tmp_path / "more.csv").write_text("id,a\n0,1")
    with pytest.raises(ArchGymError, match="both have a column 'a'"):
        imported(rows, join=[{"file": "more.csv", "by": "id"}])


def test_a_name_is_not_taken_twice_unawares(imported):
    imported()
    with pytest.raises(ArchGymError, match="there is a table 'toy' already; --replace"):
        imported()
    assert imported(replace=True) == "toy" and len(SPACE) == 3


def test_only_the_rows_that_are_kept_count_in_errors(imported):
    rows = [row | {"data": data} for row in changed(2, short="nan") for data in "xy"]
    with pytest.raises(ArchGymError, match="row 6: "):
        imported(rows, where={"data": "y"})
