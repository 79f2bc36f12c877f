"""What is written, that it is the same each time, and that it stands alone."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sweeps import Sweep, tiny_sweep, tiny_task

from archgym.report import write

FIGURES = ("anytime-one anytime-two average-rank beats-random heat improvement optimum-share profile random-equivalent "
           "targets versus").split()
OPENINGS = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<?xml", "csv": b""}


def test_every_figure_has_all_its_files(written):
    names = {path.name for path in (written / "figures").iterdir()}
    assert names == {f"{figure}.{ending}" for figure in FIGURES for ending in OPENINGS}
    for ending, opening in OPENINGS.items():
        for figure in FIGURES:
            content = (written / f"figures/{figure}.{ending}").read_bytes()
            assert content.startswith(opening) and len(content) > 100, f"{figure}.{ending}"


def test_every_csv_is_a_rectangle(written):
    for path in written.rglob("*.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            widths = {len(row) for row in csv.reader(file)}
        assert len(widths) == 1, path.name


def test_fonts_in_pdfs_are_embedded_as_truetype(written):
    assert b"/FontFile2" in (written / "figures/average-rank.pdf").read_bytes()


def test_figures_have_the_width_of_a_printed_column(written):
    def inches(name):
        size = int.from_bytes((written / f"figures/{name}.png").read_bytes()[16:20], "big")
        return size / 200

    assert inches("average-rank") == pytest.approx(3.4, abs=0.01)
    assert inches("anytime-one") == pytest.approx(7.0, abs=0.01)


def test_the_same_sweep_gives_the_same_bytes_in_another_process(written, tmp_path):
    here = Path(__file__).parent
    code = (
        f"import sys; sys.path[:0] = [{str(here)!r}, {str(here.parents[1])!r}]\n"
        "from sweeps import tiny_sweep\nfrom archgym.report import write\n"
        f"write(tiny_sweep(seeds=10, n=40), {str(tmp_path)!r})"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONHASHSEED": "12"})
    files = {path.relative_to(written) for path in written.rglob("*") if path.is_file()}
    assert files == {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert [str(f) for f in files if (written / f).read_bytes() != (tmp_path / f).read_bytes()] == []


def test_figures_of_an_earlier_report_are_removed_and_other_files_stay(tmp_path):
    sweep = tiny_sweep(tasks=[tiny_task()], seeds=2, n=10)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures/anytime-gone.pdf").write_text("stale")
    (tmp_path / "figures/mine.pdf").write_text("keep")
    write(sweep, tmp_path)
    assert not (tmp_path / "figures/anytime-gone.pdf").exists()
    assert (tmp_path / "figures/mine.pdf").read_text() == "keep"


def test_a_report_leaves_matplotlibs_settings_as_they_were(tmp_path):
    import matplotlib

    before = dict(matplotlib.rcParams)
    write(tiny_sweep(tasks=[tiny_task()], seeds=2, n=5), tmp_path)
    assert dict(matplotlib.rcParams) == before


def test_importing_the_report_does_not_import_matplotlib():
    code = "import sys, archgym.report; sys.exit('matplotlib' in sys.modules)"
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root).returncode == 0


def test_the_fake_sweep_has_what_the_reader_has():
    from archgym.sweep.load import Sweep as Reader

    fake = {name for name in (*vars(Sweep), *Sweep.__annotations__) if not name.startswith("_")}
    real = {name for name in vars(Reader) if not name.startswith("_")} | {"manifest", "tasks", "agents", "seeds"}
    assert fake - {"budgets", "cells"} <= real
