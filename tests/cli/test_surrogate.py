"""`archgym surrogate`, and what other commands know of surrogates."""

import json

import block_tasks
import yaml


def test_a_sweep_becomes_a_task_that_is_shown_run_listed_and_removed(cli, tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({
        "tasks": [{"name": f"{block_tasks.__file__}:light_blocks", "label": "light"}], "agents": ["random"], "seeds": 2,
        "budget": {"evaluations": 80}}))
    assert cli("sweep", "mine.yaml", "--no-report", "--workers", "1").exit_code == 0
    fitted = cli("surrogate", "mine", "--trees", "10")
    assert fitted.exit_code == 0, fitted.stderr
    assert "Fitted 'light-surrogate'" in fitted.stdout and "Kendall tau" in fitted.stdout
    assert "archgym run light-surrogate local-search" in fitted.stdout
    shown = cli("show", "light-surrogate").stdout
    assert "What it predicts" in shown and "weight" in shown
    facts = json.loads(cli("show", "light-surrogate", "--json").stdout)
    assert [a["metric"] for a in facts["accuracy"]] == ["volume", "weight"]
    assert cli("run", "light-surrogate", "local-search", "-n", "20").exit_code == 0
    assert "light-surrogate" in cli("list", "tasks").stdout and "light-surrogate" in cli("data", "list").stdout
    assert "--replace puts this one in its place" in cli("surrogate", "mine", "--trees", "10").stderr
    assert cli("data", "remove", "light-surrogate").exit_code == 0
    assert "light-surrogate" not in cli("list", "tasks").stdout


def test_what_cannot_be_fitted_is_told(cli, tmp_path):
    assert "is not a sweep folder" in cli("surrogate", tmp_path).stderr
    assert "SHARE" in cli("surrogate", "--help").stdout
