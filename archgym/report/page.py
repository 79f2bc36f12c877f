"""The page and the files beside it."""

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
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
    summary,
    targets,
    variants,
    verdict,
    versus,
)
from .document import write_page
from .findings import Findings, find
from .picture import FORMATS
from .sections import sections
from .style import drawing, looks

FAMILIES = ("anytime-", "average-rank", "beats-random", "critical-difference", "front-", "heat", "importance-",
            "improvement", "optimum-share", "profile", "random-equivalent", "targets", "versus")
"""What the names of the figures begin with."""


@dataclass
class Parts:
    """What a report is made of, each found once."""

    findings: Findings

    @cached_property
    def look(self):
        return looks(self.findings.agents)

    @cached_property
    def compared(self):
        return variants.compare(self.findings)

    @cached_property
    def best(self):
        return best_designs.find(self.findings)

    @cached_property
    def reached(self):
        return targets.find(self.findings)

    @cached_property
    def over_all(self):
        return across.find(self.findings)


def write(sweep, out_dir) -> Path:
    """Write report.html with figures/ and tables/ beside it into a folder, and return the page's path.

    sweep: what `archgym.load` gives, finished or not. The same sweep gives the same bytes.
    """
    out = Path(out_dir)
    for folder in (out / "figures", out / "tables"):
        folder.mkdir(parents=True, exist_ok=True)
    with drawing(), _less_sweeping():
        parts = Parts(find(sweep))
        pictures = {
            name: [picture.save(out / "figures") for picture in drawn if picture is not None]
            for name, drawn in _pictures(parts)
        }
    _sweep_up(out / "figures", {picture.name for drawn in pictures.values() for picture in drawn})
    _tables(parts, out / "tables")
    title = str(sweep.manifest.get("name") or "Search strategies compared")
    return write_page(out / "report.html", title, summary.lead(parts.findings), sections(parts, pictures))


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


def _pictures(parts):
    # A generator, so that each figure is saved and let go before the next is drawn.
    findings, look = parts.findings, parts.look
    yield "beats", [against.beats(findings, look)]
    yield "anytime", (anytime.draw(found, look) for found in findings.ran)
    yield "shares", [anytime.shares(findings, look)]
    yield "equivalents", [against.equivalents(findings, look)]
    yield "improvement", against.improvement(findings, look)
    yield "ranks", [ranking.ranks(findings, look)]
    yield "versus", versus.versus(findings)
    yield "targets", [targets.picture(findings, parts.reached, look)]
    yield "across", across.pictures(parts.over_all, look)
    yield "designs", best_designs.pictures(parts.best)


def _tables(parts, folder):
    findings, sweep = parts.findings, parts.findings.sweep
    final.save_csv(findings.tasks, folder / "final.csv")
    booktabs.save(findings.tasks, "search", folder / "final-search.tex")
    held = [t for t in findings.tasks if t.has_holdout]
    (folder / "final-holdout.tex").unlink(missing_ok=True)
    if held:
        booktabs.save(held, "holdout", folder / "final-holdout.tex")
    verdict.save_csv(findings, folder / "verdicts.csv")
    effort.save_effort(findings, folder / "effort.csv")
    effort.save_hyperparameters(sweep, folder / "hyperparameters.csv")
    effort.save_failures(sweep, folder / "failures.csv")
    variants.save(parts.compared, folder)
    best_designs.save(parts.best, folder)
    targets.save(findings, parts.reached, folder / "targets.csv")
    across.save(parts.over_all, folder / "across.csv")
    (folder / "checklist.md").write_text(
        checklist.markdown(checklist.fill(findings), checklist.accounts(findings)), encoding="utf-8")
