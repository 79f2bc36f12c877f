"""Which subtrees raise and which lower what a Gaussian process over graphs predicts.

Ru, Wan, Dong, Osborne, "Interpretable Neural Architecture Search via Bayesian Optimisation with Weisfeiler-Lehman
Kernels", ICLR 2021: the derivative of f by how often a subtree occurs, averaged over the measured designs that have it. f
is linear in the normalised counts, so that mean and spread of the average follow in closed form from the posterior.
"""

from typing import NamedTuple

import numpy as np

from .one_thread import one_thread
from .wl_gaussian_process import WLGaussianProcess


class Motif(NamedTuple):
    """A subtree and its effect."""

    column: int
    """Of the kernel's `subtrees`."""
    tree: tuple
    """(label, subtrees of the successors), down to the motif's depth."""
    depth: int
    effect: float
    """Posterior mean of the averaged derivative: how much the prediction rises with one more such subtree."""
    spread: float
    """Posterior standard deviation of the same."""
    strength: float
    """How far it moves predictions: absolute effect times the standard deviation of its count over the designs."""
    designs: int
    """Measured designs that have it."""

    @property
    def text(self) -> str:
        """label(successor, successor(its successors), ...)"""
        return text_of(self.tree)


def motifs(model: WLGaussianProcess) -> list[Motif]:
    """Every subtree, of the model's depth or less, that some measured designs have more often than others; strongest first.

    Of subtrees that all designs have equally often, the shallowest speaks for all. model: fitted, with the normalised
    WLKernel of counts.
    """
    subtrees = model.kernel.subtrees
    entries = model.kernel.counts(model.graphs, model.depth)
    columns = np.unique(entries.columns)
    counts = np.zeros((len(model.graphs), len(columns)))
    counts[entries.rows, np.searchsorted(columns, entries.columns)] = entries.values
    lengths = np.sqrt((counts**2).sum(axis=1))
    keep = telling(counts, [subtrees.depths[column] for column in columns])
    columns, counts = columns[keep], counts[:, keep]
    with one_thread():
        effect, spread = averaged_derivatives(model, counts, lengths)
    strength, designs = np.abs(effect) * counts.std(axis=0), (counts > 0).sum(axis=0)
    found = [Motif(column, subtrees.tree(column), subtrees.depths[column], *numbers) for column, *numbers in zip(
        columns.tolist(), effect.tolist(), spread.tolist(), strength.tolist(), designs.tolist())]
    return sorted(found, key=lambda motif: -motif.strength)


def text_of(tree) -> str:
    label, below = tree
    return f"{label}({', '.join(map(text_of, below))})" if below else label


def telling(counts, depths) -> np.ndarray:
    """Columns that vary, and of columns that are equal the first with the least depth."""
    first = {}
    for i in np.argsort(depths, kind="stable").tolist():
        if np.ptp(counts[:, i]):
            first.setdefault(counts[:, i].tobytes(), i)
    return np.array(sorted(first.values()), int)


def averaged_derivatives(model, counts, lengths) -> tuple[np.ndarray, np.ndarray]:
    """(mean, standard deviation) a column of `counts` of the derivative of f by it, averaged over rows that have it.

    counts: (N, M) of the measured graphs; lengths: (N,) of their whole histograms. With p a histogram of length 1, l
    its length before and w the weights of f, f = w.p and df/dcount_j = (w_j - p_j f) / l.
    """
    unit = counts / lengths[:, None]
    have = (counts > 0) / (counts > 0).sum(axis=0)
    own = (have / lengths[:, None]).sum(axis=0)  # of w_j in the average
    others = have * unit / lengths[:, None]  # of f at each graph, negative
    gram = model.kernel.cross(model.graphs, model.graphs, model.depth)
    mean = own * (model.weights @ unit) - (gram @ model.weights) @ others
    # The average is a linear function of f whose kernel with f at the measured graphs is `cross`.
    cross = own * unit - gram @ others
    prior = own**2 - 2 * own * (unit * others).sum(axis=0) + (others * (gram @ others)).sum(axis=0)
    return mean, model.scale * np.sqrt(np.maximum(prior - model.explained(cross.T), 0.0))
