"""The space of FBNet, as HW-NAS-Bench has it: a chain of 22 layers, nine candidates for each.

Wu et al., "FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable Neural Architecture Search", CVPR 2019;
Li et al., "HW-NAS-Bench: Hardware-Aware Neural Architecture Search Benchmark", ICLR 2021.
"""

from math import prod

from archgym.choice import Choice
from archgym.drawing import Drawing, Part, Row, Stack
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

CANDIDATES = ("k3_e1", "k3_e1_g2", "k3_e3", "k3_e6", "k5_e1", "k5_e1_g2", "k5_e3", "k5_e6", "skip")
"""Kernel size, expansion and groups of an inverted residual block; in the order of the official indices."""
STAGES = (1, 4, 4, 4, 4, 4, 1)
"""Layers of each stage; the first of them may change channels or resolution."""
CHANNELS = (16, 24, 32, 64, 112, 184, 352)
LAYERS = tuple((stage, layer) for stage, count in enumerate(STAGES, start=1) for layer in range(1, count + 1))


@space("FBNet")
class FBNet(ProductSpace):
    """One of nine candidates in each of 22 layers: 9.85e20 networks as they are written."""

    choices = tuple(Choice((f"stage{stage}", f"layer{layer}"), CANDIDATES, sort="candidate") for stage, layer in LAYERS)

    def format(self, design):
        """Candidates joined by ',', stages by ' '."""
        parts = iter(design)
        return " ".join(",".join(next(parts) for _ in range(count)) for count in STAGES)

    def parse(self, text):
        stages = text.split()
        if len(stages) != len(STAGES):
            raise IllegalDesign(f"FBNet: {text!r} has {len(stages)} stages separated by spaces, a network has "
                                f"{len(STAGES)}, such as " + " ".join(",".join(["k3_e1"] * count) for count in STAGES))
        design = []
        for stage, (part, count) in enumerate(zip(stages, STAGES), start=1):
            layers = part.split(",")
            if len(layers) != count:
                raise IllegalDesign(f"FBNet: stage {stage} ({part}) has {len(layers)} layers joined by ',', "
                                    f"expected {count}")
            for layer, candidate in enumerate(layers, start=1):
                if candidate not in CANDIDATES:
                    raise IllegalDesign(f"FBNet: layer {layer} of stage {stage} is {candidate!r}; allowed: "
                                        f"{', '.join(CANDIDATES)}")
            design += layers
        return tuple(design)

    def key(self, design):
        """Skips are left out behind the first layer of a stage: there they change nothing, wherever they stand."""
        return " ".join(",".join(stage) for stage in _without_skips(design))

    def graph(self, design):
        """A chain: the input, a node a layer with its candidate and its channels, the output."""
        layers = (f"{candidate} {CHANNELS[stage - 1]}" for candidate, (stage, _) in zip(design, LAYERS))
        labels = ("input", *layers, "output")
        return LabelledGraph(labels, tuple((i, i + 1) for i in range(len(labels) - 1)))

    def drawing(self, design):
        """A row a stage."""
        parts, rows = iter(design), []
        for stage, (count, channels) in enumerate(zip(STAGES, CHANNELS), start=1):
            layers = (next(parts) for _ in range(count))
            rows.append(Row(tuple(Part(layer, "identity" if layer == "skip" else f"kernel {layer[1]}x{layer[1]}")
                                  for layer in layers), f"stage {stage}", note=f"{channels} channels"))
        return Drawing(self.name, (Stack(tuple(rows)),), "From left to right, then from top to bottom; k: kernel, "
                       "e: expansion, g: groups.", ("kernel 3x3", "kernel 5x5"))

    def counts(self):
        yield "networks, as written", self.size, "10^21"
        yield "networks whose layers differ, skips apart", distinct_networks(), None


def _without_skips(design):
    parts = iter(design)
    for count in STAGES:
        first, *rest = (next(parts) for _ in range(count))
        yield first, *(candidate for candidate in rest if candidate != "skip")


def distinct_networks(stages=STAGES) -> int:
    """How many keys there are: a stage of n layers is its first layer and at most n - 1 others that are no skip."""
    every = len(CANDIDATES)
    return prod(every * sum((every - 1) ** others for others in range(count)) for count in stages)
