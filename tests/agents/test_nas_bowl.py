"""NAS-BOWL: what it may propose, the law of its expected improvement, and reference figures."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import archgym
from archgym import Budget
from archgym.agents.nas_bowl import log_expected_improvement
from archgym.errors import ArchGymError
from archgym.models.scores import normal_scores
from archgym.testing import Expressions, Ladders, toy


@pytest.fixture(scope="module")
def task():
    return archgym.task("NASBench201-v0", noise="mean")


@pytest.mark.parametrize("gain, spread", [(0.3, 1.0), (0.0, 0.2), (-2.0, 1.0), (-3.0, 0.5), (-1.5, 0.1)])
def test_the_expected_improvement_is_its_integral(gain, spread):
    improvement, _ = quad(lambda z: (gain + spread * z) * norm.pdf(z), -gain / spread, -gain / spread + 12, epsabs=0)
    found, = log_expected_improvement(np.array([gain]), np.array([spread]))
    assert found == pytest.approx(np.log(improvement), rel=1e-6)


def test_the_expected_improvement_grows_with_the_gain_where_it_is_next_to_nothing():
    found = log_expected_improvement(np.linspace(-1e6, 30, 5_000), np.ones(5_000))
    assert np.isfinite(found).all() and (np.diff(found) >= 0).all() and (np.diff(found[-2:]) > 0).all()
    steps = log_expected_improvement(np.linspace(-2_000, 5, 20_000), np.ones(20_000))
    assert (np.diff(steps) > 0).all()


def test_normal_scores_are_those_of_the_ranks():
    assert normal_scores([3.0, -5.0, 1e9]) == pytest.approx(norm.ppf([0.5, 1 / 6, 5 / 6]))
    assert normal_scores([1.0, 1.0, 2.0]) == pytest.approx(norm.ppf([1 / 3, 1 / 3, 5 / 6]))


def test_random_designs_first_then_batches_and_nothing_twice(task):
    t = archgym.run(task, "nas-bowl", Budget(evaluations=62), 1, n_init=12).trajectory
    assert list(t.tag[:12]) == ["start"] * 12 and "start" not in t.tag[12:]
    assert len({t.genome(i) for i in range(62)}) == 62
    for i in range(12, 62):
        began = 12 + (i - 12) // 5 * 5  # its batch
        if t.tag[i] == "mutant":
            parent, = t.parents[i]
            better = sum(t.value[j] > t.value[parent] for j in range(began))
            assert parent < began and better < 10
        else:
            assert t.tag[i] == "random" and t.parents[i] == ()


def test_a_batch_holds_no_two_designs_that_the_model_cannot_tell_apart():
    space = archgym.space("NASBench201")
    task = archgym.task(space=space, name="counts", evaluate=lambda cell: cell.operations.count("nor_conv_3x3"))
    t = archgym.run(task, "nas-bowl", Budget(evaluations=60), 0, depth=0).trajectory
    for began in range(10, 60, 5):  # at depth 0 cells with the same operations, in any order, are one to the model
        batch = [tuple(sorted(t.genome(i))) for i in range(began, began + 5)]
        assert len(set(batch)) == 5


def test_ranks_make_the_scale_of_the_values_indifferent():
    space = archgym.space("NASBench201")

    def run(of):
        task = archgym.task(space=space, name="scales", evaluate=lambda cell: of(cell.operations.count("nor_conv_3x3")
                                                                                - cell.operations.count("none") / 4))
        t = archgym.run(task, "nas-bowl", Budget(evaluations=40), 2).trajectory
        return [t.genome(i) for i in range(40)]

    assert run(lambda x: x) == run(lambda x: -np.exp(-5 * x)) == run(lambda x: 1e6 * x - 3e7)


def test_a_small_space_is_measured_whole_before_anything_twice():
    for fails in (0.0, 0.5):
        run = archgym.run(toy(Ladders(), fails=fails), "nas-bowl", Budget(evaluations=80))
        genomes = [run.trajectory.genome(i) for i in range(80)]
        assert len(set(genomes[:72])) == 72 == Ladders().size
        assert run.incumbent.value == run.task.population().values.max()


def test_a_depth_that_the_kernel_lacks_is_refused_with_those_it_has():
    pytest.importorskip("grakel")
    with pytest.raises(ArchGymError, match="'grakel-wl' has no depth 0; give depth = one of None, 1, 2, 3"):
        archgym.run(toy(Ladders()), "nas-bowl", Budget(evaluations=12), kernel="grakel-wl", depth=0)


@pytest.mark.parametrize("kernel", ["wl-oa", "grakel-wl", "grakel-wl-oa", "shortest-path"])
def test_it_runs_on_other_kernels_and_on_a_grammar(kernel):
    if kernel != "wl-oa":
        pytest.importorskip("grakel")
    run = archgym.run(toy(Expressions()), "nas-bowl", Budget(evaluations=20), kernel=kernel, pool=30)
    assert len({run.trajectory.genome(i) for i in range(20)}) == 20


def test_grakels_kernel_proposes_what_ours_does(task):
    pytest.importorskip("grakel")
    ours, theirs = (archgym.run(task, "nas-bowl", Budget(evaluations=30), 5, kernel=kernel, depth=2).trajectory
                    for kernel in ("wl", "grakel-wl"))
    assert [ours.genome(i) for i in range(30)] == [theirs.genome(i) for i in range(30)]


def test_mean_regrets_keep_the_bar(task):
    """CIFAR-10, noise-free: at most .07 after 100 evaluations and .015 after 300."""
    best = np.array([archgym.run(task, "nas-bowl", Budget(evaluations=300), seed).trajectory.incumbents()
                     for seed in range(12)])
    at_100, at_300 = (task.optimum - best[:, [99, 299]]).mean(axis=0)
    assert at_100 <= 0.07 and at_300 <= 0.015, (at_100, at_300)
