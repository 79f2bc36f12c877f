"""`archgym card`."""

import json


def test_the_card_of_nasbench201_counts_its_twins(cli):
    facts = json.loads(cli("card", "NASBench201-v0", "--json").stdout)
    assert (facts["genomes"], facts["designs"], facts["rows"]) == (15_625, 6_466, 39_419)
    assert facts["quantiles"]["1.0"] == facts["optimum"] and 0.9 < facts["noise"]["reliability"] <= 1


def test_the_card_is_told_and_drawn(cli, tmp_path):
    shown = cli("card", "NASBench201-v0", "-t", "noise=mean", "--out", tmp_path / "new")
    assert shown.exit_code == 0 and "Walks" in shown.stdout and "twin" in shown.stdout
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"card.svg", "card.png", "card.pdf", "card.csv"}
