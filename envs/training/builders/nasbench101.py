"""NAS-Bench-101 cells as networks, for images or sequences; NAS-Bench-1Shot1's too, which are such cells.

Ying et al., "NAS-Bench-101: Towards Reproducible Neural Architecture Search", ICML 2019. Read: the authors' model
builder (google-research/nasbench). Vertices add what enters them and the output concatenates, so its channels are
shared among the vertices that lead to it; what leaves the input goes through a 1x1 convolution. Normalizations average
as PyTorch's do by default, where the authors keep .997 of what was: that needs thousands of steps.
"""

from torch import nn

from archgym.errors import Infeasible

from ....spaces.nasbench1shot1 import Cell as OneShotCell
from ....spaces.nasbench101 import Cell
from .layers import Layers

SPACES = ("NASBench101", "NASBench1Shot1Space1", "NASBench1Shot1Space2", "NASBench1Shot1Space3")


def vertex_channels(cell: Cell, outputs: int) -> list[int]:
    """Channels that each vertex of a pruned cell puts out; the input's are not told.

    The first of those that are concatenated get one more where the division leaves a rest; any other vertex has as many
    as the largest that it leads to.
    """
    last = len(cell.matrix) - 1
    sharing = [vertex for vertex in range(1, last) if cell.matrix[vertex][last]]
    if len(sharing) > outputs:
        raise Infeasible(f"{len(sharing)} vertices share the cell's {outputs} channels; the skeleton needs more")
    channels = [0] * last + [outputs]
    for at, vertex in enumerate(sharing):
        channels[vertex] = outputs // len(sharing) + (at < outputs % len(sharing))
    for vertex in range(last - 1, 0, -1):
        if vertex not in sharing:
            channels[vertex] = max(channels[to] for to in range(vertex + 1, last) if cell.matrix[vertex][to])
    return channels


class CellModule(nn.Module):
    def __init__(self, layers, cell: Cell, inputs, outputs):
        """cell: pruned."""
        super().__init__()
        self.layers, self.last, self.channels = layers, len(cell.matrix) - 1, vertex_channels(cell, outputs)
        self.sources = {vertex: [source for source in range(1, vertex) if cell.matrix[source][vertex]]
                        for vertex in range(1, self.last + 1)}
        self.projections = nn.ModuleDict({
            str(vertex): layers.conv_norm_relu(inputs, self.channels[vertex], 1)
            for vertex in range(1, self.last + 1) if cell.matrix[0][vertex]})
        self.operations = nn.ModuleList(
            layers.max_pool(3) if name == "maxpool3x3" else
            layers.conv_norm_relu(channels, channels, {"conv3x3-bn-relu": 3, "conv1x1-bn-relu": 1}[name])
            for name, channels in zip(cell.operations, self.channels[1:]))

    def forward(self, x):
        values = [x]
        for vertex, operation in enumerate(self.operations, start=1):
            entering = [self.first(values[source], self.channels[source], self.channels[vertex])
                        for source in self.sources[vertex]]
            values.append(operation(self.added(entering, vertex, x)))
        parts = [values[source] for source in self.sources[self.last]]
        return self.added([self.layers.concatenate(parts)] if parts else [], self.last, x)

    def added(self, entering, vertex, x):
        """The sum of what enters a vertex, what comes from the cell's input included."""
        if str(vertex) in self.projections:
            entering = [*entering, self.projections[str(vertex)](x)]
        return sum(entering[1:], entering[0])

    def first(self, x, channels, wanted):
        """As many of a copy's channels as are wanted: a vertex may have one more than another."""
        if channels == wanted:
            return x
        return x.unflatten(1, (self.layers.copies, channels))[:, :, :wanted].flatten(1, 2)


def network(design: Cell | OneShotCell, shape: tuple[int, ...], classes: int, *, channels: int = 128, cells: int = 3,
            stages: int = 3, copies: int = 1) -> nn.Module:
    """The network of a cell. The defaults are the published skeleton: three stacks of three modules.

    copies: as in `nasbench201.network`. Raises Infeasible where more vertices are concatenated than there are channels.
    """
    cell = (design.nasbench101() if isinstance(design, OneShotCell) else design).pruned()
    layers, inputs = Layers(len(shape) - 1, copies), channels
    parts = [layers.conv_norm_relu(shape[0], channels, 3)]
    for stage in range(stages):
        if stage:
            parts.append(nn.MaxPool2d(layers.size(2), ceil_mode=True))
            channels *= 2
        for _ in range(cells):
            parts.append(CellModule(layers, cell, inputs, channels))
            inputs = channels
    return layers.network(parts, channels, classes)
