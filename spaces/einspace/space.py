"""The einspace search space: a probabilistic grammar of whole networks.

Ericsson, Espinosa Minano, Yang, Antoniou, Storkey, Cohen, McDonagh, Crowley, "einspace: Searching for Neural
Architectures from Fundamental Operations", NeurIPS 2024; rules and probabilities as in the authors' released code
(MIT), 2-D and 1-D. As there, `col2im` undoes the im2col of its own routing, and a branching whose outputs fit no
aggregation is struck out and another module drawn in its place.

Where this differs from the release, on purpose: an aggregation joins exactly the branches of its own branching; a split
is legal where its parts are equal, whatever the other dimensions; `col2im` needs columns that are its image's
positions; caps on nodes, parameters and activations reject a draw, where the release has a five-minute clock and a
share of the memory; the 1-D grammar lists only what columns can take; a mutation draws from the law of the other
symbols as it stands, where the release gives a computation its 0.32 again.
"""

from collections import Counter

from archgym.choice import Choice, draw
from archgym.errors import ArchGymError, DeadEnd, Reject
from archgym.registry import register_space as space
from archgym.space import Space
from archgym.streams import uniform

from . import pictures
from .canonical import chain, chain_text, dataflow
from .derivation import (
    SYMBOLS,
    Branching,
    Computation,
    Derivation,
    Profile,
    Routing,
    Sequential,
    check_branches,
    format_derivation,
    infer,
    profile,
)
from .menu import EXTRA_NODES, Tally, modules, outline, terminals
from .terminals import EFFECTS, MODULES, SORTS_1D, SORTS_2D, Effect, read_shape
from .text import parse_derivation

ANY = (True, True, True, True)
NO_COMPUTATION = (True, True, True, False)
"""Legal modules at the root, a network being more than one computation, and above the least depth."""
ONLY_COMPUTATION = (False, False, False, True)
DEEPEST = 200  # levels of modules that Python's recursion bears


@space("einspace")
class EinSpace(Space[Derivation]):
    """Whole networks from a probabilistic grammar: sequences, branchings and routings of fundamental operations.

    A design is a derivation; its text is an s-expression such as `(routing im2col3k1s1p linear64 col2im)`. Shapes are
    inferred at every terminal, so that every design is a network for this input: an image (the 2-D grammar) or
    channels x length (the 1-D grammar). Only the caps bound its size; nobody has counted it.
    """

    dead_ends = True
    stated_rejection = 0.31
    """Share of draws beyond a cap, with the default options: `rejections` measures it. 0.04 of draws pass the cap on
    parameters first, 0.27 that on activations, none in ten thousand that on nodes."""

    def __init__(self, input: tuple[int, ...] | str = (3, 32, 32), classes: int = 10, max_nodes: int = 500,
                 max_parameters: int = 100_000_000, max_activations: int = 32_000_000, max_depth: int = 100,
                 min_depth: int = 0, computation: float = 0.32):
        self.input = read_shape(input)
        self.classes = classes
        """Outputs of the head: a linear layer on the mean of each channel (image) or row (columns)."""
        self.max_nodes = max_nodes
        """Symbols of a derivation, tied branches once: the length of its genome."""
        self.max_parameters = max_parameters
        """Of the network with its head."""
        self.max_activations = max_activations
        """Numbers that all terminals together put out for one sample."""
        self.max_depth, self.min_depth = max_depth, min_depth
        """Depth from which every module is a computation, and up to which none is; the root is at 0."""
        self.computation = computation
        """Probability of a computation where a module is drawn."""
        for name, low, high in (("classes", 1, None), ("max_nodes", 5, None), ("max_parameters", 1, None),
                                ("max_activations", 1, None), ("max_depth", 1, DEEPEST), ("min_depth", 0, max_depth)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < low or high is not None and value > high:
                raise ArchGymError(f"einspace: {name} must be a whole number, {low} or more"
                                   f"{f' and {high} at most' if high is not None else ''}, got {value!r}")
        if not isinstance(computation, (int, float)) or not 0 < computation < 1:
            raise ArchGymError(f"einspace: computation is a probability between 0 and 1, got {computation!r}")
        self.sorts = SORTS_2D if len(self.input) == 3 else SORTS_1D
        self._caps = max_nodes, max_parameters, max_activations
        self._menus = {}

    @property
    def law(self):
        return (f"the grammar's, top-down: a module is a computation with probability {self.computation}, else one of "
                "the other three alike (at the root always one of those); a terminal is uniform over those that fit, "
                "kernels of 3 and more only on images as large; a branching that no aggregation fits is struck out and "
                f"another module drawn; draws beyond {self.max_nodes:,} nodes, {self.max_parameters:,} parameters or "
                f"{self.max_activations:,} activations are rejected whole")

    def build(self):
        tally = Tally(self._caps)
        design, shape = yield from self._module(("network",), self.input, 0, 1, tally)
        tally.add(Effect((0,), head_parameters(shape, self.classes)), 1)
        return design

    def _module(self, path, shape, depth, copies, tally):
        """(module, shape that comes out). What meets a dead end is struck out, and another module drawn."""
        if depth >= self.max_depth:
            legal = ONLY_COMPUTATION
        else:
            legal = ANY if depth and depth >= self.min_depth else NO_COMPUTATION
        while any(legal):
            menu = self._menus.get(legal)
            if menu is None:
                menu = self._menus[legal] = modules(legal, self.computation)
            symbol = yield menu.at(path)
            before = tally.state()
            tally.open(EXTRA_NODES[symbol])
            try:
                return (yield from self._expand[symbol](self, path, shape, depth + 1, copies, tally))
            except DeadEnd:
                tally.restore(before)
                legal = tuple(is_legal and module != symbol for is_legal, module in zip(legal, MODULES))
                path = (*path, f"not {symbol}")
        raise DeadEnd(path)

    def _sequential(self, path, shape, depth, copies, tally):
        first, shape = yield from self._module((*path, "first"), shape, depth, copies, tally)
        second, shape = yield from self._module((*path, "second"), shape, depth, copies, tally)
        return Sequential(first, second), shape

    def _branching(self, path, shape, depth, copies, tally):
        branching = yield self._menu("branching_fn", shape).at((*path, "branching"))
        part = tally.add(EFFECTS[branching](shape), copies)
        if part.parts == 2:
            tally.open(2)
            inner1, shape1 = yield from self._module((*path, "inner1"), part.shape, depth, copies, tally)
            inner2, shape2 = yield from self._module((*path, "inner2"), part.shape, depth, copies, tally)
            shapes = shape1, shape2
        else:
            inner1, shape1 = yield from self._module((*path, "inner1"), part.shape, depth, copies * part.parts, tally)
            inner2, shapes = None, (shape1,) * part.parts
        menu = self._menu("aggregation_fn", *shapes)
        if not any(menu.legal):
            raise DeadEnd(path)
        aggregation = yield menu.at((*path, "aggregation"))
        joined = tally.add(EFFECTS[aggregation](*shapes), copies)
        return Branching(branching, inner1, inner2, aggregation), joined.shape

    def _routing(self, path, shape, depth, copies, tally):
        prerouting = yield self._menu("prerouting_fn", shape).at((*path, "prerouting"))
        before = tally.add(EFFECTS[prerouting](shape), copies)
        inner, shape = yield from self._module((*path, "inner"), before.shape, depth, copies, tally)
        postrouting = yield self._menu("postrouting_fn", shape, before.image).at((*path, "postrouting"))
        given = (shape, before.image) if postrouting == "col2im" else (shape,)
        after = tally.add(EFFECTS[postrouting](*given), copies)
        return Routing(prerouting, inner, postrouting), after.shape

    def _computation(self, path, shape, depth, copies, tally):
        computation = yield self._menu("computation_fn", shape).at((*path, "computation"))
        after = tally.add(EFFECTS[computation](shape), copies)
        return Computation(computation), after.shape

    _expand = {"sequential": _sequential, "branching": _branching, "routing": _routing, "computation": _computation}

    def _menu(self, sort, *given) -> Choice:
        place = sort, outline(sort, given)
        menu = self._menus.get(place)
        if menu is None:
            menu = self._menus[place] = terminals(sort, self.sorts[sort], place[1])
        return menu

    def answer(self, design, choice):
        node = design
        for field in choice.path[1:]:
            node = getattr(node, field)
        if choice.sort != "module":
            return node
        if type(node) is Branching:
            check_branches(node)
        return SYMBOLS.get(type(node))

    def key(self, design):
        """The chain of terminals that the derivation computes: see `canonical`."""
        return chain_text(chain(design, self.input)) or "identity"

    def graph(self, design):
        return dataflow(chain(design, self.input))

    def drawing(self, design):
        """The derivation, and the network that it computes."""
        return pictures.drawing(self.name, design, chain(design, self.input))

    def format(self, design):
        return format_derivation(design)

    def parse(self, text):
        """Read an s-expression. IllegalDesign shows the part whose terminals or shapes do not fit."""
        design = parse_derivation(text, self.sorts, self.max_depth + 1)
        infer(design, self.input)
        self.encode(design)
        return design

    def profile(self, design: Derivation) -> Profile:
        """Shape before the head, parameters (those of the head too) and activations for one sample."""
        found = profile(design, self.input)
        return found._replace(parameters=found.parameters + head_parameters(found.shape, self.classes))

    def rejections(self, draws: int = 10_000, seed: int = 0) -> dict[str, float]:
        """Share of draws that are rejected, by the cap that they pass, and altogether."""
        u, reasons = uniform(seed), Counter()
        for _ in range(draws):
            try:
                self.play(lambda choice: draw(choice, u))
            except Reject as why:
                reasons[str(why)] += 1
        return {reason: count / draws for reason, count in sorted(reasons.items())} | {
            "altogether": reasons.total() / draws}


def head_parameters(shape, classes):
    return (shape[0] + 1) * classes
