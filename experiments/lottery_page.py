"""The page of a lottery on NAS-Bench-201: what it found, beside the same with other configurations and other seeds."""

import argparse
import sys
from pathlib import Path

import numpy as np

from archgym.lottery import figures
from archgym.lottery.findings import find
from archgym.lottery.page import verdict
from archgym.lottery.scores import Scores
from archgym.report.checklist import time_taken
from archgym.report.style import drawing, looks
from archgym.report.text import count
from archgym.sweep.manifest import processor

COMMAND = ("archgym lottery 'NASBench201-v0(dataset=cifar10,noise=mean)' 'NASBench201-v0(dataset=cifar100,noise=mean)' "
           "'NASBench201-v0(dataset=imagenet16-120,noise=mean)' --agents {agents} --configs {configurations} "
           "--seeds {seeds} --evaluations {evaluations}")
RESTARTS = 10


def restarted(findings) -> list[dict]:
    """For each agent and task whose whole grid was not tiny: regret after tuning, and of the best of ten defaults."""
    rows = []
    for found in findings.tasks:
        for cell in found.tunable:
            evaluations, best = cell.restarts
            if len(cell.finals) < 10 or len(best) < RESTARTS:
                continue
            shown = figures.Shown(found)
            rows.append({"agent": cell.name, "task": found.heading, "tuned": float(shown.of(cell.curve.value[-1])),
                         "spent": int(cell.curve.evaluations[-1]), "restarts": float(shown.of(best[RESTARTS - 1])),
                         "restarts_spent": int(evaluations[RESTARTS - 1])})
    return rows


def better(findings) -> tuple[int, int]:
    """On how many (agent, task) ten restarts of the default end better than the tuned agent, and of how many."""
    rows = restarted(findings)
    return sum(row["restarts"] < row["tuned"] for row in rows), len(rows)


def carried(findings) -> tuple[float, float]:
    """Mean rank correlation of settings, a task with itself and with another; agents of ten configurations or more."""
    large = {c.name for t in findings.tasks for c in t.tunable if len(c.finals) >= 10}
    both = np.array([(t.itself.estimate, t.another.estimate) for name, t in findings.transfers.items()
                     if name in large])
    return tuple(both.mean(axis=0).tolist()) if len(both) else (float("nan"),) * 2


def page(first, second, pictures) -> str:
    """The page as Markdown; pictures: name -> path from the page."""
    return "\n\n".join([*_head(first, second), *_unexpected(first, second), *_parts(first, pictures)])


def _head(first, second):
    scores = first.scores
    command = COMMAND.format(agents=",".join(e.name for e in scores.entrants), configurations=scores.configurations,
                             seeds=len(scores.seeds), evaluations=scores.evaluations)
    yield "# The hyper-parameter lottery"
    yield ("Are agents compared, or the settings that they happened to run with? `archgym lottery` draws "
           "configurations "
           "from the grids that agents declare, runs them all, and charges tuning for what it costs. This page is "
           "made of "
           "two lotteries on NAS-Bench-201, the second with other configurations and other seeds:")
    yield f"```\n{command} --out lottery\n{command} --first-seed {second.scores.seeds[0]} --out fresh\n```"
    yield ("`python -m archgym.experiments.lottery_page lottery fresh --write docs/lottery.md` writes it; do not edit "
           f"by hand. {processor()}. {count(len(scores.finals))} and {count(len(second.scores.finals))} runs of "
           f"{scores.evaluations} evaluations, and the best and the defaults again with fresh seeds; the first lottery "
           f"took {_took(first)}, the second {_took(second)}, on a machine with other work, which the clock counts too. "
           "Search values are means over the recorded training seeds, so that a difference is the agent's own, and "
           "there is no holdout.")


def _took(findings):
    return time_taken(findings.scores.sweep.manifest)


def _unexpected(first, second):
    rows, (won, of), (again, of_again) = restarted(first), better(first), better(second)
    ratio = round(rows[0]["spent"] / rows[0]["restarts_spent"])
    yield "## What you may not have expected"
    yield (f"**Ten restarts of the default end better than the best of {first.scores.configurations} configurations on "
           f"{won} of {of} pairs of agent and task, for 1/{ratio} of the evaluations; with other configurations and "
           "fresh "
           f"seeds on {again} of {of_again}.** With {count(rows[0]['spent'])} evaluations, half of the seeds choose "
           "the "
           "best of all configurations, the mean run of which is judged by the other half; with "
           f"{count(rows[0]['restarts_spent'])}, the default runs ten times and the best run is kept. Agents with ten "
           "configurations or more; what tuning met on its way is not counted, for it hands over settings, not "
           "designs. "
           "Mean regret in points, tuned and restarted:")
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    lines = ["| agent | " + " | ".join(tasks) + " | the same, fresh: " + " | ".join(tasks) + " |",
             "|---" + "|---:" * 2 * len(tasks) + "|"]
    fresh = {(r["agent"], r["task"]): r for r in restarted(second)}
    for agent in dict.fromkeys(row["agent"] for row in rows):
        cells = [row for row in rows if row["agent"] == agent]
        lines.append(f"| {agent} | " + " | ".join(_pair(r) for r in cells) + " | " + " | ".join(
            _pair(fresh[agent, r["task"]]) if (agent, r["task"]) in fresh else "" for r in cells) + " |")
    yield "\n".join(lines)
    (itself, another), (itself_again, another_again) = carried(first), carried(second)
    yield (f"**The ranking of an agent's configurations on one data set agrees with that on another (mean rank "
           f"correlation {another:.2f}) about as it does with that on the same by other seeds ({itself:.2f}); fresh, "
           f"{another_again:.2f} and {itself_again:.2f}.** What limits tuning here is the luck of the seeds, not the "
           "data "
           "set that it was done on.")


def _pair(row):
    return f"{row['tuned']:.3f}, {row['restarts']:.3f}"


def _parts(findings, pictures):
    yield "## Is any agent better once tuned?"
    yield "\n".join(f"- {_plain(verdict(t, findings))}" for t in findings.tasks)
    yield "\n".join(["| task | the agent | its configuration | the seed |", "|---|---:|---:|---:|"] + [
        f"| {t.heading} | " + " | ".join(f"{100 * t.shares[k]:.0f} "
                                         "%" for k in ("agent", "configuration", "seed")) + " |"
        for t in findings.tasks if t.shares])
    yield "What the final value of a run depends on: shares of its variance, over the configurations that were drawn."
    for title, name, words in (
            ("Scores by configuration", "scores", "Each dot is a configuration, its mean over seeds; the diamond the "
             "published default, the dotted line the expected best of as many random draws."),
            ("What tuning buys", "tuned", "Above: the best of h configurations, all runs that chose charged, one run "
                                          "handed "
             "over. Below: the same evaluations as restarts of the default. Dotted: as many random draws, exact."),
            ("A random configuration against a default", "chances", "How often a run of a random configuration of the "
                                                                    "row "
             "ends better than a run of the column's default, mean over tasks. Bold: the interval excludes one half."),
            ("Which hyper-parameters matter", "importance", "How much worse a forest predicts the rank of "
                                                            "configurations it "
             "has not seen when one hyper-parameter is shuffled, with 95 % intervals over configurations."),
            ("Do settings serve another task?", "transfer", "Rank correlation of the configurations' scores by half "
                                                            "of the "
             "seeds on the row's task with those by the other half on the column's.")):
        if name in pictures:
            yield f"## {title}"
            yield f"![{title}]({pictures[name]})"
            yield words
    yield _gains(findings)


def _gains(findings):
    lines = ["| agent | task | configurations | default | best, fresh seeds | better by | below random |",
             "|---|---|---:|---:|---:|---:|---:|"]
    for found in findings.tasks:
        shown = figures.Shown(found)
        for c in found.cells.values():
            gain = f"{c.gain.estimate:.3f} [{c.gain.low:.3f}, {c.gain.high:.3f}]" if c.gain else ""
            below = f"{100 * c.below_random.estimate:.0f} %" if c.below_random else ""
            lines.append(f"| {c.name} | {found.heading} | {len(c.means)} | {shown.of(c.judged_default.mean()):.3f} | "
                         f"{shown.of(c.judged_best.mean()):.3f} | {gain} | {below} |")
    return ("## All agents\n\nMean regret in points over runs with fresh seeds, of the default and of the best "
            "configuration by the seeds of the lottery; the paired difference with its 95 % interval; the share of "
            "configurations below the expected best of as many random draws.\n\n" + "\n".join(lines))


def _plain(markup):
    return markup.replace("<strong>", "**").replace("</strong>", "**").replace("&lt;", "<").replace(": **", ":** ")


def draw(findings, folder) -> dict[str, str]:
    """Write the figures as small PNG files; name -> file name."""
    from PIL import Image

    made = {}
    with drawing():
        look = looks(findings.agents)
        middle = findings.tasks[len(findings.tasks) // 2]
        wanted = {"scores": figures.scores(findings, look), "tuned": figures.curves(middle, findings, look),
                  "chances": figures.chances(findings), "importance": figures.importances(findings, look),
                  "transfer": figures.transfers(findings)}
        for name, picture in wanted.items():
            if picture is not None:
                path = folder / f"{name}.png"
                picture.figure.savefig(path, metadata={"Software": None})
                Image.open(path).convert("RGB").quantize(64).save(path, optimize=True)
                made[name] = path.name
    return made


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="The page of two lotteries, the second with fresh configurations.")
    parser.add_argument("folder", help="what 'archgym lottery' wrote")
    parser.add_argument("fresh", help="the same with another --first-seed")
    parser.add_argument("--write", required=True, metavar="FILE", help="the page, such as docs/lottery.md")
    options = parser.parse_args(arguments)
    first, second = find(Scores(options.folder)), find(Scores(options.fresh))
    out = Path(options.write)
    folder = out.with_suffix("")
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {name: f"{folder.name}/{file}" for name, file in draw(first, folder).items()}
    out.write_text(page(first, second, pictures) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
