"""Regressors behind one interface, against what scikit-learn says by itself."""

import warnings

import numpy as np
import pytest

import archgym
from archgym.encoding import one_hot
from archgym.errors import ArchGymError
from archgym.predictor import Regression, regressor
from archgym.streams import generator, uniform
from archgym.testing import Expressions, Ladders

SPACE = Ladders()
ALL = list(SPACE.enumerate())


def test_a_linear_model_finds_a_linear_law_in_the_unit_of_the_values():
    weights = generator(0).normal(size=one_hot(SPACE, ALL).shape[1])
    values = 1e4 + 300 * one_hot(SPACE, ALL) @ weights
    model = Regression(SPACE, generator(1), regressor("sklearn.linear_model:LinearRegression"))
    model.fit(ALL[::5], values[::5])
    mean, spread = model.predict(ALL)
    np.testing.assert_allclose(mean, values)
    assert spread.tolist() == [0.0] * len(ALL)


def test_a_forests_spread_is_the_deviation_between_its_trees():
    values = [float(sum(genome)) for genome in ALL]
    model = Regression(SPACE, generator(1), regressor("sklearn.ensemble:RandomForestRegressor"))
    model.fit(ALL[:30], values[:30])
    mean, spread = model.predict(ALL)
    trees = np.array([tree.predict(one_hot(SPACE, ALL)) for tree in model.model.estimators_])
    trees = trees * model.scale + model.center
    np.testing.assert_allclose(mean, trees.mean(axis=0))
    np.testing.assert_allclose(spread, trees.std(axis=0), atol=1e-12)


def test_a_gaussian_process_gives_its_own_deviation():
    model = Regression(SPACE, generator(1), regressor("sklearn.gaussian_process:GaussianProcessRegressor"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a parameter of its kernel is at a bound
        model.fit(ALL[:20], [float(genome[0]) for genome in ALL[:20]])
    _, spread = model.predict(ALL)
    assert spread[:20].max() < 1e-3 < spread[20:].max()


def test_a_fit_is_a_function_of_the_generator():
    values = uniform(3)
    values = [values() for _ in ALL]

    def predicted(seed):
        model = Regression(SPACE, generator(seed), regressor("sklearn.ensemble:ExtraTreesRegressor"))
        model.fit(ALL[:30], values[:30])
        return model.predict(ALL)[0].tolist()

    assert predicted(1) == predicted(1) != predicted(2)


def test_it_reads_grammars_too():
    space, u = Expressions(), uniform(0)
    genomes = [space.sample(u) for _ in range(40)]
    values = [float(len(genome)) for genome in genomes]  # the number of picks: linear in the counts
    model = Regression(space, generator(1), regressor("sklearn.linear_model:LinearRegression"))
    model.fit(genomes, values)
    np.testing.assert_allclose(model.predict(genomes)[0], values)


@pytest.mark.parametrize("name, says", [
    ("forest", "name a regressor as module:Class, such as"),
    ("sklearn.ensemble:RandomForestRegresor", "RandomForestRegressor"),
    ("sklearn.nothing:Model", "no module 'sklearn.nothing'"), ("collections:Counter", "is no regressor: it needs fit")])
def test_what_is_no_regressor_is_told(name, says):
    with pytest.raises(ArchGymError, match=says):
        regressor(name)


@pytest.mark.parametrize("agent", ["gbdt-nas", "bananas", "neural-predictor"])
def test_the_model_of_a_predictor_agent_can_be_swapped(agent):
    task = archgym.testing.toy(SPACE)
    runs = [archgym.run(task, agent, archgym.Budget(evaluations=30), 0, initial=10, batch=5, model=model)
            for model in ("sklearn.neighbors:KNeighborsRegressor", "sklearn.tree:DecisionTreeRegressor")]
    genomes = [[run.trajectory.genome(i) for i in range(30)] for run in runs]
    assert genomes[0][:10] == genomes[1][:10] and genomes[0] != genomes[1]


def test_a_better_model_finds_more():
    """Values are linear in the one-hot columns: 15 designs show a linear model the best of 72."""
    space = SPACE
    task = archgym.task(space=space, evaluate=lambda design: float(
        design[0] + 10 * design[1] + (design[2] == "gelu") * 7 + (design[3] == "batch") * 5))
    found = [archgym.run(task, "gbdt-nas", archgym.Budget(evaluations=17), seed, initial=15, batch=1, model=model)
             .incumbent.value for model in ("sklearn.linear_model:LinearRegression", "sklearn.dummy:DummyRegressor")
             for seed in range(10)]
    best = task.population().values.max()
    assert sum(v == best for v in found[:10]) >= 8 > sum(v == best for v in found[10:])
