"""einspace designs: inference against arrays, round trips, identity, variation."""

import time
from collections import defaultdict

import numpy as np
import pytest
from einspace_arrays import Runner
from hypothesis import given, settings
from hypothesis import strategies as st

import archgym
from archgym import variation
from archgym.spaces.einspace import SEEDS, Branching, Computation, EinSpace, Routing, Sequential, infer
from archgym.spaces.einspace.menu import outline, terminals
from archgym.spaces.einspace.terminals import MODULES, SORTS_1D, SORTS_2D
from archgym.streams import uniform

SPACES = {
    "images": EinSpace(),
    "small images": EinSpace((2, 6, 9), max_nodes=60, max_activations=100_000, max_parameters=300_000),
    "sequences": EinSpace((4, 24), classes=5, max_activations=200_000, max_parameters=300_000),
}
space_names, seeds = st.sampled_from(sorted(SPACES)), st.integers(0, 2**32)


@pytest.mark.parametrize("shape", [(2, 8, 8), (3, 6, 10), (4, 12), (16, 8)])
def test_shapes_parameters_and_activations_are_what_running_the_network_finds(shape):
    space = archgym.space("einspace", input=shape, classes=7, max_activations=60_000, max_parameters=300_000)
    u, x = uniform(5), np.random.default_rng(0).standard_normal(shape)
    for _ in range(120):
        design = space.decode(space.sample(u))
        runner = Runner()
        y = runner.run(design, x)
        found = space.profile(design)
        assert (found.shape, found.activations) == (y.shape, runner.activations)
        assert found.parameters == runner.parameters + 7 * (y.shape[0] + 1)


sizes = st.integers(1, 9) | st.sampled_from((12, 16, 17, 24, 32, 49))
images, columns = st.tuples(sizes, sizes, sizes), st.tuples(sizes, sizes)
inputs = {
    "computation_fn": st.tuples(images | columns),
    "branching_fn": st.tuples(images | columns),
    "prerouting_fn": st.tuples(images | columns),
    "postrouting_fn": st.tuples(images, st.none() | columns) | st.tuples(columns, st.none()) | columns.flatmap(
        lambda image: st.tuples(st.tuples(st.sampled_from((image[0] * image[1], 5)), sizes), st.just(image))),
    "aggregation_fn": st.tuples(images | columns, images | columns)
    | st.builds(lambda shape, parts: (shape,) * parts, images | columns, st.sampled_from((2, 4, 8))),
}


@settings(max_examples=400)
@given(st.data(), st.sampled_from(sorted(inputs)))
def test_an_outline_fits_the_terminals_that_its_input_fits(data, sort):
    given = data.draw(inputs[sort])
    options = dict.fromkeys(SORTS_2D[sort]) | dict.fromkeys(SORTS_1D[sort] if len(given[0]) == 2 else ())
    assert terminals(sort, tuple(options), outline(sort, given)) == terminals(sort, tuple(options), given)


def test_seeds_run_as_inferred():
    space = archgym.space("einspace")
    for name in ("wideresnet16_4", "transformer", "mlp_mixer"):
        runner = Runner()
        y = runner.run(SEEDS[name](), np.random.default_rng(0).standard_normal((3, 32, 32)))
        assert space.profile(SEEDS[name]()).shape == y.shape
        assert space.profile(SEEDS[name]()).activations == runner.activations


@settings(max_examples=150)
@given(space_names, seeds)
def test_a_design_survives_the_way_there_and_back(name, seed):
    space = SPACES[name]
    genome = space.sample(uniform(seed))
    design = space.decode(genome)
    assert space.encode(design) == genome
    assert space.parse(space.format(design)) == design
    assert space.encode(space.parse(space.format(design))) == genome
    assert space.sample(uniform(seed)) == genome


@settings(max_examples=60)
@given(space_names, seeds)
def test_a_sample_stays_below_the_caps(name, seed):
    space = SPACES[name]
    genome = space.sample(uniform(seed))
    found = space.profile(space.decode(genome))
    assert len(genome) <= space.max_nodes
    assert found.parameters <= space.max_parameters and found.activations <= space.max_activations
    assert np.isfinite(space.log_prob(genome))


@settings(max_examples=100)
@given(space_names, seeds)
def test_mutation_changes_one_symbol_and_what_hangs_on_it_or_says_it_could_not(name, seed):
    space, u = SPACES[name], uniform(seed)
    genome = space.sample(u)
    for vary in (space.regrow, space.mutate, lambda g, u: space.mutate(g, u, law="path")):
        child = vary(genome, u)
        if child is not None:
            assert space.encode(space.decode(child)) == child != genome


@settings(max_examples=60)
@given(space_names, seeds)
def test_regrowing_leaves_everything_before_the_node_as_it_was(name, seed):
    space, u = SPACES[name], uniform(seed)
    genome = space.sample(u)
    child = space.regrow(genome, u)
    if child is not None:
        ours, theirs = space.trace(genome), space.trace(child)
        at = next(i for i, (a, b) in enumerate(zip(genome, child)) if a != b)
        assert ours.choices[at].path == theirs.choices[at].path
        root = ours.choices[at].path
        outside = {c.path: p for c, p in zip(ours.choices, genome) if c.path[:len(root)] != root}
        modules = {c.path: p for c, p in zip(theirs.choices, child) if c.sort == "module" and c.path in outside}
        assert all(outside[path] == pick for path, pick in modules.items())


@settings(max_examples=60)
@given(space_names, seeds)
def test_exchanged_subtrees_are_valid_and_nothing_in_them_is_new(name, seed):
    space, u = SPACES[name], uniform(seed)
    ours, donor = space.sample(u), space.sample(u)
    child = space.exchange(ours, donor, u)
    if child is not None:
        design = space.decode(child)
        assert space.encode(design) == child
        infer(design, space.input)
        pairs = [{(c.sort, p) for c, p in zip(space.trace(g).choices, g)} for g in (ours, donor, child)]
        assert pairs[2] <= pairs[0] | pairs[1]


@settings(max_examples=40)
@given(space_names, st.lists(st.floats(0, 1), min_size=64, max_size=64))
def test_a_vector_decodes_the_same_twice(name, vector):
    space = SPACES[name]
    genome = space.from_vector(vector)
    assert space.from_vector(list(vector)) == genome == space.encode(space.decode(genome))


def test_a_mutation_inside_a_branch_never_throws_the_branch_away():
    """No aggregation joins an image and columns: such an edit is given up, and the branching stays."""
    space, u = archgym.space("einspace", input=(2, 6, 6)), uniform(0)
    genome = space.encode(space.parse("(branching clone_tensor2 norm softmax add_tensors)"))
    trace = space.trace(genome)
    at = trace.paths.index(("network", "inner1"))
    made = [variation.edit(space, trace, at, MODULES.index("routing"), u, below=True) for _ in range(200)]
    assert None in made
    for child in filter(None, made):
        design = space.decode(child)
        assert isinstance(design, Branching) and isinstance(design.inner1, Routing)
        assert design.inner2 == Computation("softmax")


def test_neighbours_differ_in_one_symbol_and_never_take_what_the_law_cannot_draw():
    space, u = archgym.space("einspace", input=(2, 6, 9)), uniform(2)
    genome = space.encode(space.parse("(sequential (routing im2col3k1s1p linear16 col2im) norm)"))
    near = space.neighbours(genome, u)
    assert len(near) > 40 and len(set(near)) == len(near) and genome not in near
    for other in near:
        assert space.encode(space.decode(other)) == other
        assert space.log_prob(other) > -np.inf


def rewritten(design, u):
    """Another derivation that computes the same."""
    turn = int(u() * 6)
    if turn == 0:
        return Sequential(design, Computation("identity"))
    if turn == 1:
        return Routing("identity", design, "identity")
    if isinstance(design, Sequential):
        first, second = rewritten(design.first, u), rewritten(design.second, u)
        if isinstance(second, Sequential) and turn > 3:
            return Sequential(Sequential(first, second.first), second.second)
        return Sequential(first, second)
    if isinstance(design, Routing):
        return Routing(design.prerouting, rewritten(design.inner, u), design.postrouting)
    if isinstance(design, Branching):
        inner1, inner2 = rewritten(design.inner1, u), design.inner2 and rewritten(design.inner2, u)
        if (design.branching, design.aggregation) == ("clone_tensor2", "add_tensors"):
            inner1, inner2 = inner2, inner1
        return Branching(design.branching, inner1, inner2, design.aggregation)
    return design


@settings(max_examples=80)
@given(space_names, seeds)
def test_what_computes_the_same_has_one_key_and_one_graph(name, seed):
    space, u = SPACES[name], uniform(seed)
    design = space.decode(space.sample(u))
    other = rewritten(design, u)
    assert space.key(other) == space.key(design)
    assert space.graph(other) == space.graph(design)


def test_designs_of_one_key_compute_the_same():
    space = archgym.space("einspace", input=(2, 4, 4), max_nodes=14, max_activations=50_000)
    u, x, outputs = uniform(1), np.random.default_rng(1).standard_normal((2, 4, 4)), defaultdict(list)
    for _ in range(700):
        design = space.decode(space.sample(u))
        outputs[space.key(design)].append((design, Runner().run(design, x)))
    twins = [group for group in outputs.values() if len({design for design, _ in group}) > 1]
    assert len(twins) > 10
    for (_, first), *others in twins:
        for _, y in others:
            assert np.allclose(y, first, rtol=1e-9, atol=1e-12)


def test_keys_tell_apart_what_computes_differently():
    space = archgym.space("einspace", input=(4, 8))
    texts = ["(sequential linear16 norm)", "(sequential norm linear16)", "(routing permute21 norm permute21)",
             "(branching clone_tensor2 norm softmax add_tensors)",
             "(branching clone_tensor2 norm softmax cat_tensors1d2t)",
             "(branching clone_tensor2 softmax norm cat_tensors1d2t)", "(branching clone_tensor4 norm add_tensors)",
             "(branching clone_tensor8 norm add_tensors)", "(branching group_dim2s1d norm softmax add_tensors)",
             "(branching group_dim2s1d softmax norm add_tensors)"]
    assert len({space.key(space.parse(text)) for text in texts}) == len(texts)


def test_permutations_in_a_row_are_one():
    space = archgym.space("einspace", input=(2, 3, 4))
    assert space.key(space.parse("(routing permute231 identity permute312)")) == "identity"
    assert space.key(space.parse("(routing permute231 identity permute231)")) == "permute312"


def test_the_graph_is_the_flow_of_tensors():
    space = archgym.space("einspace", input=(3, 8, 8))
    text = "(branching clone_tensor2 (routing im2col1k1s0p linear16 col2im) norm cat_tensors1d2t)"
    graph = space.graph(space.parse(text))
    assert graph.labels == ("input", "clone_tensor2", "im2col1k1s0p", "linear16", "col2im8x8", "norm",
                            "cat_tensors1d2t", "output")
    assert set(graph.edges) == {(0, 1), (1, 2), (2, 3), (3, 4), (4, 6), (1, 5), (5, 6), (6, 7)}


def test_every_option_met_is_declared():
    for space in SPACES.values():
        u = uniform(0)
        for _ in range(50):
            for choice in space.trace(space.sample(u)).choices:
                assert space.sorts[choice.sort] == choice.options


def test_deep_derivations_build_within_the_interpreters_limits():
    space = archgym.space("einspace", max_nodes=2_000, max_depth=200)
    text = "(routing identity " * 199 + "norm" + " identity)" * 199
    started = time.process_time()
    assert space.format(space.decode(space.encode(space.parse(text)))) == text
    assert time.process_time() - started < 20
