"""The Gaussian process against BoTorch's own posterior and acquisition, and what the agent does with it."""

from importlib import import_module

import numpy as np
import pytest

import archgym
from archgym import Budget
from archgym.encoding import one_hot
from archgym.streams import generator
from archgym.testing import Expressions, Ladders, NoChoice, OneDesign, toy

pytest.importorskip("botorch")
SPACE = Ladders()
ALL = list(SPACE.enumerate())


def agent_module():
    return import_module(archgym.registry.agents()["botorch-gp"])


def data(seed, n):
    rng = generator(seed)
    x, y = one_hot(SPACE, ALL)[rng.permutation(len(ALL))[:n]], rng.normal(size=n)
    return x, (y - y.mean()) / y.std()


def test_posterior_and_acquisition_are_botorchs_own_also_with_data_that_came_after_the_fit():
    import torch
    from botorch.acquisition.analytic import LogExpectedImprovement

    module = agent_module()
    x, y = data(0, 40)
    model = module.fitted(x[:25], y[:25], 0)
    mean, deviation = module.Posterior(model, x, y)(one_hot(SPACE, ALL))
    model.set_train_data(torch.as_tensor(x), torch.as_tensor(y), strict=False)
    theirs = model.posterior(torch.as_tensor(one_hot(SPACE, ALL)))
    np.testing.assert_allclose(mean, theirs.mean.numpy()[:, 0], atol=1e-6)
    np.testing.assert_allclose(deviation**2, theirs.variance.numpy()[:, 0], atol=1e-6)
    acquisition = LogExpectedImprovement(model, best_f=y.max())(torch.as_tensor(one_hot(SPACE, ALL))[:, None])
    ours = module.log_expected_improvement(mean, deviation, y.max())
    np.testing.assert_allclose(ours, acquisition.numpy(), atol=1e-3)


def test_expected_improvement_is_that_of_many_draws_and_does_not_underflow():
    log_ei = agent_module().log_expected_improvement
    draws = generator(0).standard_normal(400_000)
    for mean, deviation, best in ((0.3, 1.0, 0.0), (-1.0, 0.5, 0.0), (2.0, 2.0, 4.5)):
        found = np.exp(log_ei(np.array([mean]), np.array([deviation]), best))
        assert found == pytest.approx(np.maximum(mean + deviation * draws - best, 0).mean(), rel=0.02)
    u = -np.array([0.5, 0.999, 1.0, 1.001, 5.0, 50.0, 1e4, 1e8])
    found = log_ei(u, np.ones(8), 0.0)
    assert np.isfinite(found).all() and (np.diff(found) < 0).all()
    # far out, log EI = -u**2/2 - log(2 pi)/2 - 2 log|u| + O(u**-2)
    np.testing.assert_allclose(found[5:], -u[5:]**2 / 2 - np.log(2 * np.pi) / 2 - 2 * np.log(-u[5:]), rtol=1e-5)


@pytest.mark.parametrize("space", [Ladders(), Expressions()], ids=lambda s: s.name)
def test_nothing_is_measured_twice_while_there_is_something_else(space):
    t = archgym.run(toy(space), "botorch-gp", Budget(evaluations=30), 1, initial=15).trajectory
    assert len({t.genome(i) for i in range(30)}) == 30


@pytest.mark.parametrize("space", [Ladders(), NoChoice(), OneDesign()], ids=lambda s: s.name)
def test_one_random_design_is_enough_to_begin(space):
    assert len(archgym.run(toy(space), "botorch-gp", Budget(evaluations=4), 0, initial=1).trajectory) == 4


def test_it_finds_the_best_of_an_ordered_grid_in_few_evaluations():
    space = archgym.ProductSpace(tuple(archgym.Choice((i,), tuple(range(20)), ordered=True) for i in range(3)))
    task = archgym.task(space=space, evaluate=lambda d: -float((d[0] - 13)**2 + (d[1] - 4)**2 + (d[2] - 9)**2))
    assert archgym.run(task, "botorch-gp", Budget(evaluations=45), 0).incumbent.design == (13, 4, 9)


def test_torchs_own_generator_is_left_alone_and_decides_nothing():
    import torch

    genomes = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        t = archgym.run(toy(SPACE), "botorch-gp", Budget(evaluations=14), 0, initial=10).trajectory
        assert torch.equal(before, torch.get_rng_state())
        genomes.append([t.genome(i) for i in range(14)])
    assert genomes[0] == genomes[1]
