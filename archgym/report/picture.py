"""A figure on its way to the page and to the folder: SVG in the page, PNG, SVG, PDF and its numbers as CSV beside."""

import csv
import io
import re
from dataclasses import dataclass, field

FORMATS = {
    "png": {"metadata": {"Software": None}},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}


@dataclass
class Picture:
    name: str
    """File name without its ending."""
    figure: object
    """A matplotlib Figure."""
    caption: str
    """HTML: what is shown, of how many seeds, what the bands are."""
    header: tuple
    rows: list = field(repr=False)
    """The numbers in the figure, one tuple a row."""
    alt: str = ""
    """What the picture is, for those who cannot see it."""
    wide: bool = True
    svg: str = field(default="", repr=False)

    def save(self, folder):
        """Write the files and keep the SVG for the page; lets go of the figure."""
        for ending, options in FORMATS.items():
            buffer = io.BytesIO()
            self.figure.savefig(buffer, format=ending, **options)
            content = buffer.getvalue()
            (folder / f"{self.name}.{ending}").write_bytes(content)
            if ending == "svg":
                self.svg = inline(content.decode(), self.name)
        write_csv(folder / f"{self.name}.csv", self.header, self.rows)
        self.figure = None
        return self


def write_csv(path, header, rows):
    """A CSV file with full precision; an empty field where a number is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[cell(v) for v in row] for row in rows])
    path.write_text(text.getvalue(), encoding="utf-8")


def cell(value):
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return "" if value != value else repr(value)
    return value


def inline(svg, name):
    """The `<svg>` element alone, its ids made distinct from those of other figures on the page."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(
        r'(<svg[^>]*?) width="[^"]*"| height="[^"]*"(?=[^>]*viewBox)', lambda m: m.group(1) or "", svg, count=2
    )
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r'href="#', f'href="#{name}-', svg)
    # Namespace declarations hold addresses; HTML needs none of them, and href needs no prefix.
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    # A hundredth of a point is finer than any eye; a curve drawn in full precision doubles the page.
    svg = re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path.group()), svg)
    return re.sub(r">\s+<", "><", svg)
