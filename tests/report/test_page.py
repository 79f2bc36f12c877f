"""What the page says, and that it says it safely and without a network."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from sweeps import Budget, changed, first, results, tiny_sweep, tiny_task

from archgym.report import write
from archgym.sweep.load import Failure


class Reader(HTMLParser):
    """Text, ids, links and loaded resources of a page; complains of tags that are not closed in order."""

    VOID = {"meta", "br", "img", "hr", "link", "input"}

    def __init__(self, html):
        super().__init__()
        self.open, self.ids, self.links, self.loads, self.words, self.titles = [], [], [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if attributes.get("id"):
            self.ids.append(attributes["id"])
        target = attributes.get("href")
        if target is not None and tag == "a":
            self.links.append(target)
        elif target is not None:
            self.loads.append(target)
        self.loads += [attributes[k] for k in ("src", "data", "poster", "srcset") if attributes.get(k)]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words).replace("\u202f", " "))


def report(sweep, folder):
    html = write(sweep, folder).read_text(encoding="utf-8")
    return Reader(html), html


@pytest.fixture(scope="module")
def page(written):
    html = (written / "report.html").read_text(encoding="utf-8")
    return Reader(html), html


def test_the_page_loads_nothing_from_elsewhere(page):
    reader, html = page
    assert [target for target in reader.loads if not target.startswith("#")] == []
    assert re.findall(r"@import|url\((?!#)|<script|https?://", html) == []


def test_ids_are_unique_and_links_lead_somewhere(page, written):
    reader, _ = page
    assert [i for i, n in Counter(reader.ids).items() if n > 1] == []
    for target in reader.links + reader.loads:
        assert target[1:] in reader.ids if target.startswith("#") else (written / target).is_file(), target


def test_the_summary_comes_first_and_says_what_was_compared(page):
    text = page[0].text
    assert (
        "2 search strategies on 2 tasks, 10 seeds each, under the same budget: 40 evaluations. 40 of 40 runs finished."
        in text
    )
    assert text.index("Summary") < text.index("Final scores") < text.index("Anytime curves")


def test_the_verdict_on_every_agent_has_the_numbers_of_the_table(page, written):
    import csv

    text = page[0].text
    with open(written / "tables/verdicts.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            p = float(row["beats"])
            shown = f"P = {p:.2f}".replace("0.", ".")
            low, high = (f"{float(row[k]):.2f}".lstrip("0") for k in ("beats_low", "beats_high"))
            assert f"{row['agent']} " in text and f"{shown} [{low}, {high}]; equals random search at" in text


def test_captions_name_the_law_and_say_that_random_search_is_exact(page):
    assert "law uniform over genomes, exact over 256 designs" in page[0].text


def test_a_task_without_holdout_says_so_wherever_its_numbers_stand(page):
    _, html = page
    for section in ("summary", "final", "anytime", "random", "agents"):
        part = html[html.index(f'<section id="{section}"') :]
        part = part[: part.index("</section>")]
        assert re.search(r"no holdout", part, re.I), section
    assert "No holdout: The table has one column." in page[0].text


def test_hyperparameters_are_all_there_and_changes_stand_out(page):
    assert "rate 0.5 0.1 How fast it goes." in page[0].text
    assert "<b>0.5</b>" in page[1]
    assert "1 hyper-parameter, 1 not at the default" in page[0].text


def test_machine_versions_licences_and_checksums_are_there(page):
    for words in ("abacus", "3.11.7", "numpy 2.0", "CC0", "table:accuracy", "2020-01-01"):
        assert words in page[0].text, words


def test_an_unfinished_sweep_says_how_much_is_there(tmp_path):
    sweep = tiny_sweep(seeds=8, n=20)
    sweep.cells["one", "climber"] = first(sweep.cells["one", "climber"], 3)
    sweep.cells["two", "climber"] = first(sweep.cells["two", "climber"], 0)
    error = 'Traceback (most recent call last):\n  File "x.py", line 3\nValueError: <b>no</b> population'
    sweep.failures = [Failure("two", "climber", 4, error, error)]
    reader, html = report(sweep, tmp_path)
    assert "Unfinished: 19 of 32 runs are there" in reader.text
    assert "climber on one has 3 of 8 seeds" in reader.text and "climber on two has 0 of 8 seeds" in reader.text
    assert "climber has no finished run yet." in reader.text
    assert "ValueError: <b>no</b> population" in reader.text and "<b>no</b> population" not in html
    assert "File" not in reader.text[reader.text.index("last line of the error") :]


def test_a_sweep_without_any_finished_run_still_has_a_page(tmp_path):
    sweep = tiny_sweep(seeds=2, n=5)
    sweep.cells = {cell: first(found, 0) for cell, found in sweep.cells.items()}
    reader, _ = report(sweep, tmp_path)
    assert "No run has finished: there is nothing to report yet." in reader.text
    assert list((tmp_path / "figures").iterdir()) == []


def test_one_seed_has_no_interval_and_no_bold(tmp_path):
    reader, html = report(tiny_sweep(tasks=[tiny_task("one")], seeds=1, n=10), tmp_path)
    assert "has one run only (no interval): better than best-of-10 random with P =" in reader.text
    assert "One run an agent: no interval." in reader.text
    assert "<b>9" not in html and "nan" not in reader.text.lower()


def test_an_unknown_optimum_shows_values_in_place_of_regret(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("open", optimum=False)], seeds=3, n=12)
    reader, _ = report(sweep, tmp_path)
    assert "the optimum is not known, so there is no regret" in reader.text
    assert not (tmp_path / "figures/optimum-share.csv").exists()
    row = (tmp_path / "figures/anytime-open.csv").read_text().splitlines()[1].split(",")
    assert float(row[4]) > 80, "an accuracy, not a regret"


def test_a_metric_that_is_minimized_is_shown_in_its_own_sign(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("slow", goal="min", unit="ms")], seeds=4, n=12)
    reader, _ = report(sweep, tmp_path)
    mean = -sweep.results("slow", "random").values.max(axis=1).mean()
    assert mean > 0 and f"{mean:.2f} ±" in reader.text
    assert "smaller is better" in reader.text


def test_user_text_is_escaped_in_html_and_latex(tmp_path):
    name = "<script>alert(1)</script> & 100%_$x$ {#}~^\\"
    sweep = tiny_sweep(tasks=[tiny_task(name, unit="$")], agents=("random", 'b"<i>&_ 漢$'), seeds=2, n=6)
    sweep.manifest["name"] = "</title><script>"
    sweep.manifest["command"] = ["<img src=x onerror=y>"]
    reader, html = report(sweep, tmp_path)
    assert "<script" not in html and "<i>&" not in html and "<img" not in html
    assert name in reader.text
    tex = (tmp_path / "tables/final-search.tex").read_text()
    assert (
        r"\textless{}script\textgreater{}" in tex and r"100\%\_\$x\$ \{\#\}\textasciitilde{}\textasciicircum{}" in tex
    )
    assert r"\textquotedbl{}\textless{}i\textgreater{}\&\_ 漢\$" in tex


def test_latex_has_a_row_an_agent_random_and_the_optimum(written):
    tex = (written / "tables/final-search.tex").read_text()
    for rule in (r"\toprule", r"\midrule", r"\bottomrule", r"\cmidrule", r"\label{tab:final-search}"):
        assert rule in tex
    body = tex[tex.index(r"\toprule") : tex.index(r"\bottomrule")]
    assert {line.split(" & ")[0] for line in body.splitlines() if " & " in line} == {
        "",
        "agent",
        "random",
        "climber",
        "random, best of 40, exact",
        "optimum",
    }
    assert len({line.count("&") for line in body.splitlines() if line.endswith(r"\\")} - {2}) == 1
    assert "two has no" not in tex and "No holdout on two" in tex


def test_where_cost_is_the_limit_n_is_what_the_runs_measured(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("one")], seeds=5, n=30)
    for cell, found in sweep.cells.items():
        values = found.values.copy()
        for i, row in enumerate(values):
            row[20 + i :] = float("nan")
        sweep.cells[cell] = changed(found, values)
    sweep.budgets = {label: Budget(cost=1440.0) for label in sweep.budgets}
    reader, _ = report(sweep, tmp_path)
    assert "best-of-22 random" in reader.text and "1 440 of declared cost" in reader.text
    assert "n is the median number of evaluations" in reader.text


def test_a_run_that_found_no_valid_design_is_not_averaged_away(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("one")], seeds=4, n=10)
    found = sweep.cells["one", "climber"]
    values = found.values.copy()
    values[0] = -float("inf")
    sweep.cells["one", "climber"] = changed(found, values)
    reader, _ = report(sweep, tmp_path)
    assert "climber: 1 of 4 runs found no valid design; they count as worst." in reader.text
    assert "4 runs · 1 without a valid design" in reader.text
    row = [r for r in (tmp_path / "tables/final.csv").read_text().splitlines() if r.startswith("one,search,climber")][0]
    assert row.split(",")[5] == "", "no mean"


def test_a_slow_task_takes_its_baseline_from_the_sweeps_random_runs(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("one")], seeds=6, n=20)
    for entry in sweep.tasks:
        entry.task.evaluator.instant = False
        entry.task.evaluator.evaluate_many = None  # nobody may measure anything
        entry.task.evaluator.evaluate = None
    reader, _ = report(sweep, tmp_path)
    assert "estimated from 120 samples (evaluations of this sweep's random search)" in reader.text
    assert "random, best of 20, estimated" in reader.text


def test_a_slow_task_without_random_runs_says_why_there_is_no_baseline(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task("one")], agents=("climber", "other"), seeds=3, n=10)
    for entry in sweep.tasks:
        entry.task.evaluator.instant = False
    reader, _ = report(sweep, tmp_path)
    assert "add the agent 'random' to the sweep" in reader.text
    assert not (tmp_path / "figures/beats-random.pdf").exists()


def test_free_duplicates_take_no_place_on_the_axis_of_evaluations(tmp_path):
    from dataclasses import replace
    from types import SimpleNamespace

    import numpy as np

    sweep = tiny_sweep(tasks=[tiny_task("one", holdout=False, seed=1)], agents=("random",), seeds=3, n=20)
    found = sweep.results("one", "random")
    twice = results(
        found.seeds,
        np.repeat(found.values, 2, axis=1),
        np.repeat(found.costs, 2, axis=1),
        np.repeat(found.agent_seconds, 2, axis=1),
        None,
        found.distinct,
        found.stops,
    )
    sweep.cells["one", "random"] = replace(twice, evaluations=found.evaluations)
    charged = SimpleNamespace(charged=np.arange(40) % 2 == 0)
    sweep.runs = [SimpleNamespace(task="one", agent="random", seed=s, trajectory=charged) for s in range(3)]
    report(sweep, tmp_path / "free")
    sweep.cells["one", "random"] = found
    report(sweep, tmp_path / "plain")
    for name in ("figures/anytime-one.csv", "tables/final.csv"):
        assert (tmp_path / "free" / name).read_text() == (tmp_path / "plain" / name).read_text()


def test_many_agents_and_tasks_have_distinct_looks_and_files(tmp_path):
    from archgym.report.style import looks
    from archgym.report.text import distinct_slugs

    labels = [f"agent {i}" for i in range(15)]
    assert len({(look.colour, look.dashes, look.marker) for look in looks(labels).values()}) == 15
    assert len(set(distinct_slugs(["a b", "a-b", "A/B", "", "…"]).values())) == 5
