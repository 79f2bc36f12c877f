"""An imported table as a task of its own name."""

import inspect
from typing import Literal

import numpy as np

from ..evaluator import Metric
from ..task import Objective, Task, TaskInfo
from . import store
from .evaluator import Column, OtherSeeds, Rows, Table
from .folder import TABLES
from .rows import TableSpace


def summary(name: str) -> str:
    """A line about an imported table."""
    d = TABLES.about(name)["declaration"]
    return d["summary"] or f"Imported table over {_space_text(d['space'])}: find the best {d['objective']}"


def factory(name: str):
    """The function that opens the task of an imported table; its signature says what can be chosen."""
    known = TABLES.about(name)
    d = store.declaration(known)
    lines = [summary(name) + ".", ""]
    choices = {"objective": (Literal[tuple(d.metrics)], d.objective, "the metric that is searched; all are recorded.")}
    if d.fidelities:
        choices["fidelity"] = (Literal[d.fidelities], d.fidelities[-1],
                               "the highest fidelity that an agent may ask for, and gets where it asks for none.")
    if any(len(c) > 1 for m in d.metrics.values() for c in m.columns.values()) or d.repeats == "seeds":
        choices["noise"] = (Literal["seed", "mean"], "seed",
                            '"seed": a measurement shows one recorded seed. "mean": the mean over the recorded seeds.')
    lines += [f"{option}: {text}" for option, (_, _, text) in choices.items()]

    def open_table(**options):
        return _open(name, {option: options.get(option, default) for option, (_, default, _) in choices.items()})

    open_table.__doc__ = "\n".join(lines)
    open_table.__name__ = open_table.__qualname__ = name
    open_table.__annotations__ = {option: kind for option, (kind, _, _) in choices.items()} | {"return": Task}
    open_table.__signature__ = inspect.Signature(
        [inspect.Parameter(option, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=default, annotation=kind)
         for option, (kind, default, _) in choices.items()])
    return open_table


def _open(name, options) -> Task:
    known, space, arrays = store.load(name)
    d = store.declaration(known)
    columns = {metric: Column(Metric(metric, m.unit, m.goal, doc=m.doc),
                              {f: arrays.columns[f"metrics/{metric}/{f or ''}"] for f in m.columns})
               for metric, m in d.metrics.items()}
    fidelity = options.get("fidelity")
    fidelities = tuple(f for f in d.fidelities if f <= fidelity) if fidelity else ()
    objective, top = options["objective"], d.fidelities[-1] if d.fidelities else None
    searched = columns[objective]
    counts = None
    if options.get("noise") == "seed":
        counts = _counts(columns, fidelities or (None,))
    else:
        columns = {n: c.mean() for n, c in columns.items()}
    held = _holdout(d, objective, searched, columns[objective], arrays, fidelity, top)
    rows = Rows(space, arrays.genomes, arrays.keys)
    fingerprint = f"table:{name}:sha256={known['checksum']}:" + ",".join(f"{k}={v}" for k, v in sorted(options.items()))
    cost = _cost(arrays, fidelities, top)
    known_as = dict(fidelities=fidelities if len(fidelities) > 1 else (), fidelity=fidelity, cost_unit=d.cost_unit)
    table = Table(rows, columns.values(), cost, fingerprint, counts=counts, **known_as)
    metric = d.metrics[objective]
    sign = 1 if metric.goal == "max" else -1
    values = sign * columns[objective].at(fidelity)
    best = float(np.nanmax(values))
    return Task(
        name, TableSpace(space, arrays.genomes) if d.sample else space, table,
        Objective(objective, metric.goal, metric.unit, held.metric.name if held else None), options=options,
        open_judge=(lambda: Table(rows, (held,), cost, fingerprint, counts=counts, **known_as)) if held else None,
        worst=float(np.nanmin(values)), optimum=best,
        optimum_count=int((values == best).sum()) if arrays.keys is None else None,  # one row stands for many designs
        about=TaskInfo(
            summary=d.summary or f"{known['rows']:,} rows of {_space_text(d.space)}, imported from {_base(d.file)}"
            + (", a sample of the space: the designs are the rows and nothing else" if d.sample else ""),
            source=d.source or "not stated", paper=d.paper, licence=d.licence or "not stated",
            data_version=f"imported {known['imported'][:10]} from {_base(d.file)}, sha256 {known['file_sha256']}",
            holdout_note=_holdout_note(d, objective, held)))


def _counts(columns, fidelities):
    """(rows,) seeds of each design: as many as every metric with seeds has; None where no metric has any."""
    recorded = [c.at(f) for c in columns.values() for f in fidelities]
    seeded = [(~np.isnan(r)).sum(axis=1) for r in recorded if r.shape[1] > 1]
    return np.min(seeded, axis=0) if seeded else None


def _holdout(d, objective, recorded, searched, arrays, fidelity, top):
    """What scores designs at the end: declared columns, else the seeds that the search does not see; None: nothing."""
    for name, m in d.holdout.items():
        if (m.of or d.objective) == objective:
            return Column(Metric(name, m.unit, m.goal, "holdout", m.doc), {None: arrays.columns[f"holdout/{name}/"]})
    records = recorded.at(top)
    seeds = (~np.isnan(records)).sum(axis=1)
    if records.shape[1] == 1 or seeds.min() < 2 or (fidelity == top and searched is not recorded):
        return None
    m = d.metrics[objective]
    return OtherSeeds(Metric(f"{objective}_other_seeds", m.unit, m.goal, "holdout", "mean of the recorded seeds that "
                             "the search did not see" + (f", at fidelity {top}" if top else "")), searched, top)


def _holdout_note(d, objective, held) -> str:
    if held is None:
        few = d.repeats == "seeds" or any(len(c) > 1 for c in d.metrics[objective].columns.values())
        return "No holdout: what agents see is what is reported" + (
            "; the search sees all seeds, or some design has but one." if few else ".")
    if isinstance(held, Column):
        return f"Holdout: {held.metric.name}, from columns of the table that the search does not see."
    return (f"Holdout: the mean {objective} of the recorded seeds that the search did not see"
            + (f", at fidelity {held.top}." if held.top else "."))


def _cost(arrays, fidelities, top) -> dict:
    """As recorded; a lower fidelity without a record costs its share of the top one, a table without any nothing."""
    if own := {f: arrays.columns[f"cost/{f}"] for f in fidelities if f"cost/{f}" in arrays.columns}:
        return own
    cost = arrays.columns.get("cost")
    if cost is None:
        return {None: np.zeros(len(arrays.genomes))}
    return {f: cost * (f / top) for f in fidelities} if fidelities else {None: cost}


def _space_text(space) -> str:
    return space if isinstance(space, str) else f"{len(space)} columns"


def _base(path) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
