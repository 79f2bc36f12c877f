"""The page on the accelerator model and ZigZag, as Markdown, and its picture."""

import platform
from importlib.metadata import version

import numpy as np

from archgym.report.style import DOUBLE, drawing, looks
from archgym.sweep.manifest import processor

from ..envs.hardware.accelerator.zigzag import LPF_LIMIT
from ..spaces.accelerator import DATAFLOWS
from ..spaces.accelerator_layers import layer_named
from .zigzag_correlation import BATCH, CORRELATIONS, COUNTED, TIMED, WORKLOADS, agreement
from .zigzag_runs import FINER, METRICS

COMMAND = "python -m archgym.experiments.zigzag_correlation --write docs/zigzag.md"
UNITS = {"energy": "J", "latency": "s"}


def page(studies, speed, given, picture: str) -> str:
    workloads = "" if tuple(given.workloads) == WORKLOADS else " --workloads " + " ".join(given.workloads)
    blocks = [
        "# The accelerator model and ZigZag",
        f"Made by `{COMMAND}{workloads}` with zigzag-dse {version('zigzag-dse')} on {processor()}, Python "
        f"{platform.python_version()}; do not edit by hand.",
        "`Accelerator-v0` maps every layer by its dataflow's template and counts in closed form. "
        "`AcceleratorZigZag-v0` has the same designs, energies and sizes, and gives ZigZag the same loops to share "
        f"among the PEs; ZigZag then tries the orders of the other loops, merged to {LPF_LIMIT} or one a dimension, "
        "keeps the order of the least energy times latency, and counts in its own way. So two things differ: who "
        "chooses the loops, and how their words and cycles are counted. The second is asked alone below, on the same "
        "loops.",
        "## Do they rank designs alike?", _ranks(studies), f"![Each design twice]({picture})",
        f"Random designs of the space, seed {given.seed}, one layer each; in brackets 95 % bootstrap intervals over "
        "the designs. The ratio is ZigZag's value over the model's, its 5th, 50th and 95th percentile. The layers "
        "are single ones because ZigZag takes as long as it has orders to try: a convolution of 3 x 3 has six loops, "
        "so up to 720.",
        "## The same loops, counted twice", _same(studies),
        f"Here, for the first {COUNTED} designs of each layer, ZigZag keeps all tensors at the same loops, as a "
        "mapping of ours does, and the model counts the loops that it found. Designs are left out where "
        "these are no mapping of ours: a level goes through one dimension "
        "at two places, or PEs share what does not divide, which ZigZag takes in fractions and the model rounds up. "
        "What is left are the ways of counting:",
        "\n".join((
            "- **Sums.** Each PE is given back its part of a sum on every visit, the first included, by ZigZag; the "
            "model starts sums at 0, and where several PEs add to one output it gives the old sum to one of them. "
            "Registers and network, and DRAM and buffer where sums leave early, are busier for ZigZag. Words of "
            "weights are the same in both.",
            "- **Windows.** Of an input's window that overlaps the last one, the model brings what is new; ZigZag "
            "brings all of it.",
            "- **Waiting.** The model lets computing and both memories overlap fully, and the slowest decides. "
            "ZigZag adds the first words in and the last words out, and lets PEs wait where a memory has no room for "
            "the next tile beside this one.",
            "- **Filling up.** The model counts the operations of PEs beyond a dimension's end; ZigZag has none.")),
        "## Where they differ most", _outliers(studies),
        "So it is the loops: the two count much alike, and choose differently. Where ZigZag takes more, its loops "
        "are too coarse. With a dimension in one loop, a tile has one of its iterations or all of them; where all do "
        "not fit, the same words come from DRAM again and again, and the column on the right tells whether one more "
        "loop would end that. Where ZigZag takes less, the template does not suit the layer. `shidiannao` fills "
        "registers along S and R, of which a product and a 1 x 1 convolution have one each, so nothing stays with a "
        "PE; ZigZag fills the registers with channels or pixels. Rank correlation here is one of two ways to choose "
        "loops, more than of two models.",
        _loops(studies),
        "## Speed", _speed(studies[0].found, speed)]
    return "\n\n".join(blocks)


def _table(head, rows, left=2):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * left + "---:|" * (len(head) - left),
                      *("| " + " | ".join(row) + " |" for row in rows)])


def _ranks(studies):
    rows = []
    for found in (study.found for study in studies):
        for metric in METRICS:
            low, middle, high = np.quantile(found.ratios(metric), (0.05, 0.5, 0.95))
            rows.append((found.workload, metric, str(len(found.designs)), *(
                str(agreement(found.model[metric], found.zigzag[metric], of)) for of in CORRELATIONS.values()),
                f"{low:.2f}, {middle:.2f}, {high:.2f}"))
    infeasible = sum(study.found.left_out for study in studies)
    return _table(("layer", "metric", "designs", *CORRELATIONS, "ratio"), rows) + (
        f"\n\n{infeasible} of the designs drawn are infeasible for one of the two and left out." if infeasible else "")


def _same(studies):
    rows = []
    for study in studies:
        for metric, (ours, theirs) in study.same_loops.items():
            low, middle, high = np.quantile(theirs / ours, (0.05, 0.5, 0.95))
            rows.append((study.found.workload, metric, str(len(ours)),
                         *(str(agreement(ours, theirs, of)) for of in CORRELATIONS.values()),
                         f"{low:.2f}, {middle:.2f}, {high:.2f}"))
    return _table(("layer", "metric", "designs", *CORRELATIONS, "ratio"), rows)


def _outliers(studies):
    rows = []
    for n, (study, each) in enumerate(((s, o) for s in studies for o in s.outliers), start=1):
        at, told = METRICS.index(each.metric), each.steps
        same = told.same_loops[at] if told.same_loops else None
        chain = (told.model[at], same, told.even[at], told.zigzag[at], told.finer[at])
        factors = [_factor(b, a) for a, b in zip(chain, chain[1:])]
        if same is None:
            factors[:2] = ["", f"both {_factor(told.even[at], told.model[at])}"]
        rows.append((str(n), f"{study.found.workload}, {each.metric}", *(f"{told.model[at]:.3g} {UNITS[each.metric]}",
                     _factor(each.ratio, 1)), *factors))
    return (_table(("", "layer, metric", "model", "ZigZag over it", "other loops", "other counting", "tensors apart",
                    f"{FINER} loops"), rows) +
            "\n\nOf each layer and metric the design with the largest ratio and that with the smallest, taken apart. "
            "ZigZag's value over the model's is the product of three factors: what the loops of ZigZag's search take "
            "where the model counts them, over the template's; ZigZag's count of these loops over the model's; and "
            "its best with each tensor kept at loops of its own over its best with all at the same. Its own search "
            f"follows energy times latency, so a single metric may get worse. Last, what {FINER} loops to order "
            f"instead of {LPF_LIMIT} would change of ZigZag's value.")


def _factor(after, before):
    return "" if after is None or before is None else f"x {after / before:.2f}"


def _loops(studies):
    lines = []
    for n, each in enumerate((o for s in studies for o in s.outliers), start=1):
        design = each.design
        lines.append(
            f"{n}. {design.dataflow}, {design.rows} x {design.columns} PEs of {design.registers} B, buffer "
            f"{design.buffer >> 10} KB, {design.dram_bandwidth} and {design.buffer_bandwidth} B a cycle. Template: "
            f"`{each.steps.template.text()}`. ZigZag: " + "; ".join(
                f"{tensor} `{_nest(levels)}`" for tensor, levels in each.steps.loops.items()) + ".")
    return ("The loops, by level, outermost first in each. ZigZag's have no rows and columns, which it was given, and "
            "are "
            "those of each tensor.\n\n" + "\n".join(lines))


def _nest(levels):
    return "; ".join(name + "".join(f" {d}{n}" for d, n in reversed(level))
                     for name, level in zip(("dram", "buffer", "registers"), reversed(levels)))


def _speed(found, speed):
    macs = layer_named(found.workload).macs
    rows = [("the model, one design at a time", speed.model), (f"the model, {BATCH:,} designs at once", speed.batched),
            ("ZigZag", speed.zigzag), ("a forest fitted on ZigZag's values, one at a time", speed.forest),
            (f"the forest, {BATCH:,} at once", speed.forest_batched)]
    table = _table(("evaluator", "CPU seconds a design", "ZigZag takes"),
                   [(name, f"{seconds:.2g}", "" if name == "ZigZag" else f"{speed.zigzag / seconds:,.0f} times that")
                    for name, seconds in rows], left=1)
    errors = ", ".join(f"{metric} {error:.0%}" for metric, error in speed.errors.items())
    return (f"{table}\n\n{found.workload}, {macs:,} multiply-accumulates; ZigZag timed on {TIMED} designs, "
            "on a machine "
            f"with other work. The forest is a random forest of 100 trees on {speed.learned} designs; on "
            f"{speed.held_out} others the root of its mean squared error, over the mean, is: {errors}. So few designs "
            "make a poor surrogate; `archgym surrogate` fits one on any sweep, and tells its errors.")


def draw(founds, path):
    """A row a layer, a column a metric; both axes logarithmic and alike."""
    import matplotlib.pyplot as plt
    from PIL import Image

    with drawing():
        figure, axes = plt.subplots(len(founds), len(METRICS), figsize=(DOUBLE, 2.6 * len(founds)), squeeze=False)
        styles = looks(DATAFLOWS)
        for row, found in zip(axes, founds):
            flows = np.array([design.dataflow for design in found.designs])
            for panel, metric in zip(row, METRICS):
                ours, theirs = found.model[metric], found.zigzag[metric]
                ends = min(ours.min(), theirs.min()) / 1.3, max(ours.max(), theirs.max()) * 1.3
                panel.plot(ends, ends, color="#9a9a9a", linewidth=0.8, zorder=1)
                for flow, look in styles.items():
                    own = flows == flow
                    panel.scatter(ours[own], theirs[own], s=11, color=look.colour, marker=look.marker, linewidths=0,
                                  label=flow, zorder=2)
                panel.set(xscale="log", yscale="log", xlim=ends, ylim=ends, title=f"{found.workload}: {metric}",
                          xlabel=f"model ({UNITS[metric]})", ylabel=f"ZigZag ({UNITS[metric]})")
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, ncols=len(labels), loc="upper center")
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.09 / len(founds)))
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)
    Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
