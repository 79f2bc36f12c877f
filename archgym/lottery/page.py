"""The page of a lottery, with figures and tables beside it."""

from pathlib import Path

import numpy as np

from ..report.checklist import time_taken
from ..report.document import write_page
from ..report.markup import figure, items, join, link, p, swatch, table, tag
from ..report.picture import write_csv
from ..report.style import drawing, looks
from ..report.text import (
    NOTHING,
    bracket,
    count,
    decimals_for,
    listed,
    number,
    p_value,
    plural,
    probability,
    regret_unit,
    with_bracket,
)
from . import figures
from .alike import LEVEL, POWER
from .findings import find
from .scores import Scores

FEW_CONFIGURATIONS, FEW_SEEDS = 30, 10


def write(scores: Scores, out_dir: "Path | str") -> Path:
    """Write lottery.html with figures/ and tables/ beside it; returns the page's path. The same runs, the same bytes.

    ArchGymError where nothing is finished.
    """
    out, findings = Path(out_dir), find(scores)
    for folder in (out / "figures", out / "tables"):
        folder.mkdir(parents=True, exist_ok=True)
    look = looks(findings.agents)
    with drawing():
        made = {"scores": figures.scores(findings, look), "importance": figures.importances(findings, look),
                "transfer": figures.transfers(findings), "chances": figures.chances(findings)}
        shown = {name: figure(picture.save(out / "figures")) if picture else "" for name, picture in made.items()}
        shown["curves"] = join([figure(picture.save(out / "figures")) for t in findings.tasks
                                if (picture := figures.curves(t, findings, look))])
    save_summary(findings, out / "tables" / "agents.csv")
    return write_page(out / "lottery.html", "The hyper-parameter lottery", lead(findings),
                      _sections(findings, look, shown))


def _sections(findings, look, shown):
    yield "summary", "Is any agent better once tuned?", [join([p(verdict(t, findings)) for t in findings.tasks]),
                                                         *shares(findings)]
    yield "scores", "Scores by configuration", [shown["scores"], *spread(findings, look)]
    yield "tuning", "What tuning buys", [*gains(findings, look), shown["curves"], *tuners(findings, look)]
    if shown["chances"]:
        yield "chances", "A random configuration against a default", [shown["chances"]]
    if shown["importance"]:
        yield "importance", "Which hyper-parameters matter", [shown["importance"]]
    if shown["transfer"]:
        yield "transfer", "Do settings serve another task?", [shown["transfer"], *transferred(findings, look)]
    yield "accounts", "What it took", list(accounts(findings))


def lead(findings):
    scores = findings.scores
    tunable = findings.tunable
    words = p(f"{plural(len(findings.agents), 'agent')} on {plural(len(findings.tasks), 'task')}: up to "
              f"{plural(scores.configurations, 'configuration')} of each, drawn uniformly from the grid that the agent "
              f"declares, {plural(len(scores.seeds), 'seed')} of {count(scores.evaluations)} evaluations each.",
              class_="lead")
    warnings = []
    if scores.configurations < FEW_CONFIGURATIONS:
        warnings.append(f"{plural(scores.configurations, 'configuration')} an agent say little about a distribution; "
                        f"{FEW_CONFIGURATIONS} or more are usual.")
    if len(scores.seeds) < FEW_SEEDS:
        warnings.append(f"{plural(len(scores.seeds), 'seed')}: the best configuration is chosen by luck as much as by "
                        f"merit; {FEW_SEEDS} or more are a start.")
    few = [name for name in tunable if len(next(t.cells[name] for t in findings.tasks if name in t.cells).means)
           < min(scores.configurations, FEW_CONFIGURATIONS)]
    if few:
        warnings.append(f"The grid of {listed(few)} is smaller than that: all of its configurations were run.")
    left = sum(1 for e in scores.entrants if e.name not in findings.agents)
    if left:
        warnings.append(f"{plural(left, 'agent')} without a finished run: the same command goes on.")
    return join([words, tag("div", items(warnings), class_="warn", role="status") if warnings else ""])


def verdict(found, findings):
    """What the test between tuned agents says, with what it would have seen."""
    head, unit = tag("strong", f"{found.heading}: "), regret_unit(found.unit)
    cells = found.tunable
    if len(cells) < 2:
        return join([head, "fewer than two agents have anything to tune; there is nothing to compare."])
    if found.tuned is None:
        return join([head, "the runs with fresh seeds are not all there yet."])
    best = max(cells, key=lambda c: c.judged_best.mean())
    runs = min(len(c.judged_best) for c in cells)
    values = np.concatenate([c.judged_best for c in cells])
    if np.ptp(values) == 0:
        return join([head, f"every run of every tuned agent ended with the same value; {found.task.id} cannot tell them "
                     "apart under this budget."])
    if np.isfinite(found.tuned.detectable):
        lost = number(found.tuned.detectable, decimals_for([found.tuned.detectable]))
        seen = (f"Had one agent been worse by {lost} {unit}".strip() + f" on average, {count(runs)} fresh runs an agent "
                f"would have shown it with {100 * POWER:.0f} % probability.")
    else:
        seen = ("Underpowered against a single worse agent: even if all of its runs were of the worse half, "
                f"{count(runs)} fresh runs an agent would not show it with {100 * POWER:.0f} % probability.")
    before = f" The defaults: {_p(found.untuned)}." if found.untuned else ""
    if found.tuned.p < LEVEL:
        return join([head, f"tuned agents differ (Kruskal-Wallis, {_p(found.tuned)}); best on average is ",
                     tag("strong", best.name), f".{before} {seen}"])
    return join([head, f"no agent was shown to be better once tuned (Kruskal-Wallis, {_p(found.tuned)})."
                 f"{before} {seen}"])


def _p(found):
    text = p_value(found.p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def shares(findings):
    rows = [[t.heading, *(f"{100 * t.shares[k]:.0f} %" for k in ("agent", "configuration", "seed"))]
            for t in findings.tasks if t.shares]
    if rows:
        yield table(["task", "the agent", "its configuration", "the seed"], rows, class_="dense",
                    caption="What the final value of a run depends on: shares of its variance")
        yield p("Sums of squares over the drawn configurations, every agent with the same weight. The tests are of "
                "runs "
                "with seeds that chose nothing; each agent's configuration is its best by the seeds of the lottery.",
                class_="note")


def spread(findings, look):
    for found in findings.tasks:
        if not found.cells:
            continue
        shown = figures.Shown(found)
        values = [v for c in found.cells.values() for v in shown.of(c.means)]
        digits = max(2, decimals_for([np.std(values)]))

        def cell_row(c, shown=shown, digits=digits):
            of = np.sort(shown.of(c.means))
            near = c.below_random
            return [join([swatch(look[c.name]), c.name], " "), count(len(c.means)),
                    number(float(shown.of(c.default.mean())), digits) if len(c.default) else NOTHING,
                    *(number(float(np.quantile(of, q)), digits) for q in (0, 0.25, 0.5, 0.75, 1)),
                    with_bracket(near, probability) if near else NOTHING, count(c.failed) if c.failed else "0"]

        yield table(["agent", "configurations", "default", "lowest", "25 %", "median", "75 %", "highest",
                     "below random", "failed runs"], [cell_row(c) for c in found.cells.values()], class_="dense",
                    caption=f"{found.heading}: {shown.label} by configuration, mean over seeds")
    yield p("Below random: the share of configurations whose mean is worse than the expected best of as many random "
            "draws "
            "(Wilson's 95 % interval). A run that failed, and every run of a refused configuration, counts as the "
            "worst "
            "value that any run ended with. ", link("tables/agents.csv", "CSV"), class_="note")
    refused = {label: why for e in findings.scores.entrants for label, why in e.refused.items()}
    if refused:
        yield p(tag("strong", f"{plural(len(refused), 'configuration')} refused by the agent: "))
        yield items([f"{label}: {why}" for label, why in list(refused.items())[:10]])


def gains(findings, look):
    rows = []
    for found in findings.tasks:
        cells = [c for c in found.tunable if c.gain is not None]
        digits = decimals_for([(c.gain.high - c.gain.low) / 4 for c in cells])
        for c in cells:
            told = c.gain.low > 0 or c.gain.high < 0
            words = f"{number(c.gain.estimate, digits)} {bracket(c.gain, lambda v, d=digits: number(v, d))}"
            spent = len(c.means) * len(findings.scores.seeds) * findings.scores.evaluations
            rows.append([join([swatch(look[c.name]), c.name], " "), found.heading, tag("b", words) if told else words,
                         count(spent), tag("code", ", ".join(f"{k}={v}" for k, v in c.best.items()))])
    if rows:
        unit = {regret_unit(t.unit) for t in findings.tasks}
        yield table(["agent", "task", f"best better than default by{f' ({unit.pop()})' if len(unit) == 1 else ''}",
                     "evaluations it took", ("best configuration", "words")],
                    [[*row[:4], (row[4], "words")] for row in rows], class_="dense", numeric_from=2)
        yield p("Best: of all drawn configurations by all seeds of the lottery. Both run with the same fresh seeds, "
                "which "
                "chose nothing; mean paired difference with its 95 % bootstrap interval, bold where it leaves out 0.",
                class_="note")


def tuners(findings, look):
    rows, name = [], findings.scores.tuner
    for found in findings.tasks:
        for c in found.tunable:
            tuned = [t for t in c.tuner if np.isfinite(t.scores).any()]
            judged = [v.mean() for v in c.judged_tuner if len(v)]
            if tuned and judged and len(c.judged_best):
                shown = figures.Shown(found)
                rows.append([join([swatch(look[c.name]), c.name], " "), found.heading,
                             number(float(shown.of(c.judged_best.mean())), 3),
                             number(float(np.mean(shown.of(np.array(judged)))), 3),
                             number(float(shown.of(c.judged_default.mean())), 3),
                             count(np.mean([t.cost[-1] for t in tuned]))])
    if rows:
        yield table(["agent", "task", "best of what was drawn", f"chosen by {name}", "default", "evaluations of the "
                                                                                                "tuner"],
                    rows, class_="dense", numeric_from=2,
                    caption=f"Tuning by {name} against drawing at random, judged with fresh seeds")
        yield p(f"Mean final value as in the figures. The tuner asks for as many configurations as were drawn, and is "
                "run "
                f"{count(max(len(c.tuner) for t in findings.tasks for c in t.tunable))} times; a configuration that it "
                "asks for again costs nothing.", class_="note")


def transferred(findings, look):
    rows = []
    for name, found in findings.transfers.items():
        same = np.eye(len(found.served), dtype=bool)
        rows.append([join([swatch(look[name]), name], " "), with_bracket(found.itself, lambda v: number(v, 2)),
                     with_bracket(found.another, lambda v: number(v, 2)), probability(found.served[same].mean()),
                     probability(found.served[~same].mean())])
    yield table(["agent", "rank correlation, same task", "another task", "best settings beat, same task", "another "
                                                                                                          "task"],
                rows, class_="dense")
    yield p("Best settings beat: the share of the other configurations that the best by one half of the seeds beats "
            "by the "
            "other half, on the task that chose it and on the others. 95 % intervals over "
            "configurations.", class_="note")


def accounts(findings):
    scores, sweep = findings.scores, findings.scores.sweep
    runs = len(scores.finals)
    hardware = sweep.manifest["hardware"]
    tuning = sum(int(t.cost[-1]) for f in findings.tasks for c in f.cells.values() for t in c.tuner if len(t.cost))
    yield tag("dl", *(piece for term, words in (
        ("Runs", f"{count(runs)} finished, {count(len(scores.failed))} failed; "
                 f"{count(sum(len(e.refused) for e in scores.entrants))} configurations refused"),
        ("Evaluations", f"{count(runs * scores.evaluations)} at most"
         + (f", and {count(tuning)} by the tuner {scores.tuner}" if tuning else "")),
        ("Wall time", time_taken(sweep.manifest)),
        ("Tuning effort", "all of it is on this page: every configuration that was tried was drawn before anything "
                          "ran"),
        ("Seeds", f"{scores.seeds[0]} to {scores.seeds[-1]} chose; {count(fresh_runs(findings))} fresh ones judged"),
        ("Tasks", "; ".join(t.task.id for t in findings.tasks)),
        ("Hardware", f"{hardware['processor']}, {plural(hardware['cores'] or 0, 'core')}, {hardware['platform']}"),
        ("Software", f"Python {sweep.manifest['python']}, " + ", ".join(
            f"{name} {v}" for name, v in sweep.manifest["versions"].items() if v)),
    ) for piece in (tag("dt", term), tag("dd", words))))
    if scores.failed:
        yield items([f"{where}: {error.splitlines()[0]}" for where, error in list(scores.failed.items())[:10]])


def fresh_runs(findings):
    return max((len(c.judged_default) for t in findings.tasks for c in t.cells.values()), default=0)


def save_summary(findings, path):
    """One row an agent and task: every number of the tables."""
    rows = []
    for found in findings.tasks:
        raw = found.task.objective.raw
        for c in found.cells.values():
            ends = [v for i in (c.below_random, c.gain) for v in ((i.estimate, i.low, i.high) if i else (None,) * 3)]
            means = np.sort(raw(c.means))
            rows.append((found.label, c.name, len(c.means), c.failed, raw(c.default.mean()) if len(c.default) else None,
                         *(float(np.quantile(means, q)) for q in (0, 0.25, 0.5, 0.75, 1)), *ends,
                         raw(c.judged_default.mean()) if len(c.judged_default) else None,
                         raw(c.judged_best.mean()) if len(c.judged_best) else None, str(c.best)))
    write_csv(path, ("task", "agent", "configurations", "failed_runs", "default", "lowest", "quartile1", "median",
                     "quartile3", "highest", "below_random", "below_random_low", "below_random_high", "gain",
                     "gain_low", "gain_high", "judged_default", "judged_best", "best"), rows)
