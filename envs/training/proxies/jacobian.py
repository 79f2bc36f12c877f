"""Scores from how the outputs change with the input: one row a sample, the gradient of the sum of its outputs."""

import math

import numpy as np
import torch

from archgym.errors import EvaluationFailed

SMALL = 1e-5
"""What both papers' code adds before it divides or takes a logarithm."""
MANY = 100
"""Classes beyond which EPE-NAS takes means and differences instead of sums."""


def rows(model, x):
    """(N, numbers of a sample), in double precision."""
    x = x.detach().clone().requires_grad_()
    out = model.train()(x).sum()
    if not out.requires_grad:
        raise EvaluationFailed("the outputs do not depend on the input")
    (gradient,) = torch.autograd.grad(out, x, allow_unused=True, materialize_grads=True)
    found = gradient.flatten(1).double().cpu().numpy()
    if (np.ptp(found, axis=1) == 0).any():
        raise EvaluationFailed("a sample's outputs do not depend on its numbers, or on all alike: there is no correlation")
    return found


def jacob_cov(model, x, y, generator):
    """-sum(log(v + k) + 1 / (v + k)) over the eigenvalues v of the rows' correlations; k = 1e-5.

    Highest where the samples are told apart best. Not defined where a row is constant.
    """
    values = np.linalg.eigvalsh(np.corrcoef(rows(model, x))) + SMALL
    return float(-(np.log(values) + 1 / values).sum())


def epe_nas(model, x, y, generator):
    """Of each class the sum of log(|correlation| + 1e-5) over its pairs of rows; the absolute values summed over classes.

    With more than 100 classes in the batch: means over the pairs, and the absolute differences of all two classes, over
    the number of classes. A class with one sample counts as its correlation with itself. Not defined where a row is
    constant.
    """
    found, labels = rows(model, x), y.cpu().numpy()
    classes = np.unique(labels)
    sums = []
    for label in classes:
        logs = np.log(np.abs(np.atleast_2d(np.corrcoef(found[labels == label]))) + SMALL)
        sums.append(float(logs.mean() if len(classes) > MANY else logs.sum()))
    if len(classes) <= MANY:
        return math.fsum(map(abs, sums))
    return math.fsum(abs(a - b) for i, a in enumerate(sums) for b in sums[i + 1:]) / len(classes)
