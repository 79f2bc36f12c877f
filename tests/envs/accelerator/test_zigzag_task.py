"""AcceleratorZigZag-v0: the same designs as Accelerator-v0, in the same units."""

import subprocess
import sys

import pytest

import archgym
from archgym.spaces.accelerator import Accelerator
from archgym.testing import check_task

LAYER = "K8-C16-P8"
DESIGN = Accelerator(4, 4, 64, 16384, 4, 16, "nvdla")


def test_where_zigzag_is_not_installed_the_extra_is_named():
    told = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['zigzag'] = None\nimport archgym\n"
         "try:\n    archgym.task('AcceleratorZigZag-v0')\nexcept archgym.ArchGymError as why:\n    print(why)"],
        capture_output=True, text=True, check=True).stdout
    assert "zigzag" in told and "pip install 'archgym[hw]'" in told and len(told.splitlines()) == 1


@pytest.fixture(scope="module")
def task():
    pytest.importorskip("zigzag", reason="needs zigzag-dse: pip install 'archgym[hw]'")
    pytest.importorskip("six", reason="zigzag-dse needs six: pip install 'archgym[hw]'")
    return archgym.task("AcceleratorZigZag-v0", workload=LAYER)


def test_it_keeps_the_contract(task):
    check_task(task)


def test_metrics_are_those_of_the_analytical_model_and_near_them(task):
    model = archgym.task("Accelerator-v0", workload=LAYER)
    assert task.evaluator.metrics == model.evaluator.metrics
    theirs, ours = (each.evaluator.evaluate(DESIGN, fidelity=None, seed=0).values for each in (task, model))
    assert theirs["area"] == ours["area"]
    assert theirs["dram_words"] == ours["dram_words"] == 8 * 16 + 16 * 8 + 8 * 8  # all of it fits the buffer
    for name in ("energy", "latency"):
        assert ours[name] / 2 < theirs[name] < ours[name] * 2


def test_layers_of_one_shape_are_searched_once_and_counted_each():
    pytest.importorskip("zigzag", reason="needs zigzag-dse: pip install 'archgym[hw]'")
    from archgym.envs.hardware.accelerator.zigzag_task import Searching
    from archgym.spaces.accelerator_layers import layer_named

    layer = layer_named(LAYER)
    one, two = (Searching("layers", layers).evaluate(DESIGN, fidelity=None, seed=0)
                for layers in ((layer,), (layer, layer._replace(name="again"))))
    assert two.cost == one.cost and two.values["energy"] == pytest.approx(2 * one.values["energy"])
    assert two.values["cycles"] == 2 * one.values["cycles"]
