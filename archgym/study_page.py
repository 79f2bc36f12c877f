"""What the pages of studies share: tables and figures in Markdown, what was left out, what it took, the checklist."""

import textwrap
from pathlib import Path

import numpy as np

from .report.text import count, listed, plural

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
    """Accounts and checklist, as the report has them."""
    from .report import checklist
    from .report.findings import find

    findings = find(sweep)
    changed = [a.label for a in sweep.agents
               if any(value != default for value, default, _ in a.hyperparameters.values())]
    tuning = (f"with settings other than the defaults: {listed(changed)}" if changed else
              "every agent ran with its published defaults, none was tuned here")
    return ["## Checklist",
            f"{tuning[0].upper()}{tuning[1:]}. After Lindauer and Hutter, \"Best Practices for Scientific Research on "
            "Neural Architecture Search\", JMLR 21(243), 2020, in our words; sections that are named are those of "
            f"`archgym report` on the same folder, and the sweep file is {study.file.name}.",
            checklist.markdown(checklist.fill(findings), checklist.accounts(findings)).rstrip()]
