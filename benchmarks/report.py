"""Run the benchmarks and write docs/measurements.md: `python -m benchmarks.report [NAME ...]`.

Without names, every module of this folder that has a `measure()`; with names, the rows of these take the place of theirs
on the page. Each yields rows (what, bar, found, how). Give the machine nothing else to do: many figures are wall clock.
"""

import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path

from archgym.sweep.manifest import processor

from .speed import plain_microseconds

HEAD = """# Measurements

What was measured, against which bar, and how. `python -m benchmarks.report` makes this page anew; the scripts are in
`benchmarks/`. Ratios are to peers in the same run; times are of the machine below.

{machine}

The same machine is two or three times slower on some days than on others, so each row says what a plain-Python loop of
regularized evolution took around it (`benchmarks/speed.py`): bars were set where it takes 3.1 to 3.6 µs an evaluation,
and a time is to be read in proportion.

| what | bar | found | how | plain loop |
|---|---|---|---|---|
"""


def main(names):
    folder = Path(__file__).parent
    page = folder.parent / "docs" / "measurements.md"
    rows = _rows(page) if names else {}
    for name in names or sorted(m.name for m in pkgutil.iter_modules([str(folder)])):
        module = importlib.import_module(f"benchmarks.{name}")
        before = plain_microseconds()
        for row in module.measure() if hasattr(module, "measure") else ():
            after = plain_microseconds()
            row = (*row, f"{(before + after) / 2:.1f} µs")
            print(" | ".join(row), flush=True)
            rows[row[0]] = row
            before = after
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."
    page.write_text(HEAD.format(machine=machine) + "".join("| " + " | ".join(row) + " |\n" for row in rows.values()),
                    encoding="utf-8")


def _rows(page):
    if not page.is_file():
        return {}
    table = page.read_text(encoding="utf-8").partition("|---|---|---|---|---|\n")[2]
    cells = [tuple(line.strip("| ").split(" | ")) for line in table.splitlines()]
    return {row[0]: row for row in cells}


if __name__ == "__main__":
    main(sys.argv[1:])
