"""One scene of a whole drawing: its title, its panels beside and below each other, its legend."""

from itertools import product

from .families import PLAIN
from .graphs import graph_scene
from .parts import Drawing, Graph, Settings, Stack, Timeline, Tree
from .rows import settings_scene, stack_scene
from .scene import SMALL, Box, Measure, Scene, Text
from .timeline import timeline_scene
from .trees import tree_scene

TITLE, HEAD = 8.0, 7.0
MARGIN, GUTTER = 5.0, 14.0
SINGLE, DOUBLE = 238.0, 504.0
"""Widths in points of one and of two columns of a paper."""
SWATCH = 6.0


def page(drawing: Drawing, measure: Measure) -> Scene:
    body = _arranged(drawing, measure)
    title = measure(drawing.title, TITLE, True)
    width = max(body.width, min(title, DOUBLE))
    scene = Scene([Text(MARGIN, MARGIN + TITLE / 2, drawing.title, title, TITLE, "left", bold=True)])
    scene.put(body, MARGIN + (width - body.width) / 2, MARGIN + TITLE + 8.0)
    scene.width = max(scene.width, MARGIN + title)
    for part in (_legend(body, max(width, 150.0), measure), _note(drawing.note, max(width, 150.0), measure)):
        if part.shapes:
            scene.put(part, MARGIN, scene.height + 9.0)
    scene.width += MARGIN
    scene.height += MARGIN
    return scene


SCENES = {Graph: graph_scene, Tree: tree_scene, Stack: stack_scene, Settings: settings_scene,
          Timeline: timeline_scene}
WAYS = {Graph: ("down", "right"), Tree: ("tidy", "outline")}
"""Ways in which a kind of panel can be laid out; all of a kind go one way in a drawing."""


def _arranged(drawing, measure):
    """Every way of every kind, panels in one row or in several: what fits a column best."""
    made = {}
    for n, panel in enumerate(drawing.panels):
        for way in _ways(type(panel)):
            scene = SCENES[type(panel)](panel, measure, *([way] if way else []))
            made[n, way] = _headed(panel, scene, measure)
    kinds = list(dict.fromkeys(map(type, drawing.panels)))
    grids = []
    for ways in product(*map(_ways, kinds)):
        way = dict(zip(kinds, ways))
        scenes = [made[n, way[type(panel)]] for n, panel in enumerate(drawing.panels)]
        grids += [_grid(scenes, columns) for columns in range(len(scenes), 0, -1)]
    return min(grids, key=_cost, default=Scene())


def _ways(kind):
    return WAYS.get(kind, (None,))


def _cost(scene):
    """Area of the page that is filled, wider than a column or taller than a page being dearer."""
    over = 4 * (max(scene.width - SINGLE, 0) + max(scene.width - DOUBLE, 0)) / SINGLE
    return scene.width * scene.height * (1 + over + max(scene.height - 640.0, 0) / 200) + 40 * scene.height


def _headed(panel, scene, measure):
    if not panel.title:
        return scene
    headed, wide = Scene(), measure(panel.title, HEAD, True)
    headed.put(scene, max(wide - scene.width, 0) / 2, HEAD + 5.0)
    faded = isinstance(panel, Graph) and panel.unused
    headed.width = max(headed.width, wide)
    headed.shapes.append(Text(headed.width / 2, HEAD / 2, panel.title, wide, HEAD, bold=True, faded=faded))
    return headed


def _grid(scenes, columns):
    rows = [scenes[i:i + columns] for i in range(0, len(scenes), columns)]
    widths = [max(row[i].width for row in rows if i < len(row)) for i in range(columns)]
    grid, y = Scene(), 0.0
    for row in rows:
        x = 0.0
        for scene, width in zip(row, widths):
            grid.put(scene, x + (width - scene.width) / 2, y)
            x += width + GUTTER
        y = grid.height + GUTTER
    return grid


def _legend(body, width, measure):
    """A square a family that no text tells, in lines; none where one family alone is met."""
    families = dict.fromkeys(shape.family for shape in body.shapes if isinstance(shape, Box))
    written = {text.text for text in body.texts}
    families = [family for family in families if family not in PLAIN and family not in written]
    scene = Scene()
    if len(families) < 2:
        return scene
    x, y = 0.0, SMALL / 2
    for family in families:
        wide = measure(family, SMALL, False)
        if x and x + SWATCH + 3 + wide > width:
            x, y = 0.0, y + SMALL + 4.0
        scene.shapes += [Box(x + SWATCH / 2, y, SWATCH, SWATCH, family, round=1.0),
                         Text(x + SWATCH + 3, y, family, wide, SMALL, "left")]
        scene.width = max(scene.width, x + SWATCH + 3 + wide)
        x += SWATCH + 3 + wide + 10
    scene.height = y + SMALL / 2
    return scene


def _note(note, width, measure):
    scene, line, y = Scene(), "", SMALL / 2
    words = note.split()
    for i, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if i + 1 < len(words) and measure(f"{longer} {words[i + 1]}", SMALL, False) <= width:
            line = longer
            continue
        wide = measure(longer, SMALL, False)
        scene.shapes.append(Text(0.0, y, longer, wide, SMALL, "left"))
        scene.width = max(scene.width, wide)
        y, line = y + SMALL + 2.5, ""
    scene.height = max(y - SMALL / 2 - 2.5, 0.0)
    return scene
