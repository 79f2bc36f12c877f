"""A picture of a simulated run: which task ran when on which processing element, and what bounded it."""

from archgym.drawing import Drawing, Span, Timeline

from ....spaces.soc.chip import Chip, block_diagram
from ....spaces.soc.workload import Workload
from .simulator import Run, Took

FAMILIES = ("bound by its processing element", "bound by a bus", "bound by a memory")
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


def drawn(chip: Chip, workload: Workload, took: Took, run: Run) -> Drawing:
    """The run as a timeline above the chip's blocks."""
    scale, unit = next(((scale, unit) for scale, unit in UNITS if took.latency >= scale), UNITS[-1])
    ends = run.durations.cumsum()
    spans = []
    for task, work in enumerate(workload.tasks):
        if work.cycles:
            pieces = []
            for phase, binding in enumerate(run.bound[:, task].tolist()):
                if binding == -2:
                    continue
                family = FAMILIES[0 if binding < 0 else 1 if binding // 2 < len(chip.bus_allocation) else 2]
                begin, end = (ends[phase] - run.durations[phase]) / scale, ends[phase] / scale
                if pieces and pieces[-1][2] == family:
                    begin = pieces.pop()[0]
                pieces.append((float(begin), float(end), family))
            spans.append(Span(chip.task_to_pe[task], work.name, tuple(pieces)))
    lanes = tuple(f"pe{i}: {name}" for i, name in enumerate(chip.pe_allocation))
    title = (f"{workload.name}: {1e3 * took.latency:.4g} ms, {1e3 * took.energy:.4g} mJ, {1e3 * took.power:.4g} mW, "
             f"{1e6 * took.area:.4g} mm2")
    return Drawing(title, (Timeline(lanes, tuple(spans), unit, "tasks"), block_diagram(chip, workload)),
                   "A processing element lists its tasks, a memory those whose output it holds.",
                   (*FAMILIES, "processing element", "bus", "memory"))
