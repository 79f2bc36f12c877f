"""Directed acyclic graphs with an operation on every edge: pruned, as labelled graphs, and named up to isomorphism."""

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

from archgym.encoding import LabelledGraph


@dataclass(frozen=True)
class EdgeDag:
    """Nodes merge what enters them; two edges may join the same nodes."""

    edges: tuple[tuple[Hashable, Hashable, str], ...]
    """(from, to, operation)."""
    input: Hashable
    output: Hashable

    def live(self) -> "EdgeDag":
        """Only what lies on a path from the input to the output."""
        after, before = defaultdict(list), defaultdict(list)
        for a, b, _ in self.edges:
            after[a].append(b)
            before[b].append(a)
        used = _reach(self.input, after) & _reach(self.output, before)
        return EdgeDag(tuple(e for e in self.edges if e[0] in used and e[1] in used), self.input, self.output)

    def without_lone(self, identity: str) -> "EdgeDag":
        """A node that only an identity enters is the node it comes from."""
        edges, output = list(self.edges), self.output
        while True:
            entering = Counter(b for _, b, _ in edges)
            lone = next((e for e in edges if e[2] == identity and entering[e[1]] == 1), None)
            if lone is None:
                return EdgeDag(tuple(edges), self.input, output)
            edges.remove(lone)
            source, gone, _ = lone
            edges = [(source if a == gone else a, b, operation) for a, b, operation in edges]
            output = source if output == gone else output

    def graph(self) -> LabelledGraph:
        """Operations on nodes: an edge from every operation into a node to every operation out of it."""
        into, out_of = defaultdict(list), defaultdict(list)
        into[self.input].append(0)
        for i, (a, b, _) in enumerate(self.edges, start=1):
            into[b].append(i)
            out_of[a].append(i)
        out_of[self.output].append(len(self.edges) + 1)
        labels = ("input", *(operation for _, _, operation in self.edges), "output")
        return LabelledGraph(labels, tuple(sorted((i, j) for node in into for i in into[node] for j in out_of[node])))

    def canonical(self) -> str:
        """One text for all graphs that differ by the names and the order of their nodes, and for no others.

        Colours of nodes are refined by what enters and leaves them (Weisfeiler-Lehman) until nothing splits; while two
        nodes look alike, each in turn is told apart from the others and the smallest text wins.
        """
        nodes = {self.input: 0, self.output: 1}
        for a, b, _ in self.edges:
            nodes.setdefault(a, 2)
            nodes.setdefault(b, 2)
        return self._smallest(nodes)

    def _smallest(self, colours) -> str:
        colours = self._refined(colours)
        alike = defaultdict(list)
        for node, colour in colours.items():
            alike[colour].append(node)
        tied = next((members for _, members in sorted(alike.items()) if len(members) > 1), None)
        if tied is None:
            return ";".join(f"{a}>{b}:{operation}" for a, b, operation in
                            sorted((colours[a], colours[b], operation) for a, b, operation in self.edges))
        # Nodes with the very same edges are exchanged by an automorphism: one of them stands for all.
        apart = {self._surroundings(node): node for node in tied}
        return min(self._smallest({**colours, node: colours[node] - 0.5}) for node in apart.values())

    def _surroundings(self, node):
        return (frozenset(Counter((a, operation) for a, b, operation in self.edges if b == node).items()),
                frozenset(Counter((b, operation) for a, b, operation in self.edges if a == node).items()))

    def _refined(self, colours):
        count = 0
        while True:
            into, out_of = defaultdict(list), defaultdict(list)
            for a, b, operation in self.edges:
                into[b].append((operation, colours[a]))
                out_of[a].append((operation, colours[b]))
            looks = {node: (colour, sorted(into[node]), sorted(out_of[node])) for node, colour in colours.items()}
            order = sorted(looks.values())
            rank = {repr(look): i for i, look in enumerate(order)}
            colours = {node: rank[repr(look)] for node, look in looks.items()}
            if len(rank) == count or len(rank) == len(colours):
                return colours
            count = len(rank)


def _reach(start, step):
    reached, stack = {start}, [start]
    while stack:
        for node in step[stack.pop()]:
            if node not in reached:
                reached.add(node)
                stack.append(node)
    return reached
