"""`archgym data`: tables of the user's own, each a task of its own name."""

from pathlib import Path
from typing import Annotated

import typer

from archgym.errors import ArchGymError, unknown

from .values import Json, as_json


def command(context: typer.Context):
    """Make a task of a table of your own.

    \b
    archgym data import results.csv --space NASBench201 --design cell --metric accuracy=acc
    archgym data import results.yaml
    archgym data list
    archgym data remove results
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


def Texts(flag, metavar, help):
    return Annotated[list[str] | None, typer.Option(flag, metavar=metavar, show_default=False, help=help)]


def Text(flag, metavar, help):
    return Annotated[str | None, typer.Option(flag, metavar=metavar, show_default=False, help=help)]


def import_table(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help=(
        "A Parquet or CSV file, with a YAML file of the same name beside it or without; that YAML file; or the folder "
        "of a space's official release."))],
    space: Text("--space", "SPACE", (
        "The space of the designs ('archgym list spaces'), with options as Name(option=value).")) = None,
    name: Text("--name", "NAME", "What to call the task; the file's name without its ending.") = None,
    design: Text("--design", "COLUMN[,COLUMN]", (
        "The column of design texts; such a text with {COLUMN} in it; or a column a choice, in order.")) = None,
    metric: Texts("--metric", "NAME=COLUMN", (
        "A search metric; the first is the objective. NAME=A,B,C: a recorded seed each. NAME=A@12;B@200: fidelities. "
        "Again for another.")) = None,
    holdout: Texts("--holdout", "NAME=COLUMN", (
        "A metric that only the final score uses; NAME=A,B is their mean.")) = None,
    minimize: Texts("--minimize", "NAME", "A metric of which less is better.") = None,
    unit: Texts("--unit", "NAME=UNIT", "The unit of a metric.") = None,
    objective: Text("--objective", "NAME", "The metric that is searched where a task is opened without saying.") = None,
    cost: Text("--cost", "COLUMN", (
        "What a measurement costs at the highest fidelity; at others, its share. A@12;B@200: at each.")) = None,
    cost_unit: Text("--cost-unit", "UNIT", "The unit of the cost; s where none is given.") = None,
    where: Texts("--where", "COLUMN=VALUE", "Only rows with this value.") = None,
    join: Texts("--join", "FILE:COLUMN", (
        "Add the columns of another table, matched by a column that both have.")) = None,
    identity: Text("--identity", "genome|key", "key: the table has one row for all designs of one key.") = None,
    repeats: Text("--repeats", "seeds", "Rows of one design are its recorded seeds.") = None,
    sample: Annotated[bool, typer.Option("--sample", help="The table holds only part of the space.")] = False,
    source: Text("--source", "TEXT", "Where the records come from.") = None,
    paper: Text("--paper", "TEXT", "The paper that describes them.") = None,
    licence: Text("--licence", "TEXT", "Under which licence.") = None,
    summary: Text("--summary", "TEXT", "A line about the task, for lists.") = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a table of that name.")] = False,
    json: Json = False,
):
    """Import a table: it becomes a task of that name.

    Every design must be there once, and every number be a number. The table is kept in the cache folder, with its
    checksum. Whatever is not said here may stand in the YAML file.

    \b
    archgym data import results.csv --space NASBench201 --design cell --metric accuracy=acc --unit accuracy=%
    archgym data import results.parquet --space NASBench201 --design arch --metric 'acc=a12@12;a200@200' --cost s
    archgym data import results.yaml --replace
    archgym data import NATS-tss-v1_0-3ffb9-simple --space NASBench201 --where dataset=cifar100 --name nats-cifar100
    """
    from .. import registry
    from ..tables.declare import declare, metric_option
    from ..tables.read import read
    from ..tables.store import save
    from .progress import counting

    given = {"space": space, "name": name, "objective": objective, "cost_unit": cost_unit,
             "cost": metric_option(f"cost={cost}")[1]["columns"] if cost else None,
             "identity": identity, "repeats": repeats, "sample": sample or None, "source": source, "paper": paper,
             "licence": licence, "summary": summary, "design": _design(design),
             "where": dict(_pairs(where, "--where")), "join": [_join(text) for text in join or ()],
             **_metrics(metric, holdout, minimize, unit)}
    declaration = declare(file, given)
    taken = {"task": {*registry.marked("tasks"), *registry.surrogates()}, "agent": registry.agents(), "space": registry.marked("spaces")}
    for kind, names in taken.items():
        if declaration.name in names:
            raise ArchGymError(f"there is {'an' if kind == 'agent' else 'a'} {kind} called {declaration.name!r}; "
                               "give the table another name with --name")
    made, arrays = read(declaration, counting("designs read"))
    known = save(declaration, made, arrays, replace)
    if json:
        print(as_json(known))
        return
    print(f"Imported {known['rows']:,} designs of {made.name} as {known['name']!r}, checksum "
          f"{known['checksum'][:12]}. Next:")
    for line in (f"archgym show {known['name']}", f"archgym run {known['name']} local-search"):
        print("  " + line)


def list_tables(json: Json = False):
    """List imported tables and fitted surrogates.

    \b
    archgym data list
    """
    from ..surrogate.folder import SURROGATES
    from ..tables.folder import TABLES

    found = [TABLES.about(name) for name in TABLES.names()]
    fitted = [SURROGATES.about(name) for name in SURROGATES.names()]
    if json:
        print(as_json(found + fitted))
        return
    from .console import page, table

    console = page()
    if not found and not fitted:
        console.print("No table was imported yet; 'archgym data import --help' says how.")
        return
    if found:
        table(console, ["name", ("designs", "right"), "space", "metrics", "imported"],
              [(k["name"], f"{k['rows']:,}" + (" (sample)" if k["declaration"]["sample"] else ""),
                k["declaration"]["space"] if isinstance(k["declaration"]["space"], str) else "columns",
                ", ".join(k["declaration"]["metrics"]), k["imported"][:10]) for k in found])
        console.print()
        console.print(f"Kept in {TABLES.folder()}", soft_wrap=True)
    if fitted:
        table(console, ["surrogate", ("learned from", "right"), "in place of"],
              [(k["name"], f"{k['learned']:,} designs", k["parent"]["id"]) for k in fitted])
        console.print()
        console.print(f"Kept in {SURROGATES.folder()}", soft_wrap=True)


def remove_tables(
    names: Annotated[list[str], typer.Argument(metavar="NAME", show_default=False, help=(
        "Imported tables or fitted surrogates."))],
):
    """Remove imported tables and surrogates from the cache folder.

    \b
    archgym data remove results
    """
    from ..surrogate.folder import SURROGATES
    from ..tables.folder import TABLES

    for name in names:
        (SURROGATES if name in SURROGATES.names() else TABLES).remove(name)
        print(f"Removed {name!r}.")


COMMANDS = {"import": import_table, "list": list_tables, "remove": remove_tables}


def _metrics(metrics, holdouts, minimized, units):
    from ..tables.declare import metric_option

    found = {kind: dict(metric_option(text) for text in texts or ())
             for kind, texts in (("metrics", metrics), ("holdout", holdouts))}
    every = found["metrics"] | found["holdout"]
    for what, names in (("goal", dict.fromkeys(minimized or (), "min")), ("unit", dict(_pairs(units, "--unit")))):
        for name, value in names.items():
            if name not in every:
                raise unknown("metric:", name, every, None if every else 
                              "None was named with --metric or --holdout; those in a YAML file say it there.")
            every[name][what] = value
    return found


def _design(text):
    if "{" in (text or ""):
        return text
    columns = [column.strip() for column in (text or "").split(",") if column.strip()]
    return columns if len(columns) > 1 else columns[0] if columns else None


def _join(text):
    file, colon, column = text.rpartition(":")
    if not colon or not file or not column:
        raise ArchGymError(f"--join {text}: expected FILE:COLUMN")
    return {"file": file, "by": column}


def _pairs(texts, flag):
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise ArchGymError(f"{flag} {text}: expected {flag} NAME=VALUE")
        yield name.strip(), value.strip()
