"""`archgym run`: one agent, one task, one seed."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .values import Json, Task, TaskOptions, as_json, assignments, open_task

Agent = Annotated[str, typer.Argument(metavar="AGENT", show_default=False, help=(
    "An agent's name ('archgym list agents' shows all), module:Name or file.py:Name."))]


def command(
    task: Task,
    agent: Agent,
    option: Annotated[list[str] | None, typer.Option(
        "--option", "-o", metavar="NAME=VALUE", show_default=False,
        help="A hyper-parameter of the agent, such as population=50; again for another.")] = None,
    task_option: TaskOptions = None,
    evaluations: Annotated[int | None, typer.Option(
        "--evaluations", "-n", metavar="N", show_default=False,
        help="The budget: designs to measure; 300 where no limit is given.")] = None,
    cost: Annotated[float | None, typer.Option(
        "--cost", metavar="C", show_default=False,
        help="The budget as declared cost, in the task's unit; whichever is reached first.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same run.")] = 0,
    json: Json = False,
    out: Annotated[Path | None, typer.Option(
        "--out", metavar="FILE", show_default=False, help="Write every evaluation to FILE, as .csv or .json.")] = None,
):
    """Run one agent on one task with one seed.

    Prints the best design found, its value, and how much random search would have been needed for it. One run proves
    little: 'archgym sweep' runs many seeds and tells luck from skill.

    \b
    archgym run NASBench201-v0 local-search
    archgym run NASBench201-v0 reinforce -o momentum=0.8 -n 500
    archgym run NASBench201-v0 random -t dataset=cifar100 --seed 3
    archgym run my_task.py:my_task my_agent.py:MyAgent --out a.csv
    """
    import archgym

    if out and out.suffix not in (".csv", ".json"):
        raise ArchGymError(f"--out {out}: end the file's name in .csv or .json")
    if out and not out.parent.is_dir():
        raise ArchGymError(f"--out {out}: there is no folder {out.parent}")
    opened = open_task(task, task_option)
    player = archgym.agent(agent, **assignments(option, "-o"))
    budget = archgym.Budget(evaluations=300 if evaluations is None and cost is None else evaluations, cost=cost)
    run = carried_out(opened, player, budget, seed)
    facts = _facts(run, agent)
    if out:
        _write(out, run, facts)
    if json:
        print(as_json(facts))
    else:
        _draw(run, facts, out)


def carried_out(task, agent, budget, seed):
    """The run; slow measurements are kept, and what an agent breaks is its fault."""
    import archgym

    from ..agent import agent_name
    from ..errors import AgentError, IllegalGenome

    try:
        if task.evaluator.instant:
            return archgym.run(task, agent, budget, seed)
        from ..cache import EvaluationCache
        from .progress import waiting

        with waiting(f"measuring designs of {task.id}; each is kept, Ctrl-C stops"):
            return archgym.run(task, agent, budget, seed, cache=EvaluationCache())
    except IllegalGenome as why:
        raise AgentError(f"agent {agent_name(type(agent))!r} proposed what is no design. {why}") from None


def _facts(run, agent):
    from ..agent import settings

    task, trajectory, best = run.task, run.trajectory, run.incumbent
    charged = int(trajectory.charged.sum())
    duplicates = int(trajectory.duplicates(task.space).sum())
    facts = {
        "task": task.id, "agent": agent, "hyperparameters": settings(run.agent), "seed": run.seed,
        "budget": run.budget.to_dict(), "stop": run.stop, "evaluations": charged,
        "distinct": len(trajectory) - duplicates, "failed": int((~trajectory.ok).sum()),
        "cost": float((trajectory.cost * trajectory.charged).sum()), "cost_unit": task.evaluator.cost_unit,
        "agent_seconds": float(trajectory.agent_seconds[-1]) if len(trajectory) else 0.0, "incumbent": None,
        "optimum": None if task.optimum is None else task.objective.raw(task.optimum), "random": None}
    if best is not None:
        facts["incumbent"] = {
            "text": best.text, "genome": task.space.genome_text(best.genome), "evaluation": best.id + 1,
            "status": best.status, "metric": task.objective.metric, "value": task.objective.raw(best.value),
            "values": best.values, "holdout": best.holdout if best.status == "ok" else {}}
        if charged and best.status == "ok":
            facts["random"] = _random(task, charged, best.value)
    return facts


def _random(task, charged, value):
    from . import random_search

    baseline, _ = random_search.baseline(task, charged)
    if baseline is None:
        return None
    worth = float(baseline.equivalent_n(value))
    return {"n": baseline.n, "mean": task.objective.raw(baseline.mean), "exact": baseline.exact, "law": baseline.law,
            "chance_of_beating": float(baseline.best.score(value)), "equivalent_n": worth,
            "chance_of_optimum": baseline.chance_of_optimum}


def _write(path, run, facts):
    t, duplicate = run.trajectory, run.trajectory.duplicates(run.task.space)
    rows = [{"evaluation": i + 1, "genome": run.task.space.genome_text(t.genome(i)), "seed": int(t.seed[i]),
             "fidelity": int(t.fidelity[i]) or None, "status": t.status[i], "value": float(t.value[i]),
             **{name: float(column[i]) for name, column in t.metrics.items()}, "cost": float(t.cost[i]),
             "charged": bool(t.charged[i]), "duplicate": bool(duplicate[i]), "tag": t.tag[i],
             "parents": " ".join(map(str, t.parents[i])), "error": t.error[i]} for i in range(len(t))]
    if path.suffix == ".json":
        path.write_text(as_json(facts | {"trajectory": rows}) + "\n", encoding="utf-8")
        return
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["evaluation"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _draw(run, facts, out):
    from .console import duration, heading, labelled, number, page, unit_of

    console, task = page(), run.task
    given = ", ".join(f"{k}={v}" for k, v in facts["hyperparameters"].items())
    heading(console, f"{facts['agent']} on {facts['task']}")
    rows = [("Agent", given), ("Budget", f"{run.budget}, seed {run.seed}"),
            ("Spent", f"{facts['evaluations']:,} evaluations, {facts['distinct']:,} of them distinct designs"
             + (f", {facts['failed']:,} failed" if facts["failed"] else "")
             + f"; cost {number(facts['cost'])} {facts['cost_unit']}; "
             f"the agent took {duration(facts['agent_seconds'])}"),
            ("Ended", {"budget": "", "finished": "by the agent, before the budget was spent",
                       "exhausted": "with all measured that the agent asks for"}[run.stop])]
    best = facts["incumbent"]
    if best is None:
        labelled(console, [*rows, ("Incumbent", "none: nothing was measured")])
        return
    unit = unit_of(task.objective.unit)
    rows += [("Incumbent", best["text"]), ("", f"genome {best['genome']}, evaluation {best['evaluation']:,}")]
    rows.append((best["metric"], f"{number(best['value'])}{unit}" + (
        f"  (optimum {number(facts['optimum'])}{unit})" if facts["optimum"] is not None else "")
        if best["status"] == "ok" else f"{best['status']}: every design failed"))
    rows += [("Holdout", f"{number(v)}{unit_of(task.metric(k).unit)}  {k}") for k, v in best["holdout"].items()]
    if not task.has_holdout:
        rows.append(("Holdout", "none: the value that the search saw is the value reported"))
    labelled(console, rows)
    if facts["random"]:
        console.print()
        console.print(worth(facts["random"], unit), markup=False)
    if out:
        console.print(f"Every evaluation: {out}", markup=False)


def worth(random, unit) -> str:
    """The random-equivalent sentence."""
    from .console import number, percent

    n, chance, equals = random["n"], random["chance_of_beating"], random["equivalent_n"]
    words = (f"The best of {n:,} random designs has {number(random['mean'])}{unit} on average; "
             f"this is better with P = {percent(chance)}. ")
    if equals == float("inf"):
        return words + ("No number of random draws is as good on average." if random["exact"] else
                        "It is above all random draws that were sampled.")
    return words + (f"It is what {number(round(equals))} random draws reach on average." if equals >= 1 else
                    "A single random draw is better on average.")
