"""Graphs with operations on edges, against networkx and against what they compute."""

from itertools import permutations

import networkx
from flowing import through_edges
from hypothesis import given
from hypothesis import strategies as st

from archgym.spaces.dag import EdgeDag

labels = st.sampled_from(["a", "b", "identity"])


@st.composite
def dags(draw, nodes=6):
    pairs = [(i, j) for i in range(nodes) for j in range(i + 1, nodes)]
    chosen = draw(st.lists(st.tuples(st.sampled_from(pairs), labels), max_size=10))
    return EdgeDag(tuple((a, b, label) for (a, b), label in chosen), 0, nodes - 1)


def as_networkx(dag):
    graph = networkx.MultiDiGraph()
    for node in (dag.input, dag.output, *(n for a, b, _ in dag.edges for n in (a, b))):
        graph.add_node(node, role=(node == dag.input, node == dag.output))
    for a, b, label in dag.edges:
        graph.add_edge(a, b, label=label)
    return graph


def isomorphic(one, other):
    def same_labels(some, others):
        return sorted(d["label"] for d in some.values()) == sorted(d["label"] for d in others.values())

    def same_role(some, others):
        return some["role"] == others["role"]

    return networkx.is_isomorphic(as_networkx(one), as_networkx(other), same_role, same_labels)


@given(dags(), st.permutations(range(1, 5)), st.randoms(use_true_random=False))
def test_names_and_order_of_nodes_and_edges_do_not_change_the_canonical_text(dag, order, random):
    names = {0: "in", 5: "out"} | {i + 1: f"n{k}" for i, k in enumerate(order)}
    edges = [(names[a], names[b], label) for a, b, label in dag.edges]
    random.shuffle(edges)
    assert EdgeDag(tuple(edges), "in", "out").canonical() == dag.canonical()


@given(dags(5), dags(5))
def test_graphs_have_one_text_exactly_when_they_are_isomorphic(one, other):
    one, other = one.live(), other.live()
    assert (one.canonical() == other.canonical()) == isomorphic(one, other)


def test_look_alikes_that_refinement_cannot_tell_apart_have_their_own_texts():
    """Three-cycles and a six-cycle, directed from one layer to the next: every node looks the same."""
    upper, lower = [f"u{i}" for i in range(6)], [f"v{i}" for i in range(6)]
    ends = [("in", u, "a") for u in upper] + [(v, "out", "a") for v in lower]

    def layered(rings):
        pairs = [(u, v) for ring in rings for i, u in enumerate(ring) for v in (ring[i], ring[(i + 1) % len(ring)])]
        return EdgeDag(tuple(ends + [(upper[u], lower[v], "b") for u, v in pairs]), "in", "out")

    six, threes, moved = layered([(0, 1, 2, 3, 4, 5)]), layered([(0, 1, 2), (3, 4, 5)]), layered([(0, 2, 4), (1, 3, 5)])
    assert six.canonical() != threes.canonical() == moved.canonical()


@given(dags())
def test_what_is_live_lies_on_a_path_from_input_to_output(dag):
    graph = as_networkx(dag)
    on_path = {n for n in graph if networkx.has_path(graph, 0, n) and networkx.has_path(graph, n, 5)}
    assert set(dag.live().edges) == {e for e in dag.edges if e[0] in on_path and e[1] in on_path}


@given(dags())
def test_pruning_and_folding_identities_keep_what_a_graph_computes(dag):
    before = through_edges(dag.edges, dag.input, dag.output, 7)
    live = dag.live()
    folded = live.without_lone("identity")
    assert through_edges(live.edges, live.input, live.output, 7) == before
    assert through_edges(folded.edges, folded.input, folded.output, 7) == before
    assert folded.without_lone("identity") == folded


@given(dags())
def test_in_the_graph_operations_follow_each_other_as_their_edges_do(dag):
    graph = dag.graph()
    assert graph.labels == ("input", *(label for _, _, label in dag.edges), "output")
    ends = [(None, 0), *((a, b) for a, b, _ in dag.edges), (5, None)]
    expected = {(i, j) for (i, one), (j, other) in permutations(enumerate(ends), 2) if one[1] == other[0] is not None}
    assert set(graph.edges) == expected and len(graph.edges) == len(expected)
