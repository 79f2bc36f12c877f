"""Where things stand: layers, columns, trees and what is faded."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.drawing import Graph, Link, Node, Part, Tree, Twig
from archgym.drawing.columns import in_columns
from archgym.drawing.families import family_of, fills
from archgym.drawing.layered import layered, longest_paths, spread
from archgym.drawing.trees import folded, tree_scene


@st.composite
def graphs(draw):
    """(sizes, edges): edges lead to higher numbers, some of them twice."""
    count = draw(st.integers(1, 12))
    sizes = [(float(draw(st.integers(5, 60))), float(draw(st.integers(5, 30)))) for _ in range(count)]
    pairs = list(combinations(range(count), 2))
    return sizes, draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []


def overlap(one, other):
    """Of two boxes (x, y, width, height) by their centres."""
    return (abs(one[0] - other[0]) < (one[2] + other[2]) / 2 - 1e-6
            and abs(one[1] - other[1]) < (one[3] + other[3]) / 2 - 1e-6)


def boxes(laid, sizes):
    return [(*place, *size) for place, size in zip(laid.places, sizes)]


@given(graphs())
def test_every_edge_leads_to_a_later_layer(graph):
    sizes, edges = graph
    ranks = longest_paths(len(sizes), edges)
    assert all(ranks[a] < ranks[b] for a, b in edges)


@given(graphs())
def test_nothing_overlaps_and_everything_lies_within_the_page(graph):
    sizes, edges = graph
    laid = layered(sizes, edges, longest_paths(len(sizes), edges))
    drawn = boxes(laid, sizes)
    assert not any(overlap(a, b) for a, b in combinations(drawn, 2))
    for x, y, width, height in drawn:
        assert -1e-6 <= x - width / 2 and x + width / 2 <= laid.size[0] + 1e-6
        assert -1e-6 <= y - height / 2 and y + height / 2 <= laid.size[1] + 1e-6


@given(graphs())
def test_an_edge_runs_from_its_source_to_its_target_and_through_no_other_box(graph):
    sizes, edges = graph
    laid = layered(sizes, edges, longest_paths(len(sizes), edges))
    drawn = boxes(laid, sizes)
    for (a, b), route in zip(edges, laid.routes):
        for end, item, side in ((route[0], drawn[a], 1), (route[-1], drawn[b], -1)):
            assert abs(end[0] - item[0]) <= item[2] / 2
            assert end[1] == pytest.approx(item[1] + side * item[3] / 2)
        for (ax, ay), (bx, by) in zip(route[::2], route[1::2]):  # within layers; between them there are no boxes
            assert ax == bx
            piece = (ax, (ay + by) / 2, 0.0, by - ay)
            assert not any(overlap(piece, box) for i, box in enumerate(drawn) if i not in (a, b))


@given(graphs(), st.integers(20, 200))
def test_columns_keep_what_a_layout_promises(graph, tallest):
    sizes, edges = graph
    ranks = longest_paths(len(sizes), edges)
    laid = in_columns(layered(sizes, edges, ranks), sizes, ranks, edges, tallest)
    assert not any(overlap(a, b) for a, b in combinations(boxes(laid, sizes), 2))
    for (a, b), route in zip(edges, laid.routes):
        assert route[0][1] == pytest.approx(laid.places[a][1] + sizes[a][1] / 2)
        assert route[-1][1] == pytest.approx(laid.places[b][1] - sizes[b][1] / 2)


def test_a_long_chain_is_cut_into_columns_of_the_height_that_is_allowed():
    sizes, edges = [(40.0, 10.0)] * 30, [(i, i + 1) for i in range(29)]
    ranks = longest_paths(30, edges)
    tall = layered(sizes, edges, ranks)
    cut = in_columns(tall, sizes, ranks, edges, tallest=200.0)
    assert tall.size[1] > 600 and cut.size[1] < 250
    assert len({x for x, _ in cut.places}) == 4  # 702 points high


def test_a_tree_and_a_ladder_are_drawn_without_crossings():
    from archgym.drawing.layered import _all_crossings, _uncrossed

    edges = [(0, 1), (0, 2), (0, 3), (1, 7), (2, 5), (2, 6), (3, 4)]  # children stand in the wrong order at first
    layers = [[0], [1, 2, 3], [4, 5, 6, 7]]
    into, out_of = [[] for _ in range(8)], [[] for _ in range(8)]
    for a, b in edges:
        out_of[a].append(b)
        into[b].append(a)
    assert _all_crossings(layers, out_of) == 5
    assert _all_crossings(_uncrossed(layers, into, out_of), out_of) == 0


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 5), st.floats(1, 20)), min_size=1, max_size=8))
def test_places_in_a_layer_keep_their_distance_and_are_the_wanted_ones_where_that_is_possible(items):
    wanted, weights, widths = zip(*items)
    places = spread(wanted, weights, widths, 3.0)
    apart = [(a + b) / 2 + 3.0 for a, b in zip(widths, widths[1:])]
    assert all(y - x >= d - 1e-6 for x, y, d in zip(places, places[1:], apart))
    pull = sum(w * (p - q) for p, q, w in zip(places, wanted, weights))
    assert pull == pytest.approx(0, abs=1e-6)  # to shift all of them gains nothing
    roomy = [1000.0 * i + x for i, x in enumerate(wanted)]
    assert spread(roomy, weights, widths, 3.0) == pytest.approx(roomy)


def path(*families):
    """A chain of nodes of these families."""
    return Graph(tuple(Node.of(i, family) for i, family in enumerate(families)),
                 tuple(Link(i, i + 1) for i in range(len(families) - 1)))


def test_what_lies_on_no_path_from_input_to_output_is_dead():
    nodes = tuple(Node.of(t) for t in ("input", "conv", "pool", "relu", "output"))
    graph = Graph(nodes, (Link(0, 1), Link(1, 4), Link(0, 2), Link(3, 4)))
    assert graph.alive == {0, 1, 4}
    assert replace(graph, unused=True).alive == set()


def test_nothing_passes_an_operation_that_is_none_on_a_node_or_an_edge():
    assert path("input", "convolution", "output").alive == {0, 1, 2}
    assert path("input", "none", "output").alive == set()
    ends = {0: Node.of("input"), 1: Node.of("output")}
    assert Graph.on_edges(ends, [(0, 1, "none")]).alive == set()
    assert Graph.on_edges(ends, [(0, 1, "none"), (0, 1, "conv")]).alive == {0, 1}


def test_a_graph_without_ends_has_no_dead_parts():
    assert path("convolution", "none").alive == {0, 1}


@pytest.mark.parametrize("name, family", [
    ("nor_conv_3x3", "convolution"), ("conv3x3-bn-relu", "convolution"), ("sep_conv_5x5", "separable convolution"),
    ("dil_conv_3x3", "separable convolution"), ("maxpool3x3", "pooling"), ("skip_connect", "identity"),
    ("id", "identity"), ("fc", "linear"),
    ("none", "none"), ("zero", "none"), ("linear64", "linear"), ("dense 16", "linear"), ("leakyrelu", "activation"),
    ("im2col3k1s1p", "shape"), ("clone_tensor2", "branching"), ("add_tensors", "branching"), ("norm", "normalization"),
    ("input", "input"), ("c_{k-2}", "input"), ("c_{k}", "output"), ("motif3", "other"), ("addition", "other"),
])
def test_a_family_is_read_from_the_names_of_the_field(name, family):
    assert family_of(name) == family


def test_families_of_a_spaces_own_get_colours_that_no_other_family_of_the_picture_has():
    given = fills(("pooling", "sparse", "dense block", "sparse"))
    assert len(set(given.values())) == 3
    assert fills(("sparse", "dense block"))["sparse"] == fills(("sparse", "dense block", "pooling"))["sparse"]


twigs = st.recursive(
    st.sampled_from("ab").map(Twig.of),
    lambda inner: st.lists(inner, max_size=5).map(lambda below: Twig.of("n", children=below)), max_leaves=25)


def unfolded(twig):
    """The children that a folded node stands for."""
    children = []
    for child in twig.children:
        if child.parts[0].family == "symbol" and child.parts[0].text.endswith(" times"):
            children += unfolded(child) * int(child.parts[0].text.split()[0])
        else:
            children += [Twig(child.parts, tuple(unfolded(child)))] * child.times
    return children


@given(twigs)
def test_folding_repeated_parts_loses_nothing(twig):
    small = folded(twig, most=1000)
    assert small.size <= twig.size
    assert Twig(small.parts, tuple(unfolded(small))) == twig


def test_equal_neighbours_and_groups_that_come_again_are_drawn_once():
    a, b, c = map(Twig.of, "abc")
    assert folded(Twig.of("n", children=(a, a, a, b))).children == (replace(a, times=3), b)
    group = Twig.of("3 times", "symbol", (a, b))
    assert folded(Twig.of("n", children=(c, a, b, a, b, a, b))).children == (c, group)


def test_a_tree_of_too_many_leaves_is_cut_and_says_how_much_is_below():
    leaves = [Twig.of(i) for i in range(90)]
    tree = Twig.of("root", children=[Twig.of(f"n{i}", children=leaves[10 * i:10 * i + 10]) for i in range(9)])
    cut = folded(tree)
    assert [child.parts[-1].text for child in cut.children] == ["+ 10 below"] * 9
    assert folded(tree, most=90) == tree


@given(twigs, st.sampled_from(["tidy", "outline"]))
def test_the_texts_of_a_tree_do_not_overlap(twig, style):
    scene = tree_scene(Tree(twig), lambda text, size, bold: 0.6 * size * len(text), style)
    found = [((l + r) / 2, (t + b) / 2, r - l, b - t) for l, t, r, b in (text.extent for text in scene.texts)]
    assert not any(overlap(a, b) for a, b in combinations(found, 2))
    assert all(x + w / 2 <= scene.width + 1e-6 and y + h / 2 <= scene.height + 1e-6 for x, y, w, h in found)


def test_a_part_is_text_whatever_it_is_made_of():
    assert Part(64, "channels").text == "64"
