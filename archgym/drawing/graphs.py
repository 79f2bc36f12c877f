"""Graphs as scenes: operations in boxes, or in pills on their edges."""

from .columns import in_columns
from .families import INPUT, OUTPUT, STATE
from .layered import layered, longest_paths
from .parts import Graph
from .scene import SIZE, Box, Line, Measure, Scene, Text

LINE = SIZE + 4.5  # height of a part
PAD = 4.0  # beside a text in its box


def graph_scene(graph: Graph, measure: Measure, flow: str = "down") -> Scene:
    """flow: "down" or "right"."""
    alive = graph.alive
    # (parts, faded, is it a pill): the nodes, then what stands on links
    items = [(node.parts, i not in alive, False) for i, node in enumerate(graph.nodes)]
    edges, arrows, faded = [], [], []
    for link in graph.links:
        dead = not (graph.carries(link) and {link.source, link.target} <= alive)
        if link.part is None:
            edges.append((link.source, link.target))
            arrows.append(True)
            faded.append(dead)
        else:
            edges += [(link.source, len(items)), (len(items), link.target)]
            arrows += [False, True]
            faded += [dead, dead]
            items.append(((link.part,), dead, True))
    ranks = _ranks(graph, len(items), edges)
    sizes = [_size(parts, measure) for parts, _, _ in items]
    down = flow == "down"
    laid = layered(sizes if down else [(h, w) for w, h in sizes], edges, ranks,
                   gap=5.0 if down else 3.5, space=12.0 if down else 16.0)
    if down:
        laid = in_columns(laid, sizes, ranks, edges)
    turn = (lambda x, y: (x, y)) if down else (lambda x, y: (y, x))
    scene = Scene([], *turn(*laid.size))
    for route, dead, arrow in zip(laid.routes, faded, arrows):
        scene.shapes.append(Line(tuple(turn(*point) for point in route), dead, arrow, flow))
    for (parts, dead, pill), (width, height), place in zip(items, sizes, laid.places):
        x, y = turn(*place)
        _draw_item(scene, parts, dead, pill, x, y, width, height, measure)
    return scene


def _ranks(graph, count, edges):
    families = [node.parts[0].family for node in graph.nodes]
    first = {i for i, family in enumerate(families) if family == INPUT}
    last = [i for i, family in enumerate(families) if family == OUTPUT]
    ranks = longest_paths(count, edges, first, last)
    target = dict(edges[::-1])
    for pill in range(len(graph.nodes), count):  # just before what it enters
        ranks[pill] = ranks[target[pill]] - 1
    return ranks


def _size(parts, measure):
    if parts[0].family == STATE:
        across = max(LINE, measure(parts[0].text, SIZE, False) + 5)
        return across, LINE
    return max(measure(part.text, SIZE, False) for part in parts) + 2 * PAD, LINE * len(parts)


def _draw_item(scene, parts, dead, pill, x, y, width, height, measure):
    radius = LINE / 2 if pill or parts[0].family in (STATE, INPUT, OUTPUT) else 1.5
    for i, part in enumerate(parts):
        middle = y - height / 2 + (i + 0.5) * LINE
        scene.shapes.append(Box(x, middle, width, LINE, part.family, dead, radius))
        scene.shapes.append(Text(x, middle, part.text, measure(part.text, SIZE, False), faded=dead))
