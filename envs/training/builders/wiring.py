"""Operations on the edges of a graph, as a module."""

import torch
from torch import nn


class Wired(nn.Module):
    """Nodes add what enters them; the first node of the first edge is the input, the largest node the output.

    edges: (source, node, module), those into a node before those out of it; a module that is None lets nothing pass.
    An operation that nothing reaches keeps its parameters and computes nothing.
    empty: what comes out, given the input, where no path leads to the output.
    """

    def __init__(self, edges, empty=torch.zeros_like):
        super().__init__()
        self.input, self.output, self.empty = edges[0][0], max(node for _, node, _ in edges), empty
        self.edges = [(source, node) for source, node, operation in edges if operation is not None]
        self.operations = nn.ModuleList(operation for _, _, operation in edges if operation is not None)

    def forward(self, x):
        nodes = {self.input: x}
        for (source, node), operation in zip(self.edges, self.operations):
            if source in nodes:
                out = operation(nodes[source])
                nodes[node] = nodes[node] + out if node in nodes else out
        return nodes[self.output] if self.output in nodes else self.empty(x)
