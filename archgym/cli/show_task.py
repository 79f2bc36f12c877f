"""The page of a task."""

import inspect
import typing
from dataclasses import asdict

import numpy as np

from .. import registry
from ..evaluator import Designs
from . import random_search
from .console import column_of, heading, labelled, number, percent, prose, table, unit_of
from .show_space import choices_of, draw_choices, size_in_words, size_of
from .summaries import first_line
from .surrogate import accuracy_table
from .values import named_task, open_task

DRAWS = (1, 10, 100, 300, 1000)
SAMPLED = 500  # designs whose mean cost is told


class TaskPage:
    def __init__(self, text, options):
        name, _ = named_task(text)
        self.task = task = open_task(text, options)
        self.factory = registry.task_factory(name)
        info, objective, space, evaluator = task.about, task.objective, task.space, task.evaluator
        baseline, costs = self.random()
        self.facts = {
            "name": name, "id": task.id, "goal": first_line(self.factory.__doc__), "summary": info.summary.rstrip("."),
            "options": options_of(self.factory, task.options),
            "space": {"name": space.name, **size_of(space), "law": space.law,
                      "choices": len(choices_of(space)) or None},
            "objective": {"metric": objective.metric, "goal": objective.goal, "unit": objective.unit,
                          "doc": task.metric(objective.metric).doc, "holdout": objective.holdout},
            "metrics": [{"name": m.name, "unit": m.unit, "goal": m.goal, "split": m.split, "doc": m.doc}
                        for m in (*evaluator.metrics, *(task.judge.metrics if task.judge else ()))],
            "seeds": evaluator.seeds, "fidelities": list(evaluator.fidelities), "cost_unit": evaluator.cost_unit,
            "optimum": baseline["optimum"] if baseline else
            None if task.optimum is None else objective.raw(task.optimum),
            "optimum_count": task.optimum_count, "holdout_note": info.holdout_note, "baseline": baseline, **costs,
            "source": info.source, "paper": info.paper, "licence": info.licence, "checksum": task.fingerprint,
            "data_version": info.data_version,
            "published": [{"agent": f.agent, "text": f.text, "comparable": f.comparable, "why": f.why}
                          for f in info.published],
            "accuracy": [asdict(a) for a in info.accuracy],
        }

    def random(self):
        """What random search reaches and what a random design costs; nothing where a measurement takes long."""
        task = self.task
        baseline, self.unknown = random_search.baseline(task, max(DRAWS))
        if baseline is None:
            return None, {"mean_cost": self.mean_cost() if task.evaluator.instant else None}
        rows = [baseline.at(n) for n in DRAWS]
        raw = task.objective.raw
        found = {"law": baseline.law, "exact": baseline.exact, "rows": len(baseline.values),
                 "rows_are": baseline.rows_are, "expected_draws_to_optimum": baseline.expected_draws_to_optimum,
                 "optimum": None if baseline.optimum is None else raw(baseline.optimum),
                 "best_of": [{"n": b.n, "mean": raw(b.mean), "sd": b.sd, "chance_of_optimum": b.chance_of_optimum,
                              "holdout_mean": None if b.holdout_mean is None else raw(b.holdout_mean)} for b in rows]}
        return found, {"mean_cost": self.mean_cost()}

    def mean_cost(self):
        from ..streams import generator

        space = self.task.space
        genomes = space.sample_many(generator(0, self.task.id, "cost"), SAMPLED)
        seeds = np.zeros(SAMPLED, int)
        cost = self.task.evaluator.evaluate_many(Designs(space, genomes), fidelity=None, seeds=seeds).cost
        return float(np.mean(cost))

    def draw(self, console):
        facts = self.facts
        heading(console, facts["id"])
        prose(console, " ".join(f"{text}." for text in (facts["goal"], facts["summary"]) if text))
        console.print()
        if facts["options"]:
            heading(console, "Options", "set with -t name=value")
            labelled(console, [(f"  {o['name']}", _option(o)) for o in facts["options"]])
            console.print()
        unit = unit_of(facts["objective"]["unit"])
        labelled(console, [
            ("Space", f"{facts['space']['name']}: {size_in_words(facts['space'])}"),
            ("Law", facts["space"]["law"]),
            ("Objective", f"{self.task.objective}: {facts['objective']['doc']}".rstrip(": ")),
            ("Also measured", "; ".join(f"{m['name']}{f' ({u})' if (u := m['unit']) else ''}" for m in facts["metrics"]
                                        if m["split"] == "search" and m["name"] != facts["objective"]["metric"])),
            ("Noise", _noise(facts["seeds"])),
            ("Fidelities", ", ".join(map(str, facts["fidelities"]))),
            ("Optimum", _optimum(facts, unit)),
            ("Holdout", facts["holdout_note"].replace("No holdout: ", "none: ").removeprefix("Holdout: ")),
            ("Budget", self.budget_hint()),
        ])
        console.print()
        if self.task.space.meaning:
            draw_choices(console, self.task.space)
        if self.task.about.accuracy:
            heading(console, "What it predicts", "against the parent, on designs that it did not learn from")
            accuracy_table(console, self.task.about.accuracy)
            console.print()
        self.draw_baseline(console, unit)
        self.draw_sources(console)

    def budget_hint(self):
        facts = self.facts
        words = []
        if facts["mean_cost"]:
            much = float(f"{300 * facts['mean_cost']:.2g}")
            words.append(f"a random design costs {number(facts['mean_cost'])} {facts['cost_unit']} on average, so that "
                         f"300 evaluations are about --cost {much:.15g}")
        if facts["baseline"] and (draws := facts["baseline"]["expected_draws_to_optimum"]):
            words.append(f"random search meets the optimum after {number(draws)} evaluations on average")
        if not self.task.evaluator.instant:
            words.append("a measurement takes time; it is kept, so that no design is measured twice")
        return "; ".join(words)

    def draw_baseline(self, console, unit):
        found = self.facts["baseline"]
        if not found:
            prose(console, f"What random search reaches is not known here: {self.unknown}. "
                           f"'archgym baseline {self.facts['name']} -n 10 --samples 100' measures it.")
            console.print()
            return
        exact = f"exact, over {found['rows']:,} {found['rows_are']}" if found["exact"] else (
            f"estimated from {found['rows']:,} draws")
        heading(console, "The best of n random designs", exact)
        rows, held = found["best_of"], found["best_of"][0]["holdout_mean"] is not None
        columns = [("n", "right"), (f"mean{unit}", "right"), ("sd", "right")] + [("optimum seen", "right")] * (
            rows[0]["chance_of_optimum"] is not None) + [(f"holdout mean{unit}", "right")] * held
        cells = [[f"{b['n']:,}" for b in rows], *(column_of([b[name] for b in rows]) for name in ("mean", "sd"))]
        if rows[0]["chance_of_optimum"] is not None:
            cells.append([percent(b["chance_of_optimum"]) for b in rows])
        if held:
            cells.append(column_of([b["holdout_mean"] for b in rows]))
        table(console, columns, list(zip(*cells, strict=True)), indent=2)
        console.print()

    def draw_sources(self, console):
        facts = self.facts
        labelled(console, [("Source", facts["source"]), ("Paper", facts["paper"]), ("Licence", facts["licence"]),
                           ("Checksum", facts["checksum"])])
        if facts["published"]:
            console.print()
            heading(console, "What papers report")
            table(console, ["agent", "figure"], [(f["agent"], f["text"]) for f in facts["published"]], indent=2)
            prose(console, _comparable(facts["published"]))
        console.print()
        labelled(console, [("Try", f"archgym run {facts['name']} local-search")])


def _comparable(figures):
    """Whether the figures can be compared with numbers made here, those alike in one sentence."""
    words = []
    for comparable, why in dict.fromkeys((f["comparable"], f["why"]) for f in figures):
        whose = [f["agent"] for f in figures if (f["comparable"], f["why"]) == (comparable, why)]
        of = "" if len(whose) == len(figures) else f" ({', '.join(whose)})"
        words.append(f"{'Comparable' if comparable else 'Not comparable'} with numbers made here{of}: {why}.")
    return " ".join(words)


def _option(option):
    values = [str(v) + (" (default)" if v == option["default"] else "") for v in option["allowed"]]
    default = "nothing" if option["default"] in ("", None) else option["default"]
    words = ", ".join(values) if values else f"{default} by default"
    if option["value"] != option["default"]:
        words += f"; here {option['value']}"
    return words + (f": {option['doc']}" if option["doc"] else "")


def _noise(seeds):
    return ("none: a design measures the same each time" if seeds == 1 else
            f"a measurement shows one of up to {seeds} recorded seeds" if seeds < 1000 else
            "every measurement has a seed of its own")


def _optimum(facts, unit):
    if facts["optimum"] is None:
        return "not known"
    count = facts["optimum_count"]
    rows = "(design, seed) row" if facts["seeds"] > 1 else "design"
    return f"{number(facts['optimum'])}{unit}" + (f", reached by {count:,} {rows}{'s' * (count > 1)}" if count else "")


def options_of(factory, chosen) -> list[dict]:
    """The options of a task from its function: name, value, default, allowed values, documentation."""
    hints, docs = typing.get_type_hints(factory), argument_docs(inspect.getdoc(factory) or "")
    found = []
    for name, parameter in inspect.signature(factory).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        hint = hints.get(name)
        allowed = list(typing.get_args(hint)) if typing.get_origin(hint) is typing.Literal else []
        default = None if parameter.default is parameter.empty else parameter.default
        found.append({"name": name, "value": chosen.get(name, default), "default": default, "allowed": allowed,
                      "doc": docs.get(name, "")})
    return found


def argument_docs(doc) -> dict[str, str]:
    """{argument: text} of the `name: text` paragraphs of a docstring, deeper lines going on."""
    docs, name = {}, None
    for line in doc.split("\n"):
        head, colon, text = line.partition(": ")
        if colon and head.isidentifier():
            name = head
            docs[name] = text.strip()
        elif name and line.startswith(" "):
            docs[name] += " " + line.strip()
        else:
            name = None
    return docs
