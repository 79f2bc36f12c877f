"""Small spaces and tasks with what makes environments hard: dead ends, caps, weights, masks, noise, failures."""

import archgym
from archgym import Choice, DeadEnd, Infeasible, ProductSpace, Reject, Space

ROOT = Choice(("root",), ("tree", "nothing"), weights=(0.9, 0.1), sort="root")
NODES, NODE_WEIGHTS = ("leaf", "pair", "wrap", "trap"), (0.4, 0.2, 0.3, 0.1)
SIZES = (1, 2, 3)


class Trees(Space):
    """Trees of leaves with a size. "nothing" and "trap" lead nowhere, nor does a wrap in a wrap; above 6 is too big."""

    dead_ends = True
    vector_length = 16
    sorts = {"node": NODES, "root": ("tree", "nothing"), "size": SIZES}

    def build(self):
        if (yield ROOT) == "nothing":
            raise DeadEnd(("root",))
        tree = yield from self.node(("tree",), 2)
        if total(tree) > 6:
            raise Reject("above 6")
        return tree

    def node(self, path, room):
        struck = ()
        while any(legal := tuple(n not in struck and (room > 0 or n in ("leaf", "trap")) for n in NODES)):
            here = (*path, len(struck))
            symbol = yield Choice(here, NODES, legal, NODE_WEIGHTS, "node")
            try:
                return (yield from self.expand(here, symbol, room))
            except DeadEnd:
                struck += (symbol,)
        raise DeadEnd(path)

    def expand(self, path, symbol, room):
        if symbol == "leaf":
            return "leaf", (yield Choice((*path, "size"), SIZES, sort="size", ordered=True))
        if symbol == "pair":
            left = yield from self.node((*path, "left"), room - 1)
            return "pair", left, (yield from self.node((*path, "right"), room - 1))
        if symbol == "wrap":
            inner = yield from self.node((*path, "inner"), room - 1)
            if inner[0] != "wrap":
                return "wrap", inner
        raise DeadEnd(path)

    def answer(self, design, choice):
        if choice.path == ("root",):
            return "tree"
        at = design
        for step in choice.path[1:]:
            if isinstance(step, str):
                at = at[{"size": 1, "left": 1, "right": 2, "inner": 1}[step]]
        return at if choice.sort == "size" else at[0]


def total(tree):
    return tree[1] if tree[0] == "leaf" else sum(map(total, tree[1:]))


def tree_value(tree, seed):
    """Noisy; a single leaf of size 3 breaks a constraint."""
    if tree == ("leaf", 3):
        raise Infeasible("too plain")
    return total(tree) + 0.25 * seed


def trees():
    return archgym.task(space=Trees(), evaluate=tree_value, seeds=3, worst=-1.0)


WIDE = Choice(("width",), (4, 8, 16), legal=(True, False, True), weights=(0.5, 0.25, 0.25), ordered=True)
KINDS = [Choice(("kind", i), ("a", "b"), sort="kind") for i in range(3)]


class Masked(ProductSpace):
    """Three kinds and a width of which 8 is not allowed here."""

    choices = (*KINDS[:2], WIDE, KINDS[2])


def masked():
    return archgym.task(space=Masked(), worst=0.0,
                        evaluate=lambda design: sum(option == "a" for option in design) + design[2] / 16)


def both():
    """A design of each at once."""
    return archgym.task(space=Masked() * Trees(), evaluate=lambda pair: pair[0][2] + total(pair[1]), worst=-1.0)


def letters(length=6, options=4):
    """A noise-free product space whose optimum is all zeros; the value is the share of them."""
    space = ProductSpace(tuple(Choice(("letter", i), tuple(range(options)), sort="letter") for i in range(length)))
    return archgym.task(space=space, evaluate=lambda design: sum(o == 0 for o in design) / length, worst=0.0)
