"""The Gaussian process against textbook formulas on whole matrices."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from threadpoolctl import threadpool_info, threadpool_limits

import archgym
from archgym.models.wl import WLKernel
from archgym.models.wl_gaussian_process import NOISES, WLGaussianProcess
from archgym.streams import uniform

DEPTHS = (0, 1, 2, 3)


def graphs(count, seed=0):
    space, u = archgym.space("NASBench201"), uniform(seed)
    return [space.graph_of(space.sample(u)) for _ in range(count)]


@pytest.fixture
def kernel():
    return WLKernel()


def test_the_likelihood_is_the_density_of_the_values(kernel):
    """The sign of the complexity term too, which a released code has the wrong way round."""
    read, values = kernel.read(graphs(50)), np.random.default_rng(0).normal(3, 2, 50)
    model = WLGaussianProcess(kernel, DEPTHS)
    model.add(read)
    for depth in DEPTHS:
        for noise in (1e-3, 0.1):
            covariance = kernel.cross(read, read, depth) + noise * np.eye(50)
            inverse = np.linalg.inv(covariance)
            mean = (inverse @ values).sum() / inverse.sum()
            scale = (values - mean) @ inverse @ (values - mean) / 50

            def density(mean, scale):
                return multivariate_normal(np.full(50, mean), scale * covariance).logpdf(values)

            assert model.likelihood(values, depth, noise) == pytest.approx(density(mean, scale))
            assert all(density(mean + a, scale * b) < density(mean, scale)
                       for a, b in ((0.1, 1), (-0.1, 1), (0, 1.2), (0, 0.8)))


def test_growing_by_blocks_is_fitting_at_once(kernel):
    read, values = kernel.read(graphs(60)), np.random.default_rng(1).normal(size=60)
    asked = kernel.read(graphs(20, 1))
    grown = WLGaussianProcess(kernel, DEPTHS)
    for start in range(0, 60, 5):
        grown.add(read[start:start + 5])
        grown.fit(values[:start + 5])
        if start % 10:
            grown.predict(read[start + 5:start + 10] + asked)  # some of these are added next
    covariance = kernel.cross(read, read, grown.depth) + grown.noise * np.eye(60)
    inverse, cross = np.linalg.inv(covariance), kernel.cross(asked, read, grown.depth)
    mean = (inverse @ values).sum() / inverse.sum()
    scale = np.sqrt((values - mean) @ inverse @ (values - mean) / 60)
    found = grown.predict(asked)
    np.testing.assert_allclose(found[0], mean + cross @ inverse @ (values - mean), atol=1e-8)
    variance = 1 - np.einsum("ij,jk,ik->i", cross, inverse, cross)
    np.testing.assert_allclose(found[1], scale * np.sqrt(variance), atol=1e-6)
    np.testing.assert_allclose(grown.fitted(values), grown.predict(read)[0], atol=1e-8)


def test_depth_and_noise_are_those_under_which_values_were_drawn(kernel):
    read, rng = kernel.read(graphs(100)), np.random.default_rng(2)
    for depth, noise in ((0, 1e-2), (1, 1e-3)):
        covariance = kernel.cross(read, read, depth) + noise * np.eye(100)
        chosen = []
        for _ in range(5):
            model = WLGaussianProcess(kernel, DEPTHS)
            model.add(read)
            model.fit(10 + 5 * np.linalg.cholesky(covariance) @ rng.normal(size=100))
            chosen.append((model.depth, NOISES.index(model.noise)))
        assert sum(d == depth for d, _ in chosen) >= 4
        assert all(abs(i - NOISES.index(noise)) <= 1 for _, i in chosen)


def test_values_that_are_all_alike_are_predicted_without_spread(kernel):
    model = WLGaussianProcess(kernel, DEPTHS)
    model.add(kernel.read(graphs(1)))
    model.fit([4.0])
    model.add(kernel.read(graphs(8)))
    model.fit([4.0] * 9)
    mean, spread = model.predict(kernel.read(graphs(5, 1)))
    np.testing.assert_allclose(mean, 4.0)
    np.testing.assert_allclose(spread, 0.0, atol=1e-9)


def test_bits_do_not_depend_on_the_threads_that_blas_has_and_these_stay():
    def predicted(threads):
        kernel = WLKernel()
        read, values = kernel.read(graphs(300)), np.random.default_rng(3).normal(size=300)
        model = WLGaussianProcess(kernel, DEPTHS)
        with threadpool_limits(threads, user_api="blas"):
            for end in (200, 300):
                model.add(read[end - 100 if end > 200 else 0:end])
                model.fit(values[:end])
            found = model.predict(kernel.read(graphs(100, 1)))
            assert {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"} == {threads}
        return [column.tobytes() for column in found]

    assert predicted(2) == predicted(1)
