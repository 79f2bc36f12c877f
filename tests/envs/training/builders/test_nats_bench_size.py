"""Parameters of NATS-Bench's size networks: layer by layer, and as the benchmark records them."""

import pytest

torch = pytest.importorskip("torch")

from archgym import registry, streams
from archgym.envs.training.networks import network


def conv_norm(kernel, inputs, outputs):
    return kernel * kernel * inputs * outputs + 2 * outputs


def expected(c, classes):
    def cell(a, b):
        skip = conv_norm(1, a, b) if a != b else 0
        return 2 * conv_norm(3, a, b) + 3 * conv_norm(3, b, b) + skip

    def residual(a, b):
        return conv_norm(3, a, b) + conv_norm(3, b, b) + a * b

    return (conv_norm(3, 3, c[0]) + cell(c[0], c[0]) + residual(c[0], c[1]) + cell(c[1], c[2]) + residual(c[2], c[3])
            + cell(c[3], c[4]) + 2 * c[4] + (c[4] + 1) * classes)


def parameters(design, classes=10):
    with torch.device("meta"):
        return sum(p.numel() for p in network("NATSBenchSize", design, (3, 32, 32), classes).parameters())


def test_random_networks_have_their_analytic_parameters():
    space, u = registry.space("NATSBenchSize"), streams.uniform(1)
    for _ in range(5):
        design = space.decode(space.sample(u))
        assert parameters(design, 100) == expected(design, 100)


@pytest.mark.parametrize("text, recorded", [("8:8:8:8:8", 11_714), ("8:8:16:40:40", 107_826),
                                            ("64:64:64:64:64", 713_674)])
def test_parameters_are_those_of_the_benchmark(text, recorded):
    assert parameters(registry.space("NATSBenchSize").parse(text)) == recorded
