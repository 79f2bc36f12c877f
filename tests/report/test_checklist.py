"""The checklist says what the sweep holds, and leaves open what it cannot know."""

import numpy as np
import pytest
from sweeps import Budget, first, tiny_sweep, tiny_task

from archgym.report.checklist import accounts, fill, markdown
from archgym.report.findings import find


def standing(sweep):
    return {item.practice.split(":")[0].split(",")[0]: item for item in fill(find(sweep))}


@pytest.fixture(scope="module")
def whole():
    return find(tiny_sweep([tiny_task("one", seed=1)], seeds=10))


def test_what_a_program_cannot_know_is_left_open(whole):
    left = [item.practice for item in fill(whole) if item.standing == "open"]
    assert left == ["Code of the search space", "Code of the methods", "Ablations",
                    "How hyper-parameters were tuned, and what that took", "All details of the set-up"]


def test_a_setting_that_is_not_the_default_is_asked_about(whole):
    tuned = next(i for i in fill(whole) if i.practice.startswith("How hyper-parameters"))
    assert tuned.answer == "climber differs from the defaults; say how that was chosen"


def test_few_runs_and_a_missing_holdout_are_a_no():
    items = standing(tiny_sweep([tiny_task("bare", holdout=False)], seeds=3))
    assert items["Several runs"].standing == "no" and "3 runs" in items["Several runs"].answer
    assert items["The same protocol to score what methods return"].answer.startswith("bare has no holdout")


def test_the_fewest_runs_of_any_agent_count():
    sweep = tiny_sweep(seeds=12)
    sweep.cells["one", "climber"] = first(sweep.cells["one", "climber"], 4)
    assert "4 runs" in standing(sweep)["Several runs"].answer


def test_a_clocked_budget_is_no_fair_one():
    sweep = tiny_sweep([tiny_task("one", seed=1)])
    sweep.budgets["one"] = Budget(evaluations=40, wall_seconds=5)
    assert standing(sweep)["Confounding factors under control"].standing == "no"


def test_an_agent_that_was_not_planned_somewhere_is_no_fair_comparison():
    sweep = tiny_sweep()
    sweep.manifest["runs"] = [r for r in sweep.manifest["runs"] if r[1:3] != ["two", "climber"]]
    sweep.cells["two", "climber"] = first(sweep.cells["two", "climber"], 0)
    assert standing(sweep)["The same benchmark for all"].answer == "not planned: climber on two"


def test_variants_of_one_agent_are_ablations():
    sweep = tiny_sweep([tiny_task("one", seed=1)], agents=("climber", "climber-2"))
    for agent in sweep.agents:
        agent.name = "climber"
    sweep.agents[1].hyperparameters = {"rate": (0.9, 0.1, "How fast it goes.")}
    assert standing(sweep)["Ablations"].standing == "yes"


def test_a_sweep_without_finished_runs_is_told_as_that():
    sweep = tiny_sweep([tiny_task("one", seed=1)])
    for cell in sweep.cells:
        sweep.cells[cell] = first(sweep.cells[cell], 0)
    items = standing(sweep)
    assert items["Performance over time"].answer == items["Random search as a baseline"].answer == "no run has finished"
    assert dict(accounts(find(sweep)))["evaluations charged"] == "0"


def test_the_accounts_add_up(whole):
    cells = [c.results for t in whole.ran for c in t.ran.values()]
    took = dict(accounts(whole))
    assert took["runs"] == "20" and took["evaluations charged"] == str(sum(r.evaluations.sum() for r in cells))
    assert took["declared cost of these"] == "13.3 h" == f"{np.sum([r.cost for r in cells]) / 3600:.1f} h"
    assert "for you to answer" in took["tuning before these runs"] and "abacus" in took["hardware"]
    assert took["wall time"] == "not recorded"


def test_the_wall_time_is_the_manifests():
    sweep = tiny_sweep()
    sweep.manifest["seconds"] = {"wall": 5400.0, "cpu": 10000.0}
    assert dict(accounts(find(sweep)))["wall time"] == "90.0 min, 2.78 h of CPU"


def test_the_page_of_markdown_ticks_what_is_done(whole):
    text = markdown(fill(whole), accounts(whole))
    assert text.count("- [x]") == sum(i.standing == "yes" for i in fill(whole))
    assert "- [ ] Code of the methods: *for you to answer*" in text
