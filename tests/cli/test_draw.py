"""`archgym show --draw`, and the pictures of `archgym show SPACE`."""

import json

import pytest

import archgym


@pytest.mark.parametrize("ending, start", [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_draw_writes_a_picture_and_tells_of_which_design(cli, tmp_path, ending, start):
    shown = cli("show", "NASBench201", "--draw", f"cell.{ending}", "--design", "3-1-0-0-1-3")
    assert shown.exit_code == 0, shown.stderr
    text = archgym.space("NASBench201").text_of((3, 1, 0, 0, 1, 3))
    assert shown.stdout == f"cell.{ending}: {text}\n"
    assert (tmp_path / f"cell.{ending}").read_bytes().startswith(start)


def test_a_seed_draws_the_design_that_it_shows(cli, tmp_path):
    drawn = json.loads(cli("show", "NASBench201", "--draw", "cell.svg", "--seed", "5", "--json").stdout)
    shown = json.loads(cli("show", "NASBench201", "--seed", "5", "--json").stdout)
    assert drawn["genome"] == shown["sample"]["genome"] and drawn["drawing"] == "cell.svg"
    assert json.loads(cli("show", "NASBench201", "--json").stdout)["sample"]["genome"] != drawn["genome"]


def test_a_design_may_be_written_in_the_spaces_own_text(cli):
    cell = archgym.space("NASBench201").text_of((1, 1, 1, 1, 1, 1))
    for design in (cell, "1-1-1-1-1-1"):
        assert json.loads(cli("show", "NASBench201", "--design", design, "--json").stdout)["sample"]["text"] == cell


def test_a_task_draws_a_design_of_its_space(cli, tmp_path):
    assert cli("show", "NASBench201-v0", "-t", "noise=mean", "--draw", "cell.svg").exit_code == 0
    assert "<svg" in (tmp_path / "cell.svg").read_text()


def test_a_task_with_a_simulator_draws_what_it_simulates_and_a_chip_that_cannot_work_as_it_is(cli, tmp_path):
    task = ("show", "SoC-v0", "-t", "workload=edge-detection")
    assert cli(*task, "--draw", "run.svg").exit_code == 0
    assert "bound by" in (tmp_path / "run.svg").read_text()
    nowhere = "-".join("0" * 34)
    assert cli(*task, "-t", "chips=independent", "--design", nowhere, "--draw", "chip.svg").exit_code == 0
    assert "bound by" not in (tmp_path / "chip.svg").read_text() and "pe0" in (tmp_path / "chip.svg").read_text()


def test_a_sort_of_choices_is_said_to_decide_what_it_does(cli):
    for name in ("SoC", "SoCIndependent", "SoC-v0"):
        assert "which bus a processing element is on" in cli("show", name).stdout


def test_the_page_of_a_space_shows_the_design_as_lines(cli):
    shown = cli("show", "NASBench201", "--design", "3-1-0-0-1-3").stdout
    assert "The design" in shown and "  1      <- nor_conv_3x3(input)\n" in shown
    assert "└─ " in cli("show", "ActivationFunctions").stdout


def test_a_space_of_the_users_own_is_drawn(cli, tmp_path):
    cli("new", "task", "my-task")
    assert cli("show", "my_task.py:MyTask", "--draw", "mine.svg").exit_code == 0
    assert (tmp_path / "mine.svg").exists()


@pytest.mark.parametrize("words, said", [
    (("NASBench201", "--draw", "cell.jpg"), "'.jpg' is none of them"),
    (("NASBench201", "--draw", "nowhere/cell.svg"), "No such file or directory"),
    (("NASBench201", "--draw", "cell.svg", "--design", "9-9-9"), "9-9-9"),
    (("NASBench201", "--draw", "cell.svg", "--design", "|none~7|"), "none~7"),
    (("NASBench201", "--draw", "cell.svg", "--design", "1-1-1-1-1-1", "--seed", "2"), "give one of them"),
    (("random", "--draw", "cell.svg"), "random is an agent"),
    (("random", "--seed", "3"), "random is an agent"),
    (("NASBench201-v0", "--design", "1-1-1-1-1-1"), "NASBench201-v0 is a task; add --draw FILE"),
])
def test_what_cannot_be_drawn_is_told(cli, tmp_path, words, said):
    refused = cli("show", *words)
    assert refused.exit_code == 2 and refused.stdout == ""
    assert said.replace("9-9-9", "(9, 9, 9)") in refused.stderr and "Traceback" not in refused.stderr
    assert not list(tmp_path.rglob("cell.*"))
