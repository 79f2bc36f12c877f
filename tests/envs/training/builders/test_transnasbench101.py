"""TransNAS-Bench-101's networks against the parameters that NAS-Bench-Suite-Zero records, and the stem."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

torch = pytest.importorskip("torch")

from archgym.envs.training.networks import network
from archgym.errors import ArchGymError
from archgym.spaces.transnasbench101 import OPERATIONS, MicroCell

CLASSES = {"class_scene": 63, "class_object": 100, "room_layout": 9}


@pytest.fixture(scope="module")
def recorded(shared_data):
    return pq.read_table(shared_data / "nasbench_suite_zero" / "zc_proxies_subsets.parquet",
                         columns=["space", "task", "arch", "params"])


@pytest.mark.parametrize("space", ["TransNASBench101Macro", "TransNASBench101Micro"])
@pytest.mark.parametrize("task", CLASSES)
def test_parameters_are_those_recorded(recorded, space, task):
    kind = space.removeprefix("TransNASBench101").lower()
    rows = recorded.filter((pc.field("space") == f"transbench101_{kind}") & (pc.field("task") == task)).to_pylist()
    for row in rows[::100]:
        digits = tuple(map(int, row["arch"].strip("()").split(",")))
        design = MicroCell(tuple(OPERATIONS[d] for d in digits)) if kind == "micro" else tuple(d for d in digits if d)
        with torch.device("meta"):
            model = network(space, design, (3, 256, 256), CLASSES[task])
        assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(row["params"], rel=2e-7)


@pytest.mark.parametrize("stem, side", [(1, 1.0), (2, 2.0), (4, 4.0)])
def test_the_stem_and_halvings_set_the_resolution(stem, side):
    model = network("TransNASBench101Macro", (4, 1, 3, 2), (3, 64, 64), 10, channels=4, stem=stem)
    before_pooling = model[:-3](torch.zeros(2, 3, 64, 64))
    assert before_pooling.shape == (2, 16, 64 / side / 4, 64 / side / 4)


@pytest.mark.parametrize("shape", [(3, 9, 9), (3, 9)])
def test_a_cell_without_a_path_gives_zeros(shape):
    model = network("TransNASBench101Micro", MicroCell(("none",) * 6), shape, 4, channels=4, stem=1)
    out = model(torch.ones(2, *shape))
    torch.testing.assert_close(out, model[-1].layer.bias.expand(2, -1))


def test_channels_that_cannot_be_halved_are_refused():
    with pytest.raises(ArchGymError, match="an even number of them, got channels=5"):
        network("TransNASBench101Macro", (4, 1, 1, 1), (3, 8, 8), 10, channels=5)
