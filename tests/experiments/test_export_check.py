"""The program that sends networks through ONNX: what it counts, and what a wrong file does to it."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")

from archgym.experiments import export_check


def test_designs_are_exported_for_images_and_sequences_in_turns(capsys, tmp_path):
    page = tmp_path / "page.md"
    assert export_check.main(["--designs", "2", "--write", str(page), "HPOBenchMLP"]) == 0
    row = capsys.readouterr().out.strip()
    assert row.startswith("| HPOBenchMLP | 1 | 1 | 0 | ") and row in page.read_text()


def test_another_networks_outputs_are_far_apart(tmp_path):
    space = export_check.networks.space_for("FCNet", (3, 16), 10, {})
    model = export_check.networks.network("FCNet", space.decode((0,) * 9), (3, 16), 10)
    model, x, outputs = export_check.trained(model, (3, 16))
    file = export_check.onnx_file.write(model, (3, 16), tmp_path / "network.onnx")
    assert export_check.difference(file, x, outputs) < 1e-6
    assert export_check.difference(file, x, outputs + 0.01) == pytest.approx(0.01, rel=1e-3)


def test_a_skeleton_has_only_fields_of_its_builder():
    assert export_check.small_skeleton("DARTS") == {"channels": 8, "cells": 3}
    assert export_check.small_skeleton("FCNet") == {}
