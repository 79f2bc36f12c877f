"""Targets and scores over all tasks, against plain numpy."""

import csv
import re

import numpy as np
import pytest
from sweeps import tiny_sweep, tiny_task

from archgym.report import across, targets
from archgym.report.findings import find
from archgym.report.style import drawing, looks


@pytest.fixture(scope="module")
def findings():
    return find(tiny_sweep(seeds=8, n=40))


def words(parts):
    return " ".join(re.sub(r"<[^>]+>", " ", "".join(parts)).replace("\u202f", " ").split())


def test_the_expected_budget_is_all_that_was_spent_over_those_that_got_there(findings, tmp_path):
    task = findings.ran[0]
    agent, cell = next(iter(task.ran.items()))
    goal = np.sort(task.baseline.values)[-3]  # of 256 designs the best 1 % are two; ties aside, this is the third
    reached = targets.find(findings)
    which = targets.of(task)
    spent = [np.argmax(run >= which[0]) + 1 if run.max() >= which[0] else len(run) for run in cell.incumbents]
    hits = (cell.incumbents.max(1) >= which[0]).sum()
    interval, counted = reached[task.label][agent][0]
    assert counted == hits and interval.estimate == pytest.approx(sum(spent) / hits)
    assert which[1] > goal and which[-1] == task.baseline.values.max()
    targets.save(findings, reached, tmp_path / "targets.csv")
    with open(tmp_path / "targets.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 * sum(len(t.ran) for t in findings.ran)
    assert float(rows[0]["evaluations"]) == pytest.approx(sum(spent) / hits)


def test_the_page_has_random_search_beside_the_agents(findings):
    text = words(targets.section(findings, targets.find(findings), looks(findings.agents)))
    assert "random search, exact 10.2" in text  # of 256 designs 25 are the best 10 %
    assert "256" in text and "optimum" in text


def test_the_figure_starts_low_and_ends_at_what_was_reached(findings):
    with drawing():
        picture = targets.picture(findings, targets.find(findings), looks(findings.agents))
    ends = {(task, series): share for task, series, _, share, *_ in picture.rows}
    task = findings.ran[0]
    agent, cell = next(iter(task.ran.items()))
    reached = (cell.incumbents[:, -1:] >= targets.of(task)).mean()
    assert ends[task.label, agent] == pytest.approx(reached)


def test_scores_are_0_at_the_best_of_n_and_1_at_the_optimum(findings):
    found = across.find(findings)
    for a in found.agents:
        finals = [t.cells[a].finals for t in found.tasks]
        scores = [(f - t.baseline.mean) / (t.optimum() - t.baseline.mean) for f, t in zip(finals, found.tasks)]
        assert found.gap[a].estimate == pytest.approx(np.maximum(1 - np.concatenate(scores), 0).mean())


def test_few_tasks_are_no_ground_for_friedman(findings):
    text = words(across.tests(across.find(findings)))
    assert "Nothing should be concluded from it: underpowered: 2 tasks" in text


def test_twelve_tasks_get_a_diagram():
    tasks = [tiny_task(f"t{i}", seed=i) for i in range(12)]
    findings = find(tiny_sweep(tasks=tasks, seeds=2, n=20))
    found = across.find(findings)
    with drawing():
        names = [picture.name for picture in across.pictures(found, looks(findings.agents))]
    assert names == ["profile", "heat", "critical-difference"] and "Nemenyi" in words(across.tests(found))


def test_one_task_or_one_agent_has_no_such_section():
    assert across.find(find(tiny_sweep(tasks=[tiny_task()], seeds=2, n=20))) is None
    assert across.find(find(tiny_sweep(agents=("random",), seeds=2, n=20))) is None


def test_a_task_without_an_optimum_is_named_as_left_out():
    tasks = [tiny_task("known"), tiny_task("open", optimum=False), tiny_task("third", seed=3)]
    findings = find(tiny_sweep(tasks=tasks, seeds=3, n=20))
    found = across.find(findings)
    assert found.left_out == ["open"] and [t.label for t in found.tasks] == ["known", "third"]
    assert "Left out, for want of a known optimum or baseline: open." in words(across.section(found, looks(findings.agents)))
