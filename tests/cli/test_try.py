"""`archgym run`, `archgym baseline`, `archgym measure`."""

import csv
import json

import pytest

import archgym


@pytest.fixture(scope="module")
def task():
    return archgym.task("NASBench201-v0")


def test_a_run_is_the_run_that_python_makes(cli, task):
    shown = cli("run", "NASBench201-v0", "regularized-evolution", "-o", "population=20", "-o", "tournament=5",
                "-n", 80, "--seed", 3, "--json")
    facts = json.loads(shown.stdout)
    run = archgym.run(task, "regularized-evolution", archgym.Budget(evaluations=80), 3, population=20, tournament=5)
    assert facts["incumbent"]["text"] == run.incumbent.text
    assert facts["incumbent"]["value"] == run.incumbent.value
    assert facts["incumbent"]["holdout"] == run.incumbent.holdout
    assert facts["hyperparameters"] == {"population": 20, "tournament": 5, "mutation": "choice", "start": ""}
    assert facts["evaluations"] == 80 and facts["stop"] == "budget"
    baseline = task.random_baseline(80)
    assert facts["random"]["equivalent_n"] == pytest.approx(baseline.equivalent_n(run.incumbent.value))


def test_a_run_says_what_it_found_in_words(cli):
    shown = " ".join(cli("run", "NASBench201-v0", "local-search").stdout.split())
    for text in ("local-search on NASBench201-v0(dataset=cifar10,noise=seed)", "300 evaluations, seed 0", "Incumbent",
                 "val_accuracy", "(optimum 91.72 %)", "Holdout", "val_accuracy_other_seeds",
                 "The best of 300 random designs has 91.287 % on average", "random draws reach on average"):
        assert text in shown


def test_a_run_without_a_holdout_says_so(cli):
    assert "none: the value that the search saw" in cli("run", "NASBench201-v0", "random", "-t", "noise=mean").stdout


def test_the_optimum_is_worth_more_than_any_number_of_draws(cli):
    shown = cli("run", "NASBench201-v0", "local-search", "-t", "noise=mean", "-n", 2000).stdout
    assert "No number of random draws is as good on average." in " ".join(shown.split())


def test_a_cost_budget_replaces_the_default_and_warns_when_it_buys_little(cli):
    shown = cli("run", "NASBench201-v0", "random", "--cost", 10_000, "--json")
    facts = json.loads(shown.stdout)
    assert facts["budget"] == {"cost": 10_000.0} and facts["evaluations"] < 20 and facts["cost"] <= 10_000
    assert shown.stderr.startswith("archgym: warning: the budget of 10,000 of declared cost bought")


def test_a_budget_too_small_for_one_evaluation_is_no_crash(cli):
    shown = cli("run", "NASBench201-v0", "random", "--cost", 1)
    assert shown.exit_code == 0 and "none: nothing was measured" in shown.stdout
    assert cli("run", "NASBench201-v0", "random", "--cost", 1, "--out", "rows.csv").exit_code == 0


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_every_evaluation_can_be_kept(cli, tmp_path, task, suffix):
    path = tmp_path / f"rows{suffix}"
    assert cli("run", "NASBench201-v0", "reinforce", "-n", 30, "--out", path).exit_code == 0
    run = archgym.run(task, "reinforce", archgym.Budget(evaluations=30))
    rows = (json.loads(path.read_text())["trajectory"] if suffix == ".json" else
            list(csv.DictReader(path.read_text().splitlines())))
    assert [float(row["value"]) for row in rows] == run.trajectory.value.tolist()
    assert [row["genome"] for row in rows] == ["-".join(map(str, run.trajectory.genome(i))) for i in range(30)]


def test_a_minimized_metric_is_shown_in_its_own_sign(cli, tmp_path):
    (tmp_path / "small.py").write_text(
        "import archgym\n"
        "def task():\n"
        "    space = archgym.ProductSpace([archgym.Choice(('a',), (5, 7, 9))])\n"
        "    return archgym.task(space=space, evaluate=sum, metric='size', goal='min', unit='mm', name='small')\n")
    facts = json.loads(cli("run", "small.py:task", "random", "-n", 30, "--json").stdout)
    assert facts["incumbent"]["value"] == 5
    baseline = json.loads(cli("baseline", "small.py:task", "-n", 1, "--json").stdout)
    assert baseline["best_of"][0]["mean"] == pytest.approx(7) and baseline["optimum"] == 5
    assert json.loads(cli("show", "small.py:task", "--json").stdout)["optimum"] == 5
    assert "5 mm" in cli("run", "small.py:task", "random", "-n", 30).stdout


def test_a_slow_task_is_measured_through_the_cache_and_sampled_only_on_demand(cli, tmp_path):
    (tmp_path / "slow.py").write_text(
        "import archgym\n"
        "def f(design):\n"
        "    open('calls', 'a').write('x')\n"
        "    return float(sum(design))\n"
        "def task():\n"
        "    space = archgym.ProductSpace([archgym.Choice(('a',), (5, 7, 9)), archgym.Choice(('b',), (1, 2))])\n"
        "    return archgym.task(space=space, evaluate=f, instant=False, name='slow')\n")
    first = cli("run", "slow.py:task", "random", "-n", 40, "--json")
    calls = (tmp_path / "calls").stat().st_size
    assert calls <= 6
    assert cli("run", "slow.py:task", "random", "-n", 40, "--json").exit_code == 0
    assert (tmp_path / "calls").stat().st_size == calls
    assert json.loads(first.stdout)["random"] is None
    shown = " ".join(cli("show", "slow.py:task").stdout.split())
    assert "What random search reaches is not known here: a measurement takes time." in shown
    assert (tmp_path / "calls").stat().st_size == calls
    refused = cli("baseline", "slow.py:task")
    assert refused.exit_code == 2 and "--samples 3000" in refused.stderr
    estimated = json.loads(cli("baseline", "slow.py:task", "-n", 2, "--samples", 50, "--json").stdout)
    assert not estimated["exact"] and estimated["rows"] == 50
    assert "± s.e." in cli("baseline", "slow.py:task", "-n", 2, "--samples", 50).stdout


def test_a_task_whose_failures_have_no_value_is_shown_and_run_all_the_same(cli, tmp_path):
    (tmp_path / "fails.py").write_text(
        "import archgym\n"
        "def f(design):\n"
        "    if design[0] == 7:\n"
        "        raise archgym.EvaluationFailed('seven')\n"
        "    return float(design[0])\n"
        "def task():\n"
        "    space = archgym.ProductSpace([archgym.Choice(('a',), (5, 7, 9))])\n"
        "    return archgym.task(space=space, evaluate=f, name='f')\n")
    assert cli("show", "fails.py:task").exit_code == 0
    assert cli("run", "fails.py:task", "random", "-n", 30).exit_code == 0
    assert cli("measure", "fails.py:task", "a=9").exit_code == 0
    assert "failed: seven" in cli("measure", "fails.py:task", "a=7").stdout
    refused = cli("baseline", "fails.py:task")
    assert refused.exit_code == 2 and "worst=" in refused.stderr


def test_a_baseline_is_what_the_statistics_say(cli, task):
    facts = json.loads(cli("baseline", "NASBench201-v0", "-n", 50, "-n", 300, "--json").stdout)
    assert facts["law"] == "uniform over genomes" and facts["exact"]
    assert [row["n"] for row in facts["best_of"]] == [50, 300]
    for row in facts["best_of"]:
        exact = task.random_baseline(row["n"])
        assert row["mean"] == pytest.approx(exact.mean) and row["sd"] == pytest.approx(exact.sd)
        assert row["quantiles"]["0.5"] == pytest.approx(exact.quantile(0.5))
        assert row["chance_of_optimum"] == pytest.approx(exact.chance_of_optimum)
        assert row["holdout_mean"] == pytest.approx(exact.holdout_mean)
    assert facts["expected_draws_to_optimum"] == pytest.approx(46_875)


@pytest.mark.parametrize("columns", [60, 100])
def test_a_baseline_is_told_in_any_window(cli, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = cli("baseline", "NASBench201-v0").stdout
    for text in ("uniform over genomes", "exact", "46,875 draws", "91.287", "median", "optimum seen", "holdout"):
        assert text in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= columns


CELL = "|nor_conv_3x3~0|+|skip_connect~0|nor_conv_3x3~1|+|nor_conv_3x3~0|skip_connect~1|nor_conv_3x3~2|"
NAMED = ("node1/from0=nor_conv_3x3, node2/from0=skip_connect,node2/from1=nor_conv_3x3,node3/from0=nor_conv_3x3,"
         "node3/from1=skip_connect,node3/from2=nor_conv_3x3")


@pytest.mark.parametrize("design", [CELL, "3-1-3-3-1-3", NAMED, f" {CELL} "])
def test_a_design_is_measured_however_it_is_written(cli, task, design):
    facts = json.loads(cli("measure", "NASBench201-v0", design, "--seed", 1, "--holdout", "--json").stdout)
    found = task.measure((3, 1, 3, 3, 1, 3), seed=1, holdout=True)
    assert facts["values"] == found.values and facts["cost"] == found.cost
    assert facts["text"] == CELL and facts["genome"] == "3-1-3-3-1-3"
    assert facts["better_than_random"] == pytest.approx(
        float(task.random_baseline(1).best.score(found.values["val_accuracy"])))


def test_a_measured_design_is_told_with_units_and_rank(cli):
    shown = cli("measure", "NASBench201-v0", "3-1-3-3-1-3", "--holdout").stdout
    assert CELL in shown and "89.616 %  (the objective)" in shown and "(holdout)" in shown
    assert "better than a random draw with P = 89" in shown


def test_a_design_of_an_open_space_is_read_from_json_and_from_pairs(cli):
    cli("new", "task", "my-task")
    by_json = cli("measure", "my_task.py:my_task", '{"depth": 1, "layer/0": "conv3"}', "--json")
    assert json.loads(by_json.stdout)["genome"] == "0-0"
    assert cli("measure", "my_task.py:my_task", "depth=1,layer/0=conv3", "--json").stdout == by_json.stdout
    failed = cli("measure", "my_task.py:my_task", "depth=1,layer/0=pool")
    assert failed.exit_code == 0 and "failed: a network of pools learns nothing" in failed.stdout


@pytest.mark.parametrize("design, says", [
    ("3-1", "ends before choice 'node2/from1'"),
    ("3-1-9-0-0-0", "picks 9 at choice 'node2/from1'"),
    ("hello", "or as a genome such as"),
    ("node1/from0=none", "no option given for choice 'node2/from0'"),
    ("node1/from0=conv", "cannot take 'conv'"),
])
def test_a_design_that_is_none_is_refused_with_the_reason(cli, design, says):
    refused = cli("measure", "NASBench201-v0", design)
    assert refused.exit_code == 2 and says in refused.stderr and refused.stdout == ""


def test_a_holdout_that_is_not_there_is_refused(cli):
    refused = cli("measure", "NASBench201-v0", "0-0-0-0-0-0", "-t", "noise=mean", "--holdout")
    assert refused.exit_code == 2
    assert "has no holdout: the search sees the mean over all recorded seeds" in refused.stderr
