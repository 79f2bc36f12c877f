"""Variants of one agent: paired differences against plain numpy, and where they are shown."""

import csv

import numpy as np
import pytest
from sweeps import changed, first, tiny_sweep, tiny_task

from archgym.report import variants, write
from archgym.report.findings import find
from archgym.report.style import looks


def sweep_of_variants(seeds=10, n=30, **options):
    """climber at its defaults, with rate .5, with rate .9; random beside them."""
    sweep = tiny_sweep(agents=("random", "fast", "climber", "faster still"), seeds=seeds, n=n, **options)
    for entry, rate in zip(sweep.agents[1:], (0.5, 0.1, 0.9)):
        entry.name = "climber"
        entry.hyperparameters = {"rate": (rate, 0.1, "How fast it goes.")}
    return sweep


def rows_of(folder):
    with open(folder / "variants.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def section_of(sweep, folder):
    """The section's HTML; its files go into the folder."""
    findings = find(sweep)
    comparisons = variants.compare(findings)
    variants.save(comparisons, folder)
    return "".join(variants.section(comparisons, looks(findings.agents)))


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    sweep = sweep_of_variants()
    sweep.cells["one", "fast"] = first(sweep.cells["one", "fast"], 7)  # three seeds are not there yet
    return sweep, write(sweep, tmp_path_factory.mktemp("variants")).parent / "tables"


def finals(sweep, task, agent, seeds):
    return sweep.results(task, agent).values[:seeds].max(axis=1)


@pytest.mark.parametrize("task, variant, pairs", [("one", "fast", 7), ("one", "faster still", 10), ("two", "fast", 10)])
def test_differences_are_between_runs_of_the_same_task_and_seed(compared, task, variant, pairs):
    sweep, folder = compared
    row, = [r for r in rows_of(folder) if (r["task"], r["variant"], r["split"]) == (task, variant, "search")]
    d = finals(sweep, task, variant, pairs) - finals(sweep, task, "climber", pairs)
    assert int(row["pairs"]) == pairs and row["reference"] == "climber" and row["unit"] == "points"
    assert float(row["better_by"]) == pytest.approx(d.mean())
    assert float(row["better_by_low"]) <= d.mean() <= float(row["better_by_high"])
    assert float(row["wins"]) == pytest.approx(np.mean((d > 0) + (d == 0) / 2))


def test_the_interval_of_a_difference_is_about_that_of_students_t(compared):
    sweep, folder = compared
    row, = [r for r in rows_of(folder) if (r["task"], r["variant"], r["split"]) == ("two", "fast", "search")]
    d = finals(sweep, "two", "fast", 10) - finals(sweep, "two", "climber", 10)
    reach = 2.262 * d.std(ddof=1) / np.sqrt(10)
    assert float(row["better_by_high"]) - float(row["better_by_low"]) == pytest.approx(2 * reach, rel=0.35)


def test_over_all_tasks_stands_the_mean(compared):
    _, folder = compared
    rows = [r for r in rows_of(folder) if (r["variant"], r["split"]) == ("fast", "search")]
    per_task, overall = rows[:-1], rows[-1]
    assert overall["task"] == "all tasks" and int(overall["pairs"]) == 17
    for column in ("better_by", "wins"):
        assert float(overall[column]) == pytest.approx(np.mean([float(r[column]) for r in per_task]))


def test_the_page_names_the_reference_and_leads_to_the_files(compared):
    _, folder = compared
    html = (folder.parent / "report.html").read_text(encoding="utf-8")
    part = html[html.index('<section id="variants"'):]
    part = part[: part.index("</section>")]
    assert "<strong>climber</strong>" in part and "published defaults" in part and "all tasks" in part
    for name in ("variants.csv", "variants-search.tex", "variants-holdout.tex"):
        assert f'href="tables/{name}"' in part and (folder / name).is_file()
    tex = (folder / "variants-search.tex").read_text(encoding="utf-8")
    body = [line for line in tex.splitlines() if line.endswith(r"\\")]
    assert len(body) == 1 + 6 and {line.count("&") for line in body} == {4}


def test_a_sweep_without_variants_has_no_such_section_and_no_files(tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/variants.csv").write_text("of another report")
    page = write(tiny_sweep(tasks=[tiny_task()], seeds=1, n=3), tmp_path)
    assert 'id="variants"' not in page.read_text(encoding="utf-8")
    assert not (tmp_path / "tables/variants.csv").exists()


def test_without_one_at_the_defaults_the_first_is_the_reference(tmp_path):
    sweep = sweep_of_variants(seeds=3, n=6)
    sweep.agents = [a for a in sweep.agents if a.label != "climber"]
    html = section_of(sweep, tmp_path)
    assert "the first of them; none is at the defaults" in html
    assert {(r["reference"], r["variant"]) for r in rows_of(tmp_path)} == {("fast", "faster still")}


def test_where_smaller_is_better_a_positive_difference_is_still_better(tmp_path):
    sweep = sweep_of_variants(seeds=4, n=8, tasks=[tiny_task("slow", goal="min", unit="ms", holdout=False)])
    section_of(sweep, tmp_path)
    row = next(r for r in rows_of(tmp_path) if r["variant"] == "fast")
    raw = -finals(sweep, "slow", "climber", 4) + finals(sweep, "slow", "fast", 4)
    assert float(row["better_by"]) == pytest.approx(raw.mean()) and row["unit"] == "ms"


def test_a_run_without_a_valid_design_leaves_wins_but_no_difference(tmp_path):
    sweep = sweep_of_variants(seeds=4, n=8, tasks=[tiny_task("one", holdout=False)])
    found = sweep.cells["one", "fast"]
    values = found.values.copy()
    values[0] = -np.inf
    sweep.cells["one", "fast"] = changed(found, values)
    section_of(sweep, tmp_path)
    row = next(r for r in rows_of(tmp_path) if r["variant"] == "fast")
    assert row["better_by"] == "" and 0 <= float(row["wins"]) <= 1


def test_one_seed_has_no_interval(tmp_path):
    html = section_of(sweep_of_variants(seeds=1, n=6, tasks=[tiny_task("one")]), tmp_path)
    assert all(r["better_by_low"] == r["wins_low"] == "" for r in rows_of(tmp_path))
    assert "nan" not in html.lower()
