"""A grammar as a search space: one choice for every symbol that has several productions, asked from left to right."""

from functools import cached_property

from archgym.choice import Choice
from archgym.drawing import Drawing, Part, Twig
from archgym.drawing import Tree as TreePanel
from archgym.encoding import LabelledGraph
from archgym.errors import IllegalDesign
from archgym.space import Space

from .dag import EdgeDag
from .grammar import ZERO, Grammar, Tree, shortened


class Derivation:
    """A leftmost derivation: the productions chosen, in order. `tree` spells it out; `str` is its text."""

    def __init__(self, grammar: Grammar, productions: tuple[str, ...]):
        self.grammar, self.productions = grammar, productions

    @cached_property
    def tree(self) -> Tree:
        chosen = iter(self.productions)
        tree = _grow(self.grammar, self.grammar.start, chosen)
        if (extra := next(chosen, None)) is not None:
            raise IllegalDesign(f"{self!r} goes on with {extra!r} after its end")
        return tree

    @cached_property
    def taken(self) -> dict[tuple, str]:
        """Path -> production, for every symbol."""
        taken, stack = {}, [((self.grammar.start,), self.tree)]
        while stack:
            path, tree = stack.pop()
            taken[path] = self.grammar.text_of(tree)
            seen = {}
            for child in tree.children:
                if isinstance(child, Tree):
                    nth = seen[child.symbol] = seen.get(child.symbol, -1) + 1
                    stack.append(((*path, f"{child.symbol}.{nth}"), child))
        return taken

    def __str__(self):
        return str(self.tree)

    def __repr__(self):
        return f"Derivation({shortened(', '.join(self.productions))})"

    def __eq__(self, other):
        return (isinstance(other, Derivation) and self.productions == other.productions
                and self.grammar.rules == other.grammar.rules)

    def __hash__(self):
        return hash(self.productions)


def _grow(grammar, symbol, chosen):
    productions = grammar.rules[symbol]
    if len(productions) == 1:
        production = productions[0]
    else:
        text = next(chosen, None)
        if text is None:
            raise IllegalDesign(f"a derivation ends where {symbol} must become one of "
                                f"{', '.join(map(str, productions))}")
        production = grammar.production(symbol, text)
    return Tree(symbol, production.head, tuple([_grow(grammar, child, chosen) if child in grammar.rules else child
                                                for child in production.children]))


class _Site:
    """A place where derivations ask. `spare` is the choice without ZERO, for masks of edges where ZERO would cut."""

    __slots__ = ("choice", "spare", "below", "group", "start", "bit", "cutting")

    def __init__(self, choice, below, group=None, spare=None, start=0, bit=0, cutting=frozenset()):
        self.choice, self.below, self.group = choice, below, group
        self.spare, self.start, self.bit, self.cutting = spare, start, bit, cutting


class _Below(dict):
    """Option -> the sites that ask next below it, last first; made when first met."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def __missing__(self, option):
        self[option] = sites = self.make(option)
        return sites


class GrammarSpace(Space[Derivation]):
    """Give a grammar; paths name the symbols from the start down, numbered among the children of their kind."""

    law = "each production drawn by how often the grammar lists it, from left to right"

    def __init__(self, grammar: Grammar):
        self.grammar = grammar
        self._known: dict[tuple, list[_Site]] = {}
        if grammar.connected:
            self.law += f"; {ZERO} is left out where it would cut the last path of a topology"

    @cached_property
    def size(self) -> int:
        return self.grammar.count()

    @cached_property
    def sorts(self) -> dict[str, tuple]:
        return {symbol: tuple(map(str, productions)) for symbol, productions in sorted(self.grammar.rules.items())
                if len(productions) > 1}

    def counts(self):
        """Rows for the table of counts: (quantity, computed, published)."""
        repeated = self.grammar.count(repeats=True, connected=False)
        yield "derivations, a production listed twice counted twice", repeated, None
        yield "derivations", self.grammar.count(connected=False), None
        if self.grammar.connected:
            yield "derivations without a cut topology", self.size, None

    def build(self):
        stack, taken, cut = list(self._sites), [], {}
        while stack:
            site = stack.pop()
            if (group := site.group) is None:
                option = yield site.choice
            else:
                mask = cut.get(group, site.start)
                option = yield site.spare if mask in site.cutting else site.choice
                if option == ZERO:
                    cut[group] = mask | site.bit
            taken.append(option)
            stack += site.below[option]
        return Derivation(self.grammar, tuple(taken))

    @cached_property
    def _sites(self):
        return self._expand(self.grammar.start, (self.grammar.start,), None)

    def __getstate__(self):
        return {**{name: value for name, value in self.__dict__.items() if name != "_sites"}, "_known": {}}

    def _expand(self, symbol, path, around) -> list[_Site]:
        """The sites that ask first below a symbol, last first; symbols with one production are expanded in place."""
        if (sites := self._known.get((path, around))) is None:
            sites = self._known[path, around] = self._new_sites(symbol, path, around)
        return sites

    def _new_sites(self, symbol, path, around):
        productions = self.grammar.rules[symbol]
        if len(productions) == 1:
            return self._children(path, productions[0])
        weights = tuple(float(p.weight) for p in productions)
        options = self.sorts[symbol]
        weights = None if len(set(weights)) == 1 else weights
        choice = Choice(path, options, None, weights, symbol)
        below = _Below(lambda option: self._children(path, self.grammar.production(symbol, option)))
        if around is None or ZERO not in options:
            return [_Site(choice, below)]
        spare = Choice(path, options, tuple(option != ZERO for option in options), weights, symbol)
        return [_Site(choice, below, around[0], spare, *around[1:])]

    def _children(self, path, production):
        """Sites below a production, last first."""
        grammar, sites, seen = self.grammar, [], {}
        start = grammar.always_cut(production)
        for i, child in enumerate(production.children):
            if child not in grammar.rules:
                continue
            nth = seen[child] = seen.get(child, -1) + 1
            around = None
            if grammar.connected and production.head in grammar.topologies:
                around = (path, start, 1 << i, self._cutting(production.head, i))
            sites.append(self._expand(child, (*path, f"{child}.{nth}"), around))
        return [site for below in reversed(sites) for site in below]

    def _cutting(self, head, edge):
        edges = len(self.grammar.topologies[head])
        return frozenset(mask for mask in range(1 << edges) if not self.grammar.joins(head, mask | 1 << edge))

    def subtree_sort(self, path):
        """Every symbol roots a subtree, whether it asks or has but one production."""
        return path[-1].split(".")[0] if path else None

    def answer(self, design, choice):
        if not isinstance(design, Derivation):
            raise IllegalDesign(f"{self.name}: {shortened(repr(design))} is no Derivation; parse() reads one from text")
        return design.taken.get(choice.path)

    def format(self, design):
        return str(design)

    def parse(self, text):
        try:
            tree = self.grammar.read(text)
        except IllegalDesign as why:
            raise IllegalDesign(f"{self.name}: {why}") from None
        chosen = []

        def visit(tree):
            if len(self.grammar.rules[tree.symbol]) > 1:
                chosen.append(self.grammar.text_of(tree))
            for child in tree.children:
                if isinstance(child, Tree):
                    visit(child)

        visit(tree)
        return Derivation(self.grammar, tuple(chosen))

    def graph(self, design) -> LabelledGraph:
        """The architecture, operations on nodes."""
        return self.dag(design).graph()

    def dag(self, design, depth: int | None = None) -> EdgeDag:
        """The architecture, operations on edges. depth: symbols that many levels below the start stay unexpanded."""
        edges = []
        _lay(self.grammar, self.drawn(design), "input", "output", depth, edges, [0])
        return EdgeDag(tuple(edges), "input", "output")

    def drawn(self, design) -> Tree:
        """The part of a derivation that `dag` lays out."""
        return design.tree

    def drawing(self, design):
        return Drawing(self.name, (TreePanel(self.twig(design.tree)),))

    def twig(self, tree) -> Twig:
        """What to draw of a derivation: its symbol with what it became, and its children."""
        if not isinstance(tree, Tree):
            return Twig.of(tree)
        head = Part(tree.head, "other" if tree.children else "")
        return Twig((Part(tree.symbol, "symbol"), head), tuple(map(self.twig, tree.children)))

    def folds(self, design) -> tuple[LabelledGraph, ...]:
        """The architecture at every level of the grammar, from the start symbol alone to `graph`: for kernels."""
        graphs = []
        for depth in range(len(self.grammar.rules) + 1):
            graphs.append(self.dag(design, depth).graph())
            if self.grammar.rules.keys().isdisjoint(graphs[-1].labels):
                break
        return tuple(graphs)


def _lay(grammar, tree, source, sink, depth, edges, used):
    """Put a derivation between two nodes."""
    if not isinstance(tree, Tree):
        edges.append((source, sink, tree))
    elif depth == 0:
        edges.append((source, sink, tree.symbol))
    elif tree.head not in grammar.topologies:
        edges.append((source, sink, tree.head))
    else:
        ends = dict(zip(grammar.ends(tree.head), (source, sink)))
        for (a, b), child in zip(grammar.topologies[tree.head], tree.children):
            for node in (a, b):
                if node not in ends:
                    used[0] += 1
                    ends[node] = used[0]
            _lay(grammar, child, ends[a], ends[b], depth if depth is None else depth - 1, edges, used)
