"""NAS-Bench-201's table: the official figures, the seeds, the holdout, and a second copy of the data."""

from collections import Counter

import numpy as np
import pytest

import archgym
from archgym import Budget, Proposal
from archgym.errors import ArchGymError
from archgym.evaluator import Designs
from archgym.testing import check_task

SINGLE = 1e-7  # the official table is stored in single precision
DATASETS = ("cifar10", "cifar100", "imagenet16-120")
# Best mean 200-epoch validation accuracy, its cell, and the mean over all cells, as published by NATS-Bench.
BEST = {
    "cifar10": (91.61,
                "|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|",
                83.69),
    "cifar100": (73.49, None, 61.30),
    "imagenet16-120": (46.73, None, 33.81),
}


def task(dataset="cifar10", noise="seed"):
    return archgym.task("NASBench201-v0", dataset=dataset, noise=noise)


@pytest.fixture(scope="module")
def official(shared_data):
    """The table of the official order, from another source than the package."""
    parquet = pytest.importorskip("pyarrow.parquet")
    return parquet.read_table(shared_data / "nasbench201" / "nb201.parquet").to_pydict()


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("noise", ["seed", "mean"])
def test_it_keeps_the_contract_of_a_task(dataset, noise):
    checks = check_task(task(dataset, noise))
    assert [promise for promise, _ in checks.untried if "log_prob" not in promise] == []


@pytest.mark.parametrize("dataset", DATASETS)
def test_optima_and_means_are_the_published_ones(dataset):
    mean = task(dataset, "mean")
    rows = mean.population()
    best, cell, average = BEST[dataset]
    assert round(mean.optimum, 2) == best and mean.optimum_count == 1
    assert round(float(rows.values.mean()), 2) == average
    assert len(rows.values) == 15_625 and rows.rows_are == "designs"
    if cell:
        assert mean.space.text_of(tuple(rows.genomes[rows.values.argmax()].tolist())) == cell


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_number_is_that_of_the_same_cell_in_the_official_order(official, dataset):
    """The package keys its records by six digits: this proves which digit stands for which operation of which edge."""
    noisy, mean = task(dataset), task(dataset, "mean")
    space, name = noisy.space, dataset.replace("-", "_")
    genomes = np.array([space.encode(space.parse(text)) for text in official["arch"]])
    assert len(set(map(tuple, genomes.tolist()))) == 15_625
    designs = Designs(space, genomes)
    seeds = np.array([[np.nan if x is None else x for x in official[f"{name}_val_acc_200ep_{s}"]] for s in "abc"])
    recorded = (~np.isnan(seeds)).sum(axis=0)
    np.testing.assert_array_equal(noisy.evaluator.seeds_of_many(designs), recorded)
    for seed in range(3):
        there = recorded > seed
        found = noisy.evaluator.evaluate_many(Designs(space, genomes[there]), fidelity=None,
                                              seeds=np.full(there.sum(), seed))
        np.testing.assert_allclose(found.values["val_accuracy"], seeds[seed][there], rtol=SINGLE)
        np.testing.assert_allclose(found.cost, np.array(official[f"{name}_train_time_200ep_s"])[there], rtol=SINGLE)
        np.testing.assert_allclose(found.values["latency"], np.array(official[f"{name}_latency_s"])[there], rtol=SINGLE)
        parameters = np.array(official[f"{name}_params_m"])[there]
        np.testing.assert_allclose(found.values["parameters"], parameters, rtol=SINGLE)
    found = mean.evaluator.evaluate_many(designs, fidelity=None, seeds=np.zeros(15_625, int))
    np.testing.assert_allclose(found.values["val_accuracy"], np.nanmean(seeds, axis=0), rtol=SINGLE)


def test_the_optimum_is_the_cell_of_the_official_index(official):
    assert official["arch"][6111] == BEST["cifar10"][1]
    for dataset, index in (("cifar10", 6111), ("cifar100", 9930), ("imagenet16-120", 10676)):
        mean = task(dataset, "mean")
        assert mean.measure(official["arch"][index]).values["val_accuracy"] == mean.optimum


def seeds_of(noisy, genome):
    """Recorded accuracies, asked for one by one."""
    return [noisy.measure(genome, seed=s).values["val_accuracy"]
            for s in range(noisy.evaluator.seeds_of(noisy.space.decode(genome)))]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_holdout_is_the_mean_of_the_seeds_that_were_not_seen(dataset):
    noisy = task(dataset)
    genomes = [tuple(row) for row in noisy.space.sample_many(np.random.default_rng(1), 60).tolist()]
    counts = Counter()
    for genome in genomes:
        seeds = seeds_of(noisy, genome)
        counts[len(seeds)] += 1
        for seen in range(len(seeds)):
            others = [x for s, x in enumerate(seeds) if s != seen]
            found = noisy.measure(genome, seed=seen, holdout=True).values
            assert found["val_accuracy_other_seeds"] == pytest.approx(sum(others) / len(others), rel=1e-12)
            assert noisy.holdout_values([genome], [seen]) == pytest.approx(sum(others) / len(others), rel=1e-12)
        assert task(dataset, "mean").measure(genome).values["val_accuracy"] == pytest.approx(sum(seeds) / len(seeds))
    assert min(counts.values()) > 15 and set(counts) == {2, 3}


def test_the_noise_free_mean_has_no_holdout_and_says_so():
    mean = task(noise="mean")
    assert not mean.has_holdout and mean.judge is None and mean.evaluator.seeds == 1
    assert mean.about.holdout_note.startswith("No holdout:")
    run = archgym.run(mean, "random", Budget(evaluations=20))
    assert run.incumbent.holdout == {} and set(run.trajectory.seed.tolist()) == {0}
    assert task().about.holdout_note.startswith("Holdout: the mean validation accuracy of the recorded seeds that")


class Repeats(archgym.Agent):
    """Measures every cell of a list six times."""

    def search(self, bench):
        for genome in bench.space.sample_many(bench.rng("cells"), 400).tolist():
            bench.measure([Proposal(tuple(genome))] * 6)


def test_a_third_seed_that_was_not_recorded_is_never_drawn():
    noisy = task()
    run = archgym.run(noisy, Repeats(), Budget(evaluations=2_400))
    drawn = {}
    for i in range(2_400):
        drawn.setdefault(run.trajectory.genome(i), Counter())[int(run.trajectory.seed[i])] += 1
    kinds = Counter()
    for genome, seeds in drawn.items():
        recorded = noisy.evaluator.seeds_of(noisy.space.decode(genome))
        assert set(seeds) == set(range(recorded)) and len(set(seeds.values())) == 1  # all, each as often
        kinds[recorded] += 1
    assert kinds[2] > 150 and kinds[3] > 150
    assert np.isfinite(run.trajectory.value).all()
    batch = archgym.run(noisy, "random", Budget(evaluations=50_000)).trajectory
    assert np.isfinite(batch.value).all()
    recorded = noisy.evaluator.seeds_of_many(Designs(noisy.space, batch.genomes))
    assert (batch.seed < recorded).all() and set(batch.seed[recorded == 3]) == {0, 1, 2}


def test_how_many_cells_have_how_many_seeds():
    noisy = task()
    counts = Counter(noisy.evaluator.seeds_of(noisy.space.decode(g)) for g in noisy.space.enumerate())
    assert counts == {3: 8_169, 2: 7_456}


def test_the_declared_cost_is_the_training_time():
    noisy = task()
    run = archgym.run(noisy, "random", Budget(cost=100_000), seed=0)
    assert 60 < run.trajectory.cost.sum() <= 100_000 < run.trajectory.cost.sum() + run.trajectory.cost.max()
    allowed = archgym.run(noisy, "random", Budget(cost=100_000, overshoot="allow"), seed=0)
    assert len(allowed.trajectory) == len(run.trajectory) + 1
    assert allowed.trajectory.cost.sum() > 100_000


def test_a_seed_that_was_not_recorded_cannot_be_asked_for():
    noisy = task()
    genome = next(g for g in noisy.space.enumerate() if noisy.evaluator.seeds_of(noisy.space.decode(g)) == 2)
    with pytest.raises(ArchGymError, match="this design has 2 recorded seeds, 0 to 1; got seed 2"):
        noisy.measure(genome, seed=2)


def test_the_fingerprint_names_file_and_noise():
    prints = {task(d, n).fingerprint for d in DATASETS for n in ("seed", "mean")}
    assert len(prints) == 6 and all("sha256=" in p for p in prints)


@pytest.mark.parametrize("noise", ["seed", "mean"])
def test_the_random_baseline_is_the_closed_form_over_the_rows_of_the_law(noise):
    """P(best of n <= x) = (mass of rows at most x)**n, a cell as likely as another and a seed as its fellows."""
    noisy = task(noise=noise)
    values, mass = [], []
    for genome in noisy.space.enumerate():
        seeds = [noisy.evaluator._accuracy[noisy.evaluator.row(noisy.space.decode(genome)), s]
                 for s in range(noisy.evaluator.seeds_of(noisy.space.decode(genome)))]
        values += seeds
        mass += [1 / 15_625 / len(seeds)] * len(seeds)
    order = np.argsort(values)
    below = np.cumsum(np.array(mass)[order])
    for n in (1, 50, 300):
        step = np.diff(np.concatenate([[0.0], below**n]))
        baseline = noisy.random_baseline(n)
        assert baseline.exact and baseline.mean == pytest.approx(float(np.dot(step, np.array(values)[order])), rel=1e-9)
    assert baseline.law == "uniform over genomes"
