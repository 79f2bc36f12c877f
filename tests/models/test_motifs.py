"""Motifs against finite differences, a known truth, and a regression over the whole table."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsqr

import archgym
from archgym import Budget
from archgym.models.motifs import averaged_derivatives, motifs
from archgym.models.scores import normal_scores
from archgym.models.wl import WLKernel
from archgym.models.wl_gaussian_process import WLGaussianProcess
from archgym.streams import uniform


@pytest.fixture(scope="module")
def space():
    return archgym.space("NASBench201")


def fitted(graphs, values, depths):
    model = WLGaussianProcess(WLKernel(), depths)
    model.add(model.kernel.read(graphs))
    model.fit(values)
    return model


def dense(model):
    entries = model.kernel.counts(model.graphs, model.depth)
    counts = np.zeros(entries.shape)
    counts[entries.rows, entries.columns] = entries.values
    return counts


def test_effect_and_spread_are_those_of_finite_differences(space):
    u, rng = uniform(0), np.random.default_rng(0)
    model = fitted([space.graph_of(space.sample(u)) for _ in range(30)], rng.normal(size=30), (1,))
    counts, noise = dense(model), model.noise
    counts, lengths = counts[:, counts.any(axis=0)], np.sqrt((counts**2).sum(axis=1))
    effect, spread = averaged_derivatives(model, counts, lengths)
    unit = counts / lengths[:, None]
    inverse = np.linalg.inv(unit @ unit.T + noise * np.eye(30))
    step = 1e-5
    for j in range(0, counts.shape[1], 9):
        rows = np.flatnonzero(counts[:, j])
        moved = [np.array(counts[rows]) for _ in range(2)]
        moved[0][:, j] += step
        moved[1][:, j] -= step
        up, down = (m / np.sqrt((m**2).sum(axis=1))[:, None] for m in moved)
        features = ((up - down) / (2 * step)).mean(axis=0)  # the average is this times the weights of f
        cross = unit @ features
        assert effect[j] == pytest.approx(cross @ model.weights, abs=1e-7)
        variance = features @ features - cross @ inverse @ cross
        assert spread[j] == pytest.approx(model.scale * np.sqrt(max(variance, 0)), rel=1e-4, abs=1e-7)


def test_the_motif_that_values_count_is_the_strongest(space):
    u = uniform(1)
    genomes = [space.sample(u) for _ in range(80)]
    graphs = [space.graph_of(genome) for genome in genomes]
    values = [space.decode(genome).operations.count("nor_conv_3x3") for genome in genomes]
    found = motifs(fitted(graphs, values, (0, 1)))
    assert found[0].text == "nor_conv_3x3" and found[0].effect > 4 * found[0].spread > 0
    assert found[0].designs == sum(v > 0 for v in values)


def test_motifs_tell_designs_apart_and_no_two_are_the_same(space):
    u = uniform(2)
    model = fitted([space.graph_of(space.sample(u)) for _ in range(40)], np.random.default_rng(0).normal(size=40), (2,))
    counts, found = dense(model), motifs(model)
    columns = [counts[:, motif.column] for motif in found]
    assert all(np.ptp(column) > 0 for column in columns)
    assert len({column.tobytes() for column in columns}) == len(found)
    strengths = [abs(motif.effect) * column.std() for motif, column in zip(found, columns)]
    assert strengths == pytest.approx(sorted(strengths, reverse=True))


@pytest.mark.parametrize("agent", ["nas-bowl", "random"])
def test_signs_of_the_ten_strongest_are_those_of_a_regression_over_the_whole_table(space, agent):
    task = archgym.task("NASBench201-v0", dataset="cifar10", noise="mean")
    rows = task.population()
    everything = [space.graph_of(tuple(map(int, genome))) for genome in rows.genomes]
    for seed in range(2):
        t = archgym.run(task, agent, Budget(evaluations=300), seed).trajectory
        model = fitted([space.graph_of(t.genome(i)) for i in range(300)], normal_scores(t.value), (0, 1, 2, 3))
        entries = model.kernel.counts(model.kernel.read(everything), model.depth)
        counts = csr_matrix((entries.values, (entries.rows, entries.columns)), entries.shape)
        scores = normal_scores(rows.values)
        weights = lsqr(counts, scores - scores.mean(), damp=1.0, iter_lim=200)[0]
        signs = [np.sign(motif.effect) == np.sign(weights[motif.column]) for motif in motifs(model)[:10]]
        assert sum(signs) >= 9
