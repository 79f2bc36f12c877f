"""Scenes into files: SVG, PNG and PDF, by matplotlib, the same bytes every time."""

import io
from functools import lru_cache
from pathlib import Path

from ..errors import ArchGymError
from ..report.style import INK
from ..report.style import drawing as style
from .families import NONE, SYMBOL, fills
from .page import page
from .parts import Drawing
from .scene import Box, Line, Scene

FORMATS = {
    ".svg": {"metadata": {"Date": None, "Creator": None}},
    ".png": {"metadata": {"Software": None}, "dpi": 300},
    ".pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}
FADED, WIRE = 0.32, "#6b6b6b"
HEAD = 3.2  # length of an arrow's head


def write(drawing: Drawing, path) -> Path:
    """Write a drawing to a file whose ending says the format. ArchGymError for other endings and where it cannot."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ArchGymError(f"{path}: a drawing is written as {', '.join(FORMATS)}; "
                           + (f"{path.suffix!r} is none of them" if path.suffix else "the name has no ending"))
    content = rendered(drawing, path.suffix.lower())
    try:
        path.write_bytes(content)
    except OSError as why:
        raise ArchGymError(f"{path}: the drawing cannot be written: {why.strerror}") from None
    return path


def rendered(drawing: Drawing, ending: str) -> bytes:
    with style():
        import matplotlib
        from matplotlib.figure import Figure

        matplotlib.rcParams.update({"svg.fonttype": "none", "text.parse_math": False, "font.family": "sans-serif",
                                    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"]})
        scene = page(drawing, text_width)
        figure = Figure(figsize=(scene.width / 72, scene.height / 72), facecolor="white")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, scene.width), ylim=(scene.height, 0))
        axes.set_axis_off()
        _paint(axes, scene, drawing.families)
        buffer = io.BytesIO()
        figure.savefig(buffer, format=ending[1:], **FORMATS[ending])
    return buffer.getvalue()


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool) -> float:
    """Width in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=size, weight="bold" if bold else "normal")
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]


def _paint(axes, scene: Scene, families):
    colours = fills((*families, *(shape.family for shape in scene.shapes if isinstance(shape, Box))))
    for shape in scene.shapes:
        if isinstance(shape, Line):
            _line(axes, shape)
        elif isinstance(shape, Box):
            _box(axes, shape, colours)
    for text in scene.texts:
        axes.text(text.x, text.y, text.text, ha=text.align, va="center_baseline", fontsize=text.size, color=INK,
                  alpha=FADED if text.faded else 1, fontweight="bold" if text.bold else "normal", zorder=3)


def _box(axes, box, colours):
    from matplotlib.patches import FancyBboxPatch

    radius = min(box.round, box.width / 2, box.height / 2)
    axes.add_patch(FancyBboxPatch(
        (box.x - box.width / 2, box.y - box.height / 2), box.width, box.height,
        boxstyle=f"round,pad=0,rounding_size={radius}", facecolor=colours[box.family], linewidth=0.5,
        edgecolor="#9a9a9a" if box.family in (SYMBOL, NONE) else "#4a4a4a", alpha=FADED if box.faded else 1,
        linestyle="--" if box.family == NONE else "-", zorder=2))


def _line(axes, line):
    from matplotlib.patches import PathPatch, Polygon

    look = {"alpha": FADED if line.faded else 1, "zorder": 1}
    if line.arrow:
        x, y = line.points[-1]
        corners = ((0, 0), (-0.4 * HEAD, -HEAD), (0.4 * HEAD, -HEAD))
        axes.add_patch(Polygon([(x + dx, y + dy) if line.flow == "down" else (x + dy, y + dx) for dx, dy in corners],
                               facecolor=WIRE, linewidth=0, **look))
    axes.add_patch(PathPatch(_path(line.points, line.flow), facecolor="none", edgecolor=WIRE, linewidth=0.7,
                             capstyle="round", joinstyle="round", **look))


def _path(points, flow):
    """Straight pieces; between layers, curves that leave and arrive along the flow."""
    from matplotlib.path import Path as Outline

    if not flow:
        return Outline(points)
    vertices, codes = [points[0]], [Outline.MOVETO]
    for n, ((ax, ay), (bx, by)) in enumerate(zip(points, points[1:])):
        if n % 2 == 0:  # within a layer
            vertices.append((bx, by))
            codes.append(Outline.LINETO)
        else:
            bend = [(ax, (ay + by) / 2), (bx, (ay + by) / 2)] if flow == "down" else [
                ((ax + bx) / 2, ay), ((ax + bx) / 2, by)]
            vertices += [*bend, (bx, by)]
            codes += [Outline.CURVE4] * 3
    return Outline(vertices, codes)
