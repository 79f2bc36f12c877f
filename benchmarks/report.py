"""Run the benchmarks and write docs/measurements.md: `python -m benchmarks.report [NAME ...]`.

Without names, every module of this folder that has a `measure()`. Each yields rows (what, bar, found, how). Give the
machine nothing else to do: the figures are wall clock.
"""

import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path

from archgym.sweep.manifest import processor

HEAD = """# Measurements

What was measured, against which bar, and how. `python -m benchmarks.report` makes this page anew; the scripts are in
`benchmarks/`. Ratios are to peers in the same run; times are of the machine below, with nothing else running.

{machine}

| what | bar | found | how |
|---|---|---|---|
"""


def main(names):
    folder = Path(__file__).parent
    names = names or sorted(m.name for m in pkgutil.iter_modules([str(folder)]))
    rows = []
    for name in names:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "measure"):
            continue
        for row in module.measure():
            print(" | ".join(row), flush=True)
            rows.append(row)
    machine = f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}."
    if len(names) > 1:
        text = HEAD.format(machine=machine) + "".join("| " + " | ".join(row) + " |\n" for row in rows)
        (folder.parent / "docs" / "measurements.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
