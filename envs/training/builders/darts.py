"""DARTS genotypes as networks, for images or sequences; NAS-Bench-301's are such, of 8 cells and 32 channels.

Liu, Simonyan, Yang, "DARTS: Differentiable Architecture Search", ICLR 2019. Read: the authors' model files
(quark0/darts). The networks of their evaluation on CIFAR-10, without auxiliary head and without drop-path.
"""

from torch import nn

from ....spaces.darts import NODES, Genotype
from . import cell_chain
from .layers import Reduction

SPACES = ("DARTS",)


def operation(layers, name, channels, stride) -> nn.Module:
    if name == "skip_connect":
        return nn.Identity() if stride == 1 else Reduction(layers, channels, channels, stride)
    kind, size = name.rsplit("_", 1)
    kernel = int(size[0])
    if kind == "max_pool":
        return layers.max_pool(kernel, stride)
    if kind == "avg_pool":
        return layers.average_pool(kernel, stride)
    if kind == "dil_conv":
        return layers.separable(channels, kernel, stride, dilation=2)
    return nn.Sequential(layers.separable(channels, kernel, stride), layers.separable(channels, kernel))


def network(design: Genotype, shape: tuple[int, ...], classes: int, *, channels: int = 36, cells: int = 20,
            copies: int = 1) -> nn.Module:
    """The network of a genotype. The defaults are the published skeleton.

    cells: all of them; those a third and two thirds of the way are reduction cells, which double the channels.
    copies: as in `nasbench201.network`.
    """
    kinds = ["reduce" if at in (cells // 3, 2 * cells // 3) else "normal" for at in range(cells)]
    wired = {name: ([(source, NODES[at // 2], operation) for at, (operation, source) in enumerate(cell)], NODES)
             for name, cell in design._asdict().items()}
    return cell_chain.network(wired, kinds, operation, shape, classes, channels, copies)
