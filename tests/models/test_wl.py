"""Weisfeiler-Lehman kernels against grakel's, and histograms against trees that are unfolded one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import dags

import archgym
from archgym.encoding import LabelledGraph
from archgym.models.graph_kernels import graph_kernel
from archgym.models.wl import Subtrees, WLKernel
from archgym.streams import uniform
from archgym.testing import Expressions, Ladders, NoChoice


def grams(kernel, graphs, depth):
    read = kernel.read(graphs)
    return kernel.cross(read, read, depth)


def grakel_gram(name, graphs, depth, normalized):
    grakel = pytest.importorskip("grakel.kernels")
    rows = [[{i: {b: 1.0 for a, b in graph.edges if a == i} for i in range(len(graph.labels))},
             dict(enumerate(graph.labels))] for graph in graphs]
    return getattr(grakel, name)(n_iter=depth, normalize=normalized).fit_transform(rows)


def unfolded(graph, node, depth):
    """A subtree by recursion."""
    below = () if depth == 0 else tuple(sorted(unfolded(graph, b, depth - 1) for a, b in graph.edges if a == node))
    return graph.labels[node], below


@pytest.mark.parametrize("name", archgym.registry.space_names())
def test_kernels_are_grakels_on_every_space(name):
    space, u = archgym.space(name), uniform(3)
    graphs = [space.graph_of(space.sample(u)) for _ in range(8)]
    for depth in (1, 3):
        for assignment, theirs in ((False, "WeisfeilerLehman"), (True, "WeisfeilerLehmanOptimalAssignment")):
            for normalized in (True, False):
                ours = grams(WLKernel(assignment=assignment, normalized=normalized), graphs, depth)
                np.testing.assert_allclose(ours, grakel_gram(theirs, graphs, depth, normalized), atol=1e-6)


@given(st.lists(dags(), min_size=1, max_size=6))
@settings(max_examples=40)
def test_kernels_are_grakels_on_random_graphs(graphs):
    for assignment, theirs in ((False, "WeisfeilerLehman"), (True, "WeisfeilerLehmanOptimalAssignment")):
        ours = grams(WLKernel(assignment=assignment, normalized=False), graphs, 2)
        np.testing.assert_allclose(ours, grakel_gram(theirs, graphs, 2, False), atol=1e-6)


@given(st.lists(dags(), min_size=1, max_size=5))
def test_a_histogram_counts_the_subtrees_of_every_node(graphs):
    subtrees = Subtrees(2)
    found = subtrees.read(graphs)
    for graph, start, ends in zip(graphs, found.starts.tolist(), found.ends.tolist()):
        for depth, (start, end) in enumerate(zip((start, *ends), ends)):
            columns = found.columns[start:end].tolist()
            counts = dict(zip(map(subtrees.tree, columns), found.counts[start:end]))
            assert {subtrees.depths[column] for column in columns} == {depth}
            assert counts == Counter(unfolded(graph, node, depth) for node in range(len(graph.labels)))


@given(st.lists(dags(), min_size=2, max_size=6), st.integers(0, 5))
@settings(max_examples=40)
def test_reading_more_graphs_changes_nothing_that_was_read(graphs, cut):
    whole, piecewise = WLKernel(2), WLKernel(2)
    parts = piecewise.read(graphs[:cut]) + piecewise.read(graphs[cut:])
    np.testing.assert_allclose(piecewise.cross(parts, parts, 2), grams(whole, graphs, 2), atol=1e-12)


@given(st.lists(dags(), min_size=1, max_size=6), st.lists(dags(), min_size=1, max_size=6), st.booleans(), st.booleans())
@settings(max_examples=40)
def test_several_depths_at_once_are_each_alone(a, b, assignment, normalized):
    kernel, anew = (WLKernel(assignment=assignment, normalized=normalized) for _ in range(2))
    for k in (kernel, anew):  # the same numbers in both
        read = k.read(a), k.read(b)
    alone = [kernel.cross(*read, depth) for depth in (0, 2, 3)]
    for k in (kernel, anew):
        np.testing.assert_array_equal(k.crosses(*read, (0, 2, 3)), alone)


@given(dags(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_nodes_and_edges_does_not_matter(graph, random):
    order = list(range(len(graph.labels)))
    random.shuffle(order)
    labels = [None] * len(order)
    for node, place in enumerate(order):
        labels[place] = graph.labels[node]
    edges = [(order[a], order[b]) for a, b in graph.edges]
    random.shuffle(edges)
    twin = LabelledGraph(tuple(labels), tuple(edges))
    found = Subtrees(3).read([graph, twin])
    for entries in (found.columns, found.counts):
        first, second = np.split(entries, [found.starts[1]])
        assert first.tolist() == second.tolist()


def test_an_intersection_takes_the_smaller_count():
    three, two = (LabelledGraph(("a",) * n + ("b",), ()) for n in (3, 2))
    assert grams(WLKernel(0, assignment=True, normalized=False), [three, two], 0).tolist() == [[4, 3], [3, 3]]
    assert grams(WLKernel(0, normalized=False), [three, two], 0).tolist() == [[10, 7], [7, 5]]


@pytest.mark.parametrize("name", ["grakel-wl", "grakel-wl-oa", "shortest-path"])
def test_grakels_kernels_are_one_for_a_graph_and_itself(name):
    pytest.importorskip("grakel")
    kernel, u = graph_kernel(name), uniform(0)
    for space in (Ladders(), Expressions(), NoChoice(), archgym.space("NASBench201")):
        read = kernel.read([space.graph_of(space.sample(u)) for _ in range(6)])
        gram = kernel.cross(read, read, kernel.depths[-1])
        alone = name == "shortest-path" and space.size == 1  # a single node has no path
        np.testing.assert_allclose(np.diag(gram), 0.0 if alone else 1.0)
        np.testing.assert_allclose(kernel.cross(read[:2], read[2:], kernel.depths[-1]), gram[:2, 2:])
        assert np.linalg.eigvalsh(gram).min() > -1e-9


def test_our_kernels_and_grakels_by_name_are_equal():
    pytest.importorskip("grakel")
    space, u = archgym.space("NASBench201"), uniform(0)
    graphs = [space.graph_of(space.sample(u)) for _ in range(20)]
    for ours in ("wl", "wl-oa"):
        np.testing.assert_allclose(grams(graph_kernel(ours), graphs, 2),
                                   grams(graph_kernel(f"grakel-{ours}"), graphs, 2), atol=1e-6)
