"""`archgym measure`: one design, outside any run."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .values import Json, Task, TaskOptions, as_json, genome_of, open_task


def command(
    task: Task,
    design: Annotated[str, typer.Argument(metavar="DESIGN", show_default=False, help=(
        "The design as text, as choice=option,choice=option,..., or as a genome 3-0-1-...; quote it."))],
    task_option: TaskOptions = None,
    fidelity: Annotated[int | None, typer.Option("--fidelity", show_default=False,
                                                 help="Of the task's fidelities; the highest where not given.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which of the design's recorded seeds, on noisy tasks.")] = 0,
    holdout: Annotated[bool, typer.Option("--holdout", help="Also the holdout metrics, which no agent sees.")] = False,
    json: Json = False,
):
    """Measure one design.

    'archgym show SPACE' prints a design as text and as a genome.

    \b
    archgym measure NASBench201-v0 3-1-3-3-1-3
    archgym measure NASBench201-v0 3-1-3-3-1-3 --seed 1 --holdout
    """
    opened = open_task(task, task_option)
    if holdout and not opened.has_holdout:
        why = opened.about.holdout_note.removeprefix("No holdout: ").rstrip(".")
        raise ArchGymError(f"{opened.id} has no holdout{': ' if why else ''}{why}")
    genome = genome_of(opened.space, design)
    facts = _facts(opened, genome, opened.measure(genome, fidelity, seed, holdout), fidelity, seed)
    if json:
        print(as_json(facts))
    else:
        _draw(opened, facts)


def _facts(task, genome, found, fidelity, seed):
    from . import random_search

    ok = found.status == "ok"
    facts = {"task": task.id, "text": task.space.text_of(genome), "genome": task.space.genome_text(genome),
             "key": task.space.key_of(genome), "fidelity": fidelity, "seed": seed, "status": found.status,
             "error": found.error, "values": found.values, "objective": task.objective.metric,
             "cost": found.cost,
             "cost_unit": task.evaluator.cost_unit, "better_than_random": None}
    if ok and fidelity is None:
        one, _ = random_search.baseline(task, 1)
        facts["better_than_random"] = None if one is None else float(one.best.score(task.objective.value(found.values)))
    return facts


def _draw(task, facts):
    from .console import heading, labelled, number, page, percent, unit_of

    console = page()
    heading(console, facts["task"])
    rows = [("Design", facts["text"]), ("Genome", facts["genome"])]
    if facts["key"] != facts["genome"]:
        rows.append(("Key", facts["key"]))
    if facts["status"] != "ok":
        rows.append(("Status", f"{facts['status']}: {facts['error']}"))
    for name, value in facts["values"].items():
        metric = task.metric(name)
        role = "the objective" if name == task.objective.metric else "holdout" if metric.split == "holdout" else ""
        rows.append((name, f"{number(value)}{unit_of(metric.unit)}" + (f"  ({role})" if role else "")))
    rows.append(("cost", f"{number(facts['cost'])} {facts['cost_unit']}"))
    if facts["better_than_random"] is not None:
        rows.append(("Rank", f"better than a random draw with P = {percent(facts['better_than_random'])}"))
    labelled(console, rows)
