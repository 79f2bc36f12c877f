"""Hyper-parameters as a space, and what is drawn from it."""

from collections import Counter

import pytest

from archgym.agent import hyperparameters
from archgym.errors import ArchGymError
from archgym.lottery.configurations import HyperparameterSpace, enter
from archgym.registry import agent_class
from archgym.testing import check_space


def test_the_space_of_an_agents_hyperparameters_keeps_the_contract_of_spaces():
    assert check_space(HyperparameterSpace("genetic")).kept


def test_a_design_is_a_setting_of_everything_that_is_tunable():
    space = HyperparameterSpace("ant-colony")
    assert space.size == 6 * 5 * 5 * 4
    assert space.default == {h.name: h.default for h in hyperparameters(agent_class("ant-colony"))}
    assert space.decode(space.encode(space.default)) == space.default


def test_no_configuration_is_drawn_twice_and_more_of_them_begin_with_the_same():
    few, many = enter("genetic", 5), enter("genetic", 40)
    assert many.drawn[:5] == few.drawn
    assert max(Counter(many.labels).values()) == 1 and len(many.drawn) == 40


def test_another_seed_draws_others():
    assert enter("genetic", 10, seed=1).drawn != enter("genetic", 10, seed=0).drawn


def test_a_small_grid_is_drawn_whole():
    assert sorted(o["starts"] for o in enter("local-search", 40).drawn) == [1, 5, 10, 20]


def test_an_agent_without_hyperparameters_is_one_configuration():
    random = enter("random", 40)
    assert (random.drawn, random.labels) == ([{}], ["random"])


def test_a_variant_is_not_drawn_over():
    assert "sampler" not in HyperparameterSpace("optuna:TPESampler").names
    assert "sampler" in HyperparameterSpace("optuna").names


def test_a_configuration_that_the_agent_refuses_is_kept_with_the_reason(place):
    entrant = enter(f"{place}/toy.py:Fickle", 12)
    assert len(entrant.drawn) == 12 and len(entrant.refused) == 4
    assert set(entrant.refused.values()) == {"mode 'refused' is refused"}
    assert all(options["mode"] != "refused" for options in entrant.taken)


def test_an_unknown_agent_is_named_with_the_nearest():
    with pytest.raises(ArchGymError, match="did you mean 'genetic'"):
        enter("genetics", 3)
