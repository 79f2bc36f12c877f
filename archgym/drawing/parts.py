"""What there is to draw of a design: graphs, trees, stacks of layers, settings and timelines, side by side."""

from dataclasses import dataclass

from .families import INPUT, NONE, OUTPUT, family_of


@dataclass(frozen=True, slots=True)
class Part:
    """A text and the family of operations that it belongs to, which gives the colour."""

    text: str
    family: str = ""
    """One of `families.FAMILIES`, or a word of the space's own; empty: read from the text."""

    def __post_init__(self):
        object.__setattr__(self, "text", str(self.text))
        if not self.family:
            object.__setattr__(self, "family", family_of(self.text))


@dataclass(frozen=True, slots=True)
class Node:
    """A box: one part, or several one below the other where they are computed one after the other."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, text, family: str = "") -> "Node":
        return cls((Part(text, family),))

    @property
    def text(self) -> str:
        return " > ".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from node to node (indices), with what it computes where operations stand on edges."""

    source: int
    target: int
    part: Part | None = None


@dataclass(frozen=True)
class Graph:
    """A directed acyclic graph. What lies on no path from an input to an output is drawn faded."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    title: str = ""
    unused: bool = False
    """Whether the design has this graph but takes it nowhere: all of it is faded."""

    @classmethod
    def on_edges(cls, nodes: dict, edges, title: str = "", unused: bool = False) -> "Graph":
        """From {name: Node} and (from name, to name, operation or None): operations stand on edges."""
        at = {name: i for i, name in enumerate(nodes)}
        links = (Link(at[a], at[b], None if operation is None else Part(operation)) for a, b, operation in edges)
        return cls(tuple(nodes.values()), tuple(links), title, unused)

    @property
    def alive(self) -> set[int]:
        """Nodes on a path from an input to an output on which nothing is of the family "none"; all where it has no ends."""
        if self.unused:
            return set()
        span = range(len(self.nodes))
        begins = [i for i in span if self.nodes[i].parts[0].family == INPUT]
        ends = [i for i in span if self.nodes[i].parts[0].family == OUTPUT]
        if not begins or not ends:
            return set(span)
        carrying = [i for i in span if all(part.family != NONE for part in self.nodes[i].parts)]
        onward, back = {i: [] for i in span}, {i: [] for i in span}
        for link in self.links:
            if self.carries(link) and link.source in carrying and link.target in carrying:
                onward[link.source].append(link.target)
                back[link.target].append(link.source)
        return reached(begins, onward) & reached(ends, back)

    @staticmethod
    def carries(link: Link) -> bool:
        return link.part is None or link.part.family != NONE


def reached(starts, step) -> set[int]:
    found, stack = set(starts), list(starts)
    while stack:
        for other in step[stack.pop()]:
            if other not in found:
                found.add(other)
                stack.append(other)
    return found


@dataclass(frozen=True, slots=True)
class Twig:
    """A node of a tree: its parts in a row, and what hangs below it."""

    parts: tuple[Part, ...]
    children: tuple["Twig", ...] = ()
    times: int = 1
    """How often it stands there: equal neighbours are drawn once."""

    @classmethod
    def of(cls, text, family: str = "", children=()) -> "Twig":
        return cls((Part(text, family),), tuple(children))

    @property
    def size(self) -> int:
        """Nodes, itself included."""
        return 1 + sum(child.size for child in self.children)


@dataclass(frozen=True)
class Tree:
    """A derivation, drawn from left to right; leaves read from top to bottom."""

    root: Twig
    title: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Layers that stand beside each other in a stack."""

    parts: tuple[Part, ...]
    name: str = ""
    size: float | None = None
    """Width of a row of one part, relative to the other rows; None: as wide as its text."""
    note: str = ""


@dataclass(frozen=True)
class Stack:
    """Layers one after the other, input above."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True)
class Settings:
    """Named settings: (name, options, index of the one that is taken, whether the options have an order)."""

    rows: tuple[tuple[str, tuple, int, bool], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """What one lane of a timeline is busy with: pieces that follow each other, each with a family."""

    lane: int
    text: str
    pieces: tuple[tuple[float, float, str], ...]
    """(from, to, family), in the timeline's unit."""

    @property
    def start(self) -> float:
        return self.pieces[0][0]

    @property
    def end(self) -> float:
        return self.pieces[-1][1]


@dataclass(frozen=True)
class Timeline:
    """Who is busy when: a lane below the other, time from left to right. Spans of a lane may overlap."""

    lanes: tuple[str, ...]
    spans: tuple[Span, ...]
    unit: str
    title: str = ""


Panel = Graph | Tree | Stack | Settings | Timeline


@dataclass(frozen=True)
class Drawing:
    title: str
    panels: tuple[Panel, ...]
    note: str = ""
    """What the reader must know to read it, one sentence."""
    families: tuple[str, ...] = ()
    """Families of the space's own, in the order of their colours, so that all its drawings have the same."""
