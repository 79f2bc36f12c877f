"""The space of a table that holds only part of another: its designs are the rows, and nothing else.

It asks what the larger space asks, with the options that still lead to a row legal and weighted by how many rows they
lead to. So `sample` is uniform over the rows, and edits, neighbours, vectors and environments stay among them.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace

from ..errors import IllegalDesign
from ..space import Space


class TableSpace(Space):
    """`rows` (distinct clean genomes) of `space`."""

    even = True

    def __init__(self, space: Space, rows):
        self.space = space
        self.rows = sorted(tuple(map(int, genome)) for genome in rows)
        self.size = len(self.rows)
        self.law = f"uniform over the {self.size:,} rows of the table"
        self._choices = {}

    @property
    def name(self):
        return self.space.name

    @property
    def vector_length(self):
        return self.space.vector_length

    @property
    def sorts(self):
        return self.space.sorts

    def build(self):
        build = self.space.build()
        low, high, depth = 0, len(self.rows), 0
        try:
            choice = next(build)
            while True:
                asked, bounds = self._asked(choice, low, high, depth)
                option = yield asked
                low, high = bounds[choice.options.index(option)]
                depth += 1
                choice = build.send(option)
        except StopIteration as stop:
            return stop.value

    def _asked(self, choice, low, high, depth):
        """The choice masked and weighted by the rows from `low` to `high`, and the bounds below each option."""
        place = (low, high, depth)
        if place not in self._choices:
            bounds = []
            for pick in range(len(choice.options)):
                first = bisect_left(self.rows, pick, low, high, key=lambda row: row[depth])
                bounds.append((first, bisect_right(self.rows, pick, first, high, key=lambda row: row[depth])))
            counts = tuple(last - first for first, last in bounds)
            self._choices[place] = replace(choice, legal=tuple(n > 0 for n in counts), weights=counts), bounds
        return self._choices[place]

    def encode(self, design):
        genome = self.space.encode(design)
        at = bisect_left(self.rows, genome)
        if at == len(self.rows) or self.rows[at] != genome:
            raise IllegalDesign(f"the table has no row for {self.space.format(design)}; it holds {self.size:,} designs "
                                f"of {self.space.name}")
        return genome

    def answer(self, design, choice):
        return self.space.answer(design, choice)

    def key(self, design):
        return self.space.key(design)

    def graph(self, design):
        return self.space.graph(design)

    def format(self, design):
        return self.space.format(design)

    def parse(self, text):
        design = self.space.parse(text)
        self.encode(design)
        return design

    def subtree_sort(self, path):
        return self.space.subtree_sort(path)

    def text_of(self, genome):
        return self.space.text_of(genome)

    def key_of(self, genome):
        return self.space.key_of(genome)

    def decode(self, genome):
        at = bisect_left(self.rows, genome) if type(genome) is tuple else len(self.rows)
        if at < len(self.rows) and self.rows[at] == genome:
            return self.space.decode(genome)
        return super().decode(genome)  # says which pick leads to no row

    def enumerate(self):
        return iter(self.rows)

    def __repr__(self):
        return f"TableSpace({self.space!r}, {self.size:,} rows)"
