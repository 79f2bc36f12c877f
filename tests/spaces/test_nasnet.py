"""NASNet cells: text, the exact count, and the identity of cells against every order of their blocks."""

import re
from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgym.errors import IllegalDesign
from archgym.spaces.darts import canonical_cell
from archgym.spaces.nasnet import BLOCKS, OPERATIONS, Block, NASNet
from archgym.streams import uniform

SPACE = NASNet()
# NASNet-A, figure 4 of the paper, blocks in an order of ours.
NASNET_A = ("normal: 0~sep_conv_3x3+1~identity | 0~sep_conv_3x3+1~sep_conv_5x5 | 1~avg_pool_3x3+0~identity | "
            "0~avg_pool_3x3+0~avg_pool_3x3 | 0~sep_conv_5x5+0~sep_conv_3x3 ; "
            "reduce: 0~sep_conv_7x7+1~sep_conv_5x5 | 1~max_pool_3x3+0~sep_conv_7x7 | 1~avg_pool_3x3+0~sep_conv_5x5 | "
            "1~max_pool_3x3+2~sep_conv_3x3 | 2~avg_pool_3x3+3~identity")


def cells_from(block):
    """Ordered cells from this block on, counted one choice after the other."""
    if block > 6:
        return 1
    return sum(1 for _ in range(block) for _ in range(block)) * len(OPERATIONS) ** 2 * cells_from(block + 1)


def test_the_size_is_the_count_by_recursion():
    assert SPACE.size == cells_from(2) ** 2 == (720 * 13**5) ** 4
    assert f"{cells_from(2):.1e}" == "7.1e+16"


def test_a_published_cell_goes_in_and_out_and_concatenates_what_nothing_takes():
    design = SPACE.parse(NASNET_A)
    assert str(design) == NASNET_A
    assert design.reduce[3] == Block(1, 2, "max_pool_3x3", "sep_conv_3x3")
    graph = SPACE.graph(design)
    assert len(graph.labels) == 2 * (2 + 10 + 1)
    outputs = [i for i, label in enumerate(graph.labels) if label.endswith("output")]
    entering = Counter(b for _, b in graph.edges)
    assert [entering[i] for i in outputs] == [10, 6]  # five blocks of two operations, and three of them


@pytest.mark.parametrize("old, new, complaint", [
    ("reduce", "reduction", "is no pair of cells; expected normal: 0~identity"),
    ("0~sep_conv_5x5+0~sep_conv_3x3 ;", ";", "block 6 of cell normal is ''; expected two operations on inputs"),
    (" | 2~avg_pool_3x3+3~identity", "", "cell reduce has 4 blocks joined by '|', a cell has 5"),
    ("3~identity", "6~identity", "block 6 of cell reduce takes block 6, which does not come before it; allowed: 0"),
    ("3~identity", "3~none", "block 6 of cell reduce has operation 'none'; allowed: identity, conv_1x1"),
    ("+3~identity", "", "block 6 of cell reduce is '2~avg_pool_3x3'; expected two operations"),
])
def test_a_text_that_is_no_pair_of_cells_says_what_is_wrong(old, new, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        SPACE.parse(NASNET_A.replace(old, new))


def test_swapped_summands_and_renamed_blocks_are_the_same_cells():
    key = SPACE.key(SPACE.parse(NASNET_A))
    swapped = NASNET_A.replace("1~max_pool_3x3+2~sep_conv_3x3", "2~sep_conv_3x3+1~max_pool_3x3")
    assert swapped != NASNET_A and SPACE.key(SPACE.parse(swapped)) == key
    first, second = "0~sep_conv_7x7+1~sep_conv_5x5 | ", "1~max_pool_3x3+0~sep_conv_7x7 | "
    renamed = (NASNET_A.replace(first + second, second + first)
               .replace("2~sep_conv_3x3", "3~sep_conv_3x3")
               .replace("2~avg_pool_3x3+3~identity", "3~avg_pool_3x3+2~identity"))
    assert SPACE.key(SPACE.parse(renamed)) == key
    other = NASNET_A.replace("3~identity", "4~identity")
    assert SPACE.key(SPACE.parse(other)) != key


blocks = st.tuples(*[st.lists(st.tuples(st.integers(0, block - 1), st.just(block), st.sampled_from(["skip", "pool"])),
                              min_size=2, max_size=2) for block in BLOCKS[:4]])


@given(blocks, blocks)
def test_two_cells_have_one_key_exactly_where_an_order_of_blocks_makes_them_equal(one, other):
    one, other = sum(one, []), sum(other, [])

    def smallest(edges):
        names = [{0: 0, 1: 1, **dict(zip(BLOCKS, order))} for order in permutations(BLOCKS[:4])]
        return min(sorted((name[a], name[b], operation) for a, b, operation in edges) for name in names)

    def key(edges):
        return canonical_cell(edges, [b for b in BLOCKS[:4] if b not in {a for a, _, _ in edges}])

    assert (key(one) == key(other)) is (smallest(one) == smallest(other))


def test_its_samples_spread_over_sources_and_operations():
    u = uniform(0)
    designs = [SPACE.decode(SPACE.sample(u)) for _ in range(500)]
    assert {d.reduce[4].second_from for d in designs} == set(range(6))
    assert {d.normal[0].first for d in designs} == set(OPERATIONS)
