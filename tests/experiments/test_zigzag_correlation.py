"""The study of the accelerator model and ZigZag, on a layer that takes little time."""

import numpy as np
import pytest

pytest.importorskip("zigzag", reason="needs zigzag-dse: pip install 'archgym[hw]'")
pytest.importorskip("six", reason="zigzag-dse needs six: pip install 'archgym[hw]'")

from archgym.experiments.zigzag_correlation import agreement, main, spearman  # noqa: E402
from archgym.experiments.zigzag_runs import mapping_of  # noqa: E402


def test_equal_rankings_agree_in_every_resample():
    values = np.arange(20.0)
    found = agreement(values, values ** 3, spearman)
    assert (found.estimate, found.low, found.high) == pytest.approx((1, 1, 1))
    assert agreement(values, -values, spearman).estimate == pytest.approx(-1)


def test_the_loops_of_an_even_search_are_a_mapping_that_the_model_counts_as_zigzag_does_but_for_sums():
    from archgym.envs.hardware.accelerator.model import evaluate
    from archgym.envs.hardware.accelerator.zigzag import best
    from archgym.spaces.accelerator_hardware import Hardware
    from archgym.spaces.accelerator_layers import DIMENSIONS, layer_named

    hardware, layer = Hardware(4, 4, 64, 4096, 4, 16), layer_named("K8-C16-P8")
    rows, columns = (tuple(4 if d == spread else 1 for d in DIMENSIONS) for spread in "CK")
    searched = best(hardware, layer, rows, columns, even=True)
    counted = evaluate(hardware, layer, mapping_of(searched, rows, columns))
    assert counted.dram == searched.found.dram and counted.busy == searched.found.busy
    assert counted.network <= searched.found.network and counted.registers < searched.found.registers


def test_a_small_study_makes_its_page_and_goes_on_from_the_cache(tmp_path):
    page = tmp_path / "zigzag.md"
    arguments = ["--workloads", "K8-C16-P8", "--designs", "8", "--workers", "1", "--cache", str(tmp_path / "cache"),
                 "--write", str(page)]
    assert main(arguments) == 0
    text = page.read_text()
    assert text.count("| K8-C16-P8 | energy | 8 |") >= 1 and (tmp_path / "zigzag.png").stat().st_size > 1000
    from archgym.cache import EvaluationCache

    store = EvaluationCache(tmp_path / "cache")
    assert len(store) == 8
    store.close()
