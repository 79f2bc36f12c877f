"""Motifs of motifs as networks: sums over paths, parameters, and what lies on no path."""

import pytest

torch = pytest.importorskip("torch")

from archgym import registry
from archgym.envs.training.builders.hierarchical import cell
from archgym.envs.training.builders.layers import Layers
from archgym.envs.training.networks import network
from archgym.errors import UnknownName
from archgym.spaces.hierarchical import Motifs


def design(operation, carried="motif1"):
    """One motif with the same operation on every edge, in every place of the cell."""
    return Motifs(((operation,) * 6,) + (("none",) * 6,) * 5, (carried,) * 10)


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def test_identities_multiply_the_input_by_the_number_of_paths():
    motif = 2 ** 2  # every inner node is on a path or not
    paths = [1]
    for _ in range(4):
        paths.append(motif * sum(paths))
    x = torch.rand(2, 3, 5, 5)
    torch.testing.assert_close(cell(Layers(2, 1), design("identity"), 3)(x), paths[-1] * x)


@pytest.mark.parametrize("shape, kernel", [((1, 9), 3), ((1, 9, 9), 9)])
@pytest.mark.parametrize("operation", ["conv_1x1", "depthwise_conv_3x3", "sep_conv_3x3", "max_pool_3x3"])
def test_parameters_are_those_of_sixty_operations_a_cell(shape, kernel, operation):
    def one(c):
        return {"conv_1x1": c * c + 2 * c, "depthwise_conv_3x3": kernel * c + 2 * c,
                "sep_conv_3x3": kernel * c + c * c + 2 * c, "max_pool_3x3": 0}[operation]

    between = kernel * 4 + 4 * 8 + 2 * 8
    last = kernel * 8 + 8 * 8 + 2 * 8
    expected = kernel * 4 + 2 * 4 + 2 * 60 * one(4) + between + 2 * 60 * one(8) + last + (8 + 1) * 3
    model = network("HierarchicalMotifs", design(operation), shape, 3, channels=4, cells=2, stages=2)
    assert parameters(model) == expected


def test_what_lies_on_no_path_has_no_parameters():
    space = registry.space("HierarchicalMotifs")
    dead = "; ".join(f"motif{i}: |conv_1x1~0|+|none~0|none~1|+|none~0|none~1|none~2|" for i in range(2, 7))
    found = space.parse("motif1: |conv_1x1~0|+|sep_conv_3x3~0|none~1|+|none~0|identity~1|none~2|; " + dead
                        + "; cell: |motif2~0|+|motif1~0|motif1~1|+|none~0|none~1|motif3~2|"
                        "+|none~0|none~1|motif1~2|none~3|")
    assert parameters(cell(Layers(2, 1), found, 5)) == 2 * (5 * 5 + 2 * 5)


def test_a_cell_without_a_path_gives_zeros():
    x = torch.rand(2, 3, 4, 4)
    assert not cell(Layers(2, 1), design("conv_1x1", carried="motif2"), 3)(x).any()


def test_a_primitive_without_a_layer_is_named():
    with pytest.raises(UnknownName, match="'conv_5x5'; did you mean 'conv_1x1'"):
        network("HierarchicalMotifs", design("conv_5x5"), (1, 8), 3)
