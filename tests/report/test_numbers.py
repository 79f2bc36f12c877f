"""The numbers in the report's tables and CSV files against plain numpy over the sweep's arrays."""

import csv
import math

import numpy as np
import pytest


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pick(rows, **wanted):
    (row,) = [r for r in rows if all(r[k] == v for k, v in wanted.items())]
    return row


def column(sweep, label):
    """The whole table of a task, larger is better."""
    task = next(e.task for e in sweep.tasks if e.label == label)
    return task.objective.sign * task.evaluator.column


def cdf_of_best(table, n, values):
    """P(best of n uniform draws with replacement <= value)."""
    return (np.searchsorted(np.sort(table), values, side="right") / len(table)) ** n


@pytest.mark.parametrize("task", ["one", "two"])
@pytest.mark.parametrize("agent", ["random", "climber"])
def test_final_scores_are_the_mean_sd_and_median_of_each_runs_best(written, sweep, task, agent):
    row = pick(read(written / "tables/final.csv"), task=task, series=agent, split="search")
    best = sweep.results(task, agent).values.max(axis=1)
    assert [float(row[k]) for k in ("mean", "sd", "median")] == pytest.approx(
        [best.mean(), best.std(ddof=1), np.median(best)]
    )
    assert row["runs"] == "10" and row["unit"] == "%"


def test_holdout_scores_are_those_of_the_incumbents(written, sweep):
    row = pick(read(written / "tables/final.csv"), task="one", series="climber", split="holdout")
    found = sweep.results("one", "climber")
    table = next(e.task for e in sweep.tasks if e.label == "one")
    at = [int(np.flatnonzero(table.evaluator.column == v.max())[0]) for v in found.values]
    assert float(row["mean"]) == pytest.approx(table.judge.column[at].mean())


def test_a_task_without_holdout_has_no_holdout_rows(written):
    assert {r["task"] for r in read(written / "tables/final.csv") if r["split"] == "holdout"} == {"one"}


@pytest.mark.parametrize("task", ["one", "two"])
def test_the_random_row_is_exact(written, sweep, task):
    rows = [r for r in read(written / "tables/final.csv") if r["task"] == task and r["split"] == "search"]
    (row,) = [r for r in rows if r["kind"] == "random"]
    support = np.unique(column(sweep, task))
    p = np.diff(cdf_of_best(column(sweep, task), 40, support), prepend=0)
    mean = support @ p
    assert float(row["mean"]) == pytest.approx(mean)
    assert float(row["sd"]) == pytest.approx(math.sqrt((support - mean) ** 2 @ p))
    assert float(row["median"]) == support[np.searchsorted(np.cumsum(p), 0.5)]
    assert row["series"] == "random, best of 40, exact" and row["best_of"] == "40"
    (best,) = [r for r in rows if r["kind"] == "optimum"]
    assert float(best["mean"]) == support[-1]


@pytest.mark.parametrize("agent", ["random", "climber"])
def test_the_chance_to_beat_random_compares_each_run_with_the_best_of_n(written, sweep, agent):
    row = pick(read(written / "tables/verdicts.csv"), task="two", agent=agent)
    table, finals = column(sweep, "two"), sweep.results("two", agent).values.max(axis=1)
    below = (np.searchsorted(np.sort(table), finals, side="left") / len(table)) ** 40
    assert float(row["beats"]) == pytest.approx(np.mean((below + cdf_of_best(table, 40, finals)) / 2))
    assert float(row["beats_low"]) <= float(row["beats"]) <= float(row["beats_high"])
    assert float(row["at_optimum"]) == np.mean(finals == table.max())


@pytest.mark.parametrize("agent", ["random", "climber"])
def test_the_random_equivalent_budget_has_the_agents_mean_as_its_expected_best(written, sweep, agent):
    n = float(pick(read(written / "tables/verdicts.csv"), task="two", agent=agent)["equals"])
    table = column(sweep, "two")
    support = np.unique(table)
    lower, upper = (support @ np.diff(cdf_of_best(table, k, support), prepend=0) for k in (math.floor(n), math.ceil(n)))
    assert lower <= sweep.results("two", agent).values.max(axis=1).mean() <= upper


def test_relative_improvement_is_a_percentage_of_the_mean_design_and_of_the_best_of_n(written, sweep):
    row = pick(read(written / "tables/verdicts.csv"), task="one", agent="climber")
    mean = sweep.results("one", "climber").values.max(axis=1).mean()
    table = column(sweep, "one")
    support = np.unique(table)
    best = support @ np.diff(cdf_of_best(table, 40, support), prepend=0)
    assert float(row["over_mean"]) == pytest.approx(100 * (mean / table.mean() - 1))
    assert float(row["over_best"]) == pytest.approx(100 * (mean / best - 1))


def test_the_anytime_csv_holds_the_mean_regret_curve_and_an_interval_around_it(written, sweep):
    rows = read(written / "figures/anytime-one.csv")
    mine = [r for r in rows if (r["split"], r["axis"], r["series"]) == ("search", "evaluations", "climber")]
    incumbents = np.maximum.accumulate(sweep.results("one", "climber").values, axis=1)
    regret = (column(sweep, "one").max() - incumbents).mean(axis=0)
    assert [int(float(r["x"])) for r in mine] == list(range(1, 41))
    assert [float(r["estimate"]) for r in mine] == pytest.approx(regret.tolist(), abs=1e-12)
    assert all(float(r["low"]) <= float(r["estimate"]) <= float(r["high"]) for r in mine)
    assert {r["axis"] for r in rows} == {"evaluations", "cost", "agent_seconds"}
    assert {r["split"] for r in rows} == {"search", "holdout"}


def test_curves_over_cost_read_off_what_each_run_had_by_then(written, sweep):
    rows = read(written / "figures/anytime-one.csv")
    mine = [r for r in rows if (r["split"], r["axis"], r["series"]) == ("search", "cost", "random")]
    incumbents = np.maximum.accumulate(sweep.results("one", "random").values, axis=1)
    for row in mine:  # every evaluation costs a minute, the axis is in minutes
        evaluation = int(float(row["x"]) + 1e-9)
        expected = (column(sweep, "one").max() - incumbents[:, evaluation - 1]).mean()
        assert float(row["estimate"]) == pytest.approx(expected, abs=1e-12)


def test_the_random_curve_is_the_expected_best_of_n(written, sweep):
    rows = read(written / "figures/anytime-two.csv")
    table = column(sweep, "two")
    support = np.unique(table)
    for row in [r for r in rows if r["series"] == "random search"][::7]:
        p = np.diff(cdf_of_best(table, int(float(row["x"])), support), prepend=0)
        assert float(row["estimate"]) == pytest.approx(table.max() - support @ p)


def test_the_share_at_the_optimum_counts_runs(written, sweep):
    rows = [r for r in read(written / "figures/optimum-share.csv") if (r["task"], r["series"]) == ("two", "random")]
    hits = np.maximum.accumulate(sweep.results("two", "random").values, axis=1) == column(sweep, "two").max()
    assert [float(r["share"]) for r in rows] == pytest.approx(hits.mean(axis=0).tolist())


def test_the_matrix_counts_pairs_of_runs(written, sweep):
    rows = read(written / "figures/versus.csv")
    row = pick(rows, task="one", row="random", column="climber")
    a, b = (sweep.results("one", agent).values.max(axis=1) for agent in ("random", "climber"))
    pairs = [(x > y) + (x == y) / 2 for x in a for y in b]
    assert float(row["probability"]) == pytest.approx(np.mean(pairs))
    both = [float(r["probability"]) for r in rows if (r["row"], r["column"]) == ("random", "climber")]
    assert both[0] == pytest.approx(np.mean(both[1:])), "the first pane is the mean over tasks"


def test_ranks_of_two_agents_add_up_to_three(written, sweep):
    rows = read(written / "figures/average-rank.csv")
    last = {r["agent"]: float(r["rank"]) for r in rows if r["evaluations"] == "40.0"}
    per_task = []
    for task in ("one", "two"):
        a, b = (sweep.results(task, agent).values.max(axis=1) for agent in ("random", "climber"))
        per_task.append(np.mean(1 + (b > a) + (a == b) / 2))
    assert last["random"] == pytest.approx(np.mean(per_task))
    assert last["random"] + last["climber"] == pytest.approx(3)


def test_effort_is_the_mean_over_runs(written, sweep):
    row = pick(read(written / "tables/effort.csv"), task="one", agent="climber")
    found = sweep.results("one", "climber")
    assert float(row["charged"]) == 40
    assert float(row["distinct"]) == pytest.approx(found.distinct.mean())
    assert float(row["distinct"]) + float(row["duplicate"]) == pytest.approx(40)
    assert float(row["cost"]) == 2400 and row["cost_unit"] == "s" and row["stops"] == "budget:10"
    assert float(row["agent_seconds"]) == pytest.approx(found.agent_seconds[:, -1].mean())
