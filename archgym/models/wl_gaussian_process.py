"""A Gaussian process over labelled graphs, whose kernel's depth and noise the likelihood chooses.

    value = mean + f(graph) + noise,    f ~ GP(0, scale**2 kernel_depth),    noise ~ N(0, noise scale**2)

The surrogate of NAS-BOWL (Ru, Wan, Dong, Osborne, ICLR 2021). Mean and scale are those of greatest likelihood, in
closed form. Depth and noise are chosen from lists by that same likelihood: the depth at the noise of before, then the
noise at this depth, again whenever half as many more are measured. Gram matrices grow by rows, and in between the
inverse of the Cholesky factor grows by blocks.
"""

from collections.abc import Sequence

import numpy as np

from .one_thread import one_thread

NOISES = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
"""Variances of the noise that are tried, in units of the kernel's."""
GROWTH = 1.5  # depth and noise are chosen anew when so many times more is measured
BLOCK = 96  # rows multiplied at a time: what is above the diagonal of a lower triangle is left out
SMALLEST = 1e-300  # variance of values that are all alike, so that it has a logarithm


class WLGaussianProcess:
    """kernel: a WLKernel, or what has its `depths`, `read`, `cross` and `crosses` and is 1 for a graph and itself.

    depths: those that may be chosen.
    """

    def __init__(self, kernel, depths: Sequence[int], noises: Sequence[float] = NOISES):
        self.kernel, self.depths, self.noises = kernel, tuple(sorted(set(depths))), tuple(noises)
        self.graphs: list[int] = []
        """What was measured, as the kernel numbers it."""
        self.depth, self.noise = self.depths[0], self.noises[len(self.noises) // 2]
        self.mean = self.scale = 0.0
        self.weights = np.zeros(0)
        """(N,) What each measured graph adds to a prediction, times the kernel of the two."""
        self._grams = {depth: Growing() for depth in self.depths}
        self._inverse = Growing()  # of the Cholesky factor of kernel + noise
        self._due = 0.0
        self._asked: tuple = (), np.zeros((0, 0))  # graphs of the last prediction, their kernel with the measured

    def add(self, graphs: Sequence) -> None:
        """Graphs that were measured, as the kernel numbers them; `fit` takes their values."""
        self.graphs.extend(graphs)

    def fit(self, values) -> None:
        """Condition on the values of all graphs added so far, in their order; one or more."""
        with one_thread():
            self._fit(values)

    def _fit(self, values):
        if len(values) >= self._due:
            self._choose(values)
            self._due = len(values) * GROWTH
        else:
            self._append()
        whitened = self._inverse.matrix @ _with_ones(values)
        self.mean, self.scale, rest = _best(whitened)
        self.weights = rest @ self._inverse.matrix

    def predict(self, graphs: Sequence) -> tuple[np.ndarray, np.ndarray]:
        """(mean, standard deviation) of mean + f at graphs as the kernel numbers them."""
        with one_thread():
            cross = self.kernel.cross(graphs, self.graphs, self.depth)
            self._asked = graphs, cross
            variance = np.maximum(1 - self.explained(cross), 0.0)
            return self.mean + cross @ self.weights, self.scale * np.sqrt(variance)

    def fitted(self, values) -> np.ndarray:
        """(N,) mean of mean + f at the measured graphs, whose values these are."""
        return np.asarray(values, float) - self.noise * self.weights

    def explained(self, cross) -> np.ndarray:
        """(M,) how much of the variance of M quantities the measured graphs explain, in units of scale**2.

        cross: (M, N) their covariance with f at those graphs, in the same units.
        """
        inverse, found = self._inverse.matrix, np.zeros(len(cross))
        for start in range(0, len(inverse), BLOCK):
            end = start + BLOCK
            whitened = cross[:, :end] @ inverse[start:end, :end].T
            found += np.einsum("ij,ij->i", whitened, whitened)
        return found

    def likelihood(self, values, depth: int, noise: float) -> float:
        """Logarithm of the likelihood of the values at the best mean and scale."""
        from scipy.linalg.lapack import dtrtrs

        factor = _factor(self._gram(depth), noise)
        _, scale, _ = _best(dtrtrs(factor, _with_ones(values), lower=0, trans=1)[0])
        n = len(factor)
        return -n / 2 * (np.log(2 * np.pi * max(scale**2, SMALLEST)) + 1) - np.log(np.diag(factor)).sum()

    def _choose(self, values):
        tried = {}

        def likelihood(depth, noise):
            if (depth, noise) not in tried:
                tried[depth, noise] = self.likelihood(values, depth, noise)
            return tried[depth, noise]

        self._grow_grams()
        self.depth = max(self.depths, key=lambda depth: likelihood(depth, self.noise))
        self.noise = max(self.noises, key=lambda noise: likelihood(self.depth, noise))
        inverse = _inverted(_factor(self._gram(self.depth), self.noise))
        self._inverse.grow(len(inverse))[:] = inverse

    def _append(self):
        """Grow the inverse factor by what was added since."""
        gram, inverse = self._gram(self.depth), self._inverse.matrix
        old = len(inverse)
        beside = inverse @ gram[:old, old:]
        corner = _inverted(_factor(gram[old:, old:] - beside.T @ beside, self.noise))
        grown = self._inverse.grow(len(gram))
        grown[:old, old:] = 0.0
        grown[old:, :old] = -corner @ (beside.T @ inverse)
        grown[old:, old:] = corner

    def _grow_grams(self):
        """To all graphs, at all depths: those that are equally far behind together."""
        self._gram(self.depth)  # which the last prediction may know
        sizes = {depth: len(self._grams[depth].matrix) for depth in self.depths}
        for old in sorted(set(sizes.values()) - {len(self.graphs)}):
            behind = [depth for depth in self.depths if sizes[depth] == old]
            rows = self.kernel.crosses(self.graphs[old:], self.graphs, behind)
            for depth, found in zip(behind, rows):
                self._grams[depth].add(found)

    def _gram(self, depth):
        gram = self._grams[depth]
        if (old := len(gram.matrix)) < len(self.graphs):
            gram.add(self._rows(old, depth))
        return gram.matrix

    def _rows(self, old, depth):
        """Kernel of the graphs from `old` on with all; what the last prediction knew of them is not computed again."""
        added, (asked, cross) = self.graphs[old:], self._asked
        if depth == self.depth and cross.shape[1] == old:
            place = dict(zip(asked, range(len(asked))))
            if all(graph in place for graph in added):
                known = cross[[place[graph] for graph in added]]
                return np.concatenate([known, self.kernel.cross(added, added, depth)], axis=1)
        return self.kernel.cross(added, self.graphs, depth)


class Growing:
    """A square matrix that grows in place."""

    def __init__(self):
        self.matrix = self._store = np.empty((0, 0))

    def grow(self, size: int) -> np.ndarray:
        """The matrix, larger: what was there stays, the rest is for the caller to fill."""
        if size > len(self._store):
            store = np.empty((2 * size, 2 * size))
            store[:len(self.matrix), :len(self.matrix)] = self.matrix
            self._store = store
        self.matrix = self._store[:size, :size]
        return self.matrix

    def add(self, rows) -> None:
        """Last rows of a symmetric matrix, in full."""
        old = len(self.matrix)
        grown = self.grow(rows.shape[1])
        grown[old:], grown[:old, old:] = rows, rows[:, :old].T


def _factor(gram, noise):
    """The upper triangle whose product with its transpose, the latter first, is the Gram matrix and the noise."""
    from scipy.linalg.lapack import dpotrf  # numpy's copies take five times as long

    noisy = gram.copy()
    noisy.reshape(-1)[::len(gram) + 1] += noise
    factor, failed = dpotrf(noisy.T, lower=0, overwrite_a=1)
    if failed:
        raise np.linalg.LinAlgError(f"the Gram matrix of {len(gram):,} graphs and noise {noise} is not positive")
    return factor


def _inverted(factor):
    """Inverse of the factor's transpose, a lower triangle."""
    from scipy.linalg.lapack import dtrtri

    return dtrtri(factor, lower=0)[0].T


def _with_ones(values):
    columns = np.ones((2, len(values)))
    columns[0] = values
    return columns.T


def _best(whitened):
    """(mean, scale, what the mean leaves) of greatest likelihood, from the whitened values and ones."""
    values, ones = whitened.T
    mean = (ones @ values) / (ones @ ones)
    rest = values - mean * ones
    return mean, np.sqrt(rest @ rest / len(rest)), rest
