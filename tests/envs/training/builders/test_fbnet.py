"""FBNet's chains: parameters of FBNet-C, shapes, and what a candidate computes."""

import pytest

torch = pytest.importorskip("torch")

from archgym import registry
from archgym.envs.training.builders.fbnet import Shuffle, candidate
from archgym.envs.training.builders.layers import Layers
from archgym.envs.training.networks import network

SPACE = registry.space("FBNet")
FBNET_C = SPACE.parse("k3_e1 k3_e6,skip,k3_e1,k3_e1 k5_e6,k5_e3,k5_e6,k3_e6 k5_e6,k5_e3,k5_e6,k5_e6 "
                      "k5_e6,k5_e6,k5_e6,k5_e3 k5_e6,k5_e6,k5_e6,k5_e6 k3_e6")


def test_fbnet_c_has_its_published_and_its_analytic_parameters():
    """5.5 million in the paper. A block: two 1x1 convolutions, one in each channel, and their normalizations."""
    with torch.device("meta"):
        model = network("FBNet", FBNET_C, (3, 224, 224), 1000, made_for="imagenet")
    found = sum(p.numel() for p in model.parameters())
    expected, inputs, layers = 27 * 16 + 32, 16, iter(FBNET_C)
    for count, channels in zip((1, 4, 4, 4, 4, 4, 1), (16, 24, 32, 64, 112, 184, 352)):
        for _ in range(count):
            if (name := next(layers)) != "skip":
                kernel, inner = int(name[1]), int(name[4]) * inputs
                expected += inner * (inputs + kernel**2 + channels + 4) + 2 * channels
            inputs = channels
    assert found == expected + 352 * 1984 + 2 * 1984 + 1985 * 1000
    assert 5.4e6 < found < 5.6e6


@pytest.mark.parametrize("made_for, size, left", [("cifar100", 32, 4), ("imagenet", 224, 7)])
def test_the_resolution_is_halved_as_hw_nas_bench_has_it(made_for, size, left):
    with torch.device("meta"):
        model = network("FBNet", FBNET_C, (3, size, size), 10, made_for=made_for, width=0.5)
        assert model[:-3](torch.empty(1, 3, size, size)).shape[2:] == (left, left)


def test_two_groups_are_shuffled_between_the_convolutions():
    assert Shuffle(1, 2)(torch.arange(6.0).view(1, 6, 1, 1)).ravel().tolist() == [0, 3, 1, 4, 2, 5]
    block = candidate(Layers(2, 1), "k3_e1_g2", 4, 4, 1).eval()
    x = torch.randn(1, 4, 5, 5)
    x[:, 2:] = 0
    seen = block.main[:4](x)  # the first group's channels, a half of each group behind the shuffle
    assert seen[:, [0, 2]].abs().sum() > 0 and seen[:, [1, 3]].abs().sum() == 0
    torch.testing.assert_close(block(x), x + block.main(x))


def test_a_skip_changes_the_shape_where_it_must():
    layers = Layers(2, 1)
    assert isinstance(candidate(layers, "skip", 8, 8, 1), torch.nn.Identity)
    assert candidate(layers, "skip", 8, 16, 2)(torch.randn(2, 8, 5, 5)).shape == (2, 16, 3, 3)
