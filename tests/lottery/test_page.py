"""What the page of a lottery says, of one in which much went wrong."""

import csv
import re
from collections import Counter

import numpy as np
import pytest

from archgym.lottery.page import write


@pytest.fixture(scope="module")
def page(played, tmp_path_factory):
    return write(played, tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8"))).replace("\u202f", " ")


def test_the_page_loads_nothing_from_elsewhere_and_its_links_lead_somewhere(page):
    html = page.read_text(encoding="utf-8")
    assert re.findall(r"@import|<script|https?://", html) == []
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert [i for i, n in Counter(ids).items() if n > 1] == []
    for target in re.findall(r'<a href="([^"]+)"', html):
        assert target[1:] in ids if target.startswith("#") else (page.parent / target).is_file(), target


def test_too_few_configurations_and_seeds_are_said_in_words(words):
    assert "12 configurations an agent say little about a distribution" in words
    assert "3 seeds: the best configuration is chosen by luck as much as by merit" in words


def test_one_agent_with_settings_is_no_comparison_and_says_so(words):
    assert "fewer than two agents have anything to tune; there is nothing to compare" in words


def test_refusals_and_failures_are_listed_with_their_reasons(words):
    assert "4 configurations refused by the agent" in words and "mode &#x27;refused&#x27; is refused" in words
    assert "24 failed" in words and "RuntimeError: it broke" in words


def test_the_tuner_stands_beside_what_was_drawn(words):
    assert "Tuning by random against drawing at random" in words


def test_the_table_beside_it_holds_what_the_runs_ended_with(page, played):
    with open(page.parent / "tables" / "agents.csv", newline="", encoding="utf-8") as file:
        row = next(r for r in csv.DictReader(file) if "hill" in r["task"] and "Fickle" in r["agent"])
    task, fickle = played.tasks[0].label, played.entrants[0]
    known = played.drawn(task, fickle)
    known = np.where(np.isfinite(known), known, np.nanmin([played.of(task, "random"), *known]))
    assert float(row["median"]) == np.median(known.mean(axis=1))
    gain = played.judged(task, fickle.label(played.best(task, fickle))) - played.judged(
        task, fickle.label(fickle.default))
    assert float(row["gain"]) == pytest.approx(gain.mean())
    assert row["failed_runs"] == "24"


def test_every_figure_has_its_files(page):
    for ending in ("png", "svg", "pdf", "csv"):
        assert {p.stem for p in (page.parent / "figures").glob(f"*.{ending}")} >= {"scores", "chances", "transfer"}
