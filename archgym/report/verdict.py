"""What was found, in words with numbers."""

import math

from .findings import at
from .markup import Markup, items, join, p, swatch, tag
from .picture import write_csv
from .text import bracket, count, figures, listed, plural, probability, with_bracket

NAMED = 4
"""Agents that are named in one sentence; more are counted."""


def standing(interval):
    """ "beats", "loses" or "open": where the interval of P stands to one half. Without an interval it is open."""
    if interval.low > 0.5:
        return "beats"
    return "loses" if interval.high < 0.5 else "open"


def sentence(found, cell):
    """One agent on one task, without its name: what it does to the best of n random, and what else is known."""
    if not cell.runs:
        return "has no finished run yet." if cell.planned else "was not planned on this task."
    if cell.beats is None:
        return "ran, but there is nothing to compare it with."
    n = count(cell.baseline.n)
    chance = f"P\u00a0=\u00a0{with_bracket(cell.beats, probability)}"
    if cell.runs == 1:
        words = f"has one run only (no interval): better than best-of-{n} random with {chance}"
    else:
        words = {
            "beats": f"beats best-of-{n} random with {chance}",
            "loses": f"loses to best-of-{n} random: better with {chance}",
            "open": f"cannot be told from best-of-{n} random: better with {chance}",
        }[standing(cell.beats)]
    parts = [words, equal_words(found, cell)]
    if cell.at_optimum is not None:
        hits = round(cell.at_optimum.estimate * cell.runs)
        parts.append(f"finds the optimum in {count(hits)} of {plural(cell.runs, 'run')}")
    elif found.task.optimum is None:
        parts.append("the optimum is not known")
    if cell.beats_on_holdout is not None:
        parts.append(f"on holdout, better with P\u00a0=\u00a0{with_bracket(cell.beats_on_holdout, probability)}")
    return "; ".join(filter(None, parts)) + "."


def equal_words(found, cell):
    """ "equals random search at 2 140 evaluations [1 900, 2 500]"."""
    equal = cell.equals
    if equal is None or math.isnan(equal.estimate):
        return ""
    if math.isinf(equal.estimate):
        if found.baseline.exact:
            return "equals random search at no budget: every run ended at the best value there is"
        return f"is beyond what the baseline's {count(len(found.baseline.values))} samples can tell of random search"
    return f"equals random search at {evaluations(equal.estimate)} evaluations {bracket(equal, evaluations)}".strip()


def evaluations(n):
    if math.isinf(n):
        return "∞"
    return count(n) if n >= 10 else figures(n, 2)


def headline(found):
    """The task's verdict in a sentence or two: who is best, who beats random search."""
    if not found.ran:
        return "No run has finished on this task."
    parts = []
    for split in found.splits:
        if split not in found.best or len(found.ran) < 2:
            continue
        best = found.best[split]
        others = [a for a in best.marked if a != best.best]
        place = "On search values" if split == "search" else "On holdout"
        if not found.tested:
            parts.append(f"{place} {best.best} ended best, of too few runs to test anything.")
        elif others:
            parts.append(
                f"{place} {best.best} has the highest scores; "
                f"{some(others, found)} {'is' if len(others) == 1 else 'are'} not worse (Holm, 5 %)."
            )
        else:
            parts.append(f"{place} {best.best} is better than every other agent (Holm, 5 %).")
    told = {
        kind: [a for a, c in found.ran.items() if c.beats and standing(c.beats) == kind]
        for kind in ("beats", "open", "loses")
    }
    if any(told.values()):
        compared = sum(map(len, told.values()))
        verb = "beats" if len(told["beats"]) == 1 else "beat"
        parts.append(
            f"{count(len(told['beats']))} of {plural(compared, 'agent')} {verb} the best of as many random designs"
            + (
                f"; {some(told['loses'], found)} {'does' if len(told['loses']) == 1 else 'do'} worse"
                if told["loses"]
                else ""
            )
            + "."
        )
    elif found.baseline is None:
        parts.append(f"No random baseline: {found.why_no_baseline}")
    return " ".join(parts)


def some(agents, found):
    """The agents by name, or how many of the others where a list would be long."""
    others = len(found.ran) - 1
    if len(agents) <= NAMED:
        return listed(agents)
    return f"all {count(others)} others" if len(agents) == others else f"{count(len(agents))} others"


def block(found, looks):
    """The verdict on one task as HTML: the headline and a line an agent."""
    entries = [
        join([swatch(looks[name]), tag("strong", name), sentence(found, cell)], " ")
        for name, cell in found.cells.items()
    ]
    return join(
        [
            p(headline(found), class_="headline"),
            holdout_note(found),
            items(entries, class_="verdicts"),
            exceptions(found),
        ]
    )


def holdout_note(found):
    if found.has_holdout:
        return ""
    note = found.task.about.holdout_note.removeprefix("No holdout: ")
    return p(Markup("<strong>No holdout:</strong> "), note or "what agents saw is what is reported.", class_="warn")


def exceptions(found):
    """What a reader would trip over: runs that found nothing, values above the best known, early ends."""
    notes = []
    for name, cell in found.ran.items():
        empty = sum(not math.isfinite(v) for v in cell.finals)
        if empty:
            notes.append(
                f"{name}: {count(empty)} of {plural(cell.runs, 'run')} found no valid design; they count as worst."
            )
        if found.task.optimum is not None and cell.finals.max() > found.task.optimum + 1e-9 * abs(found.task.optimum):
            notes.append(f"{name} found a value above the best known.")
        stopped = sum(stop != "budget" for stop in cell.results.stops)
        if stopped:
            notes.append(f"{name}: {plural(stopped, 'run')} of {count(cell.runs)} ended before the budget did.")
        if found.baseline is not None and cell.beats is None and at(found.baseline, max(1, cell.evaluations)) is None:
            notes.append(f"{name}: the baseline's sample is too small for {count(cell.evaluations)} draws.")
    return items(notes, class_="notes") if notes else ""


def save_csv(findings, path):
    """Every number of the verdicts: one row a task and agent."""
    quantities = ("beats", "beats_on_holdout", "equals", "at_optimum", "over_mean", "over_best")
    header = ("task", "agent", "runs", "planned", "best_of",
              *(f"{q}{end}" for q in quantities for end in ("", "_low", "_high")))
    rows = []
    for found in findings.tasks:
        for name, cell in found.cells.items():
            ends = [(i.estimate, i.low, i.high) if (i := getattr(cell, q)) else (None,) * 3 for q in quantities]
            rows.append((found.label, name, cell.runs, cell.planned, cell.baseline.n if cell.baseline else None,
                         *(v for three in ends for v in three)))
    write_csv(path, header, rows)
