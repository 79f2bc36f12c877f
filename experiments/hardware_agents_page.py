"""Make docs/hardware_agents.md of a sweep of experiments/archgym_agents.yaml, finished or not.

    archgym sweep archgym_agents --out FOLDER
    python -m archgym.experiments.hardware_agents_page FOLDER docs/hardware_agents.md
"""

import sys
from pathlib import Path

import numpy as np

import archgym
from archgym.errors import ArchGymError
from archgym.report import best_designs
from archgym.report.findings import find
from archgym.surrogate.fit import fit

HEAD = """# ArchGym's agents on hardware

What a sweep of [`archgym_agents.yaml`](../experiments/archgym_agents.yaml) found: {planned} runs planned, {finished} of
them here, {seeds} {seed_word} an agent and task at most, {evaluations} evaluations a run. `python -m
archgym.experiments.hardware_agents_page` makes this page from the sweep's folder, `archgym report` the full report with
curves, tests and the best designs.

Values are mean ± standard deviation over seeds of the best that a run found, in the objective's own sign; bold: the
best mean. "Better than random" is the chance that a run ends better than the best of as many random draws, ties counted
half.
With so few seeds differences between agents are hints; the report has the intervals.
"""


def value(finals, sign):
    spread = f" ± {np.std(finals, ddof=1):.2g}" if len(finals) > 1 else ""
    return f"{sign * np.mean(finals):.4g}{spread}"


def task_table(found):
    yield f"## {found.label}\n"
    yield f"`{found.task.id}`: {found.objective}" + (
        f", {doc}" if (doc := found.task.metric(found.objective.metric).doc) else "") + ".\n"
    yield "| agent | runs | best found | better than random | infeasible | agent, seconds a run |"
    yield "|---|---|---|---|---|---|"
    top = max(c.finals.mean() for c in found.ran.values())
    for name, cell in found.ran.items():
        r = cell.results
        told = value(cell.finals, found.objective.sign)
        yield (f"| {name} | {cell.runs} | {f'**{told}**' if cell.finals.mean() == top else told} | "
               f"{f'{cell.beats.estimate:.2f}' if cell.beats else '-'} | "
               f"{np.sum(r.infeasible) / np.sum(r.evaluations):.0%} | "
               f"{np.nanmean(r.agent_seconds[:, -1]):.2g} |")
    yield ""


def designs(b):
    best = b.best[0]
    metrics = ", ".join(f"{m.name} {b.designs.metrics[m.name][best]:.4g} {m.unit}".strip() for m in b.metrics)
    agent, seed = b.designs.finders[best]
    yield f"Best design, found by {agent} (seed {seed}): {metrics}.\n"
    if b.front is not None:
        names = " and ".join(m.name for m in b.front.metrics)
        points = len(np.unique(b.front.points[b.front.on], axis=0))
        yield f"{points} of {len(b.designs):,} sound designs are unbeaten in {names}.\n"
    if b.importance is not None:
        i = b.importance
        yield "What matters most: " + ", ".join(
            f"{name} {share:.2f} [{low:.2f}, {high:.2f}]" for name, share, low, high in
            zip(i.names[:4], i.share, i.low, i.high)) + (
            f" (part of the variance lost when shuffled, least and most over splits; "
                f"{i.explained:.2f} explained unshuffled).\n")


def surrogate(sweep, label):
    try:
        fitted = fit(sweep, label)
    except ArchGymError as why:
        yield f"No surrogate: {why}.\n"
        return
    errors = [f"{a.metric} {a.rmse:.2%} ({a.tau:.2f})" for a in fitted.accuracy
              if a.rmse is not None and a.tau is not None]
    right = fitted.known["feasible_right"]
    yield (f"A surrogate of these runs ({fitted.known['learned']:,} designs learned, {fitted.known['held_out']:,} held "
           f"out), root mean squared error as a share of the mean "
           f"(Kendall's tau): {', '.join(errors)}"
           + (f"; feasible or not told right on {right:.1%}" if right is not None else "") + ".\n")


def page(folder) -> str:
    sweep = archgym.load(folder)
    findings = find(sweep)
    made = {b.found.label: b for b in best_designs.find(findings)}
    lines = [HEAD.format(planned=sweep.planned, finished=sweep.finished, seeds=len(sweep.seeds),
                         seed_word="seed" if len(sweep.seeds) == 1 else "seeds",
                         evaluations=findings.tasks[0].budget.evaluations)]
    for found in findings.ran:
        lines += task_table(found)
        if found.label in made:
            lines += designs(made[found.label])
        lines += surrogate(sweep, found.label)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    Path(sys.argv[2]).write_text(page(sys.argv[1]), encoding="utf-8")
