"""Drawings as lines of text, for terminals and logs."""

from collections.abc import Iterator

from .parts import Drawing, Graph, Settings, Stack, Timeline, Tree
from .trees import folded

MOST = 30  # lines of a panel
BAR = 24  # characters of the widest layer


def lines(drawing: Drawing) -> list[str]:
    """Every panel under its title. A panel of more than MOST lines is cut, and says so."""
    found = []
    for panel in drawing.panels:
        told = list(WAYS[type(panel)](panel))
        if panel.title:
            found.append(panel.title)
        found += told[:MOST]
        if len(told) > MOST:
            found.append(f"... {len(told) - MOST} lines more; --draw FILE.svg has all of them")
    return found


def _graph(graph: Graph) -> Iterator[str]:
    """A line a node: what enters it. Nodes of one name are told apart by numbers."""
    alive, names = graph.alive, _names(graph)
    several = any(len(node.parts) > 1 for node in graph.nodes)
    if several:
        names = [f"[{i}]" for i in range(len(names))]
    width = max(map(len, names), default=0)
    for i in _in_order(graph):
        entering = [(f"{link.part.text}({names[link.source]})" if link.part else names[link.source])
                    for link in graph.links if link.target == i]
        shown = f"{names[i].ljust(width)}{f' {graph.nodes[i].text}' if several else ''}"
        dead = "" if i in alive else "  (on no path)"
        yield (shown + (f" <- {' + '.join(entering)}" if entering else "")).rstrip() + dead


def _in_order(graph):
    from .layered import longest_paths

    ranks = longest_paths(len(graph.nodes), [(link.source, link.target) for link in graph.links])
    return sorted(range(len(graph.nodes)), key=lambda i: ranks[i])


def _names(graph):
    texts = [node.text for node in graph.nodes]
    return [text if texts.count(text) == 1 else f"{text} #{texts[:i].count(text) + 1}" for i, text in enumerate(texts)]


def _tree(tree: Tree) -> Iterator[str]:
    def below(twig, before):
        for n, child in enumerate(twig.children):
            last = n == len(twig.children) - 1
            yield before + ("└─ " if last else "├─ ") + _twig(child)
            yield from below(child, before + ("   " if last else "│  "))

    root = folded(tree.root)
    yield _twig(root)
    yield from below(root, "")


def _twig(twig):
    return " ".join(part.text for part in twig.parts) + (f" x{twig.times}" if twig.times > 1 else "")


def _stack(stack: Stack) -> Iterator[str]:
    names = max((len(row.name) for row in stack.rows), default=0)
    largest = max((row.size or 0 for row in stack.rows), default=0)
    for row in stack.rows:
        bar = f"{'█' * max(round(BAR * row.size / largest), 1)} " if row.size and largest else ""
        texts = " ".join(part.text for part in row.parts)
        yield f"{row.name.ljust(names)}  {bar}{texts}{f'  ({row.note})' if row.note else ''}".strip()


def _settings(settings: Settings) -> Iterator[str]:
    width = max((len(name) for name, *_ in settings.rows), default=0)
    for name, options, taken, _ in settings.rows:
        yield f"{name.ljust(width)}  {options[taken]}"


def _timeline(timeline: Timeline) -> Iterator[str]:
    """A line a span, by its start."""
    lanes = max(map(len, timeline.lanes), default=0)
    for span in sorted(timeline.spans, key=lambda span: (span.start, span.lane)):
        families = ", ".join(dict.fromkeys(family for *_, family in span.pieces if family))
        yield (f"{timeline.lanes[span.lane].ljust(lanes)}  {span.start:.4g} to {span.end:.4g} {timeline.unit}  "
               f"{span.text}{f' ({families})' if families else ''}")


WAYS = {Graph: _graph, Tree: _tree, Stack: _stack, Settings: _settings, Timeline: _timeline}
