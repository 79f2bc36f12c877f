"""The workloads: tasks, what they take on a processor and in an accelerator, and the data that they pass on.

Facts of FARSI's database (Boroujerdian et al., "FARSI: Facebook AR System Investigator for Agile Domain-Specific SoC
Exploration", TECS 2022, arXiv 2201.05232; github.com/facebookresearch/Project_FARSI, MIT), its augmented-reality
workloads: an audio decoder, edge detection and a camera's image pipeline (HPVM's cava).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from archgym.errors import unknown


class Work(NamedTuple):
    """A task. Where it takes no cycles it stands for what enters or leaves the chip."""

    name: str
    cycles: int = 0
    """On an A53, of 1 GHz."""
    ip_cycles: int = 0
    """In an accelerator of its own, of 100 MHz, one iteration at a time."""
    ip_energy: float = 0.0
    """Of that accelerator for one execution, in fJ, before the database's scaling to a newer process."""
    ip_area: float = 0.0
    """Of that accelerator, in um^2, before that scaling."""
    iterations: int = 1
    """Of its loop: as many can be computed side by side."""


class Flow(NamedTuple):
    """Data that one task leaves in memory for another."""

    source: str
    target: str
    bytes: int


@dataclass(frozen=True)
class Workload:
    name: str
    tasks: tuple[Work, ...]
    flows: tuple[Flow, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(task.name for task in self.tasks)

    @cached_property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """(source, target, bytes) with tasks by their position."""
        at = {name: i for i, name in enumerate(self.names)}
        return tuple((at[flow.source], at[flow.target], flow.bytes) for flow in self.flows)


SIDES = ("left", "right")
AUDIO_DECODER = Workload("audio-decoder", (
    Work("souurce"),
    Work("rotatorSet", 108, 3_323, 103.026, 51_361),
    Work("psychoFilter", 1_322_969, 38_005, 142.002, 78_814),
    Work("rotateOrder1", 109_565, 6_712, 112.713, 56_493, 1024),
    Work("rotateOrder2", 331_748, 6_712, 386.718, 191_946, 1024),
    Work("rotateOrder3", 805_804, 7_736, 945.308, 476_887, 1024),
    Work("zoomSet", 27, 1_661, 8.986, 4_874),
    Work("zoomProcess", 1_459_196, 104_855, 100.54, 54_359),
    *(Work(f"setAndFFT_{side}", 329, 2_417, 0.206, 458) for side in SIDES),
    *(Work(f"FIR_{side}", 679_206, 19_261, 38.597, 19_496, 16_400) for side in SIDES),
    *(Work(f"IFFT_{side}", 416_985, 17_503, 4.371, 5_496) for side in SIDES),
    Work("overlap_left", 40_958, 3_060, 103.253, 59_160),
    Work("overlap_right", 40_958, 3_060, 103.235, 59_110),
    Work("dummy_last"),
    Work("siink"),
), (
    Flow("souurce", "psychoFilter", 193_576), Flow("souurce", "rotatorSet", 55_856), Flow("souurce", "zoomSet", 248),
    Flow("rotatorSet", "psychoFilter", 55_856),
    Flow("psychoFilter", "rotateOrder1", 68_144), Flow("psychoFilter", "rotateOrder2", 76_336),
    Flow("psychoFilter", "rotateOrder3", 84_528), Flow("psychoFilter", "zoomProcess", 131_136),
    Flow("rotateOrder1", "zoomProcess", 12_288), Flow("rotateOrder2", "zoomProcess", 20_480),
    Flow("rotateOrder3", "zoomProcess", 28_672), Flow("zoomSet", "zoomProcess", 248),
    *(flow for side in SIDES for flow in (
        Flow("zoomProcess", f"setAndFFT_{side}", 131_136), Flow(f"setAndFFT_{side}", f"FIR_{side}", 329_352),
        Flow(f"FIR_{side}", f"IFFT_{side}", 329_352), Flow(f"IFFT_{side}", f"overlap_{side}", 329_352),
        Flow(f"overlap_{side}", "dummy_last", 4_096))),
    Flow("dummy_last", "siink", 1),
))
EDGE_DETECTION = Workload("edge-detection", (
    Work("souurce"),
    Work("gaussianSmoothing", 1_617_100_800, 331_284_480, 233_984, 137_341, 1_638_400),
    Work("laplacianEstimate", 421_068_800, 198_574_080, 224_815, 122_700, 1_638_400),
    Work("computeZeroCrossings", 437_452_800, 198_574_080, 218_329, 118_826, 1_638_400),
    Work("computeGradient", 427_622_400, 189_071_360, 447_176, 241_114, 1_638_400),
    Work("computeMaxGradientLeaf", 14_749_184, 3_301_888, 9_859, 7_148, 256),
    Work("rejectZeroCrossings", 376_832_000, 177_602_560, 17_818, 9_669, 1_638_400),
    Work("siink"),
), (
    Flow("souurce", "gaussianSmoothing", 13_107_396), Flow("gaussianSmoothing", "laplacianEstimate", 6_553_600),
    Flow("gaussianSmoothing", "computeGradient", 6_553_600),
    Flow("laplacianEstimate", "computeZeroCrossings", 6_553_600),
    Flow("computeGradient", "computeMaxGradientLeaf", 6_553_600),
    Flow("computeMaxGradientLeaf", "rejectZeroCrossings", 4),
    Flow("computeZeroCrossings", "rejectZeroCrossings", 6_553_600), Flow("rejectZeroCrossings", "siink", 6_553_600),
))
CAVA_TASKS = (
    Work("souurce"),
    Work("scale", 23_110_550, 1_390_257, 26_887, 14_601, 151),
    Work("demosaic", 16_764_020, 1_585_500, 131_069, 73_580, 151),
    Work("denoise", 348_287_144, 9_876_910, 80_897, 44_998, 151),
    Work("transform", 47_395_880, 2_606_562, 72_148, 39_287, 151),
    Work("gamut_map", 81_304_050_420, 3_387_311_728, 208_042, 107_726, 151),
    Work("tone_map", 20_683_980, 2_606_562, 35_786, 19_425, 151),
    Work("descale", 3_122_039_760, 186_117_617, 27_098, 15_030, 151),
    Work("siink"),
)
HPVM_CAVA = Workload("hpvm-cava", CAVA_TASKS, tuple(
    Flow(a.name, b.name, 91_053 if "souurce" in (a.name, b.name) or "siink" in (a.name, b.name) else 364_212)
    for a, b in zip(CAVA_TASKS, CAVA_TASKS[1:])))
WORKLOADS = {workload.name: workload for workload in (AUDIO_DECODER, EDGE_DETECTION, HPVM_CAVA)}


def workload_named(name: str) -> Workload:
    if name not in WORKLOADS:
        raise unknown("workload", name, WORKLOADS)
    return WORKLOADS[name]
