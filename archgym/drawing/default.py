"""What is drawn of a design where its space says nothing: its graph, its choices, or its derivation."""

from dataclasses import replace

from .families import SYMBOL, family_of
from .parts import Drawing, Graph, Link, Node, Settings, Tree, Twig


def standard(space, design) -> Drawing:
    """The graph of a space that has one and where it is acyclic; else settings (product spaces) or the derivation."""
    from ..space import Space

    if type(space).graph is not Space.graph:
        graph = of_graph(space.graph(design))
        if graph is not None:
            return Drawing(space.name, (graph,))
    return of_build(space, space.trace(space.encode(design)))


def of_build(space, trace) -> Drawing:
    """The settings of a product space, the derivation in others."""
    return Drawing(space.name, ((of_choices if hasattr(space, "choices") else of_trace)(trace),))


def both(title: str, drawings) -> Drawing:
    """One drawing of several, given as (name, Drawing): panels beside each other under their names."""
    panels = [replace(panel, title=f"{name}: {panel.title}" if panel.title else name)
              for name, drawing in drawings for panel in drawing.panels]
    return Drawing(title, tuple(panels), " ".join(filter(None, (drawing.note for _, drawing in drawings))),
                   tuple(family for _, drawing in drawings for family in drawing.families))


def of_graph(graph, title: str = "") -> Graph | None:
    """A labelled graph, operations on nodes; None where it has a cycle."""
    left = {i: 0 for i in range(len(graph.labels))}
    onward = {i: [] for i in left}
    for source, target in graph.edges:
        left[target] += 1
        onward[source].append(target)
    ready = [i for i, count in left.items() if not count]
    for i in ready:
        for target in onward[i]:
            left[target] -= 1
            if not left[target]:
                ready.append(target)
    if len(ready) < len(graph.labels):
        return None
    return Graph(tuple(map(Node.of, graph.labels)), tuple(Link(*edge) for edge in graph.edges), title)


def of_choices(trace, title: str = "") -> Settings:
    """Every choice with the option that it took among its legal ones."""
    rows = []
    for choice, pick in zip(trace.choices, trace.picks):
        legal = choice.legal_picks()
        rows.append((choice.name, tuple(str(choice.options[i]) for i in legal), legal.index(pick), choice.ordered))
    return Settings(tuple(rows), title)


def of_trace(trace, title: str = "") -> Tree:
    """The derivation: a node a choice, below the nearest earlier choice whose path it extends."""
    below = {(): []}
    for choice in trace.choices:
        parent = next(choice.path[:d] for d in range(len(choice.path), -1, -1) if choice.path[:d] in below)
        below[parent].append(choice.path)
        below[choice.path] = []
    options = {choice.path: choice.options[pick] for choice, pick in zip(trace.choices, trace.picks)}

    def twig(path, parent):
        name = "/".join(map(str, path[len(parent):]))
        option = str(options[path])
        return Twig.of(f"{name} = {option}", family_of(option), (twig(child, path) for child in below[path]))

    roots = below[()]
    if len(roots) == 1:
        return Tree(twig(roots[0], ()), title)
    return Tree(Twig.of("design", SYMBOL, (twig(path, ()) for path in roots)), title)
