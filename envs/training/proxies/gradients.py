"""Scores from the gradient of the loss at the weights of convolutions and linear layers, and from these weights alone.

The loss is the mean cross-entropy of the batch. A weight that the loss does not depend on has the gradient 0; a network
without such layers scores 0.
"""

import torch
import torch.nn.functional as F
from torch import nn


def layers(model):
    """Convolutions and linear layers: normalizations and biases count in none of these scores."""
    return [m for m in model.modules() if isinstance(m, (nn.Linear, nn.modules.conv._ConvNd))]


def weights_and_gradients(model, x, y, create_graph=False):
    weights = [layer.weight for layer in layers(model)]
    loss = F.cross_entropy(model.train()(x), y)
    if not (weights and loss.requires_grad):
        return weights, [torch.zeros_like(w) for w in weights]
    return weights, torch.autograd.grad(loss, weights, create_graph=create_graph, allow_unused=True, materialize_grads=True)


def grad_norm(model, x, y, generator):
    """The Euclidean norms of the layers' gradients, summed."""
    return sum(g.norm().item() for g in weights_and_gradients(model, x, y)[1])


def snip(model, x, y, generator):
    """The sum of |weight x gradient|: how much the loss would change, to first order, by removing each weight."""
    return sum((w * g).abs().sum().item() for w, g in zip(*weights_and_gradients(model, x, y)))


def plain(model, x, y, generator):
    """The sum of weight x gradient, signs kept."""
    return sum((w * g).sum().item() for w, g in zip(*weights_and_gradients(model, x, y)))


def grasp(model, x, y, generator):
    """The sum of -weight x (Hessian x gradient): how much removing each weight would change the gradient's norm."""
    weights, gradients = weights_and_gradients(model, x, y, create_graph=True)
    flow = sum((g * g.detach()).sum() for g in gradients)
    if not weights or not flow.requires_grad:
        return 0.0
    products = torch.autograd.grad(flow, weights, allow_unused=True, materialize_grads=True)
    return sum(-(w * p).sum().item() for w, p in zip(weights, products))


def l2_norm(model, x, y, generator):
    """The Euclidean norms of the layers' initial weights, summed: it knows sizes alone."""
    return sum(layer.weight.norm().item() for layer in layers(model))
