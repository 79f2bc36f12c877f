"""What people write after -o, -t and as a design."""

import math

import pytest

from archgym.cli.values import as_json, assignments, named_task, scalar
from archgym.errors import ArchGymError


@pytest.mark.parametrize("text, value", [
    ("10", 10), ("-3", -3), ("0.1", 0.1), ("1e-3", 0.001), ("true", True), ("False", False), ("null", None), ("", None),
    ("path", "path"), ("imagenet16-120", "imagenet16-120"), ("no", "no"), ("2020-01-01", "2020-01-01"),
    ("1:30", "1:30"), ("[1, 2]", [1, 2]), ('"10"', "10"), ("a=b", "a=b"), ("inf", math.inf),
])
def test_a_value_is_read_as_its_kind(text, value):
    assert scalar(text) == value and type(scalar(text)) is type(value)


def test_assignments_keep_their_order_and_take_dashes():
    assert assignments(["learning-rate=0.1", " momentum = 0.5 "], "-o") == {"learning_rate": 0.1, "momentum": 0.5}
    assert assignments(None, "-o") == {}


@pytest.mark.parametrize("text", ["population", "=3", "a b=3", "3=3"])
def test_what_is_no_assignment_is_named_with_its_flag(text):
    with pytest.raises(ArchGymError, match="^-o "):
        assignments([text], "-o")


def test_options_given_beside_a_tasks_text_win():
    assert named_task("A-v0(dataset=x,noise=1)", ["noise=2"]) == ("A-v0", {"dataset": "x", "noise": 2})
    assert named_task("A-v0()") == ("A-v0", {}) and named_task("file.py:task") == ("file.py:task", {})


def test_json_has_no_numbers_that_json_does_not_know():
    import json

    import numpy as np

    text = as_json({"a": np.float64(1.5), "b": np.array([1, 2]), "c": math.inf, "d": (math.nan, None),
                    "e": np.int16(3)})
    assert json.loads(text) == {"a": 1.5, "b": [1, 2], "c": None, "d": [None, None], "e": 3}
