"""The report of a sweep that was really run: NAS-Bench-201, with an agent that breaks."""

import csv

import numpy as np
import pytest

import archgym
from archgym.report import write
from archgym.sweep import plan
from archgym.sweep.execute import execute

BROKEN = """
from dataclasses import dataclass
from archgym import AskTellAgent, Proposal

@dataclass
class Broken(AskTellAgent):
    def setup(self, bench):
        self.space, self.uniform, self.asked = bench.space, bench.uniform("broken"), 0

    def ask(self, n):
        self.asked += 1
        if self.asked > 12:
            raise ValueError("the well has <run> dry")
        return [Proposal(self.space.sample(self.uniform))]
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    (folder / "broken.py").write_text(BROKEN)
    content = {
        "tasks": [
            {"name": "NASBench201-v0", "label": "noisy"},
            {"name": "NASBench201-v0", "label": "noise-free", "options": {"noise": "mean"}},
        ],
        "agents": ["random", "local-search", {"name": f"{folder / 'broken.py'}:Broken", "label": "broken"}],
        "seeds": 3,
        "budget": {"evaluations": 60},
    }
    execute(plan.from_dict(content, folder=folder), folder / "out", workers=1)
    sweep = archgym.load(folder / "out")
    return sweep, write(sweep, folder / "report").parent


def scores(folder):
    with open(folder / "tables/final.csv", encoding="utf-8", newline="") as file:
        return {(r["task"], r["split"], r["series"]): r for r in csv.DictReader(file)}


def test_scores_are_those_of_runs_made_one_by_one(reported):
    sweep, folder = reported
    for agent in ("random", "local-search"):
        runs = [archgym.run("NASBench201-v0", agent, archgym.Budget(evaluations=60), seed) for seed in sweep.seeds]
        found = scores(folder)
        assert float(found["noisy", "search", agent]["mean"]) == pytest.approx(
            np.mean([run.incumbent.value for run in runs])
        )
        assert float(found["noisy", "holdout", agent]["mean"]) == pytest.approx(
            np.mean([run.incumbent.holdout[run.task.objective.holdout] for run in runs])
        )


def test_the_random_rows_are_the_tasks_own_baseline(reported):
    sweep, folder = reported
    baseline = archgym.task("NASBench201-v0").random_baseline(60)
    found = scores(folder)
    row = "random, best of 60, exact"
    assert float(found["noisy", "search", row]["mean"]) == pytest.approx(baseline.mean)
    assert float(found["noisy", "holdout", row]["mean"]) == pytest.approx(baseline.holdout_mean)


def test_the_task_without_holdout_says_so_and_the_broken_runs_are_listed(reported):
    _, folder = reported
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "noise-free (no holdout)" in html and ("noise-free", "holdout", "random") not in scores(folder)
    assert "broken on noisy has 0 of 3 seeds" in html
    assert html.count("ValueError: the well has &lt;run&gt; dry") == 6
