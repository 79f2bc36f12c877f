"""`archgym baseline`: what random search reaches on a task, without running it."""

from typing import Annotated

import typer

from archgym.errors import ArchGymError

from .values import Json, Task, TaskOptions, as_json, open_task

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def command(
    task: Task,
    n: Annotated[list[int] | None, typer.Option(
        "-n", "--evaluations", metavar="N", show_default=False,
        help="Evaluations of random search, 300 where not given; again for another row.")] = None,
    task_option: TaskOptions = None,
    samples: Annotated[int | None, typer.Option(
        "--samples", metavar="K", show_default=False,
        help="Random designs to measure where the space is too large to enumerate (10,000; must be given where a "
             "measurement takes time).")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of those random designs.")] = 0,
    json: Json = False,
):
    """Say what random search reaches with n evaluations.

    That is the distribution of the best of n random designs: exact where the space can be enumerated, else an
    unbiased estimate from measured samples. The quantiles run from unlucky (5%) to lucky (95%) searches.

    \b
    archgym baseline NASBench201-v0 -n 300
    archgym baseline NASBench201-v0 -n 50 -n 100 -n 300 -t dataset=cifar100
    """
    opened = open_task(task, task_option)
    facts = _facts(opened, n or [300], samples, seed)
    if json:
        print(as_json(facts))
    else:
        _draw(opened, facts)


def _facts(task, ns, samples, seed):
    from ..run import checked_seed

    for n in (*ns, 1 if samples is None else samples):
        if n < 1:
            raise ArchGymError(f"-n and --samples must be 1 or more, got {n}")
    if not task.evaluator.instant and samples is None:
        raise ArchGymError(f"a measurement of {task.id} takes time; say how many random designs to measure, such as "
                           f"--samples {10 * max(ns):,}".replace(",", ""))
    baseline = task.random_baseline(max(ns), samples=samples or 10_000, seed=checked_seed(seed))
    raw = task.objective.raw

    def row(n):
        best = baseline.at(n)
        return {"n": n, "mean": raw(best.mean), "sd": best.sd, "standard_error": best.standard_error,
                "quantiles": {str(q): float(raw(best.quantile(q))) for q in QUANTILES},
                "chance_of_optimum": best.chance_of_optimum,
                "holdout_mean": None if best.holdout_mean is None else raw(best.holdout_mean)}

    return {"task": task.id, "metric": task.objective.metric, "unit": task.objective.unit, "goal": task.objective.goal,
            "holdout_metric": task.objective.holdout, "law": baseline.law, "exact": baseline.exact,
            "rows": len(baseline.values), "rows_are": baseline.rows_are, "replacement": baseline.exact,
            "optimum": None if baseline.optimum is None else raw(baseline.optimum),
            "expected_draws_to_optimum": baseline.expected_draws_to_optimum, "best_of": [row(n) for n in ns]}


def _draw(task, facts):
    from .console import column_of, heading, labelled, number, page, percent, table, unit_of

    console, rows, unit = page(), facts["best_of"], unit_of(facts["unit"])
    heading(console, facts["task"], "the best of n random designs")
    how = (f"exact, over all {facts['rows']:,} {facts['rows_are']}; draws with replacement" if facts["exact"] else
           f"unbiased estimate from {facts['rows']:,} measured draws")
    optimum = "not known"
    if facts["optimum"] is not None:
        optimum = f"{number(facts['optimum'])}{unit}"
        if facts["expected_draws_to_optimum"] is not None:
            optimum += f", seen after {number(facts['expected_draws_to_optimum'])} draws on average"
    labelled(console, [("Metric", f"{task.objective}{f', in{unit}' if unit else ''}"), ("Law", facts["law"]),
                       ("How", how), ("Optimum", optimum)])
    console.print()
    columns = {"n": [f"{r['n']:,}" for r in rows], "mean": column_of([r["mean"] for r in rows])}
    if not facts["exact"]:
        columns["± s.e."] = column_of([r["standard_error"] for r in rows])
    columns["sd"] = column_of([r["sd"] for r in rows])
    for q in QUANTILES:
        columns["median" if q == 0.5 else f"{q:.0%}"] = column_of([r["quantiles"][str(q)] for r in rows])
    if rows[0]["chance_of_optimum"] is not None:
        columns["optimum seen"] = [percent(r["chance_of_optimum"]) for r in rows]
    if facts["holdout_metric"]:
        columns["holdout"] = column_of([r["holdout_mean"] for r in rows])
    _draw_columns(console, columns, table)
    if facts["holdout_metric"]:
        console.print(f"\nholdout: mean {facts['holdout_metric']} of the design that is best by {facts['metric']}")


def _draw_columns(console, columns, table):
    if sum(2 + max(map(len, (name, *cells))) for name, cells in columns.items()) <= console.width:
        table(console, [(name, "right") for name in columns], list(zip(*columns.values(), strict=True)))
        return
    names = list(columns)  # a narrow window: the same table, turned
    table(console, names[0:1] + [(n, "right") for n in columns["n"]], [(name, *columns[name]) for name in names[1:]])
