"""NASNet cells as networks, for images or sequences.

Zoph, Vasudevan, Shlens, Le, "Learning Transferable Architectures for Scalable Image Recognition", CVPR 2018. Read: the
authors' model files (tensorflow/models, slim). Their networks for CIFAR, without auxiliary head and without drop-path.
Unlike theirs, both inputs of a cell always go through a 1x1 convolution, and only blocks are concatenated, as the space
has it. The paper only names the operations that NASNet-A does not use: a convolution is taken to be ReLU, convolution
and normalization, `1x7_7x1` two such, one after the other. A sequence has no columns: 7x1 is 1x1 there.
"""

from torch import nn

from ....spaces.nasnet import BLOCKS, Block, Cells
from . import cell_chain

SPACES = ("NASNet",)


def operation(layers, name, channels, stride) -> nn.Module:
    if name == "identity":
        return nn.Identity() if stride == 1 else layers.relu_conv_norm(channels, channels, 1, stride)
    kind, _, size = name.partition("_")
    kernel = int(size[-1])
    if kind == "sep":
        return nn.Sequential(layers.separable(channels, kernel, stride), layers.separable(channels, kernel))
    if kind == "dil":
        return convolution(layers, channels, kernel, kernel, stride, dilation=2)
    if kind == "avg":
        return layers.average_pool(kernel, stride)
    if kind == "max":
        return layers.max_pool(kernel, stride)
    if "_" in size:
        long = int(size[2])
        return nn.Sequential(convolution(layers, channels, long, 1, stride), convolution(layers, channels, 1, long))
    return convolution(layers, channels, kernel, kernel, stride)


def convolution(layers, channels, width, height, stride=1, dilation=1):
    return nn.Sequential(nn.ReLU(), layers.convolution(channels, channels, width, stride, height=height,
                                                       dilation=dilation), layers.norm(channels))


def wired(cell: tuple[Block, ...]):
    """(edges, the blocks that no other takes)."""
    edges = [(source, number, name) for number, block in zip(BLOCKS, cell)
             for source, name in ((block.first_from, block.first), (block.second_from, block.second))]
    taken = {source for source, _, _ in edges}
    return edges, [number for number in BLOCKS if number not in taken]


def network(design: Cells, shape: tuple[int, ...], classes: int, *, channels: int = 32, cells: int = 6,
            stages: int = 3, copies: int = 1) -> nn.Module:
    """The network of a pair of cells. The defaults are the published skeleton for CIFAR-10.

    cells: normal cells of a stage; a reduction cell, which doubles the channels, stands between two stages.
    copies: as in `nasbench201.network`.
    """
    kinds = (["reduce"] + ["normal"] * cells) * stages
    cells_of = {name: wired(cell) for name, cell in design._asdict().items()}
    return cell_chain.network(cells_of, kinds[1:], operation, shape, classes, channels, copies, end=nn.ReLU)
