"""Small instances of large spaces: some choices keep some options, all others are settled."""

from collections import Counter
from copy import copy
from dataclasses import replace
from math import prod

from archgym import ProductSpace, Space

PICKS = 2_500  # of all designs of a narrowed product space together


def narrow(space, first=1, width=2):
    """A product space whose first choices stay open while designs are few; of any other space, a Narrow one."""
    if not isinstance(space, ProductSpace):
        return Narrow(space, first, width)
    choices, left = [], PICKS // len(space.choices)
    for choice in space.choices:
        if (count := len(choice.legal_picks())) <= left:
            choices.append(choice)
            left //= count
        else:
            left = 0
            choices.append(masked(choice, choice.legal_picks()[-1:]))
    made = copy(space)
    made.__dict__.pop("size", None)
    ProductSpace.__init__(made, tuple(choices))
    assert made.size == prod(len(c.legal_picks()) for c in choices)
    return made


class Narrow(Space):
    """The first choices of every sort keep their last legal options; the space asks nothing else."""

    def __init__(self, space, first, width):
        self.space, self.first, self.width = space, first, width
        self.dead_ends = space.dead_ends

    def build(self):
        asked, build = Counter(), self.space.build()
        try:
            choice = next(build)
            while True:
                legal = choice.legal_picks()
                option = choice.options[legal[-1]]
                if asked[choice.sort_name] < self.first:
                    option = yield masked(choice, legal[-self.width:])
                asked[choice.sort_name] += 1
                choice = build.send(option)
        except StopIteration as stop:
            return stop.value

    def answer(self, design, choice):
        return self.space.answer(design, choice)


def masked(choice, picks):
    return replace(choice, legal=tuple(i in picks for i in range(len(choice.options))))
