"""The size space of NATS-Bench: official strings and their order."""

import re
from itertools import product

import pytest

from archgym.errors import IllegalDesign
from archgym.spaces.nats_bench_size import NATSBenchSize, index_of

SPACE = NATSBenchSize()


def test_enumeration_gives_every_string_in_the_order_of_the_tables():
    texts = [SPACE.text_of(genome) for genome in SPACE.enumerate()]
    assert texts == [":".join(map(str, sizes)) for sizes in product(range(8, 65, 8), repeat=5)]
    assert len(set(texts)) == SPACE.size == 32_768
    assert [index_of(SPACE.parse(texts[i])) for i in (0, 1, 8, 32_767)] == [0, 1, 8, 32_767]


@pytest.mark.parametrize("text, complaint", [
    ("8:8:8:8", "'8:8:8:8' has 4 layers joined by ':', a network has 5"),
    ("8:8:12:8:8", "layer 3 of '8:8:12:8:8' has '12' channels; allowed: 8, 16"),
    ("8:8:8:8:", "layer 5 of '8:8:8:8:' has '' channels"),
    ("64-41414-1_02_333", "has 1 layers"),
])
def test_a_string_that_is_no_network_says_what_is_wrong(text, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        SPACE.parse(text)


def test_the_graph_is_a_chain_of_channels():
    graph = SPACE.graph((8, 16, 24, 32, 64))
    assert graph.labels == ("input", "8", "16", "24", "32", "64", "output")
    assert graph.edges == ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6))
