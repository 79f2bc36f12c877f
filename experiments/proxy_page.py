"""The page on training-free scores, as Markdown."""

import math
import platform

from archgym.sweep.manifest import processor

from ..envs.training.proxies import PROXIES

COMMAND = "python -m archgym.experiments.proxy_correlations --write docs/training_free.md"


def page(rows, cells, seed, published) -> str:
    best = round(cells / 10)
    drawn = "those with published scores (1,104)" if published else "all (15,625)"
    blocks = [
        "# Training-free scores",
        f"Made by `{COMMAND}{' --published FOLDER' if published else ''} --cells {cells}` on {processor()}, Python "
        f"{platform.python_version()}; do not edit by hand.",
        "`TrainingFree-v0` scores the untrained network of a design on one batch: `-t score=synflow`, `-t "
        "beside=\"parameters, latency\"` for more metrics of every design. Larger is taken for better. What each score is "
        "exactly, and where it is not defined, stands in its file in `envs/training/proxies/`.",
        "## Do they rank cells by accuracy?",
        _table(rows, published),
        f"{cells} NAS-Bench-201 cells drawn from {drawn} with seed {seed}; the accuracy is the table's mean validation "
        "accuracy on CIFAR-10 after 200 epochs. Tau is Kendall's tau-b, rho Spearman's; *best tenth* is tau among the cells "
        "of the highest accuracy. *Not defined* counts cells without a score, which rank last. Seconds are of the processor "
        "for one score, building the network included, on a machine that others used at the same time.",
        f"Two rankings that have nothing to do with each other would be within ±{_chance(cells):.2f} in 95 % of such draws, "
        f"and within ±{_chance(best):.2f} among the best tenth: differences of that size mean little.",
        "## What is ours and what is not",
        "Ours are computed on 32 scikit-learn digits of 8 x 8 in a skeleton of 16 channels and one cell a stage, not on "
        "CIFAR-10 in the published skeleton of five: cheap, and another question. The accuracy they are held against is "
        "CIFAR-10's all the same. So this page says how scores computed on a small stand-in rank cells, and not what the "
        "papers report." + (" *Published* are NAS-Bench-Suite-Zero's scores of the same cells, computed on CIFAR-10 in the "
                            "full skeleton; *ours and published* is the tau between the two. Where it is far below 1, data, "
                            "skeleton, initial weights or the exact definition differ. Zen, epsinas, gradsign and some others "
                            "have no published score for these cells." if published else ""),
        "## Papers", "\n".join(f"- `{name}`: {proxy.paper}." for name, proxy in PROXIES.items())]
    return "\n\n".join(blocks)


def _chance(n):
    """Of tau between independent rankings without ties: 1.96 standard deviations."""
    return min(1.0, 1.96 * math.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1))))


def _table(rows, published):
    head = ["score", "tau", "rho", "tau, best tenth", "not defined", "seconds"]
    keys = ["tau", "rho", "best"]
    if published:
        head += ["published: tau", "published: best tenth", "ours and published", "cells with both"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for row in sorted(rows, key=lambda row: -row["tau"] if math.isfinite(row["tau"]) else math.inf):
        cells = [row["score"], *(_number(row[k]) for k in keys), str(row["undefined"]), f"{row['seconds']:.3f}"]
        if published:
            cells += [_number(row[k]) if k in row else "" for k in ("their_tau", "their_best", "together")]
            cells.append(str(row.get("known", "")))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _number(value):
    return f"{value:.2f}" if math.isfinite(value) else "constant"
