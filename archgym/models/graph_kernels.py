"""Graph kernels by name: our own, and grakel's, which anybody may prefer.

A kernel has `depths` (what may be chosen), `read` (graphs -> their numbers, which the others take), `cross` (the kernel
of two lists, 1 for a graph and itself, or 0 where a graph has nothing that the kernel counts) and `crosses` (the same
at several depths).
"""

import numpy as np

from ..errors import ArchGymError
from .wl import WLKernel


class GrakelKernel:
    """A kernel of grakel's, over edges in their direction, computed anew at every call for all graphs at once."""

    def __init__(self, name: str, depths: tuple[int, ...]):
        self.depths = depths
        try:
            from grakel import kernels
        except ModuleNotFoundError as why:
            raise ArchGymError(f"grakel's kernels need the package {why.name!r}, which is not installed: pip install "
                               "grakel (it refuses Python 3.13 and newer so far)") from None
        self.kernel = getattr(kernels, name)
        self._graphs = []

    def read(self, graphs):
        first = len(self._graphs)
        self._graphs.extend([_successors(graph), dict(enumerate(graph.labels))] for graph in graphs)
        return list(range(first, len(self._graphs)))

    def crosses(self, a, b, depths):
        return [self.cross(a, b, depth) for depth in depths]

    def cross(self, a, b, depth):
        kernel = self.kernel(normalize=False, **({"n_iter": depth} if len(self.depths) > 1 else {}))
        read = [self._graphs[graph] for graph in (*a, *b)]
        both = [[dict(edges), labels] for edges, labels in read]  # it may write into what it is given
        gram = np.asarray(kernel.fit_transform(both), float)
        own = np.sqrt(np.maximum(np.diag(gram), 0))
        scale = np.divide(1, own, out=np.zeros_like(own), where=own > 0)  # grakel would divide by zero
        return (gram * scale[:, None] * scale)[:len(a), len(a):]


def _successors(graph):
    """Every node has its entry, so that grakel also refines the labels of nodes without successors."""
    edges = {node: {} for node in range(len(graph.labels))}
    for source, target in graph.edges:
        edges[source][target] = 1.0
    return edges


KERNELS = {
    "wl": WLKernel,
    "wl-oa": lambda: WLKernel(assignment=True),
    "grakel-wl": lambda: GrakelKernel("WeisfeilerLehman", (1, 2, 3)),
    "grakel-wl-oa": lambda: GrakelKernel("WeisfeilerLehmanOptimalAssignment", (1, 2, 3)),
    "shortest-path": lambda: GrakelKernel("ShortestPath", (0,)),
}


def graph_kernel(name: str):
    """A new kernel of one of KERNELS."""
    return KERNELS[name]()
