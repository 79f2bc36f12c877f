"""What the pages of studies share: tables and figures in Markdown, what was left out, what it took, the checklist."""

import textwrap
from pathlib import Path

import numpy as np

from .report.text import amount, count, listed, plural

FEW_SEEDS = 30
"""Seeds below which intervals are wide, and said to be."""


class Figures:
    """Pictures of one page, saved beside it as PNG."""

    def __init__(self, folder, stem):
        self.folder, self.stem = Path(folder), stem

    def save(self, figure, name: str, alt: str) -> str:
        """Write the picture; returns the line of Markdown that shows it."""
        (self.folder / self.stem).mkdir(parents=True, exist_ok=True)
        figure.savefig(self.folder / self.stem / f"{name}.png", format="png", metadata={"Software": None})
        return f"![{alt}]({self.stem}/{name}.png)"

    def table(self, name: str, header, rows) -> str:
        """Write rows in full precision as CSV; returns a link to them."""
        from .report.picture import write_csv

        (self.folder / self.stem).mkdir(parents=True, exist_ok=True)
        write_csv(self.folder / self.stem / f"{name}.csv", header, rows)
        return f"[All numbers as CSV]({self.stem}/{name}.csv)"


def table(header, rows, numbers: bool = True) -> str:
    """A table in Markdown; the first column is text, the others stand to the right where they are numbers."""
    lines = ["| " + " | ".join(header) + " |", "|---" + ("|---:" if numbers else "|---") * (len(header) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def finals(sweep, task: str) -> dict[str, np.ndarray]:
    """Agent -> (S,) what its finished runs returned, seeds in order: the holdout where there is one, else the value.

    Agents without a finished run are left out.
    """
    found = {}
    for agent in sweep.agents:
        results = sweep.results(task, agent.label)
        if len(results):
            found[agent.label] = last(results.incumbents if results.holdout is None else results.holdout)
    return found


def last(matrix) -> np.ndarray:
    """(S,) the last entry of each row that is there: runs may end early."""
    there = ~np.isnan(matrix)
    at = np.where(there.any(1), matrix.shape[1] - 1 - there[:, ::-1].argmax(1), 0)
    return matrix[np.arange(len(matrix)), at]


def on_common_seeds(sweep, task: str) -> tuple[list[str], np.ndarray]:
    """(agents, (k, S) what they returned on the seeds that all of them finished)."""
    values, seeds = finals(sweep, task), {}
    for agent in values:
        seeds[agent] = sweep.results(task, agent).seeds
    common = sorted(set.intersection(*(set(s.tolist()) for s in seeds.values()))) if seeds else []
    return list(values), np.array([values[a][np.searchsorted(seeds[a], common)] for a in values])


def opening(study, sweep, left_out, quick) -> list[str]:
    """The study's question in its own words, and what a reader must know before believing a number."""
    command = f"archgym reproduce {study.name}" + (" --quick" if quick else "")
    doc = textwrap.dedent("\n".join(study.program.__doc__.strip().splitlines()[1:])).strip()
    blocks = [f"Made by `{command}`; do not edit by hand.", *(" ".join(part.split()) for part in doc.split("\n\n"))]
    warnings = [f"Left out: {each}" for each in left_out]
    if quick:
        warnings.append("This is the quick size: it shows what the page looks like, and decides nothing.")
    elif len(sweep.seeds) < study.content["seeds"]:
        warnings.append(f"{len(sweep.seeds)} of the study's {study.content['seeds']} seeds so far; the same command into "
                        "the same folder runs the others.")
    if len(sweep.seeds) < FEW_SEEDS:
        warnings.append(f"{plural(len(sweep.seeds), 'seed')}: too few to tell small differences from luck; "
                        f"{FEW_SEEDS} or more are usual.")
    if len(sweep.tasks) < 6:
        warnings.append(f"{plural(len(sweep.tasks), 'task')}: too few to test whether an agent is better on tasks in "
                        "general (Friedman's test counts tasks, not seeds); nothing of the kind is claimed.")
    missing = sweep.planned - sweep.finished
    if missing:
        warnings.append(f"{count(missing)} of {count(sweep.planned)} runs are not there; the same command goes on.")
    seen = {}
    for failure in sweep.failures:
        why = failure.error.splitlines()[0] if failure.error else "no message"
        seen.setdefault((failure.agent, why), set()).add(failure.task)
    warnings += [f"{agent} failed on {listed(sorted(tasks))}: {error}" for (agent, error), tasks in seen.items()]
    return blocks + (["\n".join(f"- {w}" for w in warnings)] if warnings else [])


def closing(study, sweep) -> list[str]:
    """Accounts and checklist."""
    return ["## What it took", _accounts(sweep), "## Checklist",
            "After Lindauer and Hutter, \"Best practices for scientific research on neural architecture search\", JMLR "
            "21(243), 2020; their items in our words.", table(("item", "here"), checklist(study, sweep), numbers=False)]


def _accounts(sweep) -> str:
    charged = simulated = own = 0
    for run in sweep.runs:
        t = run.trajectory
        charged += int(t.charged.sum())
        simulated += float((t.cost * t.charged).sum())
        own += float(np.nan_to_num(t.agent_seconds[-1])) if len(t) else 0.0
    units = {t.task.evaluator.cost_unit for t in sweep.tasks}
    changed = [a.label for a in sweep.agents
               if any(value != default for value, default, _ in a.hyperparameters.values())]
    tuning = (f"settings other than the defaults: {listed(changed)}" if changed else
              "none, every agent ran with its published defaults")
    hardware, versions = sweep.manifest["hardware"], sweep.manifest["versions"]
    lines = [f"{count(sweep.finished)} runs, {count(charged)} evaluations.",
             f"The agents' own time, summed: {own / 3600:.2f} hours. Measured on a machine that others may have used.",
             *([f"Declared cost of the evaluations, had they not been looked up: {amount(simulated, units.pop())}."]
               if len(units) == 1 and simulated else []),
             f"Tuning: {tuning}.",
             f"{hardware['processor']}, {hardware['cores']} cores; Python {sweep.manifest['python']}, "
             f"archgym {versions['archgym']}, numpy {versions['numpy']}."]
    return "\n".join(f"- {line}" for line in lines)


def checklist(study, sweep) -> list[tuple[str, str]]:
    """(item, what a program can say of it); what it cannot stays visibly open."""
    held_out = [t.label for t in sweep.tasks if t.facts["has_holdout"]]
    sight = ("yes" if len(held_out) == len(sweep.tasks) else f"only on {listed(held_out)}" if held_out else
             "no: what the search saw is what is reported")
    return [
        ("code of search and evaluation is available", f"yes, with the sweep file {study.file.name}"),
        ("all methods on the same data, space and protocol", "yes, one sweep"),
        ("the same budget for all", "yes: " + listed(sorted({str(sweep.budget(t.label)) for t in sweep.tasks}))),
        ("what is returned is scored on what the search did not see", sight),
        ("random search as a baseline", "yes, exactly where the table is enumerated"),
        ("several runs, seeds reported", f"{plural(len(sweep.seeds), 'seed')}, {sweep.seeds[0]} to {sweep.seeds[-1]}"),
        ("performance over time", "yes: 'archgym report' on the same folder"),
        ("hyper-parameters, and how they were tuned", "in manifest.json; see above"),
        ("hardware and time", "see above"),
        ("ablations", "open: for you to answer"),
        ("confounding factors of your own method", "open: for you to answer"),
        ("trainings rerun, not only looked up", "open: for you to answer, this study reads tables"),
    ]
