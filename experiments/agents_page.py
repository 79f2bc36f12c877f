"""The page about the agents: regret and CPU seconds on NAS-Bench-201, and which agents run in which spaces."""

import platform
from importlib.metadata import version

import numpy as np

from archgym.streams import generator
from archgym.sweep.manifest import processor

from .agent_runs import AT, DATASETS, MANY, ON_SPACES, SPACES, installed, nasbench201

COMMAND = "python -m archgym.experiments.agents_on_nasbench201 --write docs/agents.md"
LIBRARIES = ("numpy", "optuna", "nevergrad", "pymoo", "syne-tune")


def page(results, agents, absent, peers, parts) -> str:
    """The whole page as Markdown."""
    blocks = ["# Agents, measured", f"Made by `{COMMAND}` on {machine()}; do not edit by hand. `archgym show AGENT` "
              "says what an agent is and what its paper was."]
    if {"regret", "thousand"} & set(parts):
        blocks += _regrets(results, agents, absent, peers)
    if "spaces" in parts:
        blocks += _spaces(results, agents, absent)
    return "\n\n".join(blocks)


def machine() -> str:
    libraries = ", ".join(f"{p} {version(p)}" for p in LIBRARIES if installed(p))
    return f"{processor()}, Python {platform.python_version()}, {libraries}"


def table_rows(results, agents, absent, peers) -> list[dict]:
    """A dictionary a row of the first table, numbers in full; `note` says why there are none."""
    rows = [_exact()]
    for part, names in (("regret", [*agents, *absent]), ("peers", peers)):
        for name in names:
            found = [] if name in absent else results.rows(part, name)
            row = _blank(name, "agent" if part == "regret" else "own loop")
            row |= {"runs": len(found), "note": absent.get(name) or results.broken.get((part, name), "")}
            if found:
                regret = np.array([r["regret"] for r in found])
                several = len(found) > 1
                spread = regret.std(axis=0, ddof=1) / np.sqrt(len(found)) if several else np.full(len(AT), np.nan)
                for at, mean, error in zip(AT, regret.mean(axis=0), spread):
                    row |= {f"regret_{at}": float(mean), f"error_{at}": float(error)}
                row["cpu"] = float(np.median([r["cpu"] for r in found]))
            many = results.rows("thousand", name) if part == "regret" and name not in absent else []
            for dataset in DATASETS if many else ():
                row[f"beats_{dataset}"] = chance([r["best"][dataset] for r in many], dataset).estimate
            rows.append(row)
    return rows


def _blank(name, kind):
    return {"name": name, "kind": kind, "runs": 0,
            **{f"{what}_{at}": None for at in AT for what in ("regret", "error")},
            "cpu": None, **{f"beats_{dataset}": None for dataset in DATASETS}, "note": ""}


def _exact():
    """Random search by its closed form."""
    task = nasbench201()
    return _blank("random search, exact", "closed form") | {
        f"regret_{at}": task.optimum - float(task.random_baseline(at).mean) for at in AT}


def chance(values, dataset):
    """P(better than the best of a thousand random cells), an Interval over runs."""
    baseline = nasbench201(dataset).random_baseline(MANY)
    return baseline.beaten_by(np.array(values), generator(0, "agents page", dataset))


def _regrets(results, agents, absent, peers):
    yield "## Regret on NAS-Bench-201"
    yield (f"CIFAR-10, mean validation accuracy over the recorded seeds (`noise=\"mean\"`), {AT[-1]} evaluations, "
           f"defaults. Mean points below the optimum after {', '.join(map(str, AT))} evaluations ± standard error over "
           "the runs; the median of the CPU seconds a run took, all included. Beats random: how often a run of "
           f"{MANY:,} evaluations ends better than the best of {MANY:,} random cells, ties counted half, on CIFAR-10 "
           "and CIFAR-100 (slow agents were not asked). The last rows are other libraries' own loops on the same "
           "table in the same way.")
    head = ["agent", *map(str, AT), "CPU s", "runs", "beats random (C10, C100)"]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    notes = []
    for row in table_rows(results, agents, absent, peers):
        if row["note"]:
            notes.append(f"- {row['name']}: {row['note']}")
        name = f"{row['name']} (own loop)" if row["kind"] == "own loop" else row["name"]
        beats = [row[f"beats_{dataset}"] for dataset in DATASETS]
        cells = [name, *(_regret(row[f"regret_{at}"], row[f"error_{at}"]) for at in AT), _seconds(row["cpu"]),
                 str(row["runs"] or ""), "" if None in beats else ", ".join(f"{b:.2f}" for b in beats)]
        lines.append("| " + " | ".join(cells) + " |")
    yield "\n".join(lines)
    if notes:
        yield "Not run, or not to the end:"
        yield "\n".join(notes)


def _regret(mean, error):
    if mean is None:
        return ""
    return f"{mean:.3f}" + (f" ± {error:.3f}" if error is not None and error == error else "")


def _seconds(cpu):
    return "" if cpu is None else f"{cpu:.3g}"


def _spaces(results, agents, absent):
    yield "## Who runs where"
    yield (f"{ON_SPACES} evaluations of an evaluator that costs next to nothing (statistics of the design's graph): "
           "CPU seconds, or a number that leads to the agent's own words below.")
    lines = ["| agent | " + " | ".join(SPACES) + " |", "|---" + "|---:" * len(SPACES) + "|"]
    reasons = []
    for name in [*agents, *absent]:
        found = {} if name in absent else {r["space"]: r for r in results.rows("spaces", name)}
        cells = []
        for where in SPACES:
            row = found.get(where)
            why = (absent.get(name) or results.broken.get(("spaces", name)) if row is None else row.get("refuses"))
            if why and why not in reasons:
                reasons.append(why)
            cells.append(f"no ({reasons.index(why) + 1})" if why else _seconds(row["cpu"]) if row else "not run yet")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    yield "\n".join(lines)
    if reasons:
        yield "\n".join(f"{i}. {reason}" for i, reason in enumerate(reasons, 1))
