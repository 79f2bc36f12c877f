"""Hierarchical NAS-Bench-201 as networks: NAS-Bench-201 where that is what it is, parameters, and other layers."""

from math import ceil, prod

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from archgym import registry, streams
from archgym.envs.tables.nasbench201 import records
from archgym.envs.training.builders.hierarchical_nasbench201 import operation
from archgym.envs.training.builders.layers import Layers
from archgym.envs.training.networks import network
from archgym.errors import Infeasible
from archgym.spaces.cell import Cell, NASBench201

CELLS = NASBench201()
SHARED = registry.space("HierarchicalNASBench201SharedCell")
TERMINALS = {"none": "zero", "skip_connect": "id", "nor_conv_1x1": "conv1x1", "nor_conv_3x3": "conv3x3",
             "avg_pool_3x3": "avg_pool"}


def derived(space, pick):
    """The design for which pick(choice) is the option of every choice."""
    build = space.build()
    choice = next(build)
    while True:
        try:
            choice = build.send(pick(choice))
        except StopIteration as end:
            return end.value


def same_cell_everywhere(name, operations):
    """`operations` on the edges of all cells, of NAS-Bench-201's kinds of convolution."""
    space, edges = registry.space(name), {}
    block = {"CONV": None, "NORM": "batch", "ACT": "relu"}

    def pick(choice):
        if choice.sort == "OPS":
            cell = choice.path[:-1]
            edges[cell] = edges.get(cell, -1) + 1
            terminal = TERMINALS[operations[edges[cell]]]
            block["CONV"] = f"{terminal}o"
            convolution = terminal.startswith("conv") and name != "HierarchicalNASBench201SharedCell"
            return "Linear1(CONVBLOCK)" if convolution else terminal
        return block[choice.sort]

    return derived(space, pick)


@pytest.mark.parametrize("genome", [(3, 1, 4, 2, 0, 3), (0, 0, 3, 2, 1, 0)])
@pytest.mark.parametrize("name", ["HierarchicalNASBench201SharedCell", "HierarchicalNASBench201FixedMacro"])
@pytest.mark.parametrize("shape", [(3, 9, 9), (2, 13)])
def test_one_cell_in_all_places_is_nasbench201(genome, name, shape):
    cell = CELLS.decode(genome)
    model = network(name, same_cell_everywhere(name, cell.operations), shape, 5, channels=4)
    other = network("NASBench201", cell, shape, 5, channels=4)
    weights = list(model.state_dict().values())
    assert [w.shape for w in weights] == [w.shape for w in other.state_dict().values()]
    other.load_state_dict(dict(zip(other.state_dict(), weights)))
    x = torch.randn((3, *shape), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model(x), other(x))


def test_a_shared_cell_without_a_path_gives_zeros():
    cell = Cell(("nor_conv_3x3", "none", "nor_conv_3x3", "none", "none", "none"))
    name = "HierarchicalNASBench201SharedCell"
    model = network(name, same_cell_everywhere(name, cell.operations), (3, 8, 8), 5, channels=4)
    torch.testing.assert_close(model.eval()(torch.ones(2, 3, 8, 8)), model[-1].layer.bias.expand(2, -1))


@pytest.mark.parametrize("genome", [(3,) * 6, (0,) * 6, (2, 1, 4, 3, 0, 2), (4, 1, 3, 3, 2, 1)])
def test_shared_cells_have_the_parameters_of_the_table(genome):
    design = same_cell_everywhere(SHARED.name, CELLS.decode(genome).operations)
    with torch.device("meta"):
        model = network(SHARED.name, design, (3, 32, 32), 10)
    published = records("cifar10")["parameters"][int(CELLS.codes(np.array([genome]))[0])]
    assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(published, abs=1e-6)


@pytest.mark.parametrize("name", ["HierarchicalNASBench201", "HierarchicalNASBench201FixedMacro"])
@pytest.mark.parametrize("shape", [(3, 32, 20), (2, 21)])
def test_parameters_are_the_sum_over_the_flattened_derivation(name, shape):
    """Every operation at the channels and the resolution that the residual blocks before it leave."""
    space, u, kernel = registry.space(name), streams.uniform(4), 3 ** (len(shape) - 1)
    for _ in range(3):
        design = space.decode(space.sample(u))
        halvings, expected = {"input": 0}, (kernel * shape[0] + 2) * 16 + 2 * 64 + (64 + 1) * 7
        for source, node, name_ in space.dag(design).edges:
            level = halvings[source]
            halvings[node] = level + (name_ == "resBlock")
            c, positions = 16 * 2 ** level, prod(ceil(side / 2 ** level) for side in shape[1:])
            expected += {"conv3x3o": kernel * c * c, "conv1x1o": c * c, "dconv3x3o": kernel * c, "batch": 2 * c,
                         "instance": 2 * c, "layer": 2 * c * positions,
                         "resBlock": 2 * kernel * c * c + 4 * kernel * c * c + 8 * c + 2 * c * c}.get(name_, 0)
        with torch.device("meta"):
            model = network(name, design, shape, 7)
        assert halvings["output"] == 2
        assert sum(p.numel() for p in model.parameters()) == expected


@pytest.mark.parametrize("name, axes", [("layer", (1, 2, 3)), ("instance", (2, 3))])
@pytest.mark.parametrize("copies", [1, 2])
def test_normalizations_are_over_their_axes(name, axes, copies):
    x = torch.randn((4, 6, 5, 3), generator=torch.Generator().manual_seed(0)) * 3 + 1
    out = operation(Layers(2, copies), name, 6 // copies, (5, 3))(x)
    for part in out.chunk(copies, 1):
        torch.testing.assert_close(part.mean(axes), torch.zeros_like(part.mean(axes)), atol=1e-6, rtol=0)
        torch.testing.assert_close(part.var(axes, correction=0), torch.ones_like(part.mean(axes)), atol=1e-4, rtol=0)


def test_samples_that_shrink_to_one_number_are_infeasible_for_instance_normalization():
    def pick(choice):
        return {"OPS": "Linear1(CONVBLOCK)", "CONV": "conv1x1o", "NORM": "instance", "ACT": "mish"}[choice.sort]

    design = derived(registry.space("HierarchicalNASBench201FixedMacro"), pick)
    network("HierarchicalNASBench201FixedMacro", design, (1, 5), 3, channels=4)
    with pytest.raises(Infeasible, match="too small to be halved twice"):
        network("HierarchicalNASBench201FixedMacro", design, (1, 4), 3, channels=4)
