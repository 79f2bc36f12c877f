"""The field's checklist for experiments on architecture search, filled as far as a program can, the rest left open.

Lindauer and Hutter, "Best Practices for Scientific Research on Neural Architecture Search", JMLR 21(243), 2020: the
practices of its three parts, in words of our own. An answer speaks of what the sweep's folder holds, of nothing else.
"""

from dataclasses import dataclass

import numpy as np

from . import variants
from .markup import items, join, p, table, tag
from .text import amount, count, grouped, listed, plural

RELEASE, COMPARE, REPORT = "Releasing code", "Comparing methods", "Reporting what matters"
WORDS = {"yes": "yes", "no": "no", "open": "for you to answer"}
FEW_RUNS = 10


@dataclass(frozen=True)
class Item:
    part: str
    practice: str
    standing: str
    """"yes", "no", or "open": for the author to answer."""
    answer: str
    """What the folder tells, in plain text."""


def fill(findings) -> list[Item]:
    """The checklist of a sweep."""
    return [*_release(findings), *_compare(findings), *_report(findings)]


def accounts(findings) -> list[tuple[str, str]]:
    """What the sweep took: (what, how much) pairs in plain text."""
    cells = [(t, c) for t in findings.ran for c in t.ran.values()]
    spent = {}
    for found, cell in cells:
        unit = found.task.evaluator.cost_unit
        spent[unit] = spent.get(unit, 0.0) + float(np.sum(cell.results.cost))
    hardware = findings.sweep.manifest.get("hardware", {})
    return [
        ("runs", count(sum(c.runs for _, c in cells))),
        ("evaluations charged", count(sum(int(np.sum(c.results.evaluations)) for _, c in cells))),
        ("declared cost of these", "; ".join(amount(v, unit) for unit, v in spent.items() if v) or "none"),
        ("agents' own time", amount(sum(float(np.sum(c.results.seconds)) for _, c in cells), "s")),
        ("wall time", time_taken(findings.sweep.manifest)),
        ("tuning before these runs", "not recorded here: for you to answer"),
        ("hardware", ", ".join(f"{k} {v}" for k, v in hardware.items()) or "not recorded: for you to answer"),
    ]


def time_taken(manifest) -> str:
    """What all workers together took by the clock and of processors; sweeping that was killed is not in it."""
    seconds = manifest.get("seconds")
    return f"{amount(seconds['wall'], 's')}, {amount(seconds['cpu'], 's')} of CPU" if seconds else "not recorded"


def _release(findings):
    manifest = findings.sweep.manifest
    tasks, agents = findings.tasks, findings.sweep.agents
    unnamed = [t.label for t in tasks if not t.task.about.source]
    sources = "; ".join(f"{t.label}: {t.task.about.source}, checksum {t.task.fingerprint}" for t in tasks)
    version = manifest.get("versions", {}).get("archgym") or "version not recorded"
    spaces = listed(sorted({t.task.space.name for t in tasks}))
    settings = sum(len(a.hyperparameters) for a in agents)
    yield Item(RELEASE, "Code of the pipeline that evaluates designs", "open" if unnamed else "yes",
               f"no source is named for {listed(unnamed)}" if unnamed else f"what measures is named: {sources}")
    yield Item(RELEASE, "Hyper-parameters and seeds of that pipeline", "yes", "; ".join(
        f"{t.label}: version {t.task.about.data_version or t.task.fingerprint}, {_seeds(t.task.evaluator)}"
        for t in tasks))
    yield Item(RELEASE, "Code of the search space", "open",
               f"{spaces}, in archgym {version} or a package beside it; publish what is your own")
    yield Item(RELEASE, "Code of the methods", "open",
               f"{listed([a.name for a in agents])}, in archgym {version} or a package beside it; publish what is your "
               "own")
    yield Item(RELEASE, "Hyper-parameters and seeds of the methods", "yes",
               f"{plural(settings, 'setting')}, all under Hyper-parameters; seeds {_span(findings.sweep.seeds)}")


def _compare(findings):
    tasks, ran = findings.tasks, findings.ran
    gaps = [f"{name} on {t.label}" for t in tasks for name, c in t.cells.items() if not c.planned]
    yield Item(COMPARE, "The same benchmark for all: data, split, space, training", "no" if gaps else "yes",
               f"not planned: {listed(gaps)}" if gaps else "every agent has every task, through one evaluator each")
    clocked = [t.label for t in tasks if t.budget.wall_seconds]
    yield Item(COMPARE, "Confounding factors under control: hardware, libraries, running time",
               "no" if clocked else "yes",
               f"the budget of {listed(clocked)} is clocked, and what it buys depends on the machine" if clocked else
               "budgets count evaluations or declared cost, which no machine changes; versions and machine are on record")
    compared = variants.compare(findings)
    yield Item(COMPARE, "Ablations", "yes" if compared else "open",
               "variants of one agent stand side by side under Variants" if compared else
               "no agent runs here with two settings")
    bare = [t.label for t in tasks if not t.has_holdout]
    yield Item(COMPARE, "The same protocol to score what methods return", "no" if bare else "yes",
               f"{listed(bare)} {'have' if len(bare) > 1 else 'has'} no holdout: what agents saw is what is reported"
               if bare else "one holdout scores the incumbents of all agents, and no agent sees it")
    yield Item(COMPARE, "Performance over time", "yes" if ran else "open",
               "anytime curves over evaluations, cost and the agents' own time" if ran else "no run has finished")
    without = [f"{t.label} ({t.why_no_baseline.rstrip('.')})" for t in ran if t.baseline is None]
    yield Item(COMPARE, "Random search as a baseline", "no" if without else "yes" if ran else "open",
               f"missing on {'; '.join(without)}" if without else
               "; ".join(f"{t.label}: {t.baseline.words}" for t in ran) if ran else "no run has finished")
    runs = [c.runs for t in tasks for c in t.cells.values()]
    fewest = min(runs, default=0)
    yield Item(COMPARE, "Several runs, with their seeds", "yes" if fewest >= FEW_RUNS else "no",
               f"{plural(fewest, 'run')} an agent and task at least" +
               ("" if fewest >= FEW_RUNS else f": few, {FEW_RUNS} are little enough"))
    trained = [t.label for t in tasks if not t.task.evaluator.instant]
    yield Item(COMPARE, "Tables or surrogates for studies in depth", "no" if trained else "yes",
               f"measured anew by a slow evaluator: {listed(trained)}" if trained else
               "all measurements come from tables or fast simulators")


def _report(findings):
    manifest = findings.sweep.manifest
    changed = [a.label for a in findings.sweep.agents
               if any(value != default for value, default, _ in a.hyperparameters.values())]
    yield Item(REPORT, "How hyper-parameters were tuned, and what that took", "open",
               (f"{listed(changed)} {'differ' if len(changed) > 1 else 'differs'} from the defaults; say how that was "
                "chosen" if changed else 
                "all agents run with their defaults; say whether any of these was chosen on these tasks"))
    yield Item(REPORT, "The time of the whole method, end to end", "yes" if findings.ran else "open",
               "declared cost of the evaluations and the agents' own time, under Effort; tuning is not in them")
    command = manifest.get("command")
    yield Item(REPORT, "All details of the set-up", "yes" if command else "open",
               (f"command: {' '.join(map(str, command))}; " if command else "the command is not recorded; ") +
               "versions, machine, budgets, laws and checksums stand under Tasks and Machine")


def _seeds(evaluator):
    return "no noise" if evaluator.seeds == 1 else (
        f"up to {evaluator.seeds} recorded seeds" if evaluator.seeds < 1000 else
        "a seed of its own for each measurement")


def _span(seeds):
    seeds = list(seeds)
    whole = seeds and seeds == list(range(seeds[0], seeds[-1] + 1))
    return f"{seeds[0]} to {seeds[-1]}" if whole and len(seeds) > 1 else ", ".join(map(str, seeds))


def section(filled, took):
    """The checklist and the accounts as HTML pieces."""
    left = sum(i.standing == "open" for i in filled)
    yield p("After Lindauer and Hutter, \u201cBest Practices for Scientific Research on Neural Architecture "
            f"Search\u201d, JMLR 21(243), 2020. {count(left)} of {plural(len(filled), 'practice')} cannot be told from the "
            "sweep and are left to you.")
    for part in (RELEASE, COMPARE, REPORT):
        yield tag("h3", part)
        yield items([join([i.practice, ": ", tag("strong", WORDS[i.standing]), "; ", grouped(i.answer), "."])
                     for i in filled if i.part == part])
    yield table(["what these runs took", ("", "words")], [[what, (much, "words")] for what, much in took],
                numeric_from=9)


def markdown(filled, took) -> str:
    """The same as a page of Markdown, to be completed by hand."""
    lines = []
    for part in (RELEASE, COMPARE, REPORT):
        lines += [f"**{part}**", ""]
        lines += [f"- [{'x' if i.standing == 'yes' else ' '}] {i.practice}: *{WORDS[i.standing]}*; {i.answer}"
                  for i in filled if i.part == part]
        lines.append("")
    accounted = ["| what these runs took | |", "|---|---|", *(f"| {what} | {much} |" for what, much in took), ""]
    return "\n".join([*lines, *accounted])
