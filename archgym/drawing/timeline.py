"""Timelines as scenes: a lane below the other, spans that overlap in rows of their own, an axis below."""

from math import floor, log10

from .families import OTHER
from .parts import Timeline
from .scene import SIZE, SMALL, Box, Line, Measure, Scene, Text

WIDTH = 340.0  # points, of the whole time
BAR, ROW = SIZE + 3.0, SIZE + 5.0
PAD, TICK = 5.0, 3.0
THIN = 0.5  # of the shortest bar
STEPS = 6  # ticks at most


def timeline_scene(timeline: Timeline, measure: Measure) -> Scene:
    scene = Scene()
    left = max((measure(lane, SIZE, False) for lane in timeline.lanes), default=0.0) + PAD
    last = max((span.end for span in timeline.spans), default=0.0) or 1.0
    scale = WIDTH / last
    y = 0.0
    for n, lane in enumerate(timeline.lanes):
        spans = [span for span in timeline.spans if span.lane == n]
        rows = _rows(spans, scale, measure)
        height = ROW * max(len(rows), 1)
        scene.shapes.append(Text(0.0, y + height / 2, lane, measure(lane, SIZE, False), align="left"))
        for k, row in enumerate(rows):
            for span in row:
                _bar(scene, span, left, scale, y + (k + 0.5) * ROW, measure)
        y += height + 2.0
        scene.shapes.append(Line(((left, y - 1.0), (left + WIDTH, y - 1.0)), faded=True))
    _axis(scene, left, y, last, scale, timeline.unit, measure)
    return scene


def _rows(spans, scale, measure):
    """Spans shared out over rows, so that neither bars nor their texts overlap."""
    rows, ends = [], []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        begin, end, _, align, _ = _extent(span, scale, measure)
        begin, end = begin - (align == "right"), end + (align == "left")  # bars may touch, texts may not
        k = next((k for k, other in enumerate(ends) if other <= begin), len(rows))
        if k == len(rows):
            rows.append([])
            ends.append(0.0)
        rows[k].append(span)
        ends[k] = end
    return rows


def _extent(span, scale, measure):
    """(left, right) of a span and its text, in points; where the text stands, how it is aligned, its width."""
    begin, wide = span.start * scale, measure(span.text, SMALL, False)
    end = max(span.end * scale, begin + THIN)
    if wide + 3.0 <= end - begin:
        return begin, end, (begin + end) / 2, "center", wide
    if end + 2.0 + wide <= WIDTH or begin - 2.0 - wide < 0:
        return begin, end + 2.0 + wide, end + 2.0, "left", wide
    return begin - 2.0 - wide, end, begin - 2.0, "right", wide


def _bar(scene, span, left, scale, y, measure):
    for begin, end, family in span.pieces:
        wide = max((end - begin) * scale, THIN)
        scene.shapes.append(Box(left + begin * scale + wide / 2, y, wide, BAR, family or OTHER, round=0.8))
    _, right, at, align, wide = _extent(span, scale, measure)
    scene.shapes.append(Text(left + at, y, span.text, wide, SMALL, align))
    scene.width = max(scene.width, left + right)


def _axis(scene, left, y, last, scale, unit, measure):
    rough = last / STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(power * k for k in (1, 2, 5, 10) if power * k >= rough)
    scene.shapes.append(Line(((left, y), (left + WIDTH, y))))
    for k in range(int(last / step) + 1):
        at = left + k * step * scale
        text = f"{k * step:.6g}"
        wide = measure(text, SMALL, False)
        scene.shapes += [Line(((at, y), (at, y + TICK))), Text(at, y + TICK + SMALL, text, wide, SMALL)]
        scene.width = max(scene.width, at + wide / 2)
    wide = measure(unit, SMALL, False)
    scene.shapes.append(Text(left + WIDTH + PAD, y, unit, wide, SMALL, "left"))
    scene.width = max(scene.width, left + WIDTH + PAD + wide)
    scene.height = y + TICK + 2 * SMALL
