"""The page that experiments/lottery_page.py makes of two lotteries: its claims are the numbers of the runs."""

from math import comb

import numpy as np
import pytest

from archgym.experiments.lottery_page import better, draw, page, restarted
from archgym.lottery.findings import find


@pytest.fixture(scope="module")
def findings(played):
    return find(played)


def test_tuned_and_restarted_are_what_the_runs_say(findings, played):
    rows = restarted(findings)
    assert len(rows) == 2  # one agent with ten configurations or more, two tasks
    cell = findings.tasks[0].cells[played.entrants[0].name]
    halves = cell.finals[:, ::2].mean(axis=1), cell.finals[:, 1::2].mean(axis=1)
    judged = [judge[choose == choose.max()].mean() for choose, judge in (halves, halves[::-1])]
    assert rows[0]["tuned"] == pytest.approx(12 - np.mean(judged))
    runs = np.sort(cell.default)
    best = sum(value * comb(i, 9) for i, value in enumerate(runs)) / comb(len(runs), 10)
    assert rows[0]["restarts"] == pytest.approx(12 - best)
    assert (rows[0]["spent"], rows[0]["restarts_spent"]) == ((12 * 1.5 + 1) * 6, 60)
    assert better(findings) == (sum(r["restarts"] < r["tuned"] for r in rows), 2)


def test_the_page_states_both_lotteries_and_shows_each_figure(findings, tmp_path):
    pictures = draw(findings, tmp_path)
    text = page(findings, findings, pictures)
    won, of = better(findings)
    assert f"on {won} of {of} pairs" in text and f"fresh seeds on {won} of {of}" in text
    assert set(pictures) >= {"scores", "tuned", "chances", "transfer"}
    for name, file in pictures.items():
        assert (tmp_path / file).read_bytes()[:4] == b"\x89PNG" and f"]({file})" in text
