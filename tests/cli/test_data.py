"""`archgym data`: a table of the user's own, from file to run, on the command line alone."""

import json

import nats_folder
import pytest
from toy_table import ROWS, SPACE, write

import archgym


def words(path, *more):
    return ("data", "import", path, "--metric", "accuracy=short@3;a,b,c@9", "--cost", "seconds", *more)


def test_a_table_with_its_yaml_becomes_a_task(cli, tmp_path):
    write(tmp_path)
    assert cli("data", "import", "toy.yaml").exit_code == 0
    done = cli("data", "import", "toy.csv", "--replace")
    assert done.exit_code == 0 and "Imported 12 designs of columns as 'toy'" in done.stdout, done.stderr
    assert "toy" in cli("list", "tasks").stdout and "12" in cli("data", "list").stdout
    shown = cli("show", "toy", "-t", "fidelity=3")
    assert shown.exit_code == 0 and "MIT" in shown.stdout and "made here" in shown.stdout
    assert json.loads(cli("show", "toy", "--json").stdout)["options"][1]["allowed"] == [3, 9]
    assert cli("run", "toy", "local-search", "-n", "30").exit_code == 0
    assert cli("measure", "toy", "0-1-0", "--holdout").exit_code == 0
    assert cli("check", "toy").exit_code == 0
    assert cli("data", "remove", "toy").stdout == "Removed 'toy'.\n"
    assert cli("run", "toy", "local-search").exit_code == 2


def test_options_say_what_yaml_would(cli, tmp_path):
    cell = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    (tmp_path / "more.csv").write_text("id,phone\n1,20\n2,10\n")
    (tmp_path / "cells.csv").write_text(
        "cell,data,a,b,c,test,seconds,id\n"
        f"{cell},x,1,2,3,9,100,1\n{cell},y,4,5,6,8,100,1\n{cell.replace('none~2', 'skip_connect~2')},x,7,8,9,7,200,2\n")
    done = cli("data", "import", "cells.csv", "--name", "mine", "--space", "NASBench201", "--design", "cell",
               "--sample", "--metric", "accuracy=a@12;b,c@200", "--metric", "phone=phone", "--minimize", "phone",
               "--unit", "phone=ms", "--holdout", "test=test", "--objective", "phone", "--cost", "seconds",
               "--cost-unit", "min", "--where", "data=x", "--join", "more.csv:id", "--source", "us", "--paper", "none",
               "--licence", "CC0", "--summary", "Two cells")
    assert done.exit_code == 0, done.stderr
    found = json.loads(cli("show", "mine", "--json").stdout)
    assert found["objective"] == {"metric": "phone", "goal": "min", "unit": "ms", "doc": "", "holdout": "test"}
    assert (found["optimum"], found["fidelities"], found["cost_unit"]) == (10, [12, 200], "min")
    assert (found["source"], found["paper"], found["licence"], found["goal"]) == ("us", "none", "CC0", "Two cells")
    assert found["space"]["size"] == 2 and json.loads(cli("data", "list", "--json").stdout)[0]["name"] == "mine"


def test_columns_of_a_space_can_be_listed(cli, tmp_path):
    (tmp_path / "cells.csv").write_text("a,b,c,d,e,f,value\n" + ",".join(["none"] * 6) + ",1\n")
    done = cli("data", "import", "cells.csv", "--space", "NASBench201", "--design", "a,b,c,d,e,f",
               "--metric", "v=value", "--sample")
    assert done.exit_code == 0, done.stderr
    text = "|{a}~0|+|{b}~0|{c}~1|+|{d}~0|{e}~1|{f}~2|"
    done = cli("data", "import", "cells.csv", "--name", "text", "--space", "NASBench201", "--design", text, "--metric",
               "v=value", "--sample")
    assert done.exit_code == 0, done.stderr
    assert cli("measure", "text", "0-0-0-0-0-0").exit_code == cli("measure", "cells", "0-0-0-0-0-0").exit_code == 0


def test_a_damaged_table_is_listed_as_such_and_can_be_removed(cli, tmp_path):
    write(tmp_path)
    assert cli("data", "import", "toy.csv").exit_code == 0
    (tmp_path / "cache" / "tables" / "toy" / "about.json").write_text("{")
    assert "table 'toy' is damaged" in " ".join(cli("list", "tasks").stdout.split())
    assert "data remove toy" in cli("show", "toy").stderr
    assert cli("data", "remove", "toy").exit_code == 0 and cli("data", "list").exit_code == 0


def test_errors_say_what_to_do(cli, tmp_path):
    write(tmp_path, ROWS, {"space": SPACE})
    for said, told in [((), "which columns hold the metrics"), (("--metric", "accuracy"), "expected NAME=COLUMN"),
                       (("--metric", "v=a@3;b@3"), "expected NAME=COLUMN"), (("--unit", "x=%"), "unknown metric: 'x'"),
                       (("--metric", "v=a", "--name", "NASBench201-v0"), "there is a task called 'NASBench201-v0'"),
                       (("--metric", "v=a", "--join", "x.csv"), "expected FILE:COLUMN")]:
        done = cli("data", "import", "toy.csv", *said)
        assert done.exit_code == 2 and told in done.stderr, done.stderr
    done = cli("data", "import", "none.csv", "--space", "x", "--design", "x", "--metric", "x=x")
    assert "no file none.csv" in done.stderr
    assert "unknown table 'none'" in cli("data", "remove", "none").stderr
    assert "No table was imported yet" in cli("data", "list").stdout and "import" in cli("data").stdout
    assert cli(*words("toy.csv")).exit_code == 0 and "--replace" in cli(*words("toy.csv")).stderr
    assert cli(*words("toy.csv", "--replace")).exit_code == 0


def test_a_folder_of_a_release_is_declared_by_its_space(cli, tmp_path):
    sizes = ["8:8:8:8:8", "8:8:8:8:16", "64:64:64:64:64"]
    nats_folder.write(tmp_path / "NATS-sss", sizes, ("01", "12", "90"))
    done = cli("data", "import", "NATS-sss", "--space", "NATSBenchSize", "--sample")
    assert done.exit_code == 0, done.stderr
    found = archgym.task("NATS-sss").measure(sizes[1], seed=1).values["val_accuracy"]
    assert found == pytest.approx(nats_folder.accuracy(1, 90, "cifar10-valid", 999, "x-valid", 89))
    again = cli("data", "import", "NATS-sss", "--space", "NATSBenchSize", "--sample", "--where", "dataset=cifar11",
                "--replace")
    assert again.exit_code == 2 and "no row has dataset = cifar11" in again.stderr


def test_a_fidelity_may_cost_what_its_own_column_says(cli, tmp_path):
    write(tmp_path, ROWS, {"space": SPACE})
    done = cli("data", "import", "toy.csv", "--metric", "accuracy=short@3;a,b,c@9", "--cost", "test@3;seconds@9")
    assert done.exit_code == 0, done.stderr
    task = archgym.task("toy")
    assert task.measure((1, 0, 0), fidelity=3).cost == ROWS[4]["test"]
    assert task.measure((1, 0, 0)).cost == archgym.task("toy", fidelity=9).measure((1, 0, 0)).cost == ROWS[4]["seconds"]
    for cost, told in (("seconds@9", "the cost has fidelities 9, the table has 3, 9"),
                       ("a,b", "one column, or one a fidelity")):
        done = cli("data", "import", "toy.csv", "--metric", "accuracy=short@3;a,b,c@9", "--cost", cost, "--replace")
        assert done.exit_code == 2 and told in done.stderr, done.stderr
