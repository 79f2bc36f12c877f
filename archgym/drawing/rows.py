"""Stacks of layers and tables of settings as scenes."""

from math import ceil

from .families import OTHER, TAKEN
from .parts import Settings, Stack
from .scene import SIZE, SMALL, Box, Line, Measure, Scene, Text

LINE = SIZE + 5.0
PAD = 5.0
BAR = 120.0  # width of the widest layer
MOST_ROWS = 32  # settings below each other
MOST_DOTS = 16  # options that are drawn one by one
DOT, STRIDE = 3.6, 6.0


def stack_scene(stack: Stack, measure: Measure) -> Scene:
    scene = Scene()
    names = max((measure(row.name, SMALL, False) for row in stack.rows), default=0.0)
    left = names + PAD if names else 0.0
    largest = max((row.size or 0.0 for row in stack.rows), default=0.0)
    widths = [[_wide(row, part, largest, measure) for part in row.parts] for row in stack.rows]
    across = max((sum(wide) + 2.0 * (len(wide) - 1) for wide in widths), default=0.0)
    bars = any(row.size is not None for row in stack.rows)
    space = 7.0 if bars else 4.0
    y = LINE / 2
    for n, (row, wide) in enumerate(zip(stack.rows, widths)):
        width = sum(wide) + 2.0 * (len(wide) - 1)
        centre = left + across / 2
        if row.name:
            scene.shapes.append(Text(0.0, y, row.name, measure(row.name, SMALL, False), SMALL, "left"))
        at = centre - width / 2 if bars else left
        for part, each in zip(row.parts, wide):
            scene.shapes.append(Box(at + each / 2, y, each, LINE, part.family))
            scene.shapes.append(Text(at + each / 2, y, part.text, measure(part.text, SIZE, False)))
            at += each + 2.0
        if row.note:
            note = measure(row.note, SMALL, False)
            scene.shapes.append(Text(left + across + PAD, y, row.note, note, SMALL, "left"))
            scene.width = max(scene.width, left + across + PAD + note)
        if bars and n + 1 < len(stack.rows):
            scene.shapes.append(Line(((centre, y + LINE / 2), (centre, y + LINE / 2 + space)), arrow=True, flow="down"))
        scene.width = max(scene.width, left + across)
        y += LINE + space
    scene.height = max(y - LINE / 2 - space, 0.0)
    return scene


def _wide(row, part, largest, measure):
    text = measure(part.text, SIZE, False) + 2 * PAD
    return text if row.size is None or not largest else max(text, BAR * row.size / largest)


def settings_scene(settings: Settings, measure: Measure) -> Scene:
    """A line a choice: its name, a dot an option (the taken one filled), the option taken. Long lists in columns."""
    columns = max(ceil(len(settings.rows) / MOST_ROWS), 1)
    height = ceil(len(settings.rows) / columns)
    scene = Scene()
    for column in range(columns):
        rows = settings.rows[column * height:(column + 1) * height]
        scene.put(_settings_column(rows, measure), scene.width + (3 * PAD if column else 0.0), 0.0)
    return scene


def _settings_column(rows, measure):
    scene = Scene()
    names = max((measure(name, SIZE, False) for name, *_ in rows), default=0.0) + 2 * PAD
    dots = STRIDE * max((min(len(options), MOST_DOTS) for _, options, *_ in rows), default=0) + PAD
    y = LINE / 2
    for name, options, taken, ordered in rows:
        scene.shapes.append(Text(0.0, y, name, measure(name, SIZE, False), align="left"))
        _dots(scene, names, y, len(options), taken, ordered)
        text = options[taken]
        wide = measure(text, SIZE, True)
        scene.shapes.append(Text(names + dots, y, text, wide, align="left", bold=True))
        scene.width = max(scene.width, names + dots + wide)
        y += LINE + 1.0
    scene.height = max(y - LINE / 2 - 1.0, 0.0)
    return scene


def _dots(scene, left, y, count, taken, ordered):
    """Where the option stands among all: one dot an option, or a point on a line where there are too many for dots."""
    shown = min(count, MOST_DOTS)
    at = taken if count <= MOST_DOTS else round(taken * (MOST_DOTS - 1) / (count - 1))
    if ordered and shown > 1:
        scene.shapes.append(Line(((left + DOT / 2, y), (left + DOT / 2 + (shown - 1) * STRIDE, y)), faded=True))
    for i in range(shown):
        if i == at or count <= MOST_DOTS:
            family = TAKEN if i == at else OTHER
            scene.shapes.append(Box(left + DOT / 2 + i * STRIDE, y, DOT, DOT, family, round=DOT / 2))
