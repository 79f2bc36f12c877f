"""`archgym card`: what a table is like, before anything searches it."""

from pathlib import Path
from typing import Annotated

import typer

from .values import Json, Task, TaskOptions, as_json, open_task


def command(
    task: Task,
    task_option: TaskOptions = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False, help=(
        "Draw it into DIR: card.svg, .png and .pdf, and the numbers as card.csv."))] = None,
    json: Json = False,
):
    """Say what a table or a fast simulator is like to search.

    The distribution of its metric under the space's law, seed noise, how well low fidelities rank designs, how many
    genomes are one design, and how much a step of a random walk forgets.

    \b
    archgym card NASBench201-v0
    archgym card NASBench201-v0 -t dataset=cifar100 --out card
    """
    from ..report import card
    from .console import heading, labelled, page

    opened = open_task(task, task_option)
    found = card.find(opened)
    if out:
        _drawn(card.picture, found, out)
    if json:
        print(as_json(_facts(found)))
        return
    console = page()
    heading(console, opened.id)
    labelled(console, card.words(found))
    if out:
        console.print(f"\nPicture: {out / 'card.svg'}", markup=False)


def _drawn(picture, found, out):
    from ..report.style import drawing

    out.mkdir(parents=True, exist_ok=True)
    with drawing():
        picture(found).save(out)


def _facts(found):
    from ..report.card import LAGS, LEVELS

    task, rho, noise = found.task, found.autocorrelation, found.noise
    return {"task": task.id, "law": task.space.law, "whole": found.whole, "rows": len(found.values),
            "failed": found.failed,
            "quantiles": {str(q): float(task.objective.raw(v)) for q, v in zip(LEVELS, found.quantiles)},
            "optimum": None if task.optimum is None else task.objective.raw(task.optimum),
            "genomes": found.genomes, "designs": found.keys,
            "noise": None if noise is None else {"within": noise.within, "between": noise.between,
                                                 "reliability": noise.reliability, "near_best": found.within_noise},
            "holdout_tau": found.holdout_tau,
            "fidelities": [{"fidelity": f, "tau": tau, "tau_of_best": best} for f, tau, best in found.fidelities],
            "autocorrelation": [{"lag": int(lag), "rho": r, "low": low, "high": high} for lag, r, low, high in
                                zip(LAGS, *(v.tolist() for v in (rho.estimate, rho.low, rho.high)))],
            "correlation_length": found.length}
