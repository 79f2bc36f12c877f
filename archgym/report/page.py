"""The page and the files beside it."""

import gc
import os
import re
from contextlib import contextmanager
from pathlib import Path

from . import (
    across,
    against,
    anytime,
    best_designs,
    booktabs,
    checklist,
    effort,
    final,
    ranking,
    stability,
    summary,
    targets,
    variants,
    verdict,
    versus,
)
from .findings import CURVE_RESAMPLES, RESAMPLES, find
from .markup import Markup, figure, items, join, link, p, section, tag
from .picture import FORMATS, write_csv
from .style import drawing, looks
from .text import THIN, count

FAMILIES = ("anytime-", "average-rank", "beats-random", "critical-difference", "front-", "heat", "importance-",
            "improvement", "optimum-share", "profile", "random-equivalent", "targets", "versus")
"""What the names of the figures begin with."""


def write(sweep, out_dir) -> Path:
    """Write report.html with figures/ and tables/ beside it into a folder, and return the page's path.

    sweep: what `archgym.load` gives, finished or not. The same sweep gives the same bytes.
    """
    out = Path(out_dir)
    for folder in (out / "figures", out / "tables"):
        folder.mkdir(parents=True, exist_ok=True)
    with drawing(), _less_sweeping():
        findings = find(sweep)
        look = looks(findings.agents)
        compared = variants.compare(findings)
        best = best_designs.find(findings)
        reached, over_all = targets.find(findings), across.find(findings)
        pictures = {
            name: [picture.save(out / "figures") for picture in drawn if picture is not None]
            for name, drawn in _pictures(findings, look, best, reached, over_all)
        }
    _sweep_up(out / "figures", {picture.name for drawn in pictures.values() for picture in drawn})
    _tables(findings, out / "tables")
    variants.save(compared, out / "tables")
    best_designs.save(best, out / "tables")
    targets.save(findings, reached, out / "tables" / "targets.csv")
    across.save(over_all, out / "tables" / "across.csv")
    page = out / "report.html"
    partial = page.with_suffix(".html.partial")
    # A number and its percent sign stay together.
    text = re.sub(r"(\d) %", rf"\1{THIN}%", _page(findings, look, pictures, compared, best, reached, over_all))
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, page)
    return page


@contextmanager
def _less_sweeping():
    """Look for garbage a hundred times less often: drawing drops so much that it took a quarter of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100 * before[0], *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _sweep_up(folder, names):
    """Remove this report's figures of another time: one that the page does not show would be taken for current."""
    for path in folder.iterdir():
        if path.suffix[1:] in (*FORMATS, "csv") and path.stem.startswith(FAMILIES) and path.stem not in names:
            path.unlink()


def _pictures(findings, look, best, reached, over_all):
    # A generator, so that each figure is saved and let go before the next is drawn.
    yield "beats", [against.beats(findings, look)]
    yield "anytime", (anytime.draw(found, look) for found in findings.ran)
    yield "shares", [anytime.shares(findings, look)]
    yield "equivalents", [against.equivalents(findings, look)]
    yield "improvement", against.improvement(findings, look)
    yield "ranks", [ranking.ranks(findings, look)]
    yield "versus", versus.versus(findings)
    yield "targets", [targets.picture(findings, reached, look)]
    yield "across", across.pictures(over_all, look)
    yield "designs", best_designs.pictures(best)


def _tables(findings, folder):
    sweep = findings.sweep
    final.save_csv(findings.tasks, folder / "final.csv")
    booktabs.save(findings.tasks, "search", folder / "final-search.tex")
    held = [t for t in findings.tasks if t.has_holdout]
    (folder / "final-holdout.tex").unlink(missing_ok=True)
    if held:
        booktabs.save(held, "holdout", folder / "final-holdout.tex")
    save_verdicts(findings, folder / "verdicts.csv")
    effort.save_effort(findings, folder / "effort.csv")
    effort.save_hyperparameters(sweep, folder / "hyperparameters.csv")
    effort.save_failures(sweep, folder / "failures.csv")
    (folder / "checklist.md").write_text(
        checklist.markdown(checklist.fill(findings), checklist.accounts(findings)), encoding="utf-8")


def save_verdicts(findings, path):
    """Every number of the verdicts: one row a task and agent."""
    quantities = ("beats", "beats_on_holdout", "equals", "at_optimum", "over_mean", "over_best")
    header = (
        "task",
        "agent",
        "runs",
        "planned",
        "best_of",
        *(f"{q}{end}" for q in quantities for end in ("", "_low", "_high")),
    )
    rows = []
    for found in findings.tasks:
        for name, cell in found.cells.items():
            ends = [(i.estimate, i.low, i.high) if (i := getattr(cell, q)) else (None,) * 3 for q in quantities]
            rows.append(
                (
                    found.label,
                    name,
                    cell.runs,
                    cell.planned,
                    cell.baseline.n if cell.baseline else None,
                    *(v for three in ends for v in three),
                )
            )
    write_csv(path, header, rows)


def _page(findings, look, pictures, compared, best, reached, over_all):
    sweep = findings.sweep
    name = str(sweep.manifest.get("name") or "Search strategies compared")
    sections = list(_sections(findings, look, pictures, compared, best, reached, over_all))
    contents = tag(
        "nav", tag("h2", "Contents"), items([link(f"#{i}", t) for i, t, _ in sections]), aria_label="Contents"
    )
    body = join([section(i, t, *content) for i, t, content in sections])
    style = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
    return (
        Markup("<!DOCTYPE html>\n")
        + tag(
            "html",
            tag(
                "head",
                Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
                tag("title", name),
                tag("style", Markup(style)),
            ),
            tag("body", tag("header", tag("h1", name), summary.lead(findings)), contents, tag("main", body)),
            lang="en",
        )
        + "\n"
    )


def _sections(findings, look, pictures, compared, best, reached, over_all):
    sweep = findings.sweep
    show = {name: join([figure(picture) for picture in drawn]) for name, drawn in pictures.items()}
    yield "summary", "Summary", [summary.summary(findings, look), show["beats"]]
    yield (
        "verdicts",
        "Verdict on each task",
        [
            join([section(f"verdict-{t.slug}", t.label, verdict.block(t, look), level=3) for t in findings.tasks]),
            p("All numbers: ", link("tables/verdicts.csv", "verdicts.csv"), class_="files"),
        ],
    )
    yield "final", "Final scores", list(final.section(findings, look))
    if findings.ran:
        yield "anytime", "Anytime curves", [show["anytime"], show["shares"]]
        yield (
            "random",
            "Against random search",
            [show["equivalents"], final.improvement(findings, look), show["improvement"]],
        )
    if reached:
        yield "targets", "Targets reached", [show["targets"], *targets.section(findings, reached, look),
                                             p(link("tables/targets.csv", "targets.csv"), class_="files")]
    if over_all:
        yield "across", "Over all tasks", [*across.section(over_all, look), show["across"], *across.tests(over_all),
                                           p(link("tables/across.csv", "across.csv"), class_="files")]
    if pictures["ranks"] or pictures["versus"]:
        yield "agents", "Agents among themselves", [show["ranks"], *stability.section(stability.find(findings)),
                                                    show["versus"]]
    if best:
        yield "designs", "Best designs", best_designs.blocks(best, pictures["designs"])
    if compared:
        yield "variants", "Variants", list(variants.section(compared, look))
    yield (
        "effort",
        "Effort",
        [
            p(
                "Means over runs. Charged evaluations count against the budget; a duplicate is a design that the run "
                "had measured before. Declared cost is what the evaluator says an evaluation costs; agent time is "
                "the agent's own, measured on the machine below."
            ),
            *[effort.effort_table(t, look) for t in findings.ran],
            p(link("tables/effort.csv", "effort.csv"), class_="files"),
        ],
    )
    yield (
        "hyperparameters",
        "Hyper-parameters",
        [
            effort.hyperparameters(sweep, look),
            p(link("tables/hyperparameters.csv", "hyperparameters.csv"), class_="files"),
        ],
    )
    yield "tasks", "Tasks", [join([effort.task_facts(t) for t in findings.tasks])]
    yield "machine", "Machine, versions, licences, checksums", [effort.provenance(findings)]
    yield "failures", "Failed runs", [effort.failures(sweep)]
    yield "checklist", "Checklist", [*checklist.section(checklist.fill(findings), checklist.accounts(findings)),
                                     p(link("tables/checklist.md", "checklist.md"), class_="files")]
    yield "methods", "How the numbers are made", [_methods(findings)]


def _methods(findings):
    return items(
        [
            "P(better than best-of-n random): each run's final value against the distribution of the best of n draws, "
            "ties counted half; exact in the random draws where the task's population is enumerated. The interval is "
            f"over runs: {count(RESAMPLES)} bootstrap samples, with one sure win and one sure loss added, so that "
            "thirty wins in thirty runs are not certainty.",
            "n is the number of evaluations that the agent was charged, the median over its runs.",
            "The random-equivalent budget is the number of random draws whose expected best equals the agent's mean; "
            "its interval follows from that of the mean.",
            f"Other intervals over runs: {count(RESAMPLES)} bootstrap samples of whole runs ({count(CURVE_RESAMPLES)} "
            "for curves), bias-corrected and accelerated (BCa), as far out as Student's t asks. Where runs mostly end "
            "alike and a few far off, 30 seeds are too few for any interval.",
            "Curves: mean over runs. A run that has ended keeps its incumbent.",
            "P(A better than B) is the Mann-Whitney statistic over all pairs of runs, with Newcombe's interval.",
            "Bold in the final table: a two-sided rank-sum test of each agent against the best, corrected by Holm "
            "over the task's agents. What is not bold was shown to be worse; what is bold may still be worse by less "
            "than these runs can show.",
            "Ranks and tests describe these tasks; with few tasks they support no claim about others.",
            "The bootstrap's generators are seeded by the names of tasks and agents: the same sweep gives the "
            "same report, to the byte.",
        ]
    )
