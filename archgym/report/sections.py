"""The sections of the page, in order: what each holds, and where its numbers lie beside it."""

from . import across, best_designs, checklist, effort, final, stability, summary, targets, variants, verdict
from .findings import CURVE_RESAMPLES, RESAMPLES
from .markup import figure, items, join, link, p, section
from .text import count


def sections(parts, pictures):
    """(id, title, content pieces) of each; pictures: name -> saved figures."""
    findings, look, tasks = parts.findings, parts.look, parts.findings.tasks
    show = {name: join([figure(picture) for picture in drawn]) for name, drawn in pictures.items()}
    yield "summary", "Summary", [summary.summary(findings, look), show["beats"]]
    yield "verdicts", "Verdict on each task", [
        join([section(f"verdict-{t.slug}", t.label, verdict.block(t, look), level=3) for t in tasks]),
        _files("verdicts.csv", "All numbers: ")]
    yield "final", "Final scores", list(final.section(findings, look))
    if findings.ran:
        yield "anytime", "Anytime curves", [show["anytime"], show["shares"]]
        yield "random", "Against random search", [show["equivalents"], final.improvement(findings, look),
                                                  show["improvement"]]
    if parts.reached:
        yield "targets", "Targets reached", [show["targets"], *targets.section(findings, parts.reached, look),
                                             _files("targets.csv")]
    if parts.over_all:
        yield "across", "Over all tasks", [*across.section(parts.over_all, look), show["across"],
                                           *across.tests(parts.over_all), _files("across.csv")]
    if pictures["ranks"] or pictures["versus"]:
        yield "agents", "Agents among themselves", [show["ranks"], *stability.section(stability.find(findings)),
                                                    show["versus"]]
    if parts.best:
        yield "designs", "Best designs", best_designs.blocks(parts.best, pictures["designs"])
    if parts.compared:
        yield "variants", "Variants", list(variants.section(parts.compared, look))
    yield "effort", "Effort", [
        p("Means over runs. Charged evaluations count against the budget; a duplicate is a design that the run had "
          "measured before. Declared cost is what the evaluator says an evaluation costs; agent time is the agent's "
          "own, measured on the machine below."),
        *[effort.effort_table(t, look) for t in findings.ran], _files("effort.csv")]
    yield "hyperparameters", "Hyper-parameters", [effort.hyperparameters(findings.sweep, look),
                                                  _files("hyperparameters.csv")]
    yield "tasks", "Tasks", [join([effort.task_facts(t) for t in tasks])]
    yield "machine", "Machine, versions, licences, checksums", [effort.provenance(findings)]
    yield "failures", "Failed runs", [effort.failures(findings.sweep)]
    yield "checklist", "Checklist", [*checklist.section(checklist.fill(findings), checklist.accounts(findings)),
                                     _files("checklist.md")]
    yield "methods", "How the numbers are made", [_methods()]


def _files(name, before=""):
    return p(before, link(f"tables/{name}", name), class_="files")


def _methods():
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
