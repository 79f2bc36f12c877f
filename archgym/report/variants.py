"""Variants of one agent against one of them: differences between runs of the same task and seed."""

from dataclasses import dataclass

import numpy as np

from .. import stats
from .findings import RESAMPLES, generator
from .markup import join, link, p, swatch, table, tag
from .picture import write_csv
from .text import NOTHING, bracket, count, decimals_for, latex, listed, number, probability, with_bracket

ALL = "all tasks"
FILES = {"search": "variants-search.tex", "holdout": "variants-holdout.tex"}


@dataclass
class Family:
    """The entries of a sweep that are one agent with different hyper-parameters."""

    agent: str
    reference: str
    """The label of the one at its defaults; of the first where none is."""
    at_defaults: bool
    others: list[str]


@dataclass
class Comparison:
    """One variant less the reference, on one task or over all; values are signed so that positive is better."""

    family: Family
    variant: str
    task: str
    split: str
    unit: str
    pairs: int
    """Seeds that both ran; over all tasks, their sum."""
    difference: "stats.Interval | None"
    """Of the final values, its mean; None where a run has none, or where tasks have different units."""
    wins: "stats.Interval"
    """Share of the seeds on which the variant ends better, ties counted half; over all tasks, their mean."""


def families(sweep) -> list[Family]:
    """Agents of which the sweep holds several variants."""
    entries = {}
    for entry in sweep.agents:
        entries.setdefault(entry.name, []).append(entry)
    found = []
    for name, alike in entries.items():
        if len(alike) > 1:
            plain = [e for e in alike if all(value == default for value, default, _ in e.hyperparameters.values())]
            reference = (plain or alike)[0].label
            found.append(Family(name, reference, bool(plain), [e.label for e in alike if e.label != reference]))
    return found


def compare(findings) -> list[Comparison]:
    """Every comparison that the finished runs allow."""
    found = []
    for family in families(findings.sweep):
        for split in ("search", "holdout"):
            for variant in family.others:
                tasks = [_paired(family, variant, t, split) for t in findings.ran if split in t.splits]
                tasks = [c for c in tasks if c is not None]
                found += tasks
                if len(tasks) > 1:
                    found.append(_overall(tasks))
    return found


def _paired(family, variant, found, split):
    ours, theirs = found.cells[variant], found.cells[family.reference]
    seeds, (mine, other) = stats.share_seeds(ours.results.seeds, theirs.results.seeds)
    if not len(seeds):
        return None
    first, second = ours.split(split)[mine], theirs.split(split)[other]
    rng = generator(found.label, variant, family.reference, split, "variants")
    wins = stats.bounded_mean((first > second) + (first == second) / 2, rng, resamples=RESAMPLES)
    whole = np.isfinite(first).all() and np.isfinite(second).all()
    difference = stats.paired_difference(first, second, rng, resamples=RESAMPLES) if whole else None
    return Comparison(family, variant, found.label, split, found.regret_unit, len(seeds), difference, wins)


def _overall(tasks):
    one, units = tasks[0], {c.unit for c in tasks}
    alike = len(units) == 1 and all(c.difference is not None for c in tasks)
    return Comparison(one.family, one.variant, ALL, one.split, one.unit if alike else "", sum(c.pairs for c in tasks),
                      stats.mean_of([c.difference for c in tasks]) if alike else None,
                      stats.mean_of([c.wins for c in tasks]))


def section(comparisons, looks):
    """Tables, one an agent and split."""
    for family in _families_of(comparisons):
        yield tag("h3", family.agent)
        yield p("Against ", swatch(looks[family.reference]), " ", tag("strong", family.reference),
                ", its published defaults." if family.at_defaults else ", the first of them; none is at the defaults.")
        for split, title in (("search", "Best search value"), ("holdout", "Holdout score of the incumbent")):
            some = [c for c in comparisons if c.family is family and c.split == split]
            if some:
                decimals = width_decimals(some)
                yield table(["variant", "task", "pairs", "better by", "better on"],
                            [_row(c, looks, decimals, i == 0 or some[i - 1].variant != c.variant)
                             for i, c in enumerate(some)], caption=title, numeric_from=2, class_="dense")
    splits = [s for s in FILES if any(c.split == s for c in comparisons)]
    yield p("Mean difference of the final values between runs of the same task and seed, positive where the variant is "
            "better, with 95 % bootstrap intervals over seeds; better on: the share of seeds, ties counted "
            "half. Bold: the interval leaves out 0, or one half. No correction for many variants. ",
            "Over all tasks: the mean of the tasks' numbers; of differences where they have one unit. ",
            link("tables/variants.csv", "CSV"), " ",
            *(join([link(f"tables/{FILES[s]}", f"LaTeX ({s})"), " "]) for s in splits), class_="note")


def _families_of(comparisons):
    found = []
    for c in comparisons:
        if c.family not in found:
            found.append(c.family)
    return found


def width_decimals(some):
    """Decimals that the intervals of these comparisons deserve."""
    widths = [(c.difference.high - c.difference.low) / 4 for c in some if c.difference is not None]
    return decimals_for(widths)


def _row(c, looks, decimals, first):
    name = join([swatch(looks[c.variant]), c.variant], " ") if first else ""
    difference, wins = shown(c, decimals)
    cells = [_bold(difference, told(c.difference, 0)), _bold(wins, told(c.wins, 0.5))]
    return [name, tag("em", c.task) if c.task == ALL else c.task, count(c.pairs), *cells]


def _bold(words, is_told):
    return tag("b", words) if is_told else words


def told(interval, middle):
    """Whether the interval leaves out the value of no difference."""
    return interval is not None and (interval.low > middle or interval.high < middle)


def shown(c, decimals):
    """("+0.12 points [0.03, 0.21]", ".71 [.52, .86]")."""
    wins = with_bracket(c.wins, probability)
    if c.difference is None:
        return NOTHING, wins
    words = f"{signed(c.difference.estimate, decimals)} {c.unit}".strip()
    return f"{words} {bracket(c.difference, lambda x: signed(x, decimals))}".strip(), wins


def signed(x, decimals):
    text = number(x, decimals)
    return f"+{text}" if x > 0 and text.strip("0.") else text


def save_csv(comparisons, path):
    rows = []
    for c in comparisons:
        d = c.difference
        rows.append((c.family.agent, c.family.reference, c.variant, c.task, c.split, c.pairs,
                     *((d.estimate, d.low, d.high) if d else (None,) * 3), c.unit,
                     c.wins.estimate, c.wins.low, c.wins.high))
    write_csv(path, ("agent", "reference", "variant", "task", "split", "pairs", "better_by", "better_by_low",
                     "better_by_high", "unit", "wins", "wins_low", "wins_high"), rows)


def save_latex(comparisons, split, path):
    r"""One table over all agents, to be read with `\input` beside the booktabs package."""
    some = [c for c in comparisons if c.split == split]
    against = listed([f.reference for f in _families_of(some)])
    lines = [r"% needs \usepackage{booktabs}", r"\begin{table}", r"\centering", r"\footnotesize",
             r"\caption{Paired differences of final " + ("search values" if split == "search" else "holdout scores")
             + rf" against {latex(against)}, same task and seed, 95\,\% intervals; bold: they exclude no difference."
             + "}", rf"\label{{tab:variants-{split}}}", r"\begin{tabular}{llrrr}", r"\toprule",
             r"variant & task & pairs & better by & better on \\"]
    for family in _families_of(some):
        of = [c for c in some if c.family == family]
        decimals = width_decimals(of)
        lines.append(r"\midrule")
        for i, c in enumerate(of):
            words = [rf"\textbf{{{latex(w)}}}" if is_told else latex(w) for w, is_told in
                     zip(shown(c, decimals), (told(c.difference, 0), told(c.wins, 0.5)))]
            name = "" if i and of[i - 1].variant == c.variant else latex(c.variant)
            lines.append(rf"{name} & {latex(c.task)} & {latex(count(c.pairs))} & {words[0]} & {words[1]} \\")
    path.write_text("\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""]), encoding="utf-8")


def save(comparisons, folder):
    """The files of the section; those of another report are removed where there is nothing to say."""
    for name in ("variants.csv", *FILES.values()):
        (folder / name).unlink(missing_ok=True)
    if comparisons:
        save_csv(comparisons, folder / "variants.csv")
        for split, name in FILES.items():
            if any(c.split == split for c in comparisons):
                save_latex(comparisons, split, folder / name)
