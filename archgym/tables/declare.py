"""What a table's columns are: read from a YAML file, from options of the command line, or from both."""

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..errors import ArchGymError, unknown
from .spaces import release_of, space_of

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass
class Declared:
    """One metric: which columns hold it, one a recorded seed, at each fidelity ({None: columns} where it has none)."""

    columns: dict[int | None, list[str]]
    unit: str = ""
    goal: str = "max"
    doc: str = ""
    of: str | None = None
    """A holdout metric scores designs found by this search metric; None: by the objective."""


@dataclass
class Declaration:
    file: str
    name: str
    space: "str | dict" = ""
    """A registered space, `Name(option=value)` or `module:Name`; or {choice: options} for a product of columns."""
    design: "str | list | dict | None" = None
    """The column of design texts, or such a text with `{column}` in it; or a column a choice, in the order of the
    choices or by {choice: column}."""
    codes: dict = field(default_factory=dict)
    """How a value in one of several design columns is translated: {value: option, or text}."""
    metrics: dict[str, Declared] = field(default_factory=dict)
    holdout: dict[str, Declared] = field(default_factory=dict)
    objective: str | None = None
    """The metric that is searched where a task is opened without saying; None: the first."""
    cost: dict[int | None, str] = field(default_factory=dict)
    """The column of what a measurement costs at each fidelity; {None: column}: at the highest, and at a lower one its
    share."""
    cost_unit: str = "s"
    identity: str = "genome"
    """"key": the table has one row a key, which all designs of that key share."""
    repeats: str = "refuse"
    """"seeds": rows of one design are its recorded seeds."""
    sample: bool = False
    """Whether the table holds only part of the space."""
    where: dict = field(default_factory=dict)
    """Only rows with these values: {column: value}."""
    join: list = field(default_factory=list)
    """[{file, by}]: further tables whose columns are added, matched by the column `by`."""
    summary: str = ""
    source: str = ""
    paper: str = ""
    licence: str = ""

    @property
    def fidelities(self) -> tuple[int, ...]:
        return tuple(sorted({f for m in self.metrics.values() for f in m.columns if f is not None}))

    def to_dict(self) -> dict:
        return asdict(self)


def declare(file: "Path | str", options: dict) -> Declaration:
    """The declaration of a table: its YAML (the file itself, or one of that name beside it) and options over it.

    The folder of a release is declared by its space, and what YAML and options say stands over that.
    """
    file = Path(file)
    if file.suffix in (".yaml", ".yml"):
        beside, table = file, None
    else:
        beside, table = next((p for s in (".yaml", ".yml") if (p := file.with_suffix(s)).is_file()), None), file
    said = _yaml(beside) if beside else {}
    folder = beside.parent if beside else Path()
    known = [*Declaration.__dataclass_fields__]
    for key in said:
        if key not in known:
            raise unknown(f"key of {beside}:", key, known)
    for join in _list(said.get("join"), f"{beside}: join"):
        if not isinstance(join, dict) or set(join) != {"file", "by"}:
            raise ArchGymError(f"{beside}: join takes a list of {{file: FILE, by: COLUMN}}, got {join!r}")
    if said.get("join"):
        said["join"] = [{"file": str(folder / j["file"]), "by": j["by"]} for j in _list(said["join"], "join")]
    if table is None:
        beside_it = (p for s in (".parquet", ".csv", ".tsv") if (p := file.with_suffix(s)).is_file())
        table = folder / said["file"] if "file" in said else next(beside_it, None)
        if table is None:
            raise ArchGymError(f"{beside}: no 'file', the Parquet or CSV file that it describes, and none of its name "
                               "beside it")
    said |= {k: v for k, v in options.items() if v not in (None, {}, [], ())}
    if not Path(table).exists():
        raise ArchGymError(f"no file {table}")
    if Path(table).is_dir() and said.get("space"):
        said = release_of(space_of(said["space"]), table).declaration | said
    said["file"] = str(table)
    said.setdefault("name", table.stem)
    if not NAME.fullmatch(str(said["name"])):
        raise ArchGymError(f"{said['name']!r} is no name for a table: letters, digits, '_', '-' and '.', a letter "
                           "first; give another with --name")
    for kind in ("metrics", "holdout"):
        said[kind] = {str(n): _metric(m, f"{beside or table}: {kind}, {n}") for n, m in _mapping(
            said.get(kind), f"{beside or table}: {kind}").items()}
    said["cost"] = _cost(said.get("cost"), f"{beside or table}: cost")
    return _sound(Declaration(**said))


def _sound(d: Declaration) -> Declaration:
    where = Path(d.file).name
    if not d.space:
        raise ArchGymError(f"{where}: of which space are its designs? --space NAME; 'archgym list spaces' shows all")
    if isinstance(d.space, dict):
        d.space = {str(choice): options for choice, options in d.space.items()}
        for choice, options in d.space.items():
            if not isinstance(options, list) or len({str(o) for o in options}) != len(options) or not options:
                raise ArchGymError(f"{where}: space, choice {choice!r}: expected a list of distinct options, "
                                   f"got {options!r}")
        d.design = d.design or list(d.space)
    if d.design is None:
        raise ArchGymError(f"{where}: which column holds the designs? --design COLUMN")
    if not d.metrics:
        raise ArchGymError(f"{where}: which columns hold the metrics? --metric NAME=COLUMN, or 'metrics' in YAML")
    for what, given, allowed in (("identity", d.identity, ("genome", "key")),
                                 ("repeats", d.repeats, ("refuse", "seeds"))):
        if given not in allowed:
            raise unknown(f"value of {what}:", given, allowed)
    if not isinstance(d.sample, bool):
        raise ArchGymError(f"{where}: sample is true or false, got {d.sample!r}")
    if both := set(d.metrics) & set(d.holdout):
        raise ArchGymError(f"{where}: {both.pop()!r} is a search metric and a holdout metric; what agents see is no "
                           "holdout")
    seen = {c for m in d.metrics.values() for columns in m.columns.values() for c in columns}
    for name, metric in d.holdout.items():
        for columns in metric.columns.values():
            for column in columns:
                if column in seen:
                    raise ArchGymError(f"{where}: holdout {name!r} reads column {column!r}, which the search sees")
        if metric.of not in (None, *d.metrics):
            raise unknown(f"metric that holdout {name} is of:", metric.of, d.metrics)
        if set(metric.columns) != {None}:
            raise ArchGymError(f"{where}: holdout {name!r} names fidelities; a holdout is one value a design, the "
                               "mean of its columns")
    d.objective = d.objective or next(iter(d.metrics))
    if d.objective not in d.metrics:
        raise unknown("metric as objective:", d.objective, d.metrics)
    for name, metric in d.metrics.items():
        if None not in metric.columns and set(metric.columns) != set(d.fidelities):
            raise ArchGymError(f"{where}: metric {name!r} has fidelities {_texts(metric.columns)}, the table has "
                               f"{_texts(d.fidelities)}; a metric is recorded at all of them, or has none")
    if None not in d.cost and set(d.cost) - set(d.fidelities) | set(d.fidelities) - set(d.cost):
        raise ArchGymError(f"{where}: the cost has fidelities {_texts(d.cost)}, the table has {_texts(d.fidelities)}; "
                           "give a column for each, or one for the highest")
    counts = {len(columns) for m in d.metrics.values() for columns in m.columns.values() if len(columns) > 1}
    if len(counts) > 1:
        raise ArchGymError(f"{where}: metrics have {' and '.join(map(str, sorted(counts)))} seeds; a table has one "
                           "number of seeds, and metrics without")
    if counts and d.repeats == "seeds":
        raise ArchGymError(f"{where}: seeds are either columns of a metric or rows of a design, not both")
    return d


def _metric(said, where) -> Declared:
    """`COLUMN`, `[COLUMN, ...]` (a seed each), `{FIDELITY: COLUMN or list}`, or a mapping with `columns` and more."""
    if not isinstance(said, dict) or all(isinstance(k, int) for k in said):
        said = {"columns": said}
    said = {("columns" if k == "column" else k): v for k, v in said.items()}
    known = Declared.__dataclass_fields__
    for key in said:
        if key not in known:
            raise unknown(f"key of {where}:", key, known)
    columns = said.pop("columns", None)
    if isinstance(columns, dict):
        for fidelity in columns:
            if isinstance(fidelity, bool) or not isinstance(fidelity, int) or fidelity < 1:
                raise ArchGymError(f"{where}: a fidelity is a whole number from 1 (epochs, say), got {fidelity!r}")
        columns = {f: _list(c, where) for f, c in sorted(columns.items())}
    else:
        columns = {None: _list(columns, where)}
    if not all(columns.values()):
        raise ArchGymError(f"{where}: which column?")
    if said.get("goal", "max") not in ("max", "min"):
        raise unknown(f"goal of {where}:", said["goal"], ("max", "min"))
    return Declared({f: [str(c) for c in cs] for f, cs in columns.items()}, **said)


def _cost(said, where) -> dict[int | None, str]:
    """`COLUMN`, or `{FIDELITY: COLUMN}`."""
    if said is None:
        return {}
    columns = _metric(said, where).columns
    if any(len(some) > 1 for some in columns.values()):
        raise ArchGymError(f"{where}: one column, or one a fidelity, got {said!r}")
    return {fidelity: column for fidelity, (column,) in columns.items()}


def metric_option(text: str) -> tuple[str, dict]:
    """`NAME=COLUMN`, `NAME=A,B,C` (a seed each), `NAME=A@12;B,C@200` (fidelities): (name, what YAML would say)."""
    name, equals, rest = text.partition("=")
    parts = [part.rpartition("@") if re.search(r"@\d+$", part) else (part, "", None) for part in rest.split(";")]
    columns = {(int(f) if f else None): [c.strip() for c in names.split(",") if c.strip()] for names, _, f in parts}
    if not equals or not name or not all(columns.values()) or len(columns) < len(parts) or (
            None in columns and len(columns) > 1):
        raise ArchGymError(f"{text!r}: expected NAME=COLUMN, NAME=COLUMN,COLUMN (a seed each), or "
                           "NAME=COLUMN@FIDELITY;COLUMN@FIDELITY, such as 'accuracy=acc12@12;acc200@200'")
    return name.strip(), {"columns": columns[None] if None in columns else columns}


def _yaml(path) -> dict:
    import yaml

    try:
        said = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as why:
        raise ArchGymError(f"{path}: no YAML: {' '.join(str(why).split())}") from None
    return _mapping(said, str(path))


def _mapping(said, where) -> dict:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise ArchGymError(f"{where}: expected `name: value` lines, got {said!r}")
    return said


def _list(said, where) -> list:
    if said is None:
        return []
    return list(said) if isinstance(said, (list, tuple)) else [said]


def _texts(values):
    return ", ".join("none" if v is None else str(v) for v in sorted(values, key=lambda v: v or 0))
