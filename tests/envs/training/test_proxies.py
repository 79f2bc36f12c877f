"""Training-free scores: closed forms on nets of a few numbers, invariances, and what is not defined."""

import math
from copy import deepcopy

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from torch import nn

import archgym
from archgym import streams
from archgym.envs.training.footprint import footprint
from archgym.envs.training.latency import latency
from archgym.envs.training.networks import network
from archgym.envs.training.operations import operations
from archgym.envs.training.proxies import PROXIES
from archgym.envs.training.trainer import initialize
from archgym.errors import ArchGymError, EvaluationFailed
from archgym.spaces.cell import Cell

SMALL = {"channels": 4, "cells": 1, "stages": 2}
DEAD = Cell(("none",) * 6)


def score(name, model, x, y=None, seed=0):
    y = torch.zeros(len(x), dtype=torch.long) if y is None else y
    return PROXIES[name].function(name)(model, x, y, torch.Generator().manual_seed(seed))


def linear(*matrices):
    """Linear layers without biases, one after the other."""
    layers = []
    for matrix in matrices:
        matrix = torch.tensor(matrix)
        layer = nn.Linear(matrix.shape[1], matrix.shape[0], bias=False)
        layer.weight = nn.Parameter(matrix)
        layers.append(layer)
    return nn.Sequential(*layers)


def normal(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


def by_hand():
    """Two classes, W x with x = (1, 2): the softmax's gradient is (p - onehot) x^T."""
    w, x = np.array([[0.3, -0.2], [0.5, 0.4]]), np.array([1.0, 2.0])
    p = np.exp(w @ x) / np.exp(w @ x).sum()
    return w, x, np.outer(p - [1, 0], x), p


def test_scores_of_one_linear_layer_are_those_found_by_hand():
    w, x, g, p = by_hand()
    model, batch = linear(w.astype(np.float32).tolist()), torch.tensor(x[None], dtype=torch.float32)
    assert score("grad_norm", model, batch) == pytest.approx(np.linalg.norm(g), rel=1e-5)
    assert score("snip", model, batch) == pytest.approx(np.abs(w * g).sum(), rel=1e-5)
    assert score("plain", model, batch) == pytest.approx((w * g).sum(), rel=1e-5)
    assert score("l2_norm", model, batch) == pytest.approx(np.linalg.norm(w), rel=1e-5)
    assert score("fisher", model, batch) == pytest.approx(((w @ x * (p - [1, 0])) ** 2).sum() / 2, rel=1e-4)
    # The Hessian over W is (diag(p) - p p^T) in the outputs, x x^T in the inputs.
    product = np.outer((np.diag(p) - np.outer(p, p)) @ g @ x, x)
    assert score("grasp", model, batch) == pytest.approx(-(w * product).sum(), rel=1e-4)


def test_synflow_is_layers_times_the_flow_through_absolute_weights():
    model = linear([[1.0, -2.0]], [[3.0], [-1.0]])
    flow = (1 + 2) * (3 + 1)  # of an input of ones; each layer's weight x gradient sums to it
    assert score("synflow", model, torch.zeros(2, 2)) == pytest.approx(math.log1p(2 * flow))


def test_synflow_knows_neither_data_nor_signs_and_goes_on_beyond_single_precision():
    model = linear(*[[[1e10]]] * 12)
    assert score("synflow", model, torch.zeros(1, 1)) == pytest.approx(120 * math.log(10) + math.log(12))
    turned = linear(*[[[-1e10]]] * 12)
    assert score("synflow", turned, torch.ones(3, 1)) == score("synflow", model, torch.zeros(1, 1))


def test_naswot_is_the_determinant_of_shared_rectifiers():
    model = nn.Sequential(linear([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), nn.ReLU())
    x = torch.tensor([[1.0, 1.0], [1.0, -2.0], [-1.0, -1.0]])  # on: 111, 100, 000
    kernel = np.array([[3, 1, 0], [1, 3, 2], [0, 2, 3]])
    assert score("naswot", model, x) == pytest.approx(math.log(np.linalg.det(kernel)))


def test_gradsign_counts_samples_that_pull_alike():
    model, x = linear([[0.0], [0.0]]), torch.ones(3, 1)
    assert score("gradsign", model, x, torch.tensor([0, 0, 0])) == 6
    assert score("gradsign", model, x, torch.tensor([0, 0, 1])) == 2


def test_gradsign_is_not_defined_where_a_normalization_sees_a_single_value():
    model = nn.Sequential(nn.Flatten(), linear([[1.0, 0.0], [0.0, 1.0]]), nn.BatchNorm1d(2))
    with pytest.raises(EvaluationFailed, match="a sample cannot pass alone"):
        score("gradsign", model, torch.rand(3, 2), torch.tensor([0, 1, 1]))


def test_jacobian_scores_of_rows_at_right_angles_are_those_of_the_identity():
    class Turning(nn.Module):  # the gradient of a sample is a row of its own, with mean 0, at right angles to the others
        rows = torch.tensor([[1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0], [1.0, -1.0, -1.0, 1.0]])

        def forward(self, x):
            return (x * self.rows).sum(1, keepdim=True)

    k = 1e-5
    assert score("jacob_cov", Turning(), torch.zeros(3, 4)) == pytest.approx(-3 * (math.log(1 + k) + 1 / (1 + k)))
    expected = abs(2 * math.log(k) + 2 * math.log(1 + k)) + abs(math.log(1 + k))
    assert score("epe_nas", Turning(), torch.zeros(3, 4), torch.tensor([1, 1, 0])) == pytest.approx(expected, rel=1e-4)


def test_a_network_that_scales_its_output_alone_has_an_epsilon_of_0():
    """All weights equal, one linear layer: both outputs are the same up to scale."""
    assert score("epsinas", linear([[1.0, 2.0]]), normal(8, 2)) == pytest.approx(0, abs=1e-9)


def test_zen_of_a_linear_map_is_the_logarithm_of_its_step():
    class Twice(nn.Module):
        def forward(self, x):
            return 2 * x

    model = nn.Sequential(Twice(), nn.AdaptiveAvgPool1d(1))
    x = torch.zeros(400, 1, 50)  # the expected norm of 50 standard normals
    expected = math.sqrt(2) * math.exp(math.lgamma(51 / 2) - math.lgamma(50 / 2))
    assert score("zen", model, x) == pytest.approx(math.log(0.01 * 2 * expected), abs=0.02)


def test_zen_does_not_change_when_a_layer_before_a_normalization_is_twice_as_large():
    class Times(nn.Module):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def forward(self, x):
            return self.factor * x

    def model(factor):
        return nn.Sequential(nn.Conv1d(2, 3, 3), Times(factor), nn.BatchNorm1d(3), nn.ReLU(), nn.AdaptiveAvgPool1d(1))

    x = torch.zeros(16, 2, 9)
    # The normalization takes the factor away, its variance gives it back.
    assert score("zen", model(2.0), x) - score("zen", model(1.0), x) == pytest.approx(math.log(2), abs=1e-3)


@pytest.mark.parametrize("name", PROXIES)
def test_a_score_repeats_and_leaves_parameters_and_shared_generators_as_they_were(name):
    torch.manual_seed(7)
    model = network("NASBench201", Cell(("nor_conv_3x3", "skip_connect", "none", "avg_pool_3x3", "nor_conv_1x1",
                                         "nor_conv_3x3")), (1, 12), 3, **SMALL)
    x, y = normal(6, 1, 12), torch.tensor([0, 1, 2, 0, 1, 2])
    before = [p.detach().clone() for p in model.parameters()]
    state = torch.random.get_rng_state()
    first = score(name, model, x, y)
    assert math.isfinite(first) and score(name, model, x, y) == first
    assert all(torch.equal(p, q) and p.grad is None for p, q in zip(model.parameters(), before))
    assert torch.equal(torch.random.get_rng_state(), state) and not x.requires_grad


@pytest.mark.parametrize("name", ["grad_norm", "snip", "plain", "grasp", "l2_norm", "fisher", "synflow", "gradsign"])
def test_a_network_without_weights_scores_0(name):
    assert score(name, nn.Flatten(), normal(3, 2)) == 0


def test_what_is_not_defined_says_so():
    dead = network("NASBench201", DEAD, (1, 12), 3, **SMALL)
    x = normal(6, 1, 12)
    for name in ("jacob_cov", "epe_nas", "zen", "epsinas", "naswot"):
        with pytest.raises(EvaluationFailed):
            score(name, dead, x)
    assert score("synflow", dead, x) == 0
    with pytest.raises(EvaluationFailed, match="without rectifiers"):
        score("naswot", linear([[1.0]]), normal(2, 1))


def by_copies(name, model, x):
    """synflow and epsinas written down with copies in double precision."""
    copy = deepcopy(model).double()
    parameters = dict(copy.named_parameters())
    if name == "synflow":
        for child in [m for m in copy.modules() if isinstance(m, nn.BatchNorm2d)]:
            child.forward = lambda given: given
        for parameter in parameters.values():
            parameter.data = parameter.data.abs()
        copy(torch.ones_like(x[:1]).double()).sum().backward()
        return math.log1p(sum((p * p.grad).sum().item() for key, p in parameters.items()
                              if key.endswith("weight") and p.ndim > 1 and p.grad is not None))
    outputs = []
    for weight in (1e-7, 1.0):
        for key, parameter in parameters.items():
            parameter.data = torch.full_like(parameter, 0.0 if key.endswith("bias") else weight)
        out = copy.train()(x.double()).flatten().detach().numpy()
        outputs.append((out - out.min()) / np.ptp(out))
    a, b = outputs
    return np.abs(a - b)[(a > 0) & (b > 0)].mean() / np.concatenate([a[a > 0], b[b > 0]]).mean()


@pytest.mark.parametrize("name", ["synflow", "epsinas"])
def test_a_score_in_double_precision_is_that_of_a_copy(name):
    u, space = streams.uniform(5), archgym.space("NASBench201")
    x, compared = normal(8, 1, 6, 6), 0
    for _ in range(10):
        model = network("NASBench201", space.decode(space.sample(u)), (1, 6, 6), 3, **SMALL)
        initialize(model, (1,))
        try:
            found = score(name, model, x)
        except EvaluationFailed:
            continue
        assert found == pytest.approx(by_copies(name, model, x), rel=1e-6)
        compared += 1
    assert compared > 5


@pytest.mark.parametrize("name, dtype", [("synflow", torch.float64), ("epsinas", torch.float64), ("zen", torch.float32)])
def test_a_score_that_changes_the_network_gives_it_back_even_where_it_fails(name, dtype):
    class Refusing(nn.Module):
        def forward(self, x):
            raise RuntimeError("no")

    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.AdaptiveAvgPool2d(1), Refusing()).to(dtype)
    before = deepcopy(model.state_dict())
    with pytest.raises(RuntimeError, match="^no$"):
        score(name, model, normal(4, 1, 6, 6).to(dtype))
    assert all(torch.equal(value, before[key]) for key, value in model.named_parameters())
    assert {value.dtype for value in model.state_dict().values()} == {dtype, torch.int64}
    assert not any(m._forward_pre_hooks or "forward" in vars(m) for m in model.modules())


def test_operations_are_those_that_pytorch_counts():
    model = network("NASBench201", Cell(("nor_conv_3x3", "nor_conv_1x1") * 3), (2, 9, 9), 3, **SMALL)
    assert operations(model, torch.zeros(1, 2, 9, 9)) == footprint(model, (2, 9, 9)).flops

    class Products(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(7, 5)

        def forward(self, x):
            return torch.matmul(self.linear(x), x.transpose(1, 2)[:, :5]) @ x

    assert operations(Products(), torch.zeros(2, 7, 7)) == 2 * footprint(Products(), (7, 7)).flops


TASK = {"skeleton": "channels: 4, cells: 1, stages: 2", "batch": 8}


def test_a_task_searches_by_a_score_and_shows_others_beside():
    task = archgym.task("TrainingFree-v0", score="synflow", beside="parameters, latency, naswot", **TASK)
    genome = task.space.sample(streams.uniform(1))
    found = task.measure(genome)
    assert found.status == "ok" and found.cost > 0 and found.values["latency"] > 0
    assert task.objective.value(found.values) == found.values["synflow"]
    model = network("NASBench201", task.space.decode(genome), (1, 8, 8), 10, **SMALL)
    assert found.values["parameters"] == sum(p.numel() for p in model.parameters())
    again = archgym.task("TrainingFree-v0", score="naswot", **TASK).measure(genome)
    assert again.values["naswot"] == found.values["naswot"]


def test_a_seed_draws_other_weights_and_another_batch():
    task = archgym.task("TrainingFree-v0", score="grad_norm", seeds=2, **TASK)
    genome = (3,) * 6
    assert task.measure(genome, seed=0).values != task.measure(genome, seed=1).values


def test_a_design_without_the_score_is_a_failed_measurement_with_its_reason():
    task = archgym.task("TrainingFree-v0", score="jacob_cov", **TASK)
    found = task.measure((0,) * 6)
    assert found.status == "failed" and "do not depend" in found.error and found.cost > 0


@pytest.mark.parametrize("options, text", [
    ({"score": "synflaw"}, "synflow"), ({"beside": "latncy"}, "latency"), ({"batch": 1}, "from 2 to"),
    ({"skeleton": "channel: 4"}, "channel"), ({"skeleton": "channels"}, "^skeleton 'channels' is not of the form"),
    ({"skeleton": "channels: 4: 5"}, "not of the form")])
def test_what_a_task_cannot_do_is_said(options, text):
    with pytest.raises(ArchGymError, match=text):
        archgym.task("TrainingFree-v0", **options).measure((1,) * 6)


def test_latency_is_a_median_of_positive_seconds():
    assert 0 < latency(nn.Linear(2, 2), torch.zeros(1, 2)) < 60
