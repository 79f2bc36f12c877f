"""`archgym motifs`: which parts of a design raise its value, and which lower it."""

from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .values import Json, Task, TaskOptions, as_json, assignments, open_task


def command(
    task: Task,
    agent: Annotated[str, typer.Option("--agent", metavar="AGENT", help="Whose run measures designs.")] = "nas-bowl",
    option: Annotated[list[str] | None, typer.Option(
        "--option", "-o", metavar="NAME=VALUE", show_default=False,
        help="A hyper-parameter of the agent; again for another.")] = None,
    task_option: TaskOptions = None,
    evaluations: Annotated[int, typer.Option("--evaluations", "-n", metavar="N", help="Designs to measure.")] = 300,
    seed: Annotated[int, typer.Option("--seed", help="Of the run.")] = 0,
    top: Annotated[int, typer.Option("--top", metavar="K", help="How many motifs to show.")] = 12,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", show_default=False, help=(
        "Draw them into DIR: motifs.svg, .png and .pdf, and the numbers as motifs.csv."))] = None,
    json: Json = False,
):
    """Say which motifs raise and which lower the value of a design.

    A motif is a node of a design's graph together with what follows it. A run measures designs, a Gaussian process over
    the motifs is fitted to the ranks of their values, and its derivatives are the effects: how far one more of a motif
    moves a design, in standard deviations of the measured ones.

    \b
    archgym motifs NASBench201-v0
    archgym motifs NASBench201-v0 --agent random -n 500 --out motifs
    """
    import archgym

    from .run import carried_out

    if evaluations < 1 or top < 1:
        raise ArchGymError(f"-n and --top must be 1 or more, got {min(evaluations, top)}")
    opened = open_task(task, task_option)
    player = archgym.agent(agent, **assignments(option, "-o"))
    run = carried_out(opened, player, archgym.Budget(evaluations=evaluations), seed)
    model, found = _fitted(run)
    shown = found[:top]
    facts = {
        "task": opened.id, "agent": agent, "seed": run.seed, "evaluations": len(run.trajectory),
        "designs": len(model.graphs), "depth": model.depth, "noise": model.noise, "motifs_in_all": len(found),
        "motifs": [{"motif": m.text, "tree": m.tree, "depth": m.depth, "effect": m.effect, "spread": m.spread,
                    "strength": m.strength, "designs": m.designs} for m in shown]}
    if out:
        _drawn(shown, facts, out)
    if json:
        print(as_json(facts))
    else:
        _tell(facts, out)


def _fitted(run):
    """(model, motifs) of the designs that a run measured and that did not fail, each once."""
    from ..models.motifs import motifs
    from ..models.scores import normal_scores
    from ..models.wl import WLKernel
    from ..models.wl_gaussian_process import WLGaussianProcess

    t = run.trajectory
    value = {t.genome(i): float(t.value[i]) for i in range(len(t)) if t.status[i] == "ok"}
    if len(set(value.values())) < 2:
        raise ArchGymError(f"the {len(t):,} evaluations of {run.task.id} gave {len(value)} sound designs with "
                           f"{len(set(value.values()))} different values; motifs need two or more: give a larger -n")
    kernel = WLKernel()
    model = WLGaussianProcess(kernel, kernel.depths)
    model.add(kernel.read(list(map(run.task.space.graph_of, value))))
    model.fit(normal_scores(list(value.values())))
    return model, motifs(model)


def _drawn(motifs, facts, out):
    from ..report.motifs import motif_picture
    from ..report.style import drawing

    if not motifs:
        raise ArchGymError("no motif tells the measured designs apart: there is nothing to draw")
    out.mkdir(parents=True, exist_ok=True)
    with drawing():
        motif_picture(motifs, "effect of one more, in standard deviations", _how(facts)).save(out)


def _how(facts):
    return (f"{facts['designs']:,} designs that {facts['agent']} measured with seed {facts['seed']}; subtrees of depth "
            f"{facts['depth']} or less")


def _tell(facts, out):
    from .console import column_of, heading, labelled, page, table

    console = page()
    heading(console, f"motifs of {facts['task']}")
    count = f"{facts['motifs_in_all']:,} tell the designs apart"
    labelled(console, [("Measured", _how(facts)),
                       ("Motifs", f"{count}; these are the strongest, with what follows a node in brackets")])
    console.print()
    rows = facts["motifs"]
    signs = ["raises" if row["effect"] > 0 else "lowers" for row in rows]
    table(console, ["", ("effect", "right"), ("± sd", "right"), ("designs", "right"), "motif"], list(zip(
        signs, column_of([row["effect"] for row in rows]), column_of([row["spread"] for row in rows]),
        [f"{row['designs']:,}" for row in rows], [row["motif"] for row in rows])))
    if out:
        console.print(f"\nPicture: {out / 'motifs.svg'}", markup=False)
