"""Nested Monte-Carlo search: each option is tried by a search of the level below; the best sequence leads.

Cazenave, "Nested Monte-Carlo Search", IJCAI 2009, with the best sequence memorised; level 2 is that of Huang, Ma,
Erfani, Bailey, "Neural Architecture Search via Combinatorial Multi-Armed Bandit", IJCNN 2021. Read: descriptions of the
first. A search of level 0 is a playout: the remaining choices are drawn by the space's law, and the design is measured.
One of level k goes from choice to choice, tries every option by a search of level k - 1 below it, and follows the best
sequence that it has met. A search that has reached a design begins again with other draws until the budget ends.

Different from the paper: a playout that ends at a measured design takes the value that is known, so that nothing is
measured twice while something new turns up; choices with one option are passed without playouts.
"""

from dataclasses import dataclass
from math import inf

from archgym.agent import AskTellAgent, tunable
from archgym.choice import draw
from archgym.errors import DeadEnd, Reject
from archgym.fresh import fresh_sample
from archgym.trial import Proposal

PATIENCE = 1_000  # playouts in a row that bring nothing to measure, until a design is drawn beside the search


@dataclass
class NestedMonteCarlo(AskTellAgent):
    level: int = tunable(2, over=(1, 2, 3), at_least=1)
    """Depth of the nesting; each level multiplies the playouts of a search by the options along a design."""

    def setup(self, bench):
        self.space, self.uniform = bench.space, bench.uniform("playouts")
        self.values = {}
        self.idle = 0  # playouts in a row that brought nothing to measure
        self.searches = self.restarted()
        self.genome = next(self.searches)

    def ask(self, n):
        return [Proposal(self.genome)]

    def tell(self, trials):
        trial, = trials
        self.idle = 0
        self.values[trial.genome] = trial.value if trial.ok else -inf
        self.genome = self.searches.send(self.values[trial.genome])

    def restarted(self):
        while True:
            yield from self.nested((), self.level)

    def nested(self, prefix, level):
        """Yield genomes to measure, receive values; return (value, picks) of the best sequence below a prefix."""
        if level == 0:
            return (yield from self.playout(prefix))
        best = -inf, None
        while picks := self.options_after(prefix):
            if len(picks) == 1:
                prefix += picks
                continue
            for pick in picks:
                found = yield from self.nested((*prefix, pick), level - 1)
                if found[0] > best[0]:
                    best = found
            if best[1] is None:
                return best
            prefix = best[1][:len(prefix) + 1]
        return (yield from self.playout(prefix)) if best[1] is None else best

    def options_after(self, prefix):
        """The picks that may follow a prefix; none where it is a design, or builds none."""
        try:
            build = self.space.build()
            choice = next(build)
            for pick in prefix:
                choice = build.send(choice.options[pick])
            return choice.law[0]
        except (StopIteration, DeadEnd, Reject):
            return ()

    def playout(self, prefix):
        """(value, picks) of a random completion, (-inf, None) where it is rejected."""
        picks = iter(prefix)
        trace = self.space.attempt(
            lambda choice: draw(choice, self.uniform) if (pick := next(picks, None)) is None else pick)
        genome = trace and self.space.clean(trace)
        if trace is not None and genome not in self.values:
            return (yield genome), trace.picks
        self.idle += 1
        if self.idle == PATIENCE:
            yield fresh_sample(self.space, self.values, self.uniform)
        return (-inf, None) if trace is None else (self.values[genome], trace.picks)
