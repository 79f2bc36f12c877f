"""Trees as scenes; what is too large is folded."""

from dataclasses import replace

from .families import OTHER, SYMBOL
from .parts import Part, Tree, Twig
from .scene import SIZE, SMALL, Box, Line, Measure, Scene, Text

LINE = SIZE + 4.0
STEP = LINE + 2.0  # from leaf to leaf
APART = 12.0  # between a node and its children
INDENT = 12.0  # of children below a node
PAD = 3.0
MOST_LEAVES = 72  # as many fill a page


def tree_scene(tree: Tree, measure: Measure, style: str = "tidy") -> Scene:
    """style: "tidy", children to the right of a node, or "outline", children below it and set in, a line a node."""
    root = folded(tree.root)
    scene = Scene()
    if style == "tidy":
        _, rows = _tidy(scene, root, 0.0, 0, measure)
    else:
        rows = _outline(scene, root, 0.0, 0, measure)
    scene.height = (rows - 1) * STEP + LINE
    return scene


def folded(root: Twig, most: int = MOST_LEAVES) -> Twig:
    """Equal neighbours once, with their number; while there are too many leaves, the deepest level is told in words."""
    root = _once(root)
    depth = _depth(root)
    while _leaves(root) > most and depth > 1:
        depth -= 1
        root = _cut(root, depth)
    return root


def _once(twig):
    """Equal neighbours once with their number, and groups that come again and again below a node "n times"."""
    left, children = list(map(_once, twig.children)), []
    while left:
        period, times = max(((p, _repeats(left, p)) for p in range(1, len(left) // 2 + 1)),
                            key=lambda found: (found[0] * (found[1] - 1), -found[0]), default=(1, 1))
        group, left = left[:period] if times > 1 else left[:1], left[period * times if times > 1 else 1:]
        if times == 1:
            children += group
        elif period == 1:
            children.append(replace(group[0], times=times))
        else:
            children.append(Twig.of(f"{times} times", SYMBOL, group))
    return replace(twig, children=tuple(children))


def _repeats(twigs, period):
    times = 1
    while twigs[times * period:(times + 1) * period] == twigs[:period]:
        times += 1
    return times


def _cut(twig, depth):
    if not twig.children:
        return twig
    if depth == 0:
        below = sum(child.size for child in twig.children)
        return replace(twig, parts=(*twig.parts, Part(f"+ {below} below", OTHER)), children=())
    return replace(twig, children=tuple(_cut(child, depth - 1) for child in twig.children))


def _depth(twig):
    return 1 + max(map(_depth, twig.children), default=0)


def _leaves(twig):
    return sum(map(_leaves, twig.children)) or 1


def _tidy(scene, twig, x, row, measure):
    """Draw a node and what is below it, its leaves from this row on; gives the y of its middle and the next row."""
    width = _width(twig, measure)
    tops, end = [], row
    for child in twig.children:
        top, end = _tidy(scene, child, x + width + APART, end, measure)
        tops.append(top)
    y = (tops[0] + tops[-1]) / 2 if tops else LINE / 2 + row * STEP
    bend = x + width + APART / 2
    for top in tops:
        scene.shapes.append(Line(((x + width, y), (bend, y), (bend, top), (x + width + APART, top))))
    _draw(scene, twig, x, y, measure)
    return y, max(end, row + 1)


def _outline(scene, twig, x, row, measure):
    """Draw a node in this row, what is below it in the next ones; gives the row after. An only leaf stays beside it."""
    y, width = LINE / 2 + row * STEP, _width(twig, measure)
    _draw(scene, twig, x, y, measure)
    if len(twig.children) == 1 and not twig.children[0].children:
        scene.shapes.append(Line(((x + width, y), (x + width + APART, y))))
        _draw(scene, twig.children[0], x + width + APART, y, measure)
        return row + 1
    row += 1
    for child in twig.children:
        middle = LINE / 2 + row * STEP
        scene.shapes.append(Line(((x + INDENT / 2, y + LINE / 2), (x + INDENT / 2, middle), (x + INDENT, middle))))
        row = _outline(scene, child, x + INDENT, row, measure)
    return row


def _draw(scene, twig, x, y, measure):
    for part in twig.parts:
        wide = measure(part.text, SIZE, False) + 2 * PAD
        round = LINE / 2 if part.family == SYMBOL else 1.5
        scene.shapes += [Box(x + wide / 2, y, wide, LINE, part.family, round=round),
                         Text(x + wide / 2, y, part.text, wide - 2 * PAD)]
        x += wide
    if twig.times > 1:
        times = f"×{twig.times}"
        wide = measure(times, SMALL, True)
        scene.shapes.append(Text(x + 2, y, times, wide, SMALL, "left", bold=True))
        x += wide + 4
    scene.width = max(scene.width, x)


def _width(twig, measure):
    times = measure(f"×{twig.times}", SMALL, True) + 4 if twig.times > 1 else 0.0
    return sum(measure(part.text, SIZE, False) + 2 * PAD for part in twig.parts) + times
