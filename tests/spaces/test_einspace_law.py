"""The grammar's law and legality against a recursion of the tests' own, which finds legality by running arrays."""

from collections import Counter, defaultdict
from functools import cache
from itertools import product
from math import isclose, log, prod

import numpy as np
import pytest
from einspace_arrays import Runner, join, kernel_of, positions, split
from scipy.stats import chi2

import archgym
from archgym.spaces.einspace import Branching, Computation, Routing, Sequential
from archgym.streams import uniform

WIDE = {"max_parameters": 10**15, "max_activations": 10**15}

PERMUTES = ("permute21", "permute132", "permute213", "permute231", "permute312", "permute321")
IM2COLS = tuple(f"im2col{k}k{s}s{p}p" for k, s, p in
                ((1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (4, 4, 0), (8, 8, 0), (16, 16, 0)))
LINEARS = tuple(f"linear{2**n}" for n in range(4, 12))
PUBLISHED = {  # the tables of the grammar, 2-D
    "branching_fn": tuple(f"clone_tensor{b}" for b in (2, 4, 8))
    + tuple(f"group_dim{b}s{d}d" for b in (2, 4, 8) for d in (1, 2, 3)),
    "aggregation_fn": ("dot_product", "scaled_dot_product", "add_tensors")
    + tuple(f"cat_tensors{d}d{b}t" for b in (2, 4, 8) for d in (1, 2, 3)),
    "prerouting_fn": ("identity", *PERMUTES, *IM2COLS),
    "postrouting_fn": ("identity", *PERMUTES, "col2im"),
    "computation_fn": ("identity", *LINEARS, "norm", "leakyrelu", "softmax", "learnable_positional_encoding"),
}
CONVOLUTIONS = tuple(f"conv1d{k}k1s{p}p{n}d" for k, p in ((8, 3), (5, 2), (3, 1), (1, 0)) for n in (32, 64, 128, 256))
SEED_ONLY = {"im2col7k2s3p", "linear_x4", "linear_4th", "maxpool3k2s1p"}


def tried(compute, *given):
    try:
        return compute(*given)
    except (ValueError, AssertionError, IndexError, np.exceptions.AxisError):
        return None


@cache
def splits(shape):
    x = np.zeros(shape)
    found = {name: tried(split, name, x) for name in PUBLISHED["branching_fn"]}
    return {name: (len(parts), parts[0].shape) for name, parts in found.items() if parts}


@cache
def joins(*shapes):
    xs = [np.zeros(shape) for shape in shapes]
    found = {name: tried(join, name, xs) for name in PUBLISHED["aggregation_fn"]}
    return {name: y.shape for name, y in found.items() if y is not None}


@cache
def prerouted(shape):
    """name -> (shape, image); the released filter drops kernels above 1 that are larger than the image."""
    found = {}
    for name in PUBLISHED["prerouting_fn"]:
        y, image = tried(Runner.route, name, np.zeros(shape)), None
        if y is not None and name.startswith("im2col"):
            image = positions(name, np.zeros(shape))
            if 1 < kernel_of(name)[0] > min(shape[1:]):
                continue
        if y is not None:
            found[name] = y.shape, image
    return found


@cache
def postrouted(shape, image):
    found = {name: tried(Runner.route, name, np.zeros(shape)) for name in PUBLISHED["postrouting_fn"][:-1]}
    found = {name: y.shape for name, y in found.items() if y is not None}
    if image and len(shape) == 2 and shape[0] == prod(image):
        found["col2im"] = (shape[1], *image)
    return found


@cache
def computed(shape):
    return {name: Runner().compute(name, np.ones(shape)).shape for name in PUBLISHED["computation_fn"]}


def module_weights(symbols):
    if "computation" not in symbols or len(symbols) == 1:
        return {symbol: 1 / len(symbols) for symbol in symbols}
    return {symbol: 0.32 if symbol == "computation" else 0.68 / (len(symbols) - 1) for symbol in symbols}


class Oracle:
    """All derivations below a depth with their probabilities, by recursion over the published tables."""

    def __init__(self, deepest):
        self.deepest = deepest

    def modules(self, shape, depth=0):
        """[(design, shape, probability of the decisions, probability of the design)]: dead ends make them differ."""
        symbols = ["sequential", "branching", "routing", "computation"]
        symbols = symbols[3:] if depth >= self.deepest else symbols[:3] if depth == 0 else symbols
        made = {symbol: getattr(self, symbol)(shape, depth + 1) for symbol in symbols}
        reached = dict.fromkeys(symbols, 0.0)  # probability that this symbol is drawn and not abandoned before
        stack = [(tuple(symbols), 1.0)]
        while stack:
            left, mass = stack.pop()
            for symbol, weight in module_weights(left).items():
                reached[symbol] += mass * weight
                failing = 1 - sum(p for *_, p in made[symbol])
                if failing > 1e-12:
                    stack.append((tuple(s for s in left if s != symbol), mass * weight * failing))
        first = module_weights(symbols)
        return [(design, out, first[symbol] * decisions, reached[symbol] * p)
                for symbol in symbols for design, out, decisions, p in made[symbol]]

    def sequential(self, shape, depth):
        return [(Sequential(a, b), out, p * r, q * s) for a, middle, p, q in self.modules(shape, depth)
                for b, out, r, s in self.modules(middle, depth)]

    def routing(self, shape, depth):
        before = prerouted(shape)
        return [(Routing(pre, inner, post), out, p / len(before) / len(after), q / len(before) / len(after))
                for pre, (middle, image) in before.items() for inner, y, p, q in self.modules(middle, depth)
                for after in [postrouted(y, image)] for post, out in after.items()]

    def branching(self, shape, depth):
        found, ways = [], splits(shape)
        for name, (count, part) in ways.items():
            inner = self.modules(part, depth)
            pairs = [(a, None, (x,) * count, p, q) for a, x, p, q in inner] if count > 2 else [
                (a, b, (x, y), p * r, q * s) for (a, x, p, q), (b, y, r, s) in product(inner, inner)]
            for a, b, shapes, p, q in pairs:
                after = joins(*shapes)
                found += [(Branching(name, a, b, post), out, p / len(ways) / len(after), q / len(ways) / len(after))
                          for post, out in after.items()]
        return found

    def computation(self, shape, depth):
        after = computed(shape)
        return [(Computation(name), out, 1 / len(after), 1 / len(after)) for name, out in after.items()]


SMALL = (1, 2, 2)


@pytest.fixture(scope="module")
def small():
    """All networks of modules of one level, with probabilities of decisions and of designs."""
    return Oracle(1).modules(SMALL)


def chi_square(drawn: Counter, expected: dict) -> float:
    """p-value of counts against expectations, rare cells pooled; a draw of what is not expected has probability 0."""
    if set(drawn) - set(expected):
        return 0.0
    pooled = [(expected[cell], drawn[cell]) for cell in expected if expected[cell] >= 10]
    rest = [(expected[cell], drawn[cell]) for cell in expected if expected[cell] < 10]
    if rest:
        pooled.append(tuple(map(sum, zip(*rest))))
    statistic = sum((seen - mean) ** 2 / mean for mean, seen in pooled)
    return float(chi2.sf(statistic, len(pooled) - 1))


def test_enumeration_finds_what_an_independent_recursion_finds(small):
    space = archgym.space("einspace", input=SMALL, max_depth=1, **WIDE)
    ours = {space.decode(genome): space.log_prob(genome) for genome in space.enumerate()}
    assert {design for design, p in ours.items() if p > -np.inf} == {design for design, *_ in small}
    assert len(small) == 1_753
    seeds = [design for design, p in ours.items() if p == -np.inf]
    assert all(SEED_ONLY & set(space.format(d).strip("()").replace("(", " ").replace(")", " ").split()) or
               any(name in space.format(d) for name in ("im2col3", "im2col4")) for d in seeds)


def test_log_prob_is_the_product_of_the_decisions(small):
    space = archgym.space("einspace", input=SMALL, max_depth=1, **WIDE)
    for design, _, decisions, _ in small[::7]:
        assert isclose(space.log_prob(space.encode(design)), log(decisions), rel_tol=1e-12)


def test_samples_follow_the_law_of_an_independent_recursion_dead_ends_included(small):
    assert isclose(sum(p for *_, p in small), 1)
    space = archgym.space("einspace", input=SMALL, max_depth=1, **WIDE)
    u, n = uniform(3), 15_000
    drawn = Counter(space.decode(space.sample(u)) for _ in range(n))
    assert chi_square(drawn, {design: n * p for design, *_, p in small}) > 1e-3


def test_a_cap_conditions_the_law_on_what_it_lets_pass(small):
    """With five nodes a network is two computations in a row, or one under a routing or under tied branches."""
    space = archgym.space("einspace", input=SMALL, max_nodes=5, **WIDE)
    passing = {design: p * 0.32 ** (2 if isinstance(design, Sequential) else 1) for design, _, p, _ in small
               if not (isinstance(design, Branching) and design.inner2)}
    accepted = sum(passing.values())
    u, n = uniform(4), 8_000
    drawn = Counter(space.decode(space.sample(u)) for _ in range(n))
    assert chi_square(drawn, {design: n * p / accepted for design, p in passing.items()}) > 1e-3
    share = space.rejections(4_000)
    assert set(share) == {"more than 5 nodes", "altogether"}
    assert abs(share["altogether"] - (1 - accepted)) < 4 * (accepted * (1 - accepted) / 4_000) ** 0.5


def reached(symbols, failing):
    """Symbol -> probability that it is drawn and stays, where a branching dead-ends with probability `failing`."""
    weights, others = module_weights(symbols), module_weights([s for s in symbols if s != "branching"])
    struck = weights["branching"] * failing
    return {s: weights[s] - struck if s == "branching" else weights[s] + struck * others[s] for s in symbols}


def fit(a, b):
    """Whether any aggregation joins two branches: one dimension at most differs, or they multiply."""
    return len(a) == len(b) and (sum(x != y for x, y in zip(a, b)) < 2 or a[:-2] == b[:-2] and a[-1] == b[-2])


def failing(shape, inner):
    """Probability that a branching dead-ends, `inner(part)` giving the law of an inner module's output shape."""
    ways = splits(shape)
    return sum(p * q for count, part in ways.values() if count == 2
               for (a, p), (b, q) in product(inner(part).items(), inner(part).items()) if not fit(a, b)) / len(ways)


def outputs(found):
    law = defaultdict(float)
    for _, out, _, p in found:
        law[out] += p
    return law


def test_samples_of_two_levels_follow_the_law_with_dead_ends_inside_dead_ends():
    space = archgym.space("einspace", input=SMALL, max_depth=2, **WIDE)
    one_level, leaf = Oracle(2), cache(lambda part: outputs(Oracle(0).modules(part)))
    root = reached(("sequential", "branching", "routing"),
                   failing(SMALL, cache(lambda part: outputs(one_level.modules(part, 1)))))
    below = reached(("sequential", "branching", "routing", "computation"), failing(SMALL, leaf))
    law = {("branching",): root["branching"], ("routing",): root["routing"]} | {
        ("sequential", symbol): root["sequential"] * p for symbol, p in below.items()}
    assert isclose(sum(law.values()), 1)

    def cell(design):
        kind = type(design).__name__.lower()
        return (kind, type(design.first).__name__.lower()) if kind == "sequential" else (kind,)

    u, n = uniform(9), 10_000
    drawn = Counter(cell(space.decode(space.sample(u))) for _ in range(n))
    assert chi_square(drawn, {cell: n * p for cell, p in law.items()}) > 1e-3


def test_a_module_is_a_computation_with_probability_032_and_never_at_the_root():
    space = archgym.space("einspace")
    trace = space.trace(space.encode(space.parse("(sequential linear64 (routing identity norm identity))")))
    root, first = trace.choices[:2]
    assert [root.law[2], first.law[2]] == [pytest.approx((1 / 3,) * 3), pytest.approx((*(0.68 / 3,) * 3, 0.32))]


def test_what_is_struck_out_leaves_its_share_to_the_other_modules_that_are_no_computation():
    space, u = archgym.space("einspace"), uniform(0)
    struck = next(choice for trace in iter(lambda: space.attempt(lambda c: archgym.choice.draw(c, u)), 0) if trace
                  for choice in trace.choices if choice.path[-1] == "not branching" and len(choice.path) > 2)
    assert struck.law[2] == pytest.approx((0.34, 0.34, 0.32))


def test_the_law_leaves_out_kernels_larger_than_the_image_which_padding_makes_legal():
    space = archgym.space("einspace", input=(4, 2, 2))
    genome = space.encode(space.parse("(routing im2col3k1s1p linear16 col2im)"))
    assert space.log_prob(genome) == -np.inf


def test_the_one_dimensional_grammar_has_the_published_terminals_that_columns_can_take():
    sorts = archgym.space("einspace", input=(4, 100)).sorts
    drawn = {sort: [name for name in options if name not in SEED_ONLY] for sort, options in sorts.items()}
    assert set(drawn.pop("module")) == {"sequential", "branching", "routing", "computation"}
    assert {sort: set(options) for sort, options in drawn.items()} == {
        "branching_fn": {name for name in PUBLISHED["branching_fn"] if not name.endswith("3d")},
        "aggregation_fn": {name for name in PUBLISHED["aggregation_fn"] if "3d" not in name},
        "prerouting_fn": {"identity", "permute21"}, "postrouting_fn": {"identity", "permute21"},
        "computation_fn": {*PUBLISHED["computation_fn"], *CONVOLUTIONS}}


def test_the_two_dimensional_grammar_has_the_published_terminals():
    sorts = archgym.space("einspace").sorts
    drawn = {sort: tuple(name for name in options if name not in SEED_ONLY) for sort, options in sorts.items()}
    assert drawn.pop("module") == ("sequential", "branching", "routing", "computation")
    assert {sort: sorted(options) for sort, options in drawn.items()} == {s: sorted(o) for s, o in PUBLISHED.items()}


def test_modules_stand_at_the_depths_they_may():
    space, u = archgym.space("einspace", min_depth=2, max_depth=3), uniform(1)
    for _ in range(100):
        trace = space.trace(space.sample(u))
        depths = {True: set(), False: set()}  # of computations, of other modules
        for choice, pick in zip(trace.choices, trace.picks, strict=True):
            if choice.sort == "module":
                depths[choice.options[pick] == "computation"].add(len(choice.path) - 1)
        assert depths[True] <= {2, 3} and depths[False] <= {0, 1, 2}


def test_the_share_rejected_is_the_one_that_the_space_states():
    space = archgym.space("einspace")
    assert abs(space.rejections(3_000)["altogether"] - space.stated_rejection) < 0.04
