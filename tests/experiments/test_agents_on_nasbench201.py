"""The table of agents: its numbers are those of runs, what is there is not run again, refusals are quoted."""

import csv

import numpy as np
import pytest

import archgym
from archgym.experiments import agents_on_nasbench201
from archgym.experiments.agent_runs import Results

PICKY = """
from dataclasses import dataclass
from archgym import AskTellAgent, Proposal
from archgym.errors import ArchGymError

@dataclass
class Picky(AskTellAgent):
    def setup(self, bench):
        if not hasattr(bench.space, "choices"):
            raise ArchGymError("picky: it wants a product space")
        self.space, self.uniform = bench.space, bench.uniform("picky")

    def ask(self, n):
        return [Proposal(self.space.sample(self.uniform))]

@dataclass
class Broken(Picky):
    def tell(self, trials):
        raise ValueError("out of order")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agents")
    (folder / "mine.py").write_text(PICKY)
    picky, broken = (f"{folder / 'mine.py'}:{name}" for name in ("Picky", "Broken"))
    words = ["--seeds", "2", "--agents", "random", picky, broken, "--peers", "Optuna TPE", "--parts", "regret",
             "spaces", "--results", str(folder / "kept"), "--csv", str(folder / "a.csv"), "--write",
             str(folder / "a.md")]
    code = agents_on_nasbench201.main(words)
    return folder, words, code, (folder / "a.md").read_text(encoding="utf-8")


def rows_of(folder):
    with open(folder / "a.csv", encoding="utf-8", newline="") as file:
        return {row["name"].rpartition(":")[2]: row for row in csv.DictReader(file)}


def test_the_regrets_are_those_of_runs_made_one_by_one(made):
    folder, _, _, _ = made
    task = archgym.task("NASBench201-v0", noise="mean")
    best = np.array([archgym.run(task, "random", archgym.Budget(evaluations=300), s).trajectory.incumbents()
                     for s in range(2)])
    row = rows_of(folder)["random"]
    for n in (50, 100, 200, 300):
        regret = task.optimum - best[:, n - 1]
        assert float(row[f"regret_{n}"]) == pytest.approx(regret.mean())
        assert float(row[f"error_{n}"]) == pytest.approx(regret.std(ddof=1) / np.sqrt(2))
    assert row["runs"] == "2" and float(row["cpu"]) > 0


def test_random_search_stands_there_exactly_and_peers_beside_the_agents(made):
    folder, _, _, page = made
    rows = rows_of(folder)
    assert [round(float(rows["random search, exact"][f"regret_{n}"]), 2) for n in (50, 100, 200, 300)] == [
        0.81, 0.58, 0.43, 0.36]
    assert rows["Optuna TPE"]["kind"] == "own loop" and rows["Optuna TPE"]["runs"] == "2"
    assert "| Optuna TPE (own loop) |" in page


def test_a_refusal_is_the_agents_own_words_and_what_breaks_is_said(made):
    _, _, code, page = made
    assert ". picky: it wants a product space" in page and "ValueError: out of order" in page
    line = next(line for line in page.splitlines() if "Picky |" in line and "no (" in line)
    assert line.count("no (1)") == 2  # einspace and the hierarchical space
    assert code == 1  # something broke


def test_what_is_there_is_not_run_again_even_after_a_row_was_cut_off(made):
    folder, words, _, page = made
    kept = folder / "kept" / "regret-random.jsonl"
    with open(kept, "a", encoding="utf-8") as file:
        file.write('\n{"source": "cut o')
    before = kept.read_text()
    assert Results(folder / "kept", 2).complete("regret", "random") is None
    assert kept.read_text() == before
    results = Results(folder / "kept", 3)
    results.complete("regret", "random")
    assert [row["seed"] for row in results.rows("regret", "random")] == [0, 1, 2] and not results.broken


def test_an_unknown_agent_is_named_with_the_nearest(capsys):
    with pytest.raises(SystemExit):
        agents_on_nasbench201.main(["--agents", "local-serch"])
    assert "did you mean 'local-search'" in capsys.readouterr().err


def test_a_page_of_what_is_kept_runs_nothing(made, tmp_path):
    folder, words, _, _ = made

    def kept():
        return {file.name: file.read_text() for file in (folder / "kept").iterdir()}

    before = kept()
    agents_on_nasbench201.main([*words[:-4], "--seeds", "9", "--kept", "--write", str(tmp_path / "b.md")])
    assert kept() == before
    text = (tmp_path / "b.md").read_text(encoding="utf-8")
    assert "| random | " in text and "| Optuna TPE (own loop) | " in text
