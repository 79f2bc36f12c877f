"""Networks of random designs: they learn, copies are kept apart, and onnxruntime computes what their parts compute."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from two_steps import drawn, two_steps

from archgym import registry, streams
from archgym.envs.training import onnx_file
from archgym.envs.training.builders import (
    fbnet,
    hierarchical,
    hierarchical_nasbench201,
    nasbench101,
    nasnet,
    transnasbench101,
)
from archgym.envs.training.builders.layers import Layers, Reduction
from archgym.envs.training.networks import network
from archgym.envs.training.trainer import initialize
from archgym.spaces.hierarchical import Motifs
from archgym.spaces.nasbench101 import cell as cell101

SKELETONS = {
    "ActivationFunctions": {"channels": 4, "blocks": 1, "stages": 2},
    "DARTS": {"channels": 4, "cells": 3},
    "FBNet": {"width": 0.25},
    "HierarchicalMotifs": {"channels": 4, "stages": 2},
    "HierarchicalNASBench201": {"channels": 4},
    "HierarchicalNASBench201FixedMacro": {"channels": 4},
    "HierarchicalNASBench201SharedCell": {"channels": 4},
    "NASBench101": {"channels": 8, "cells": 1, "stages": 2},
    "NASBench1Shot1Space1": {"channels": 5, "cells": 1, "stages": 2},
    "NASBench1Shot1Space2": {"channels": 5, "cells": 1, "stages": 2},
    "NASBench1Shot1Space3": {"channels": 5, "cells": 1, "stages": 2},
    "NASNet": {"channels": 4, "cells": 1, "stages": 2},
    "NATSBenchSize": {},
    "TransNASBench101Macro": {"channels": 4, "stem": 1},
    "TransNASBench101Micro": {"channels": 4, "stem": 2},
}


pytestmark = pytest.mark.filterwarnings("ignore:TF32")


@pytest.fixture(autouse=True)
def plain_convolutions():
    """oneDNN compiles a kernel for every new shape: in networks that take two steps, most of the time."""
    with torch.backends.mkldnn.flags(enabled=False):
        yield


def designs(name, count, seed=3):
    space, u = registry.space(name), streams.uniform(seed)
    return [space.decode(space.sample(u)) for _ in range(count)]


@pytest.mark.parametrize("name", SKELETONS)
@pytest.mark.parametrize("shape, count", [((3, 8, 8), 10), ((2, 13), 3)])
def test_random_designs_learn_in_two_steps(name, shape, count):
    x, finite = drawn(4, *shape), 0
    for design in designs(name, count):
        model = network(name, design, shape, 3, **SKELETONS[name])
        initialize(model, (0,))
        finite += bool(two_steps(model, x).isfinite().all())
    # Roots and quotients of activations are not defined everywhere.
    assert finite >= count / 2 if name == "ActivationFunctions" else finite == count


@pytest.mark.parametrize("name", SKELETONS)
@pytest.mark.parametrize("shape", [(2, 13), (2, 7, 9)])
def test_copies_side_by_side_compute_what_each_computes_alone(name, shape):
    design, = designs(name, 1, seed=11)
    both = network(name, design, shape, 5, copies=2, **SKELETONS[name])
    initialize(both, (0, 1))
    x = drawn(3, 4, *shape[1:])
    together = both(x)
    for copy in range(2):
        alone = network(name, design, shape, 5, **SKELETONS[name])
        alone.load_state_dict({name: value if not value.ndim else value.chunk(2)[copy]
                               for name, value in both.state_dict().items()})
        torch.testing.assert_close(alone(x[:, 2 * copy:2 * copy + 2]), together[copy], atol=1e-5, rtol=1e-5)


def parts_of_cells(layers):
    operations = ("layer", "relu", "instance", "hardswish", "dconv3x3o", "mish", "batch", "avg_pool")
    motifs = ("conv_1x1", "identity", "none", "depthwise_conv_3x3", "sep_conv_3x3", "max_pool_3x3")
    return [transnasbench101.cell(layers, registry.space("TransNASBench101Micro").parse("64-41414-1_02_330"), 4, 8, 2),
            *(hierarchical_nasbench201.operation(layers, name, 8, (3, 4)) for name in operations),
            hierarchical.cell(layers, Motifs((motifs,), ("motif1", "none", "motif1")), 8)]


def parts_of_chains(layers):
    matrix = [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    pruned = cell101(matrix, ["input", "maxpool3x3", "conv3x3-bn-relu", "output"]).pruned()
    operations = (("conv_1x3_3x1", 1), ("dil_conv_3x3", 1), ("identity", 2), ("max_pool_7x7", 1))
    return [nasbench101.CellModule(layers, pruned, 4, 5), layers.convolution(5, 4, 1), Reduction(layers, 4, 4, 2),
            *(nasnet.operation(layers, name, 4, stride) for name, stride in operations),
            fbnet.candidate(layers, "k5_e1_g2", 4, 4, 1), fbnet.candidate(layers, "skip", 4, 6, 2)]


@pytest.mark.parametrize("parts", [parts_of_cells, parts_of_chains])
def test_onnxruntime_computes_what_cells_and_layers_compute(parts, tmp_path):
    """Of whole networks, ten of every space are compared by experiments/export_check.py; it takes minutes."""
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    model = torch.nn.Sequential(*parts(Layers(2, 1)))
    initialize(model, (0,))
    x = drawn(5, 4, 6, 7)
    model(x)  # statistics of normalizations
    file = onnx_file.write(model, x.shape[1:], tmp_path / "network.onnx")
    session = runtime.InferenceSession(file, providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(None, {"x": x.numpy()})[0], model(x).detach(), atol=1e-4)
