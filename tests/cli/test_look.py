"""`archgym list` and `archgym show`."""

import json

import pytest

import archgym
from archgym import registry
from archgym.agent import documented


def opened(open_it, name):
    """What a name opens; where it needs a package of an extra, the test is skipped."""
    try:
        return open_it(name)
    except archgym.ArchGymError as why:
        if "not installed" in str(why):
            pytest.skip(str(why))
        raise


@pytest.mark.parametrize("kind, names", [("tasks", registry.task_names), ("agents", registry.agent_names),
                                         ("spaces", registry.space_names)])
def test_list_names_everything_with_a_summary(cli, kind, names):
    shown = cli("list", kind, "--json")
    assert shown.exit_code == 0
    entries = json.loads(shown.stdout)
    assert [entry["name"] for entry in entries] == names()
    assert all(entry["summary"] and "\n" not in entry["summary"] for entry in entries)
    plain = cli("list", kind).stdout
    assert all(name in plain for name in names())


def test_list_alone_shows_all_four_kinds(cli):
    shown = cli("list").stdout
    for text in ("Tasks (", "Agents (", "Spaces (", "Experiments (", "NASBench201-v0", "reinforce", "quickstart"):
        assert text in shown


def test_list_takes_the_singular_and_names_the_kinds_otherwise(cli):
    assert cli("list", "agent").stdout == cli("list", "agents").stdout
    refused = cli("list", "things")
    assert refused.exit_code == 2 and "agents, experiments, spaces, tasks" in refused.stderr


@pytest.mark.parametrize("name", registry.task_names())
def test_every_task_can_be_shown(cli, name):
    task = opened(archgym.task, name)
    shown = cli("show", name)
    assert shown.exit_code == 0, shown.stderr
    assert task.fingerprint in shown.stdout.replace("\n", "")


@pytest.mark.parametrize("name", registry.agent_names())
def test_every_agent_is_shown_with_its_hyper_parameters(cli, name):
    hypers = documented(opened(registry.agent_class, name))
    facts = json.loads(cli("show", name, "--json").stdout)
    assert facts["kind"] == "agent" and facts["summary"]
    assert [h["name"] for h in facts["hyperparameters"]] == [h.name for h in hypers]
    for h in facts["hyperparameters"]:
        assert h["doc"] and h["default"] in h["tuned_over"]
    shown = cli("show", name)
    assert shown.exit_code == 0 and all(h.name in shown.stdout for h in hypers)


@pytest.mark.parametrize("name", registry.space_names())
def test_every_space_is_shown_with_a_design_that_parses(cli, name):
    space = opened(archgym.space, name)
    facts = json.loads(cli("show", name, "--json").stdout)
    assert facts["kind"] == "space" and facts["law"] == space.law and facts["size"] == space.size
    genome = tuple(map(int, facts["sample"]["genome"].split("-")))
    assert space.encode(space.parse(facts["sample"]["text"])) == genome
    assert space.key_of(genome) == facts["sample"]["key"]
    assert cli("show", name).exit_code == 0


def test_a_task_says_its_size_optimum_baseline_and_where_it_comes_from(cli):
    facts = json.loads(cli("show", "NASBench201-v0", "-t", "dataset=cifar100", "--json").stdout)
    task = archgym.task("NASBench201-v0", dataset="cifar100")
    assert facts["id"] == task.id
    assert facts["space"]["size"] == 15_625 and facts["space"]["distinct"] == 6_466
    assert facts["optimum"] == task.optimum and facts["licence"] == task.about.licence
    assert facts["checksum"] == task.fingerprint
    at = {row["n"]: row for row in facts["baseline"]["best_of"]}
    assert at[300]["mean"] == pytest.approx(task.random_baseline(300).mean, rel=1e-12)
    assert [o["value"] for o in facts["options"]] == ["cifar100", "seed"]
    assert [o["allowed"] for o in facts["options"]] == [["cifar10", "cifar100", "imagenet16-120"], ["seed", "mean"]]
    assert all(o["doc"] for o in facts["options"])
    assert facts["published"] and not any(f["comparable"] for f in facts["published"])


def test_a_task_page_answers_what_a_newcomer_asks(cli):
    shown = " ".join(cli("show", "NASBench201-v0").stdout.split())
    for text in ("15,625 genomes", "6,466 distinct", "uniform over genomes", "maximize val_accuracy", "91.72 %",
                 "The best of n random designs", "cifar10 (default), cifar100", "--cost", "Licence", "Checksum",
                 "What papers report", "Not comparable", "not test accuracy"):
        assert text in shown


def test_a_task_without_a_holdout_says_so(cli):
    shown = cli("show", "NASBench201-v0", "-t", "noise=mean").stdout
    assert "Holdout        none: the search sees the mean over all recorded seeds" in shown
    assert "holdout mean" not in shown


def test_a_task_may_be_written_as_reports_write_it(cli):
    by_text = cli("show", "NASBench201-v0(dataset=cifar100,noise=mean)", "--json").stdout
    assert json.loads(by_text)["id"] == "NASBench201-v0(dataset=cifar100,noise=mean)"
    assert by_text == cli("show", "NASBench201-v0", "-t", "dataset=cifar100", "-t", "noise=mean", "--json").stdout


def test_a_design_is_never_broken_over_lines(cli, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    lines = cli("show", "NASBench201").stdout.splitlines()
    sample = json.loads(cli("show", "NASBench201", "--json").stdout)["sample"]
    assert any(line.endswith(sample["text"]) for line in lines)


@pytest.mark.parametrize("columns", [40, 60, 100, 300])
def test_pages_fit_the_window(cli, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    for words in (("list",), ("show", "reinforce"), ("show", "random")):
        for line in cli(*words).stdout.splitlines():
            assert len(line) <= max(columns, 50) and line == line.rstrip()


def test_a_file_of_the_users_own_can_be_shown(cli, tmp_path):
    cli("new", "agent", "my-agent")
    cli("new", "task", "my-task")
    agent = json.loads(cli("show", "my_agent.py:MyAgent", "--json").stdout)
    assert agent["kind"] == "agent" and agent["hyperparameters"][0]["name"] == "patience"
    assert json.loads(cli("show", "my_agent.py", "--json").stdout)["kind"] == "agent"
    task = json.loads(cli("show", "my_task.py:my_task", "--json").stdout)
    assert task["kind"] == "task" and task["space"]["size"] == 120 and task["optimum"] == 8.0
    space = json.loads(cli("show", "my_task.py:MyTask", "--json").stdout)
    assert space["kind"] == "space" and space["choices"] == [] and set(space["sorts"]) == {"depth", "layer"}
    for name in ("my_agent.py:MyAgent", "my_task.py:my_task", "my_task.py:MyTask"):
        assert cli("show", name).exit_code == 0


def test_a_name_that_nothing_has_gets_the_nearest(cli):
    refused = cli("show", "regularised-evolution")
    assert refused.exit_code == 2 and refused.stdout == ""
    assert "did you mean 'regularized-evolution'? 'archgym list' shows all." in refused.stderr


def test_options_go_with_tasks_only(cli):
    refused = cli("show", "reinforce", "-t", "momentum=0.5")
    assert refused.exit_code == 2 and "reinforce is an agent" in refused.stderr


def test_a_page_says_what_each_parameter_decides(cli):
    for name in ("DRAMController", "DRAMController-v0"):
        shown = cli("show", name, *(("-t", "requests=50") if name.endswith("v0") else ()))
        assert "what it decides" in shown.stdout and "MaxActiveTransactions  1 to 128" in shown.stdout
