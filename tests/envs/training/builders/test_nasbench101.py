"""NAS-Bench-101's cells: recorded parameters, channels by hand, and what a cell computes."""

import pyarrow.parquet as pq
import pytest

torch = pytest.importorskip("torch")

from archgym import registry, streams
from archgym.envs.training.builders.layers import Layers
from archgym.envs.training.builders.nasbench101 import CellModule, vertex_channels
from archgym.envs.training.networks import network
from archgym.errors import Infeasible
from archgym.spaces.nasbench101 import OPERATIONS, cell

NAMES = {name.removesuffix("-bn-relu"): name for name in OPERATIONS}


def parameters(name, design, **skeleton):
    with torch.device("meta"):
        model = network(name, design, (3, 32, 32), 10, **skeleton)
    return sum(p.numel() for p in model.parameters())


def test_cells_have_the_parameters_that_ec_nas_records(shared_data):
    rows = pq.read_table(shared_data / "ec_nas" / "ec_nas_4v_5v_4epochs.parquet",
                         columns=["adj_upper", "ops", "trainable_params"]).to_pylist()
    for row in rows[::100]:
        operations = [NAMES.get(name, name) for name in row["ops"].split(",")]
        entries = map(int, row["adj_upper"])
        count = len(operations)
        matrix = [[0] * (a + 1) + [next(entries) for _ in range(a + 1, count)] for a in range(count)]
        assert parameters("NASBench101", cell(matrix, operations)) == row["trainable_params"]


def test_channels_are_shared_by_what_is_concatenated_and_inherited_by_the_rest():
    matrix = [[0, 1, 1, 1, 1, 0],
              [0, 0, 1, 0, 1, 0],
              [0, 0, 0, 0, 0, 1],
              [0, 0, 0, 0, 0, 1],
              [0, 0, 0, 0, 0, 1],
              [0, 0, 0, 0, 0, 0]]
    pruned = cell(matrix, ["input", *OPERATIONS, OPERATIONS[0], "output"]).pruned()
    assert vertex_channels(pruned, 32) == [0, 11, 11, 11, 10, 32]
    with pytest.raises(Infeasible, match="3 vertices share the cell's 2 channels"):
        vertex_channels(pruned, 2)


def test_a_cell_adds_concatenates_and_projects():
    matrix = [[0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    module = CellModule(Layers(2, 1), cell(matrix, ["input", "maxpool3x3", "maxpool3x3", "output"]).pruned(), 4, 5)
    x = torch.randn(2, 4, 6, 6)
    to_1, to_2, to_output = (module.projections[vertex](x) for vertex in "123")
    first = module.operations[0](to_1)
    second = module.operations[1](first[:, :2] + to_2)
    torch.testing.assert_close(module(x), torch.cat([first, second], 1) + to_output)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_one_shot_cell_is_the_cell_that_it_is_in_nasbench101(number):
    space = registry.space(f"NASBench1Shot1Space{number}")
    design = space.decode(space.sample(streams.uniform(1)))
    skeleton = {"channels": 16, "cells": 1}
    assert parameters(space.name, design, **skeleton) == parameters("NASBench101", design.nasbench101(), **skeleton)
