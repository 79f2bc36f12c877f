"""The table of counts: what agrees, what does not, and what waits for --slow."""

import csv

import pytest

from archgym import Choice, ProductSpace, registry
from archgym.experiments import space_counts
from archgym.experiments.space_counts import Count

HIERARCHICAL = ("ActivationFunctions", "HierarchicalMotifs", "HierarchicalNASBench201",
                "HierarchicalNASBench201FixedMacro", "HierarchicalNASBench201SharedCell")


class Counted(ProductSpace):
    choices = (Choice(("one",), (1, 2, 3)),)

    def counts(self):
        yield "genomes", self.size, 3
        yield "keys", lambda: 2, 4


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(registry, "space", lambda name: Counted())
    monkeypatch.setattr(registry, "space_names", lambda: ["Counted"])


def test_hierarchical_spaces_agree_with_what_was_published():
    counts = list(space_counts.rows(HIERARCHICAL))
    assert {count.space for count in counts} == set(HIERARCHICAL)
    assert [count for count in counts if count.agrees is False] == []
    unpublished = {"HierarchicalNASBench201FixedMacro"}
    assert {count.space for count in counts if count.agrees} == set(HIERARCHICAL) - unpublished


@pytest.mark.parametrize("computed, published, agrees", [
    (3, 3, True), (3, 4, False), (None, 4, None), (4, None, None),
    (10**446 * 123 // 100, "10^446", True), (10**446 * 123 // 100, "10^446.09", True),
    (10**446 * 123 // 100, "10^446.1", True), (10**446 * 123 // 100, "10^447", False),
    (1_076_729_958_720_000_000, "1.0767e18", True), (1_076_729_958_720_000_000, "1.0768e18", False)])
def test_figures_agree_as_far_as_the_published_one_says(computed, published, agrees):
    assert Count("space", "genomes", computed, published).agrees is agrees


def test_a_published_figure_in_no_known_form_is_refused():
    with pytest.raises(ValueError, match="'about a million' is neither"):
        _ = Count("space", "genomes", 3, "about a million").agrees


def test_what_takes_long_is_counted_only_when_asked(counted):
    assert [count.computed for count in space_counts.rows()] == [3, None]
    assert [count.computed for count in space_counts.rows(slow=True)] == [3, 2]


def test_the_table_shows_what_differs_and_the_program_says_so(counted, capsys, tmp_path):
    assert space_counts.main([]) == 0
    assert space_counts.main(["--slow", "--csv", str(tmp_path / "counts.csv")]) == 1
    assert "| Counted | keys | 2 | 4 | NO |" in capsys.readouterr().out
    with open(tmp_path / "counts.csv", encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    assert rows == [["Counted", "genomes", "3", "3", "True"], ["Counted", "keys", "2", "4", "False"]]


def test_a_space_without_counts_is_listed_with_its_size(monkeypatch):
    monkeypatch.setattr(registry, "space", lambda name: ProductSpace(Counted.choices))
    assert list(space_counts.rows(["Plain"])) == [Count("Plain", "genomes", 3, None)]
