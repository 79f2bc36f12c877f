"""Context-free grammars of architectures: read from rules, counted exactly, derivations as text.

Schrodi, Stoll, Ru, Sukthanker, Brox, Hutter, "Construction of Hierarchical Neural Architecture Search Spaces based on
Context-free Grammars", NeurIPS 2023. Symbols are written in capitals; a production is a terminal (`zero`), or a
topology with something on each of its edges (`Linear2(CELL, resBlock)`). Derivations are written as NePS writes them:
`(C Linear2 (CELL ...) (CELL ...))`.
"""

import re
from itertools import product
from math import prod
from typing import NamedTuple

from archgym.errors import ArchGymError, IllegalDesign, unknown

ZERO = "zero"
"""The terminal that cuts its edge."""


class Production(NamedTuple):
    head: str
    """A terminal, or the topology whose edges carry the children."""
    children: tuple[str, ...]
    """Symbols and terminals, one an edge."""
    weight: int
    """How often the grammar lists it: a production listed twice is drawn twice as often."""

    def __str__(self):
        return f"{self.head}({', '.join(self.children)})" if self.children else self.head


class Tree(NamedTuple):
    """A derivation: what a symbol became."""

    symbol: str
    head: str
    children: tuple
    """A Tree for a symbol, text for a terminal."""

    def __str__(self):
        return f"({' '.join((self.symbol, self.head, *map(str, self.children)))})"


class Grammar:
    """Rules `SYMBOL -> production | production`, one a symbol, each on lines of its own; the first is the start.

    topologies: head -> its edges ((from, to), ...), in the order of the children; input and output are the node that no
    edge enters and the node that none leaves. A head that is no topology only has children in the derivation.
    connected: whether every topology keeps a path from its input to its output over edges that are not `zero`.
    """

    def __init__(self, rules: str, topologies: dict[str, tuple], connected: bool = False):
        self.topologies, self.connected = topologies, connected
        self.rules: dict[str, tuple[Production, ...]] = {}
        for line in filter(None, map(str.strip, re.split(r"\n(?!\s*\|)", rules))):
            symbol, arrow, right = map(str.strip, line.partition("->"))
            if not arrow or not symbol.isupper() or symbol in self.rules:
                raise ArchGymError(f"grammar: {line!r} is no rule; expected 'SYMBOL -> production | production', one a "
                                   "symbol")
            self.rules[symbol] = self._productions(right, line)
        self.start = next(iter(self.rules))
        for symbol, productions in self.rules.items():
            for child in (c for p in productions for c in p.children if c.isupper() and c not in self.rules):
                raise ArchGymError(f"grammar: rule {symbol} -> ...: {unknown('symbol', child, self.rules)}")
        self._refuse_recursion(self.start, ())
        for symbol, production in ((s, p) for s, productions in self.rules.items() for p in productions):
            if connected and not self.joins(production.head, self.always_cut(production)):
                raise ArchGymError(f"grammar: {production} of {symbol} is cut in two by its own {ZERO}s")
        self._by_text = {symbol: {str(p): p for p in productions} for symbol, productions in self.rules.items()}
        self._texts = {(symbol, *p[:2]): str(p) for symbol, productions in self.rules.items() for p in productions}

    def _productions(self, right, line):
        weights: dict[tuple, int] = {}
        for text in map(str.strip, right.split("|")):
            match = re.fullmatch(r"(\w+)(?:\((\w+(?:\s*,\s*\w+)*)\))?", text)
            if not match or match[1].isupper():
                raise ArchGymError(f"grammar: {text!r} in {line!r} is no production, such as zero or "
                                   "Linear2(CELL, zero)")
            children = tuple(re.split(r"\s*,\s*", match[2])) if match[2] else ()
            edges = self.topologies.get(match[1], children)
            if len(edges) != len(children):
                raise ArchGymError(f"grammar: {text!r} in {line!r} has {len(children)} children; {match[1]} has "
                                   f"{len(edges)} edges")
            weights[match[1], children] = weights.get((match[1], children), 0) + 1
        return tuple(Production(head, children, weight) for (head, children), weight in weights.items())

    def _refuse_recursion(self, symbol, above):
        if symbol in above:
            raise ArchGymError(f"grammar: {symbol} derives itself ({' -> '.join((*above, symbol))}); derivations "
                               "without bound need a cap, which a grammar does not have")
        for child in dict.fromkeys(c for p in self.rules[symbol] for c in p.children if c in self.rules):
            self._refuse_recursion(child, (*above, symbol))

    def production(self, symbol: str, text: str) -> Production:
        try:
            return self._by_text[symbol][text]
        except KeyError:
            raise IllegalDesign(str(unknown(f"production of {symbol}:", text, self._by_text[symbol]))) from None

    def text_of(self, tree: "Tree") -> str | None:
        """The production at the root of a tree, as text; None where the grammar has no such production."""
        names = tuple([child.symbol if isinstance(child, Tree) else child for child in tree.children])
        return self._texts.get((tree.symbol, tree.head, names))

    # Which open edges keep a topology connected.

    def joins(self, head: str, cut: int) -> bool:
        """Whether a path leads from input to output when the edges of the bit mask `cut` carry nothing."""
        edges = self.topologies.get(head)
        if edges is None:
            return True
        reached = set(self.ends(head)[:1])
        for _ in edges:
            reached |= {b for i, (a, b) in enumerate(edges) if a in reached and not cut >> i & 1}
        return self.ends(head)[1] in reached

    def always_cut(self, production: Production) -> int:
        """Bit mask of the edges that carry nothing in every derivation."""
        return sum(1 << i for i, child in enumerate(production.children)
                   if child == ZERO or [p[:2] for p in self.rules.get(child, ())] == [(ZERO, ())])

    def ends(self, head: str) -> tuple:
        """(input node, output node) of a topology."""
        edges = self.topologies[head]
        left, entered = {a for a, _ in edges}, {b for _, b in edges}
        (source,), (sink,) = left - entered, entered - left
        return source, sink

    # Counting.

    def count(self, *, repeats: bool = False, connected: bool | None = None) -> int:
        """Exact number of derivations.

        repeats: count a production as often as it is listed. connected: leave out derivations with a topology that is
        cut in two (default: what the grammar says).
        """
        known: dict[str, int] = {}
        connected = self.connected if connected is None else connected

        def of(child):
            if child not in self.rules:
                return 1
            if child not in known:
                known[child] = sum(ways(p) * (p.weight if repeats else 1) for p in self.rules[child])
            return known[child]

        def zeros(child):
            listed = [p.weight if repeats else 1 for p in self.rules.get(child, ()) if p[:2] == (ZERO, ())]
            return sum(listed) if child in self.rules else int(child == ZERO)

        def ways(production):
            head, children, _ = production
            if not connected or head not in self.topologies or not any(map(zeros, children)):
                return prod(map(of, children))
            total = 0
            for cut in product((False, True), repeat=len(children)):
                if self.joins(head, sum(1 << i for i, c in enumerate(cut) if c)):
                    total += prod(zeros(child) if c else of(child) - zeros(child) for child, c in zip(children, cut))
            return total

        return of(self.start)

    # Derivations as text.

    def read(self, text: str) -> Tree:
        """The derivation that a text writes; IllegalDesign shows the part that is wrong."""
        tokens = re.findall(r"[()]|[^\s()]+", text)
        try:
            tree, rest = self._read(tokens, 0, text)
        except RecursionError:
            raise IllegalDesign(f"derivation {shortened(text)} is nested too deeply to be read") from None
        if rest < len(tokens):
            raise IllegalDesign(f"derivation {shortened(text)}: nothing may follow its end, got "
                                f"{shortened(' '.join(tokens[rest:]))}")
        if tree.symbol != self.start:
            raise IllegalDesign(f"derivation {shortened(text)} starts with {tree.symbol}, expected {self.start}")
        return tree

    def _read(self, tokens, at, text):
        if tokens[at:at + 1] != ["("] or len(tokens) < at + 4:
            raise IllegalDesign(f"derivation {shortened(text)}: expected '(SYMBOL production ...)' at "
                                f"{shortened(' '.join(tokens[at:])) or 'its end'}")
        symbol, head = tokens[at + 1:at + 3]
        if symbol not in self.rules:
            raise IllegalDesign(f"derivation {shortened(text)}: {unknown('symbol', symbol, self.rules)}")
        children, at = [], at + 3
        while at < len(tokens) and tokens[at] != ")":
            if tokens[at] == "(":
                child, at = self._read(tokens, at, text)
            else:
                child, at = tokens[at], at + 1
            children.append(child)
        if at == len(tokens):
            raise IllegalDesign(f"derivation {shortened(text)}: the parenthesis of ({symbol} {head} is not closed")
        tree = Tree(symbol, head, tuple(children))
        self.check(tree)
        return tree, at + 1

    def check(self, tree: Tree) -> None:
        """IllegalDesign where the root of a tree is no production of its symbol, or a cut topology. Children apart."""
        if self.text_of(tree) is None:
            alike = [p for p in self.rules[tree.symbol] if p.head == tree.head]
            allowed = ", ".join(map(str, alike or self.rules[tree.symbol]))
            wrong = (f"{tree.head} takes {len(alike[0].children)} children, got {len(tree.children)}"
                     if alike and all(len(p.children) != len(tree.children) for p in alike) else "no such production")
            raise IllegalDesign(f"{wrong} in {shortened(str(tree))}; {tree.symbol} becomes {allowed}")
        if self.connected and not self.joins(tree.head, cuts(tree)):
            raise IllegalDesign(f"no path leads from the input to the output of {shortened(str(tree))}: "
                                f"too many edges are {ZERO}")


def cuts(tree: Tree) -> int:
    """Bit mask of the edges that carry nothing."""
    return sum(1 << i for i, child in enumerate(tree.children)
               if child == ZERO or isinstance(child, Tree) and child[1:] == (ZERO, ()))


def shortened(text: str, length: int = 160) -> str:
    """A text for an error message."""
    return text if len(text) <= length else f"{text[:length - 40]} ... {text[-35:]}"
