"""Cells in a chain: each takes the outputs of the two before it, as in NASNet and DARTS."""

from torch import nn

from .layers import Layers, Reduction


class CellModule(nn.Module):
    """Inputs made alike, nodes that add what enters them, some of the nodes concatenated."""

    def __init__(self, layers, before, last, edges, concatenated):
        """before, last: what brings the two inputs to the cell's channels and resolution.

        edges: (source, node, module), those into a node before those out of it; the inputs are nodes 0 and 1.
        """
        super().__init__()
        self.layers, self.before, self.last, self.concatenated = layers, before, last, concatenated
        self.edges = [(source, node) for source, node, _ in edges]
        self.operations = nn.ModuleList(operation for _, _, operation in edges)

    def forward(self, before, last):
        nodes = {0: self.before(before), 1: self.last(last)}
        for (source, node), operation in zip(self.edges, self.operations):
            out = operation(nodes[source])
            nodes[node] = nodes[node] + out if node in nodes else out
        return self.layers.concatenate([nodes[node] for node in self.concatenated])


class Chain(nn.Module):
    def __init__(self, stem, cells):
        super().__init__()
        self.stem, self.cells = stem, nn.ModuleList(cells)

    def forward(self, x):
        before = last = self.stem(x)
        for cell in self.cells:
            before, last = last, cell(before, last)
        return last


def network(cells: dict, kinds, operation, shape, classes, channels, copies, *, end=nn.Identity) -> nn.Module:
    """A stem of three times the channels, a cell for each of `kinds`, pooling and a linear layer.

    cells: "normal" and "reduce" -> (edges as (source, node, operation), nodes that are concatenated). A reduction cell
        doubles the channels, and what leaves its inputs halves the resolution.
    operation(layers, name, channels, stride): the module of an operation.
    end: what stands before the pooling.
    """
    layers = Layers(len(shape) - 1, copies)
    before = last = 3 * channels
    stem = nn.Sequential(layers.convolution(shape[0], last, 3), layers.norm(last))
    parts, halved = [], False
    for kind in kinds:
        edges, concatenated = cells[kind]
        halves = kind == "reduce"
        channels *= 1 + halves
        adapted = (Reduction(layers, before, channels, 2) if halved else layers.relu_conv_norm(before, channels, 1),
                   layers.relu_conv_norm(last, channels, 1))
        wired = [(source, node, operation(layers, name, channels, 1 + (halves and source < 2)))
                 for source, node, name in edges]
        parts.append(CellModule(layers, *adapted, wired, concatenated))
        before, last, halved = last, channels * len(concatenated), halves
    return layers.network([Chain(stem, parts), end()], last, classes)
