"""Small spaces that have what makes spaces hard, and tasks over them: agents are checked on them, use them in tests."""

import math

from ..choice import Choice
from ..errors import DeadEnd, EvaluationFailed, Infeasible, Reject
from ..evaluator import Evaluator, Measurement, Metric
from ..product import ProductSpace
from ..space import Space
from ..streams import word
from ..task import Objective, Task, TaskInfo

NODES = ("one", "two", "sum", "half", "third", "times")
NODE_WEIGHTS = (0.35, 0.25, 0.15, 0.1, 0.05, 0.1)
FACTORS = (2, 3, 4)
OPERANDS = {"sum": ("left", "right"), "half": ("operand",), "third": ("operand",), "times": ("operand",)}
MULTIPLE_OF = {"half": 2, "third": 3}  # what the operand's value must be a multiple of
RUNAWAY = 200  # picks after which a build is rejected, so that a policy may drift to trees without end


class Expressions(Space):
    """Arithmetic trees over 1 and 2 whose halves and thirds come out even.

    A context (the multiple that is wanted here) decides what is legal; whether a sum fits it shows only once it is
    built, so picks dead-end, singly and in chains; a tree of more than `cap` nodes is rejected; sums commute, so
    designs have twins. `depth=None` is an open grammar; `nodes` keeps some of the symbols only. Designs are nested
    tuples: ("sum", ("one",), ("times", 3, ("two",))).
    """

    law = "each choice drawn by its weights; a dead end drawn again without what failed, a tree above the cap anew"
    sorts = {"factor": FACTORS, "node": NODES}
    dead_ends = True
    vector_length = 32

    def __init__(self, depth: int | None = 5, cap: int = 12, nodes: tuple[str, ...] = NODES):
        self.depth, self.cap, self.nodes = depth, cap, nodes
        if depth is not None and (depth < 2 or depth + len(nodes) <= 6):
            self.size = sum(1 for _ in self.enumerate())

    def __repr__(self):
        return f"Expressions(depth={self.depth}, cap={self.cap}, nodes={'/'.join(self.nodes)})"

    def build(self):
        tree = yield from self.node(("tree",), 0, 1, [0])
        if nodes_of(tree) > self.cap:
            raise Reject(f"more than {self.cap} nodes")
        return tree

    def node(self, path, depth, multiple, asked):
        struck = ()
        while any(legal := tuple(self.fits(symbol, depth, multiple) and symbol not in struck for symbol in NODES)):
            here = (*path, len(struck))
            asked[0] += 1
            if asked[0] > RUNAWAY:
                raise Reject("a tree without end")
            symbol = yield Choice(here, NODES, legal, NODE_WEIGHTS, "node")
            try:
                tree = yield from self.expand(here, symbol, depth, asked)
                if value_of(tree) % multiple == 0:
                    return tree
            except DeadEnd:
                pass
            struck += (symbol,)
        raise DeadEnd(path)

    def fits(self, symbol, depth, multiple):
        if symbol not in self.nodes:
            return False
        if symbol in OPERANDS:
            return self.depth is None or depth < self.depth
        return (1 if symbol == "one" else 2) % multiple == 0

    def expand(self, path, symbol, depth, asked):
        parts = [symbol]
        if symbol == "times":
            parts.append((yield Choice((*path, "factor"), FACTORS, sort="factor", ordered=True)))
        for operand in OPERANDS.get(symbol, ()):
            parts.append((yield from self.node((*path, operand), depth + 1, MULTIPLE_OF.get(symbol, 1), asked)))
        return tuple(parts)

    def answer(self, design, choice):
        tree = design
        for step in choice.path[2:]:
            if step in ("left", "operand", "right"):
                tree = tree[1] if step == "left" else tree[-1]
        return tree[1] if choice.sort == "factor" else tree[0]

    def key(self, design):
        """Sums commute."""
        symbol, *operands = design
        parts = [str(o) if isinstance(o, int) else self.key(o) for o in operands]
        return f"{symbol}({','.join(sorted(parts) if symbol == 'sum' else parts)})"


def nodes_of(tree) -> int:
    return 1 + sum(nodes_of(part) for part in tree[1:] if isinstance(part, tuple))


def value_of(tree) -> int:
    """What an expression comes to."""
    symbol, *operands = tree
    values = [o if isinstance(o, int) else value_of(o) for o in operands]
    return {"one": lambda: 1, "two": lambda: 2, "sum": lambda: values[0] + values[1], "half": lambda: values[0] // 2,
            "third": lambda: values[0] // 3, "times": lambda: values[0] * values[1]}[symbol]()


class Ladders(ProductSpace):
    """Two ordered choices, a weighted one, and one with an option that is not legal: 4 x 3 x 3 x 2 = 72 designs."""

    choices = (Choice(("width",), (8, 16, 32, 64), sort="width", ordered=True),
               Choice(("depth",), (1, 2, 3), sort="depth", ordered=True),
               Choice(("block", "activation"), ("relu", "gelu", "none"), weights=(0.5, 0.3, 0.2), sort="activation"),
               Choice(("block", "norm"), ("batch", "layer", "group"), legal=(True, False, True), sort="norm"))


class OneDesign(ProductSpace):
    """A choice with one option."""

    choices = (Choice(("only",), ("this",)),)


class NoChoice(Space):
    """A build that asks nothing."""

    size = 1
    sorts = {}
    vector_length = 1

    def build(self):
        return ("the design",)
        yield

    def answer(self, design, choice):
        raise AssertionError("nothing is asked")


SCORE = Metric("score", "", "max", doc="a number in [0, 1) that a hash of the design, fidelity and seed decides")
BYTES = Metric("length", "", "min", doc="characters of the design's text")
SECRET = Metric("secret", "", "max", "holdout", "what only the judge knows: numbers that nothing else comes to")


class Scores(Evaluator):
    """Scores that a hash decides, so that nothing can be guessed. Some designs have a seed less than `seeds`.

    fails: which share of designs fails, half of them infeasible.
    """

    metrics = (SCORE, BYTES)
    instant = True

    def __init__(self, space, *, seeds=1, fidelities=(), fails=0.0):
        self.space, self.seeds, self.fidelities, self.fails = space, seeds, tuple(fidelities), fails
        self.fingerprint = f"toy scores of {space!r}: {seeds} seeds, fidelities {self.fidelities}, {fails:g} fail"

    def share(self, design, *of) -> float:
        """A number in [0, 1) that the design and these words decide."""
        return word("|".join(map(str, (self.space.format(design), *of)))) / 2**64

    def seeds_of(self, design):
        return self.seeds - (self.seeds > 1 and self.share(design, "seeds") < 0.5)

    def evaluate(self, design, *, fidelity, seed):
        fate = self.share(design, "fate")
        if fate < self.fails:
            raise (Infeasible if fate < self.fails / 2 else EvaluationFailed)(f"{fate:.3f} is below {self.fails:g}")
        level = self.fidelities[-1] if fidelity is None and self.fidelities else fidelity
        score = 0.8 * self.share(design) + 0.15 * self.share(design, level) + 0.05 * self.share(design, level, seed)
        text = self.space.format(design)
        return Measurement({"score": score, "length": float(len(text))}, (level or 1) * (1.0 + len(text) % 3))


class Secrets(Evaluator):
    """The judge of a toy: every value above 4e9, where no other number of a toy lies."""

    metrics = (SECRET,)
    instant = True

    def __init__(self, scores):
        self.scores, self.seeds, self.fidelities = scores, scores.seeds, scores.fidelities
        self.fingerprint = f"toy secrets of {scores.fingerprint}"

    def seeds_of(self, design):
        return self.scores.seeds_of(design)

    def evaluate(self, design, *, fidelity, seed):
        return Measurement({"secret": 4e9 + 1e9 * self.scores.share(design, "secret", seed)}, 0.0)


def toy(space: Space, *, seeds=1, fidelities=(), fails=0.0, worst=-math.inf, name=None) -> Task:
    """A task over a space of yours or of ours: scores that a hash decides, and a holdout that only the judge knows."""
    scores = Scores(space, seeds=seeds, fidelities=fidelities, fails=fails)
    options = {"seeds": seeds, "fails": fails, "fidelities": "/".join(map(str, fidelities)) or "one"}
    return Task(name or f"toy {space.name}", space, scores, Objective("score", "max", "", "secret"), options,
                open_judge=lambda: Secrets(scores), worst=worst,
                about=TaskInfo("scores without structure, to check agents on", "a hash", licence="none needed",
                               holdout_note="Holdout: numbers that nothing else of the task tells."))
