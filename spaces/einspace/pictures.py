"""What to draw of a derivation: its tree, and the network that it computes."""

from archgym.drawing import Drawing, Graph, Link, Node, Part, Tree, Twig

from .canonical import Chain, Fork
from .derivation import Branching, Computation, Derivation, Routing, Sequential


def drawing(title: str, design: Derivation, chain: Chain) -> Drawing:
    return Drawing(title, (Tree(twig(design), "derivation"), network(chain)))


def twig(design: Derivation) -> Twig:
    """A module with its own terminals in a row. Nested sequences are one; computations in a sequence are one row."""
    kind = type(design)
    if kind is Computation:
        return Twig.of(design.computation)
    if kind is Routing:
        parts = "routing", design.prerouting, design.postrouting
        return Twig(_module(*parts), (twig(design.inner),))
    if kind is Branching:
        inner = [twig(part) for part in (design.inner1, design.inner2) if part is not None]
        return Twig(_module("branching", design.branching, design.aggregation), tuple(inner))
    children = []
    for part in _sequence(design):
        if type(part) is Computation and children and not children[-1].children:
            children[-1] = Twig((*children[-1].parts, Part(part.computation)))
        else:
            children.append(twig(part))
    return Twig.of("sequential", "symbol", children)


def _module(symbol, *terminals):
    return (Part(symbol, "symbol"), *map(Part, terminals))


def _sequence(design):
    if type(design) is not Sequential:
        return [design]
    return [*_sequence(design.first), *_sequence(design.second)]


def _in_a_row(steps):
    """The branches of a tied fork are alike: its split, one branch and its join stand in a row."""
    for step in steps:
        if isinstance(step, Fork) and len(step.chains) == 1:
            yield step.split
            yield from _in_a_row(step.chains[0])
            yield step.join
        else:
            yield step


def network(chain: Chain) -> Graph:
    """What is computed, from input to output; terminals in a row are one box, tied branches are drawn once."""
    nodes, links = [Node.of("input")], []

    def add(parts, sources):
        nodes.append(Node(tuple(parts)))
        links.extend(Link(source, len(nodes) - 1) for source in sources)
        return len(nodes) - 1

    def follow(steps, at):
        run = []
        for step in _in_a_row(steps):
            if not isinstance(step, Fork):
                run.append(Part(step))
                continue
            split = add([*run, Part(step.split)], [at])
            ends = [follow(branch, split) for branch in step.chains]
            at, run = add([Part(step.join)], ends), []
        return add(run, [at]) if run else at

    add([Part("output")], [follow(chain, 0)])
    return Graph(tuple(nodes), tuple(links), "network")
