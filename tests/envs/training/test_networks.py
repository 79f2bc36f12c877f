"""Networks of designs: published counts, what copies and routings compute, and that random designs train."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from two_steps import drawn, two_steps

import archgym
from archgym import registry, streams
from archgym.envs.tables.nasbench201 import records
from archgym.envs.training.builders.einspace import build
from archgym.envs.training.footprint import footprint
from archgym.envs.training.networks import check_skeleton, network, recipe
from archgym.envs.training.recipe import Recipe
from archgym.spaces.cell import Cell, NASBench201
from archgym.spaces.einspace.derivation import Computation, Routing
from archgym.spaces.einspace.seeds import SEEDS
from archgym.spaces.einspace.space import EinSpace

CELLS = NASBench201()
ALL_3X3 = Cell(("nor_conv_3x3",) * 6)


@pytest.mark.parametrize("genome", [(3,) * 6, (0,) * 6, (2, 1, 4, 3, 0, 2)])
def test_cells_have_the_parameters_of_the_table(genome):
    model = network("NASBench201", CELLS.decode(genome), (3, 32, 32), 10)
    row = int(CELLS.codes(np.array([genome]))[0])
    published = records("cifar10")["parameters"][row]
    assert sum(p.numel() for p in model.parameters()) / 1e6 == pytest.approx(published, abs=1e-6)


def test_operations_are_twice_the_published_multiplications():
    model = network("NASBench201", ALL_3X3, (3, 32, 32), 10)
    assert footprint(model, (3, 32, 32)).flops / 2e6 == pytest.approx(220.11969)


@pytest.mark.parametrize("shape", [(2, 13), (2, 9, 9)])
def test_copies_side_by_side_compute_what_each_computes_alone(shape):
    settings = {"channels": 4, "cells": 1, "stages": 2}
    cell = CELLS.decode((3, 1, 2, 4, 3, 2))
    both = network("NASBench201", cell, shape, 5, copies=2, **settings)
    x = drawn(3, 4, *shape[1:])
    together = both(x)
    for copy in range(2):
        alone = network("NASBench201", cell, shape, 5, **settings)
        state = {name: value if not value.ndim else value.chunk(2)[copy] for name, value in both.state_dict().items()}
        alone.load_state_dict(state)
        torch.testing.assert_close(alone(x[:, 2 * copy:2 * copy + 2]), together[copy], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name", ["resnet18", "wideresnet16_4", "transformer", "mlp_mixer"])
def test_seeds_of_einspace_have_the_parameters_that_the_space_counts(name):
    space = EinSpace()
    design = SEEDS[name]()
    with torch.device("meta"):
        model = network("einspace", design, (3, 32, 32), 10)
    assert sum(p.numel() for p in model.parameters()) == space.profile(design).parameters
    assert model(torch.empty(2, 3, 32, 32, device="meta")).shape == (2, 10)


def test_resnet18_has_its_analytic_parameters():
    """Convolutions with bias, normalizations, the linear layer; the stem is 3x3, and another strided one follows."""
    def conv(k, a, b):
        return (k * k * a + 1) * b

    def block(a, b):
        return conv(3, a, b) + conv(3, b, b) + 4 * b + (conv(1, a, b) + 2 * b if a != b else 0)

    expected = conv(3, 3, 64) + 128 + conv(3, 64, 64) + 513 * 10
    expected += sum(block(a, b) + block(b, b) for a, b in ((64, 64), (64, 128), (128, 256), (256, 512)))
    with torch.device("meta"):
        model = network("einspace", SEEDS["resnet18"](), (3, 32, 32), 10)
    assert sum(p.numel() for p in model.parameters()) == expected


@pytest.mark.parametrize("kernel, stride, padding", [(1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (4, 4, 0), (7, 2, 3)])
def test_im2col_linear_col2im_is_a_convolution(kernel, stride, padding):
    routing = Routing(f"im2col{kernel}k{stride}s{padding}p", Computation("linear16"), "col2im")
    parts, shape = build(routing, (3, 9, 12), fuse=False)
    fused, same = build(routing, (3, 9, 12), fuse=True)
    assert isinstance(fused, torch.nn.Conv2d) and shape == same
    linear = parts.inner
    fused.load_state_dict({"weight": linear.weight.view_as(fused.weight), "bias": linear.bias})
    x = drawn(2, 3, 9, 12)
    torch.testing.assert_close(fused(x), parts(x), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("name, shape, options", [
    ("NASBench201", (1, 12), {}), ("einspace", (3, 8, 8), {"max_parameters": 50_000, "max_activations": 50_000}),
    ("einspace", (2, 16), {"max_parameters": 50_000, "max_activations": 50_000})])
def test_ten_random_designs_learn_in_two_steps(name, shape, options):
    given = {"input": shape, "classes": 3} if name == "einspace" else {}
    space, u = registry.space(name, **given, **options), streams.uniform(3)
    skeleton = {} if name == "einspace" else {"channels": 4, "cells": 1, "stages": 2}
    x = drawn(4, *shape)
    for _ in range(10):
        design = space.decode(space.sample(u))
        model = network(name, design, shape, 3, **skeleton)
        if name == "einspace":
            assert sum(p.numel() for p in model.parameters()) == space.profile(design).parameters
        two_steps(model, x)


@pytest.mark.parametrize("name", ["HPOBenchMLP", "FCNet"])
def test_perceptrons_have_their_analytic_parameters_and_learn_in_two_steps(name):
    space, u = registry.space(name), streams.uniform(5)
    x = drawn(4, 1, 5)
    for _ in range(10):
        design = space.decode(space.sample(u))
        widths = [5, *(units for units, _ in space.layers(design)), 3]
        model = network(name, design, (1, 5), 3)
        assert sum(p.numel() for p in model.parameters()) == sum((a + 1) * b for a, b in zip(widths, widths[1:]))
        two_steps(model, x)


def test_a_perceptron_brings_its_recipe():
    given = Recipe(epochs=3, optimizer="adamw")
    design = registry.space("HPOBenchMLP").decode((9, 3, 1, 6, 0))
    assert recipe("HPOBenchMLP", design, given) == Recipe(epochs=3, optimizer="adamw", batch=16, weight_decay=1.0,
                                                          learning_rate=2.1544347e-2)
    design = registry.space("FCNet").decode((0, 1, 2, 0, 1, 3, 1, 0, 5))
    found = recipe("FCNet", design, given)
    assert (found.batch, found.learning_rate, found.schedule) == (32, 1e-2, "constant")
    assert recipe("NASBench201", ALL_3X3, given) == given


def test_what_a_skeleton_does_not_have_is_named():
    with pytest.raises(registry.ArchGymError, match="NASBench201: 'channel'; did you mean 'channels'"):
        network("NASBench201", ALL_3X3, (3, 8, 8), 10, channel=4)


@pytest.mark.parametrize("name, field, value, told", [
    ("NASBench201", "channels", "4", "is a whole number, 1 or more, got '4'"),
    ("NASBench201", "cells", 0, "is a whole number, 1 or more, got 0"),
    ("NASBench201", "stages", True, "is a whole number, 1 or more, got True"),
    ("FBNet", "width", float("nan"), "is a number above 0, got nan"),
    ("FBNet", "width", "wide", "is a number above 0, got 'wide'"),
    ("FBNet", "made_for", "cifar10", ": 'cifar10'; did you mean 'cifar100'"),
    ("TransNASBench101Micro", "stem", 3, ": 3. Allowed: 1, 2, 4"), ("einspace", "fuse", 1, "is true or false, got 1")])
def test_a_wrong_value_of_a_skeleton_is_named_before_anything_is_trained(name, field, value, told):
    match = f"{field} of the skeleton around designs of {name} ?{told}"
    with pytest.raises(registry.ArchGymError, match=match):
        check_skeleton(name, {field: value})
    with pytest.raises(registry.ArchGymError, match=match):
        archgym.task("Train-v0", space=name, data="digits", skeleton={field: value})


def test_a_fault_inside_a_builder_is_not_mistaken_for_an_unknown_field():
    with pytest.raises(TypeError):
        network("NASBench201", ALL_3X3, (3, 8, 8), "10", channels=4)
