"""From a file to arrays that hold together: every design once, none missing, every number a number."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import ArchGymError, unknown
from ..product import ProductSpace
from ..space import Space
from .declare import Declaration
from .spaces import release_of, space_of

SHOWN = 3  # offending rows that an error shows
COUNTED = 1_000_000  # designs up to which a table is checked to be whole


@dataclass
class Arrays:
    """A table that was checked: a row a design, in the order of the genomes."""

    genomes: "np.ndarray | list"
    """(rows, choices) in a product space, else a list of tuples."""
    keys: list[str] | None
    columns: dict[str, np.ndarray]
    """`metrics/NAME/FIDELITY`, `holdout/NAME/` (rows, seeds), and `cost` or `cost/FIDELITY` (rows,)."""


def read(declaration: Declaration,
         progress: Callable[[int, int], None] = lambda done, total: None) -> tuple[Space, Arrays]:
    """The space and the checked arrays. An ArchGymError shows the offending rows, which count from 1.

    progress(designs read, of how many) is called where a folder is read design by design.
    """
    space = space_of(declaration.space)
    table = Sheet(declaration, space, progress)
    genomes = table.genomes(space)
    keys = [space.key_of(g) for g in genomes] if declaration.identity == "key" else None
    names = genomes if keys is None else keys
    groups: dict = {}
    for row, name in enumerate(names):
        groups.setdefault(name, []).append(row)
    if declaration.repeats == "refuse":
        _refuse_repeats(table, space, genomes, groups, declaration)
    order = sorted(groups.values(), key=lambda rows: genomes[rows[0]])
    first = [rows[0] for rows in order]
    if not declaration.sample:
        _refuse_gaps(declaration, space, groups)
    columns = _columns(table, declaration, order, np.array(first))
    kept = [genomes[row] for row in first]
    as_array = isinstance(space, ProductSpace)
    return space, Arrays(np.array(kept, np.int32) if as_array else kept,
                         None if keys is None else [keys[row] for row in first], columns)


class Sheet:
    """A Parquet or CSV file or a release's folder, joined and filtered as declared, read a column at a time."""

    def __init__(self, d: Declaration, space: Space, progress):
        self.d, self.where = d, Path(d.file).name
        table = _released(Path(d.file), space, progress) if Path(d.file).is_dir() else _load(d.file)
        for join in d.join:
            table = _joined(table, join["file"], join["by"], self.where)
        self.table = table
        self.lines = np.arange(1, table.num_rows + 1)
        if d.where:
            keep = np.ones(table.num_rows, bool)
            for column, value in d.where.items():
                keep &= np.array([str(v) == str(value) for v in self.values(column)], bool)
            if not keep.any():
                raise ArchGymError(f"{self.where}: no row has "
                                   + " and ".join(f"{c} = {v}" for c, v in d.where.items()))
            self.table, self.lines = table.filter(keep), self.lines[keep]
        if not self.table.num_rows:
            raise ArchGymError(f"{self.where}: the table has no rows")

    def _column(self, name):
        if name not in self.table.column_names:
            raise unknown(f"column of {self.where}:", name, self.table.column_names)
        return self.table.column(name)

    def values(self, name) -> list:
        return self._column(name).to_pylist()

    def numbers(self, name) -> np.ndarray:
        """A column as floats, NaN where nothing is recorded."""
        column = self._column(name)
        try:
            found = column.cast("float64").to_numpy()
        except Exception as why:
            raise ArchGymError(f"{self.where}: column {name!r} holds {column.type}, not numbers: {why}") from None
        if (bad := np.isinf(found)).any():
            self.refuse(f"column {name!r} is infinite", np.flatnonzero(bad))
        return found

    def refuse(self, what, rows, detail=None):
        """Raise, showing the first few of the offending rows."""
        shown = [f"  row {self.lines[row]}: {self.text(row)}" + (f": {detail(row)}" if detail else "")
                 for row in islice(rows, SHOWN)]
        more = len(rows) - len(shown)
        raise ArchGymError(f"{self.where}: {what} in {len(rows):,} row{'s' * (len(rows) != 1)}:\n" + "\n".join(shown)
                           + (f"\n  and {more:,} more" if more else ""))

    def text(self, row) -> str:
        """What a row's design columns hold."""
        design, cells = self.d.design, {c: self._column(c)[int(row)].as_py() for c in _names(self.d.design)}
        if list(cells) == [design]:
            return str(cells[design])
        return ", ".join(f"{c}={v}" for c, v in cells.items())

    def genomes(self, space) -> list[tuple]:
        """A clean genome a row."""
        design = self.d.design
        codes = {str(k): v for k, v in self.d.codes.items()}

        def coded(names):
            """Rows of the cells of these columns, translated; None where nothing is written."""
            return list(zip(*([codes.get(str(v), v) for v in self.values(c)] for c in names), strict=True))

        if isinstance(design, str):
            names = _names(design)
            cells = [design.format(**dict(zip(names, row, strict=True))) if None not in row else None
                     for row in coded(names)] if "{" in design else self.values(design)
            read = _by_text(space)
        else:
            design = _by_choice(design, space, self.where)
            names = list(design)
            cells = coded(design.values())

            def read(options):
                if None in options:
                    raise ArchGymError(f"nothing in column {design[names[options.index(None)]]!r}")
                return space.encode(space.design(dict(zip(names, options, strict=True))))
        genomes, faults = [], {}
        for row, cell in enumerate(cells):
            try:
                genomes.append(read(cell))
            except ArchGymError as why:
                faults[row] = str(why)
        if faults:
            self.refuse(f"the text is no design of {space.name}" if isinstance(design, str) else
                        f"the columns are no design of {space.name}", list(faults), faults.get)
        return genomes


def _by_text(space):
    def read(text):
        if text is None:
            raise ArchGymError("no design")
        return space.encode(space.parse(str(text)))

    return read


def _names(design) -> list[str]:
    """The columns that hold a design."""
    if isinstance(design, str):
        return re.findall(r"{([^{}]*)}", design) if "{" in design else [design]
    return list(design.values()) if isinstance(design, dict) else list(design)


def _by_choice(design, space, where) -> dict:
    """{choice: column}."""
    if isinstance(design, dict):
        return design
    choices = getattr(space, "choices", None)
    if choices is None:
        raise ArchGymError(f"{where}: the choices of {space.name} depend on picks, so a list of columns does not say "
                           "which choice each answers; write design: {CHOICE: COLUMN, ...} in a YAML file")
    if len(design) != len(choices):
        raise ArchGymError(f"{where}: {len(design)} design columns for the {len(choices)} choices of {space.name}: "
                           f"{', '.join(c.name for c in choices)}")
    return {choice.name: column for choice, column in zip(choices, design, strict=True)}


def _load(file):
    path = Path(file)
    if not path.is_file():
        raise ArchGymError(f"no file {file}")
    import pyarrow

    try:
        if path.suffix in (".csv", ".tsv"):
            from pyarrow import csv

            table = csv.read_csv(path, parse_options=csv.ParseOptions(delimiter="\t" if path.suffix == ".tsv" else ","))
        else:
            from pyarrow import parquet

            table = parquet.read_table(path)
    except pyarrow.ArrowException as why:
        raise ArchGymError(f"{file}: neither Parquet nor CSV (by its name, {path.suffix or 'no ending'}): "
                           f"{why}") from None
    if twice := [n for n in table.column_names if table.column_names.count(n) > 1]:
        raise ArchGymError(f"{file}: two columns are called {twice[0]!r}")
    return table


def _released(folder, space, progress):
    import pyarrow

    return pyarrow.table(release_of(space, folder).read(folder, progress))


def _joined(table, file, by, where):
    """`table` with the columns of another, matched by the column `by`: every row must find exactly one."""
    other = _load(file)
    for name, t in ((where, table), (file, other)):
        if by not in t.column_names:
            raise unknown(f"column of {name}:", by, t.column_names)
    if both := (set(table.column_names) & set(other.column_names)) - {by}:
        raise ArchGymError(f"{where} and {file} both have a column {both.pop()!r}; rename one of them")
    places: dict = {}
    for row, key in enumerate(other.column(by).to_pylist()):
        if key in places:
            raise ArchGymError(f"{file}: {by} = {key!r} stands in rows {places[key] + 1} and {row + 1}; "
                               "a joined table has it once")
        places[key] = row
    keys = table.column(by).to_pylist()
    if missing := [key for key in keys if key not in places]:
        raise ArchGymError(f"{file}: no row for {by} = {', '.join(map(repr, missing[:SHOWN]))}"
                           + (f" and {len(missing) - SHOWN:,} more" if len(missing) > SHOWN else "") + f" of {where}")
    found = other.take([places[key] for key in keys])
    for name in other.column_names:
        if name != by:
            table = table.append_column(name, found.column(name))
    return table


def _refuse_repeats(table, space, genomes, groups, d):
    repeated = [rows for rows in groups.values() if len(rows) > 1]
    if not repeated:
        return
    rows = [row for some in repeated for row in some[1:]]
    earlier = {row: some[0] for some in repeated for row in some}
    remedy = "declare repeats: seeds (--repeats seeds) where they are repeated measurements"
    if d.identity == "genome":
        table.refuse(f"a design that stands above already ({remedy}),", rows,
                     lambda row: f"as row {table.lines[earlier[row]]}")
    table.refuse(f"a design with the key of one above ({remedy}),", rows,
                 lambda row: f"key {space.key_of(genomes[row])}, as row {table.lines[earlier[row]]}")


def _refuse_gaps(d, space, groups):
    where = Path(d.file).name
    remedy = "declare it a sample (--sample) where it is meant to hold part of the space"
    if space.size is None or space.size > COUNTED:
        raise ArchGymError(f"{where}: {space.name} has {f'{space.size:,}' if space.size else 'an unknown number of'} "
                           f"designs and the table {len(groups):,}; {remedy}")
    if d.identity == "genome" and len(groups) == space.size:
        return
    keyed = {}
    for genome in space.enumerate():
        keyed.setdefault(genome if d.identity == "genome" else space.key_of(genome), genome)
    if missing := [genome for name, genome in keyed.items() if name not in groups]:
        shown = "\n".join(f"  {space.text_of(genome)}" for genome in missing[:SHOWN])
        raise ArchGymError(f"{where}: {len(missing):,} of the {len(keyed):,} "
                           f"{'designs' if d.identity == 'genome' else 'keys'} of {space.name} have no row; {remedy}. "
                           f"Missing:\n{shown}" + (f"\n  and {len(missing) - SHOWN:,} more" * (len(missing) > SHOWN)))


def _columns(table, d, order, first) -> dict[str, np.ndarray]:
    """(designs, seeds) arrays of all that is declared; none holds a NaN but where a seed was not recorded."""
    most = max(map(len, order))
    found = {}
    for name, metric in d.metrics.items():
        for fidelity, columns in metric.columns.items():
            records = np.column_stack([table.numbers(c) for c in columns])
            _refuse_nan(table, records, columns, name)
            records = records[:, ~np.isnan(records).all(axis=0)]  # a seed that no design has is no seed
            records = records[first] if most == 1 else _stacked(records[:, 0], order, most)
            found[f"metrics/{name}/{fidelity or ''}"] = records
    for name, metric in d.holdout.items():
        columns = metric.columns[None]
        records = np.column_stack([table.numbers(c) for c in columns])
        _refuse_nan(table, records, columns, name)
        mean = np.nanmean(records, axis=1)
        found[f"holdout/{name}/"] = np.array([[math.fsum(mean[rows]) / len(rows)] for rows in order])
    for fidelity, column in d.cost.items():
        cost = table.numbers(column)
        if (bad := ~(cost >= 0)).any():
            table.refuse(f"column {column!r}, the cost, is negative or missing", np.flatnonzero(bad),
                         lambda row: f"{cost[row]}")
        means = [math.fsum(cost[rows]) / len(rows) for rows in order]
        found[f"cost/{fidelity}" if fidelity else "cost"] = np.array(means)
    return found


def _stacked(column, order, most):
    """Rows of one design side by side, one a seed; one column where they all agree."""
    records = np.full((len(order), most), np.nan)
    for i, rows in enumerate(order):
        records[i, :len(rows)] = column[rows]
    known = ~np.isnan(records)
    if (np.where(known, records, records[:, :1]) == records[:, :1]).all():
        return records[:, :1]
    return records


def _refuse_nan(table, records, columns, name):
    """A design may lack its last seeds, but never the first, nor one in the middle."""
    known = ~np.isnan(records)
    if (bad := ~known[:, 0] | (np.diff(known.astype(int), axis=1) > 0).any(axis=1)).any():
        what = (f"column {columns[0]!r} ({name}) has no value" if len(columns) == 1 else
                f"columns {', '.join(columns)} ({name}) lack an earlier seed than the last")
        table.refuse(what, np.flatnonzero(bad))
