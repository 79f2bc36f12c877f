"""Timelines: where bars stand, that nothing overlaps, what is told in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym.drawing import Drawing, Span, Timeline
from archgym.drawing.paint import rendered, text_width
from archgym.drawing.scene import Box
from archgym.drawing.text import lines
from archgym.drawing.timeline import WIDTH, timeline_scene

TWO = Timeline(("core", "engine"), (
    Span(0, "load", ((0.0, 1.0, "memory"), (1.0, 3.0, "compute"))), Span(1, "filter", ((3.0, 4.0, "compute"),))), "ms")
spans = st.lists(st.tuples(st.integers(0, 2), st.floats(0, 100), st.floats(0.01, 50)), min_size=1, max_size=12)


def bars(scene):
    return [shape for shape in scene.shapes if isinstance(shape, Box)]


def test_a_bar_is_as_long_as_its_share_of_the_time():
    widths = [bar.width for bar in bars(timeline_scene(TWO, text_width))]
    assert widths == pytest.approx([WIDTH / 4, WIDTH / 2, WIDTH / 4])


@settings(max_examples=25)
@given(spans)
def test_no_two_bars_and_no_two_texts_overlap(drawn):
    timeline = Timeline(("a", "b", "c"), tuple(
        Span(lane, f"task {n}", ((start, start + length, "compute"),)) for n, (lane, start, length) in enumerate(drawn)),
        "s")
    scene = timeline_scene(timeline, text_width)
    extents = [(b.x - b.width / 2, b.y - b.height / 2, b.x + b.width / 2, b.y + b.height / 2) for b in bars(scene)]
    for boxes in (extents, [text.extent for text in scene.texts]):
        for i, (left, top, right, bottom) in enumerate(boxes):
            assert not any(left < x1 - 1e-6 and x0 < right - 1e-6 and top < y1 - 1e-6 and y0 < bottom - 1e-6
                           for x0, y0, x1, y1 in boxes[:i])


def test_it_is_told_a_line_a_span_and_painted_the_same_way_again():
    drawing = Drawing("two", (TWO,))
    assert lines(drawing) == ["core    0 to 3 ms  load (memory, compute)", "engine  3 to 4 ms  filter (compute)"]
    assert rendered(drawing, ".svg") == rendered(drawing, ".svg")
