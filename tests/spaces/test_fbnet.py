"""FBNet: text, exact counts, and skips that change nothing."""

import re
from itertools import product

import pytest

from archgym.errors import IllegalDesign
from archgym.spaces.fbnet import CANDIDATES, LAYERS, STAGES, FBNet, distinct_networks

SPACE = FBNet()
TEXT = ("k3_e1 k3_e6,skip,k3_e1,k5_e1_g2 k5_e6,k3_e3,skip,skip k5_e6,k5_e3,k5_e6,k5_e3 k5_e6,k3_e6,k5_e6,k5_e6 "
        "skip,k5_e6,k5_e3,k5_e3 k5_e6")


def test_the_size_is_nine_to_the_twenty_second():
    assert SPACE.size == sum(1 for _ in CANDIDATES) ** len(LAYERS) == 984_770_902_183_611_232_881
    assert sum(STAGES) == len(LAYERS) == 22


def test_a_text_goes_in_and_out_by_the_official_indices():
    design = SPACE.parse(TEXT)
    assert SPACE.format(design) == TEXT
    assert SPACE.encode(design)[:5] == (0, 3, 8, 0, 5)


@pytest.mark.parametrize("old, new, complaint", [
    (" k5_e6,k3_e3,skip,skip", "", "has 6 stages separated by spaces, a network has 7, such as k3_e1 k3_e1,k3_e1"),
    ("k5_e6,k3_e3,skip,skip", "k5_e6,k3_e3,skip", "stage 3 (k5_e6,k3_e3,skip) has 3 layers joined by ',', expected 4"),
    ("k5_e6,k3_e3,skip,skip", "k5_e6,k3_e3,skip,k7_e6", "layer 4 of stage 3 is 'k7_e6'; allowed: k3_e1, k3_e1_g2"),
])
def test_a_text_that_is_no_network_says_what_is_wrong(old, new, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        SPACE.parse(TEXT.replace(old, new))


def test_a_skip_behind_a_stages_first_layer_may_stand_anywhere_in_it():
    key = SPACE.key(SPACE.parse(TEXT))
    assert SPACE.key(SPACE.parse(TEXT.replace("k3_e6,skip,k3_e1,k5_e1_g2", "k3_e6,k3_e1,k5_e1_g2,skip"))) == key
    assert SPACE.key(SPACE.parse(TEXT.replace("k3_e6,skip,k3_e1,k5_e1_g2", "skip,k3_e6,k3_e1,k5_e1_g2"))) != key
    assert SPACE.key(SPACE.parse(TEXT.replace("k3_e6,skip,k3_e1,k5_e1_g2", "k3_e6,skip,k5_e1_g2,k3_e1"))) != key


def test_the_count_of_keys_is_that_of_an_enumerated_stage():
    rest = ["skip"] * 18
    keys = {SPACE.key(("k3_e1", *stage, *rest[1:])) for stage in product(CANDIDATES, repeat=4)}
    assert len(keys) == distinct_networks((4,)) == 9 * (1 + 8 + 64 + 512)
    assert distinct_networks() == 81 * len(keys) ** 5
