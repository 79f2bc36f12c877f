"""Output for people: headings, labelled lines, tables. Colours only on a terminal, and none under NO_COLOR."""

import math
import os
import re
import sys

WIDEST = 110  # longer lines are hard to read
NARROWEST = 24  # of a text beside its label; below that it goes under it
PIPED = 100  # columns where no window says how wide


class Trimmed:
    """A stream without blanks at the ends of lines: tables fill their cells up."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        self.stream.write(re.sub(r"[ ]+(?=\n|$)", "", text))

    def __getattr__(self, name):
        return getattr(self.stream, name)


def page(stream=None):
    """A rich console for stdout (or another stream)."""
    from rich.console import Console

    stream = stream or sys.stdout
    if stream.isatty():
        console = Console(file=stream, highlight=False)
        console.width = min(console.width, WIDEST)
        return console
    return Console(file=Trimmed(stream), highlight=False, width=_piped_width())


def _piped_width():
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return min(os.get_terminal_size(2).columns, WIDEST)  # `| less`: the window is still there
    except OSError:
        return PIPED


def heading(console, text, note=""):
    from rich.text import Text

    console.print(Text.assemble((text, "bold"), f"  {note}" if note else ""))


def labelled(console, rows, style="cyan"):
    """`label  text` lines, texts wrapped beside their labels; rows without text are left out.

    A text with a word too long for its column, such as a design, is left to the terminal, so that it can be copied.
    """
    from rich.table import Table
    from rich.text import Text

    rows = [(label, text) for label, text in rows if text not in (None, "")]
    width = max((len(label) for label, _ in rows), default=0)
    for label, text in rows:
        if console.width - width - 2 < NARROWEST:
            console.print(Text(label, style))
            item(console, text)
            continue
        if max(map(len, text.split()), default=0) > console.width - width - 2:
            console.print(Text.assemble((label.ljust(width), style), "  ", text), soft_wrap=True)
            continue
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style=style, no_wrap=True, width=width)
        grid.add_column()
        grid.add_row(label, Text(text))
        console.print(grid)


def table(console, columns, rows, indent=0):
    """A table under headings. A column is its heading, or (heading, "right")."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="cyan")
    for i, column in enumerate(columns):
        title, justify = (column, "left") if isinstance(column, str) else column
        grid.add_column(title, justify=justify, no_wrap=justify == "right" or i == 0, overflow="fold")
    for row in rows:
        grid.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(Padding(grid, (0, 0, 0, indent)) if indent else grid)


def item(console, text):
    """A text set in below its heading."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text), (0, 0, 0, 4)))


def prose(console, text):
    """Paragraphs of a docstring, filled to the width."""
    from rich.text import Text

    for i, paragraph in enumerate(text.strip().split("\n\n")):
        if i:
            console.print()
        console.print(Text(" ".join(paragraph.split())))


def number(x) -> str:
    """Five significant digits, thousands with commas."""
    if x is None:
        return "-"
    if not math.isfinite(x):
        return str(x)
    return f"{x:,.0f}" if abs(x) >= 1e4 or x == int(x) and abs(x) >= 1 else f"{x:.5g}"


def column_of(values) -> list[str]:
    """Numbers of one column with the same decimals: five significant digits for the largest."""
    finite = [abs(v) for v in values if v is not None and math.isfinite(v)]
    largest = max(finite, default=0)
    if 0 < largest < 1e-4:
        return ["-" if v is None else f"{v:.4e}" for v in values]
    decimals = 4 if not largest else max(0, 4 - math.floor(math.log10(largest)))
    return ["-" if v is None else f"{v:,.{decimals}f}" for v in values]


def percent(share) -> str:
    if share is None:
        return "-"
    if share in (0, 1):
        return f"{share:.0%}"
    if share < 0.001:
        return f"{100 * share:.2g}%"
    return f"{share:.1%}" if share < 0.999 else ">99.9%"


def unit_of(text) -> str:
    """A unit as it follows a number."""
    return f" {text}" if text else ""


def duration(seconds) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.3g} ms"
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
