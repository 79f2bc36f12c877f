"""One form for derivations that compute the same: what `key` and `graph` are made of.

A derivation becomes the chain of terminals that it computes. Nested sequences are one chain, a routing is its three
parts in a row, an identity is nothing, permutations in a row are one, and the two branches of a clone that are added
stand in the order of their text. None of this changes what the network computes or which weights it has. A `col2im` is
written with the image that it restores, since its im2col stands no longer beside it.
"""

from typing import NamedTuple

from archgym.encoding import LabelledGraph

from .derivation import Branching, Computation, Derivation, Routing, Sequential, infer
from .terminals import ORDERS, Shape

NAMES = {order: name for name, order in ORDERS.items()}


class Fork(NamedTuple):
    split: str
    chains: tuple[tuple, ...]
    """What each branch computes; of tied branches, one for all."""
    join: str


Chain = tuple["str | Fork", ...]


def chain(design: Derivation, shape: Shape) -> Chain:
    images = []

    def visit(terminal, given, effect, copies):
        if terminal == "col2im":
            images.append(given[1])

    infer(design, shape, visit)
    return tuple(_chain(design, iter(images)))


def _chain(design, images):
    kind = type(design)
    if kind is Computation:
        steps = [design.computation]
    elif kind is Sequential:
        steps = [*_chain(design.first, images), *_chain(design.second, images)]
    elif kind is Routing:
        steps = [design.prerouting, *_chain(design.inner, images)]
        if design.postrouting == "col2im":
            steps.append("col2im{}x{}".format(*next(images)))
        else:
            steps.append(design.postrouting)
    else:
        steps = [_fork(design, images)]
    return _permuted_once(step for step in steps if step != "identity")


def _fork(design: Branching, images):
    chains = [tuple(_chain(inner, images)) for inner in (design.inner1, design.inner2) if inner is not None]
    if design.branching == "clone_tensor2" and design.aggregation == "add_tensors":
        chains.sort(key=chain_text)
    return Fork(design.branching, tuple(chains), design.aggregation)


def _permuted_once(steps):
    done = []
    for step in steps:
        if step in ORDERS and done and done[-1] in ORDERS:
            first, then = ORDERS[done.pop()], ORDERS[step]
            step = NAMES.get(tuple(first[i - 1] for i in then))  # None: back where they started
        if step is not None:
            done.append(step)
    return done


def chain_text(steps: Chain) -> str:
    return " ".join(step if isinstance(step, str) else
                    f"({step.split} {' | '.join(map(chain_text, step.chains))} {step.join})" for step in steps)


def dataflow(steps: Chain) -> LabelledGraph:
    """A node a terminal, an edge where a tensor goes; tied branches are drawn once."""
    labels, edges = ["input"], {}

    def node(label, sources):
        labels.append(label)
        edges.update(((source, len(labels) - 1), None) for source in sources)
        return len(labels) - 1

    def follow(steps, at):
        for step in steps:
            if isinstance(step, str):
                at = node(step, [at])
            else:
                split = node(step.split, [at])
                ends = [follow(branch, split) for branch in step.chains]
                at = node(step.join, ends)
        return at

    node("output", [follow(steps, 0)])
    return LabelledGraph(tuple(labels), tuple(edges))
