"""Small tables of the tests' own making."""

import csv
import itertools
from pathlib import Path

import yaml

SPACE = {"depth": [1, 2, 3], "width": [8, 16], "op": ["conv", "pool"]}
DESIGNS = list(itertools.product(*SPACE.values()))


def record(i, **more):
    """Row i: three seeds at 9 epochs (the third lacks at every other design), one record at 3."""
    depth, width, op = DESIGNS[i]
    accuracy = 10 * depth + width / 8 + (op == "conv") / 2
    return {"depth": depth, "width": width, "op": op, "short": accuracy - 5, "a": accuracy, "b": accuracy + 0.25,
            "c": accuracy + 0.75 if i % 2 else "", "test": accuracy - 1, "seconds": 90.0 * depth} | more


ROWS = [record(i) for i in range(len(DESIGNS))]
YAML = {"space": SPACE, "metrics": {"accuracy": {"columns": {3: "short", 9: ["a", "b", "c"]}, "unit": "%"}},
        "cost": "seconds", "licence": "MIT", "source": "made here"}


def write(folder, rows=ROWS, said=YAML, file="toy", **more) -> Path:
    """FILE.csv with these rows and FILE.yaml beside it; returns the CSV's path."""
    path = Path(folder) / f"{file}.csv"
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    path.with_suffix(".yaml").write_text(yaml.safe_dump(said | more, sort_keys=False))
    return path
