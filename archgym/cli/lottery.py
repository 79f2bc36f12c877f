"""`archgym lottery`: are agents compared, or the settings that they happened to run with?"""

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

FEW = 30
"""Configurations below which a distribution is said to be thin."""


def command(
    task: Annotated[list[str], typer.Argument(metavar="TASK", show_default=False, help=(
        "Tasks by name, with options as in 'NASBench201-v0(dataset=cifar100)'."))],
    agents: Annotated[str, typer.Option("--agents", metavar="A,B,...", show_default=False, help=(
        "Agents, with commas between; one without hyper-parameters is a single configuration."))],
    configs: Annotated[int, typer.Option("--configs", metavar="H", help=(
        "Configurations drawn from each agent's hyper-parameters; all, where there are fewer."))] = 40,
    seeds: Annotated[int, typer.Option("--seeds", metavar="S", help="Runs of each configuration on each task.")] = 10,
    evaluations: Annotated[int, typer.Option("--evaluations", "-n", metavar="N", help="Of each run.")] = 300,
    first_seed: Annotated[int, typer.Option("--first-seed", metavar="K", help=(
        "The first of the seeds; another draws other configurations, too."))] = 0,
    tuner: Annotated[str | None, typer.Option("--tuner", metavar="AGENT", show_default=False, help=(
        "An agent that does the tuning as well, with H configurations: is it better than drawing?"))] = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to store it.")] = Path("lottery"),
    workers: Annotated[int | None, typer.Option("--workers", "-w", metavar="W", show_default=False, help=(
        "Processes that run at a time; one a core where not given."))] = None,
):
    """Draw hyper-parameters at random, and see whether agents differ more than settings do.

    Every configuration runs on every task with every seed; the best one of each agent, and its defaults, then run with
    30 fresh seeds. The report: scores by configuration, what tuning buys once it is charged, which hyper-parameters
    matter, whether settings serve another task, and whether any agent is better once tuned.

    Ctrl-C is safe: the same command goes on. More tasks, agents, configurations or seeds into the same DIR run only
    what is new.

    \b
    archgym lottery NASBench201-v0 --agents genetic,local-search,random
    archgym lottery NASBench201-v0 'NASBench201-v0(dataset=cifar100)' --agents genetic,ant-colony --tuner optuna
    """
    from ..lottery.page import write
    from ..lottery.play import lottery, play
    from .complaint import say
    from .progress import Display, waiting
    from .sweep import _folder, _interrupted
    from .values import named_task

    count = (os.cpu_count() or 1) if workers is None else workers
    if count < 1:
        raise ArchGymError(f"--workers must be 1 or more, got {workers}")
    names = [name.strip() for name in agents.split(",") if name.strip()]
    if not names:
        raise ArchGymError("--agents names no agent; give names with commas between, such as --agents genetic,random")
    entered = lottery([named_task(text) for text in task], names, configurations=configs, seeds=seeds,
                      evaluations=evaluations, first_seed=first_seed, tuner=tuner)
    folder = _folder("lottery", out)
    _announce(entered, folder, count)
    if configs < FEW:
        say(f"warning: {configs} configurations tell little of a distribution; {FEW} or more are usual")
    again = shlex.join(["archgym", *sys.argv[1:]])
    try:
        with Display() as display:
            scores = play(entered, folder, count, display.show)
    except KeyboardInterrupt:
        raise _interrupted(folder, again) from None
    with waiting("writing the report"):
        print(f"Report: {write(scores, folder / 'report')}")


def _announce(entered, folder, workers):
    for entrant in entered.entrants:
        size = entrant.space.size
        if size == 1:
            print(f"{entrant.name}: no hyper-parameters, a single configuration", file=sys.stderr)
        elif size <= entered.configurations:
            print(f"{entrant.name}: all {size} configurations", file=sys.stderr)
    runs = len(entered.plan().cells)
    print(f"lottery: {runs:,} runs of {entered.evaluations:,} evaluations and those that judge, {workers} "
          f"worker{'' if workers == 1 else 's'}, into {folder}", file=sys.stderr)
