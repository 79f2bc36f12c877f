"""`archgym motifs`."""

import csv
import json

import archgym
from archgym.models.motifs import motifs
from archgym.models.scores import normal_scores
from archgym.models.wl import WLKernel
from archgym.models.wl_gaussian_process import WLGaussianProcess


def test_motifs_are_those_that_python_finds(cli):
    facts = json.loads(cli("motifs", "NASBench201-v0", "--agent", "random", "-n", 80, "--seed", 3, "--json").stdout)
    run = archgym.run("NASBench201-v0", "random", archgym.Budget(evaluations=80), 3)
    t, kernel = run.trajectory, WLKernel()
    values = {t.genome(i): t.value[i] for i in range(80)}
    model = WLGaussianProcess(kernel, kernel.depths)
    model.add(kernel.read([run.task.space.graph_of(genome) for genome in values]))
    model.fit(normal_scores(list(values.values())))
    found = motifs(model)[:12]
    assert [m["motif"] for m in facts["motifs"]] == [m.text for m in found]
    assert [m["effect"] for m in facts["motifs"]] == [m.effect for m in found]
    assert facts["designs"] == len(values) and facts["depth"] == model.depth


def test_motifs_are_told_and_drawn(cli, tmp_path):
    shown = cli("motifs", "NASBench201-v0", "-n", 40, "--top", 5, "--out", tmp_path / "new" / "folder")
    assert shown.exit_code == 0 and shown.stdout.count("raises") + shown.stdout.count("lowers") == 5
    files = {path.name: path for path in (tmp_path / "new" / "folder").iterdir()}
    assert files.keys() == {"motifs.svg", "motifs.png", "motifs.pdf", "motifs.csv"}
    with open(files["motifs.csv"], newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5 and all(row["motif"] in shown.stdout for row in rows)
    assert files["motifs.png"].read_bytes().startswith(b"\x89PNG")


def test_an_open_grammar_has_motifs_too(cli, tmp_path):
    (tmp_path / "trees.py").write_text(
        "from archgym.testing import Expressions, toy\n\n\ndef trees():\n    return toy(Expressions(), fails=0.3)\n")
    shown = cli("motifs", f"{tmp_path / 'trees.py'}:trees", "-n", 30, "--out", tmp_path)
    assert shown.exit_code == 0 and "node=" in shown.stdout and (tmp_path / "motifs.svg").is_file()


def test_too_few_designs_are_refused_with_what_to_do(cli):
    shown = cli("motifs", "NASBench201-v0", "-n", 1)
    assert shown.exit_code == 2 and "give a larger -n" in shown.stderr
    assert cli("motifs", "NASBench201-v0", "--top", 0).exit_code == 2
