"""Drawing from a choice: the law, its mask, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_spaces import choices

from archgym.choice import Choice, draw, draw_other, log_probability, pick_at
from archgym.errors import ArchGymError


def law(choice):
    """Probabilities, from the definition: weights times mask, normalised."""
    mass = [(1.0 if choice.weights is None else choice.weights[i]) * (choice.legal is None or choice.legal[i])
            for i in range(len(choice.options))]
    return [m / sum(mass) for m in mass]


@given(choices(("x",)))
def test_log_probability_is_the_normalised_weight_of_a_legal_option(choice):
    for pick, p in enumerate(law(choice)):
        assert math.exp(log_probability(choice, pick)) == pytest.approx(p)


@given(choices(("x",)), st.floats(0, 1, exclude_max=True))
def test_a_draw_is_the_inverse_distribution_function_of_its_float(choice, position):
    pick = draw(choice, iter([position]).__next__)
    p = law(choice)
    assert p[pick] > 0
    assert sum(p[:pick]) - 1e-12 <= position <= sum(p[:pick + 1]) + 1e-12
    assert pick_at(choice, position) == pick


@given(choices(("x",)))
def test_the_last_position_of_all_is_a_legal_pick(choice):
    assert law(choice)[pick_at(choice, 1.0)] > 0


@given(choices(("x",)), st.data())
def test_another_pick_follows_the_law_without_the_one_that_was(choice, data):
    pick = data.draw(st.sampled_from([i for i, p in enumerate(law(choice)) if p > 0]))
    others = [p if i != pick else 0.0 for i, p in enumerate(law(choice))]
    steps = 400
    drawn = [draw_other(choice, pick, iter([(step + 0.5) / steps]).__next__) for step in range(steps)]
    if not sum(others):
        assert drawn == [None] * steps
        return
    for i, p in enumerate(others):
        assert drawn.count(i) / steps == pytest.approx(p / sum(others), abs=2 / steps)


def test_nothing_is_drawn_where_there_is_no_other_pick():
    def broken():
        raise AssertionError("a float was drawn")

    assert draw_other(Choice(("x",), (1,)), 0, broken) is None
    assert draw_other(Choice(("x",), (1, 2), legal=(True, False)), 0, broken) is None


@pytest.mark.parametrize("arguments, complaint", [
    ({"path": ["x"], "options": (1,)}, "path and options must be tuples"),
    ({"path": ("x",), "options": [1]}, "path and options must be tuples"),
    ({"path": ("x",), "options": ()}, "choice 'x' has no options"),
    ({"path": ("x", "y"), "options": (1, 2), "legal": (True,)},
     "choice 'x/y': legal and weights are tuples with one entry"),
    ({"path": ("x",), "options": (1, 2), "weights": [1.0, 2.0]}, "legal and weights are tuples"),
])
def test_a_choice_that_cannot_be_asked_is_refused_when_it_is_made(arguments, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        Choice(**arguments)


@pytest.mark.parametrize("weights", [(2.0, -1.0), (1.0, math.nan), (1.0, math.inf)])
def test_weights_that_are_no_law_are_refused_when_they_are_used(weights):
    with pytest.raises(ArchGymError, match="weights of a choice are finite numbers, 0 or more"):
        pick_at(Choice(("x",), (1, 2), weights=weights), 0.5)


def test_a_choice_without_a_possible_pick_says_what_to_do():
    with pytest.raises(ArchGymError, match="choice 'x': no option is both legal and of positive weight; raise DeadEnd"):
        pick_at(Choice(("x",), (1, 2), legal=(True, False), weights=(0.0, 1.0)), 0.5)


@given(choices(("x",)))
def test_a_choice_in_another_place_is_the_one_that_would_be_made_there(choice):
    placed = choice.at(("y", 1))
    made = Choice(("y", 1), choice.options, choice.legal, choice.weights, choice.sort, choice.ordered)
    assert placed == made and hash(placed) == hash(made)
    assert placed.law == made.law and placed.ordered == made.ordered
    assert choice.path == ("x",)


def test_a_name_is_the_path_and_a_sort_of_its_own():
    choice = Choice(("cell", 2, "op"), ("a", "b"))
    assert (choice.name, choice.sort_name) == ("cell/2/op", "cell/2/op")
    assert Choice(("cell", 2, "op"), ("a", "b"), sort="op").sort_name == "op"
