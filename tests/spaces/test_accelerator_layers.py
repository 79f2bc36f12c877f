"""Layers of networks, held against the tables that GAMMA publishes."""

import csv

import pytest

from archgym.errors import ArchGymError
from archgym.spaces.accelerator_layers import WORKLOADS, layer_named

CONVOLUTIONS = ("alexnet", "vgg16", "resnet18", "resnet50", "mobilenet-v2")
FULLY_CONNECTED = {"alexnet": 3, "vgg16": 3, "resnet18": 1, "resnet50": 1, "mobilenet-v2": 1}


def published(folder, name):
    with open(folder / "dnn_layers" / f"{name.replace('-', '_')}.csv", newline="") as file:
        return [tuple(map(int, row)) for row in list(csv.reader(file))[1:]]


def as_published(layer):
    """Output channels, input channels, input rows and columns, filter rows and columns, 2 if depthwise."""
    depthwise = layer.G > 1
    return (layer.K, layer.G * layer.C, layer.P * layer.stride, layer.Q * layer.stride, layer.R, layer.S,
            2 if depthwise else 1)


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_are_those_of_the_published_table(shared_data, name):
    table = published(shared_data, name)
    ours = [as_published(layer) for layer in WORKLOADS[name][:-FULLY_CONNECTED[name]]]
    if name == "alexnet":  # 11 x 11 filters on 224 rows, two of padding and four a step, end before the last row
        assert ours[0][2:4] == (220, 220)
        ours[0] = (*ours[0][:2], 224, 224, *ours[0][4:])
    assert sorted(ours) == sorted(table)


def test_products_are_those_of_the_published_transformer(shared_data):
    """Up to which of the three dimensions stands where, and GAMMA's one head of the twelve."""
    table = {tuple(sorted(row[:3])) for row in published(shared_data, "transformer")}
    ours = {tuple(sorted((layer.K, layer.C, layer.P))) for layer in WORKLOADS["transformer"]}
    assert ours == table


def test_a_layer_of_ones_own_is_read():
    layer = layer_named("K64-C3-P112-Q112-R7-S7-stride2")
    assert layer.extents == (1, 1, 64, 3, 112, 112, 7, 7) and layer.stride == 2


@pytest.mark.parametrize("text, says", [
    ("resnet19/conv1", "resnet18"), ("resnet18/conv9", "conv1"), ("K64-C0", "'C0'"), ("K64-K3", "'K3'"),
    ("K64-X3", "K64-C3-P112"), ("", "network/layer"), ("K64-C-3", "'C'")])
def test_a_layer_that_cannot_be(text, says):
    with pytest.raises(ArchGymError, match=says):
        layer_named(text)
