"""The page on training-free scores, as Markdown."""

import math
import platform

from archgym.sweep.manifest import processor

from ..envs.training.proxies import PROXIES

COMMAND = "python -m archgym.experiments.proxy_correlations --write docs/training_free.md"
FAR, SURE = 0.5, 0.8
"""Tau below which two scores of one name say different things, and above which a score repeats itself."""


def page(rows, cells, seed, published, table=None, note="", options="") -> str:
    """rows: as `proxy_correlations.study` gives them. table: the task of a table of these cells; note: why not."""
    best = round(cells / 10)
    drawn = "those with published scores (1,104)" if published else "all (15,625)"
    rows = sorted(rows, key=lambda row: -row["tau"].estimate if math.isfinite(row["tau"].estimate) else math.inf)
    columns = [("tau", "tau", _interval), ("rho", "rho", _number), ("tau, best tenth", "best", _number)]
    if any("table" in row for row in rows):
        columns.append((f"tau, {table}", "table", _interval))
    columns += [("again", "again", _number), ("not defined", "undefined", str), ("CPU s", "seconds", "{:.3f}".format)]
    blocks = [
        "# Training-free scores",
        f"Made by `{COMMAND}{options}` on {processor()}, Python {platform.python_version()}; do not edit by hand.",
        "`TrainingFree-v0` scores the untrained network of a design on one batch: `-t score=synflow`, `-t "
        "beside=\"parameters, latency\"` for more metrics of every design. Larger is taken for better. What each score is "
        "exactly, and where it is not defined, stands in its file in `envs/training/proxies/`. The scores asked here: do "
        "they rank cells as training does, do they repeat, and are they what others published under their names?",
        "## Do they rank cells by accuracy?",
        _table(rows, columns), _found(rows),
        f"{cells} NAS-Bench-201 cells drawn from {drawn} with seed {seed}; the accuracy is the table's mean validation "
        "accuracy on CIFAR-10 after 200 epochs. Tau is Kendall's tau-b with its 95 % interval over cells (jackknife), rho "
        "Spearman's; *best tenth* is tau among the cells of the highest accuracy; *again* is the tau between the scores "
        "of two seeds, so of two draws of initial weights and batch, on the first hundred cells. *Not defined* counts cells "
        "without a score, which rank last. *CPU s* are of the processor for one score, building the network included, on a "
        "machine that others used at the same time; `docs/measurements.md` has them in smaller networks.",
        f"Two rankings that have nothing to do with each other would be within ±{_chance(cells):.2f} in 95 % of such draws, "
        f"and within ±{_chance(best):.2f} among the best tenth: differences of that size mean little.",
        f"There is no column for accuracies on MNIST-1D: {note}." if note else "",
        *(_held_against_published(rows) if published else ()),
        "## What is ours and what is not",
        "Ours are computed on 32 scikit-learn digits of 8 x 8 in a skeleton of 16 channels and one cell a stage, not on "
        "CIFAR-10 in the published skeleton of five: cheap, and another question. The accuracy they are held against is "
        "CIFAR-10's all the same. So this page says how scores computed on a small stand-in rank cells, and not what the "
        "papers report.",
        "## Measured latency",
        "`latency`, beside any score, is the median of 11 passes forward over the batch after 3 that do not count, "
        "in seconds of the clock; on CUDA the device is waited for before each reading. No seed makes it exact, so it is "
        "no score to search by alone, and its measurements differ between machines and moments. In a sweep file:",
        "```yaml\n# latency.yaml\ntasks:\n  - name: TrainingFree-v0\n    options: {score: synflow, beside: latency, batch: 32, "
        "skeleton: {channels: 8, cells: 1}}\nagents: [random]\nseeds: 1\nbudget: {evaluations: 4}\n```",
        "## Papers", "\n".join(f"- `{name}`: {proxy.paper}." for name, proxy in PROXIES.items())]
    return "\n\n".join(block for block in blocks if block)


def _found(rows):
    by_name = {row["score"]: row["tau"] for row in rows}
    parts = [f"Highest is {rows[0]['score']}, {_interval(rows[0]['tau'])}."]
    if "parameters" in by_name:
        size = by_name["parameters"]
        above = [name for name, tau in by_name.items() if tau.low > size.high]
        parts.append(f"The number of parameters alone has {_interval(size)}; the whole interval is above its for "
                     f"{_names(above)}.")
    nothing = [name for name, tau in by_name.items() if tau.low <= 0 <= tau.high]
    against = [name for name, tau in by_name.items() if tau.high < 0]
    parts.append(f"The interval holds 0 for {_names(nothing)}, and lies below it for {_names(against)}.")
    return " ".join(parts)


def _held_against_published(rows):
    both = [row for row in rows if "together" in row]
    columns = [("published: tau", "their_tau", _interval), ("published: best tenth", "their_best", _number),
               ("ours and published", "together", _interval), ("again", "again", _number), ("cells", "known", str)]
    far = [row for row in both if row["together"].estimate < FAR]
    return [
        "## Are they what was published?", _table(both, columns),
        "*Published* are NAS-Bench-Suite-Zero's scores of the same cells, computed on CIFAR-10 in the full skeleton; *ours "
        "and published* is the tau between the two, cell by cell, where both are numbers. Scores without published values "
        "for these cells are left out.",
        f"Below {FAR}: {_names([row['score'] for row in far])}. With an *again* below {SURE} among them, so that initial "
        "weights and batch are part of why two draws differ: "
        f"{_names([row['score'] for row in far if row['again'] < SURE])}. Without, so that data, skeleton or definition "
        f"must be why: {_names([row['score'] for row in far if not row['again'] < SURE])}. What share each has was not "
        "measured. Ours sum over the weights of convolutions and linear layers alone; a normalization's do not count. "
        "Published FLOPs count poolings, ours do not: over the 1,104 cells the published number is exactly a sum over a "
        "cell's operations, in which each average pooling has 1.29 million more than a skip. Seven of the published Zen "
        "scores are -1e8, which stands for failure."]


def _names(names):
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0] if names else "none"


def _chance(n):
    """Of tau between independent rankings without ties: 1.96 standard deviations."""
    return min(1.0, 1.96 * math.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1))))


def _table(rows, columns):
    lines = ["| score | " + " | ".join(name for name, _, _ in columns) + " |", "|---|" + "---:|" * len(columns)]
    lines += ["| " + " | ".join([row["score"], *(write(row[key]) for _, key, write in columns)]) + " |" for row in rows]
    return "\n".join(lines)


def _interval(found):
    return f"{found.estimate:.2f} ({found.low:.2f} to {found.high:.2f})" if math.isfinite(found.estimate) else "constant"


def _number(value):
    return f"{value:.2f}" if math.isfinite(value) else "constant"
