"""What was spent and by what: evaluations, simulated and agent time, hyper-parameters, tasks, machine, failures."""

import shlex
from collections import Counter

import numpy as np

from .markup import fold, items, join, link, p, swatch, table, tag
from .picture import write_csv
from .text import amount, count, grouped, listed, number, plural

SHOWN_FAILURES = 100


def effort_rows(found):
    """One dict a finished agent: means over its runs."""
    for name, cell in found.ran.items():
        r = cell.results
        charged = float(np.mean(r.evaluations))
        yield {
            "task": found.label,
            "agent": name,
            "runs": cell.runs,
            "charged": charged,
            "distinct": float(np.mean(r.distinct)),
            "duplicate": float(np.mean(r.duplicates)),
            "failed": float(np.mean(r.failed)),
            "infeasible": float(np.mean(r.infeasible)),
            "cost": float(np.mean(r.cost)),
            "cost_unit": found.task.evaluator.cost_unit,
            "agent_seconds": float(np.mean(r.seconds)),
            "agent_seconds_per_evaluation": float(np.sum(r.seconds) / max(np.sum(r.evaluations), 1)),
            "stops": " ".join(f"{stop}:{n}" for stop, n in sorted(Counter(r.stops).items())),
        }


def effort_table(found, looks):
    rows = []
    for e in effort_rows(found):
        rows.append(
            [
                join([swatch(looks[e["agent"]]), e["agent"]], " "),
                count(e["runs"]),
                *(
                    number(e[k], 0 if e[k] == round(e[k]) else 1)
                    for k in ("charged", "distinct", "duplicate", "failed", "infeasible")
                ),
                amount(e["cost"], e["cost_unit"]),
                amount(e["agent_seconds"], "s"),
                amount(e["agent_seconds_per_evaluation"], "s"),
                _ended(e["stops"].split()),
            ]
        )
    header = [
        "agent",
        "runs",
        "charged",
        "distinct",
        "duplicate",
        "failed",
        "infeasible",
        "declared cost",
        "agent time",
        "per evaluation",
        "ended by",
    ]
    return table(header, rows, caption=found.label, class_="dense")


def _ended(stops):
    """ "budget", or how many runs ended how."""
    parts = [s.rpartition(":") for s in stops]
    return parts[0][0] if len(parts) == 1 else listed([f"{name} {n}" for name, _, n in parts])


def save_effort(findings, path):
    rows = [e for found in findings.ran for e in effort_rows(found)]
    header = tuple(rows[0]) if rows else ("task", "agent")
    write_csv(path, header, [tuple(e.values()) for e in rows])


def hyperparameters(sweep, looks):
    """Every hyper-parameter of every agent; those that differ from the default are marked."""
    parts = []
    for agent in sweep.agents:
        changed = [n for n, (value, default, _) in agent.hyperparameters.items() if value != default]
        title = join(
            [
                swatch(looks[agent.label]),
                tag("strong", agent.label),
                agent.name if agent.name != agent.label else "",
                tag(
                    "span",
                    plural(len(agent.hyperparameters), "hyper-parameter")
                    + (f", {count(len(changed))} not at the default" if changed else ""),
                    class_="small",
                ),
            ],
            " ",
        )
        rows = [
            [
                tag("code", name),
                (tag("b", repr(value)) if value != default else repr(value)),
                repr(default),
                (doc, "words"),
            ]
            for name, (value, default, doc) in agent.hyperparameters.items()
        ]
        parts.append(
            fold(
                title,
                join([p(part, class_="small") for part in agent.paper.split("\n\n") if part.strip()]),
                table(["name", "value", "default", ("meaning", "words")], rows, numeric_from=9)
                if rows
                else p("This agent has no hyper-parameters."),
            )
        )
    return join(parts)


def save_hyperparameters(sweep, path):
    write_csv(
        path,
        ("agent", "name", "hyperparameter", "value", "default"),
        [
            (a.label, a.name, h, repr(value), repr(default))
            for a in sweep.agents
            for h, (value, default, _) in a.hyperparameters.items()
        ],
    )


def task_facts(found):
    """What is known of a task: the space, the law, the optimum, where the data is from, what papers report."""
    task, about = found.task, found.task.about
    size = task.space.size
    facts = [
        ("task", tag("code", task.id)),
        ("about", about.summary),
        ("objective", str(task.objective) + (f" ({found.unit})" if found.unit else "")),
        ("budget", grouped(found.budget)),
        ("designs", count(size) if size is not None else "not countable"),
        (
            "optimum",
            "not known"
            if task.optimum is None
            else f"{task.objective.raw(task.optimum):.6g} {found.unit}".strip()
            + (f", reached by {count(task.optimum_count)}" if task.optimum_count else ""),
        ),
        ("random baseline", grouped(found.baseline.words) if found.baseline else f"none: {found.why_no_baseline}"),
        (
            "holdout",
            (about.holdout_note or str(task.objective.holdout)) if found.has_holdout else f"none. {about.holdout_note}",
        ),
        ("source", about.source),
        ("paper", about.paper),
        ("licence", about.licence),
        ("data version", about.data_version),
        ("checksum", tag("code", task.fingerprint) if task.fingerprint else ""),
    ]
    known = definitions([(k, v) for k, v in facts if v])
    if about.published:
        known = join(
            [
                known,
                p("Papers report:"),
                items(
                    [
                        join(
                            [
                                f"{f.agent}: {f.text}. ",
                                tag("em", "Comparable" if f.comparable else "Not comparable"),
                                f": {f.why}",
                            ]
                        )
                        for f in about.published
                    ]
                ),
            ]
        )
    return fold(tag("strong", found.label), known)


def definitions(pairs):
    return tag("dl", *(join([tag("dt", k), tag("dd", v)]) for k, v in pairs))


FIRST = ("name", "created", "command", "hardware", "python", "versions")
ELSEWHERE = ("tasks", "agents", "runs", "seconds")
"""What the manifest holds that other sections show."""


def provenance(findings):
    """Machine and versions from the manifest, and each task's licence and checksum."""
    facts = {k: v for k, v in findings.sweep.manifest.items() if k not in ELSEWHERE}
    if isinstance(facts.get("command"), list):
        facts["command"] = shlex.join(map(str, facts["command"]))
    order = sorted(facts, key=lambda k: (FIRST.index(k) if k in FIRST else len(FIRST), str(k)))
    rows = [
        [t.label, (t.task.about.licence, "words"), (tag("code", t.task.fingerprint), "words")] for t in findings.tasks
    ]
    return join(
        [
            definitions([(str(k).replace("_", " "), _value(facts[k])) for k in order]),
            table(["task", *((h, "words") for h in ("licence", "checksum"))], rows, numeric_from=9),
        ]
    )


def _value(value):
    if isinstance(value, dict):
        return (
            table(["", ""], [[str(k), _value(v)] for k, v in value.items()], numeric_from=9, class_="plain")
            if value
            else "none"
        )
    if isinstance(value, (list, tuple)):
        simple = all(not isinstance(v, (dict, list, tuple)) for v in value)
        if simple and len(value) > 12:
            return f"{', '.join(map(str, value[:6]))}, … {value[-1]} ({plural(len(value), 'entry', 'entries')})"
        return ", ".join(map(str, value)) if simple else items([_value(v) for v in value])
    return str(value)


def failures(sweep):
    if not sweep.failures:
        return p("No run failed.")
    rows = [
        [f.task, f.agent, count(f.seed), (tag("code", last_line(f.error)), "words")]
        for f in sweep.failures[:SHOWN_FAILURES]
    ]
    more = len(sweep.failures) - SHOWN_FAILURES
    return join(
        [
            table(["task", "agent", "seed", ("last line of the error", "words")], rows, numeric_from=2),
            p(f"{count(more)} more in ", link("tables/failures.csv", "failures.csv"), ".") if more > 0 else "",
        ]
    )


def save_failures(sweep, path):
    write_csv(
        path,
        ("task", "agent", "seed", "error"),
        [(f.task, f.agent, f.seed, last_line(f.error)) for f in sweep.failures],
    )


def last_line(error):
    lines = [line.strip() for line in str(error or "").splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
