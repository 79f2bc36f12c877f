"""Every count of every registered space, computed by the space's own code, beside what was published.

    python -m archgym.experiments.space_counts [--slow] [--csv FILE] [SPACE ...]

A space adds its rows itself: a method `counts()` that yields (quantity, computed, published). `computed` is a number,
or a function without arguments where it takes more than a few seconds (called with --slow only). `published` is a
number, text that says how far it is known ("1.08e18", "10^446"), or None. A space without `counts` shows its size.
"""

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Iterator
from math import log10
from typing import NamedTuple

from archgym import registry

WRITTEN_OUT = 10**15  # larger numbers are shown as powers of ten


class Count(NamedTuple):
    space: str
    quantity: str
    computed: int | float | None
    """None: not computed, because it takes long."""
    published: int | float | str | None

    @property
    def agrees(self) -> bool | None:
        """Whether both are equal as far as the published figure says; None where there is nothing to compare."""
        if self.computed is None or self.published is None:
            return None
        if not isinstance(self.published, str):
            return self.computed == self.published
        if power := re.fullmatch(r"10\^(\d+(?:\.(\d+))?)", self.published):
            return round(log10(self.computed), len(power[2] or "")) == float(power[1])
        if scientific := re.fullmatch(r"\d(?:\.(\d+))?e\d+", self.published):
            return float(f"{self.computed:.{len(scientific[1] or '')}e}") == float(self.published)
        raise ValueError(f"{self.space}: published count {self.published!r} is neither a number, 1.08e18 nor 10^446")


def rows(names: Iterable[str] = (), slow: bool = False) -> Iterator[Count]:
    """Counts of the named spaces, or of all that are registered."""
    for name in names or registry.space_names():
        space = registry.space(name)
        own = getattr(space, "counts", None)
        for quantity, computed, published in own() if own else [("genomes", space.size, None)]:
            if callable(computed):
                computed = computed() if slow else None
            yield Count(name, quantity, computed, published)


def shown(number) -> str:
    if number is None or isinstance(number, str):
        return number or ""
    return f"{number:,}" if number < WRITTEN_OUT else f"10^{log10(number):.2f}"


def table(counts: Iterable[Count]) -> str:
    """The rows as a Markdown table."""
    lines = ["| space | quantity | computed | published | agrees |", "|---|---|---:|---:|---|"]
    for count in counts:
        verdict = {True: "yes", False: "NO", None: ""}[count.agrees]
        cells = count.space, count.quantity, shown(count.computed), shown(count.published), verdict
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(description="Every count of every search space, beside what was published.")
    parser.add_argument("spaces", nargs="*", metavar="SPACE", help="default: all that are registered")
    parser.add_argument("--slow", action="store_true", help="also what takes more than a few seconds")
    parser.add_argument("--csv", metavar="FILE", help="also write the rows with every digit to a file")
    options = parser.parse_args(arguments)
    counts = list(rows(options.spaces, options.slow))
    print(table(counts))
    if options.csv:
        with open(options.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow((*Count._fields, "agrees"))
            writer.writerows((*count, count.agrees) for count in counts)
    return int(any(count.agrees is False for count in counts))


if __name__ == "__main__":
    sys.exit(main())
