"""The size space of NATS-Bench: how many channels each of five layers has, the topology fixed.

Dong, Liu, Musial, Gabrys, "NATS-Bench: Benchmarking NAS Algorithms for Architecture Topology and Size", TPAMI 2021.
"""

from archgym.choice import Choice
from archgym.drawing import Drawing, Part, Row, Stack
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.product import ProductSpace
from archgym.registry import register_space as space

from .nats_bench_release import Release

CHANNELS = (8, 16, 24, 32, 40, 48, 56, 64)
LAYERS = 5


@space("NATSBenchSize")
class NATSBenchSize(ProductSpace):
    """8 to 64 channels, in steps of 8, in each of five layers: 32,768 networks, no two alike."""

    release = Release(1, 12, 90)
    choices = tuple(Choice((f"layer{i}",), CHANNELS, sort="channels", ordered=True) for i in range(1, LAYERS + 1))

    def format(self, design):
        return ":".join(map(str, design))

    def parse(self, text):
        """Read an official string, `8:16:24:32:64`."""
        parts = text.strip().split(":")
        if len(parts) != LAYERS:
            raise IllegalDesign(f"NATSBenchSize: {text!r} has {len(parts)} layers joined by ':', "
                                f"a network has {LAYERS}, such as 8:16:24:32:64")
        known = {str(channels): channels for channels in CHANNELS}
        for layer, part in enumerate(parts, start=1):
            if part not in known:
                raise IllegalDesign(f"NATSBenchSize: layer {layer} of {text!r} has {part!r} channels; allowed: "
                                    f"{', '.join(known)}")
        return tuple(known[part] for part in parts)

    def key(self, design):
        return self.format(design)

    def graph(self, design):
        """A chain: the input, a node a layer with its channels, the output."""
        return LabelledGraph(("input", *map(str, design), "output"), tuple((i, i + 1) for i in range(LAYERS + 1)))

    def drawing(self, design):
        """A bar a layer, as wide as it has channels."""
        layers = (Row((Part(channels, "channels"),), choice.name, channels)
                  for choice, channels in zip(self.choices, design))
        return Drawing(self.name, (Stack((Row((Part("input"),)), *layers, Row((Part("output"),)))),),
                       "Numbers are channels.")

    def counts(self):
        yield "networks", self.size, 32_768


def index_of(design: tuple[int, ...]) -> int:
    """A network's place in the official tables: a number of base 8, the first layer most significant."""
    number = 0
    for channels in design:
        number = number * len(CHANNELS) + CHANNELS.index(channels)
    return number
