"""Optuna's samplers against the library's own loop, their names, their settings, and the spaces that they take."""

import sys
import warnings

import numpy as np
import pytest

import archgym
from archgym import Budget, Choice, ProductSpace, Space
from archgym.errors import ArchGymError, UnknownName
from archgym.streams import generator
from archgym.sweep import plan
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

optuna = pytest.importorskip("optuna")


def genomes(run):
    return [run.trajectory.genome(i) for i in range(len(run.trajectory))]


def own_loop(task, sampler, seed, evaluations, **settings):
    """What somebody writes who has Optuna and a table."""
    first = int(generator(seed, task.id, "optuna", "sampler").integers(2**31))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study = optuna.create_study(direction="maximize", sampler=sampler(seed=first, **settings))
    proposed = []

    def objective(trial):
        proposed.append(tuple(trial.suggest_categorical(choice.name, range(5)) for choice in task.space.choices))
        return task.measure(proposed[-1]).values["val_accuracy"]

    study.optimize(objective, n_trials=evaluations)
    return proposed


@pytest.mark.parametrize("sampler, settings", [
    ("TPESampler", {}), ("TPESampler", {"multivariate": False, "n_startup_trials": 5}), ("RandomSampler", {}),
    ("NSGAIISampler", {"population_size": 20})])
def test_it_proposes_what_the_librarys_own_loop_proposes(sampler, settings):
    task = archgym.task("NASBench201-v0", noise="mean")
    run = archgym.run(task, f"optuna:{sampler}", Budget(evaluations=100), 3, **settings)
    assert genomes(run) == own_loop(task, getattr(optuna.samplers, sampler), 3, 100, **settings)


def test_a_sampler_of_ordered_choices_is_the_librarys_with_integers():
    space = ProductSpace(tuple(Choice(("size", i), tuple(range(8)), ordered=True) for i in range(3)))
    task = archgym.task(space=space, evaluate=lambda design: -float(sum((x - 5) ** 2 for x in design)), name="bowl")
    run = archgym.run(task, "optuna:TPESampler", Budget(evaluations=60), 1)
    first = int(generator(1, task.id, "optuna", "sampler").integers(2**31))
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=first))
    proposed = []

    def objective(trial):
        proposed.append(tuple(trial.suggest_int(choice.name, 0, 7) for choice in space.choices))
        return task.measure(proposed[-1]).values[task.objective.metric]

    study.optimize(objective, n_trials=60)
    assert genomes(run) == proposed


@pytest.mark.parametrize("sampler", ["GridSampler", "BruteForceSampler"])
def test_samplers_that_list_a_space_propose_every_design_once_and_end_the_run(sampler):
    run = archgym.run(toy(Ladders()), f"optuna:{sampler}", Budget(evaluations=200))
    assert run.stop == "finished" and len(run.trajectory) == 72 == len(set(genomes(run)))


def test_in_an_open_space_the_random_sampler_draws_by_the_spaces_law():
    task = toy(Expressions(2, 5, ("one", "two", "sum", "half")))
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    run = archgym.run(task, "optuna:RandomSampler", Budget(evaluations=1_000), 1)
    counts = np.bincount([at[genome] for genome in genomes(run)], minlength=len(at))
    assert chi_square(counts, rows.weights) > 1e-3


class Nested(Space):
    """A depth, and a choice at every level: what is asked depends on what was picked."""

    def build(self):
        depth = yield Choice(("depth",), (1, 2, 3, 4))
        layers = []
        for i in range(depth):
            layers.append((yield Choice(("layer", i), ("a", "b", "c"), sort="op")))
        return tuple(layers)


def test_conditional_choices_are_asked_as_the_librarys_own_loop_asks_them():
    task = archgym.task(space=Nested(), evaluate=lambda design: float(design.count("b")), name="nested")
    run = archgym.run(task, "optuna:TPESampler", Budget(evaluations=60), 2)
    first = int(generator(2, task.id, "optuna", "sampler").integers(2**31))
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=first))
    proposed = []

    def objective(trial):
        depth = trial.suggest_categorical("depth", range(4))
        layers = [trial.suggest_categorical(f"layer/{i}", range(3)) for i in range(depth + 1)]
        proposed.append((depth, *layers))
        return float(layers.count(1))

    study.optimize(objective, n_trials=60)
    assert genomes(run) == proposed


def test_failed_designs_are_told_as_pruned_and_it_goes_elsewhere():
    task = archgym.task(space=archgym.space("NASBench201"), name="fails", evaluate=_fails_without_convolutions)
    ok = np.array([archgym.run(task, "optuna:TPESampler", Budget(evaluations=100), seed).trajectory.ok
                   for seed in range(3)])
    assert ok[:, 60:].mean() > 0.65  # of all cells .345 have two convolutions: 1 - .8**6 - 6 * .2 * .8**5


def _fails_without_convolutions(cell):
    if cell.operations.count("nor_conv_3x3") < 2:
        raise archgym.EvaluationFailed("too few convolutions")
    return 1.0


@pytest.mark.parametrize("sampler, space, complaint", [
    ("GridSampler", Expressions(), "GridSampler needs a product space"),
    ("GPSampler", Expressions(), "GPSampler needs a product space"),
    ("BruteForceSampler", Expressions(), "BruteForceSampler needs a product space"),
    ("QMCSampler", archgym.space("NASBench201"), "models ordered choices only .* needs 1 or more, NASBench201 has 0"),
    ("GridSampler", ProductSpace(tuple(Choice((i,), tuple("abcde")) for i in range(10))), "has 9,765,625 points")])
def test_a_sampler_that_does_not_suit_the_space_says_so(sampler, space, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        archgym.run(toy(space), f"optuna:{sampler}", Budget(evaluations=5))


@pytest.mark.parametrize("sampler", ["QMCSampler", "NSGAIIISampler"])
def test_other_samplers_repeat_themselves_with_a_seed(sampler):
    first, again = (genomes(archgym.run(toy(Ladders()), f"optuna:{sampler}", Budget(evaluations=40), 5)) for _ in "ab")
    assert first == again


@pytest.mark.parametrize("name, options, complaint", [
    ("optuna:TPESamplr", {}, "unknown sampler of optuna 'TPESamplr'; did you mean 'TPESampler'"),
    ("optuna:BaseSampler", {}, "unknown sampler of optuna 'BaseSampler'"),
    ("optuna:TPESampler", {"multivarate": False},
     "unknown setting of optuna's TPESampler: 'multivarate'; did you mean 'multivariate'"),
    ("optuna:TPESampler", {"seed": 3}, "unknown setting of optuna's TPESampler: 'seed'"),
    ("optuna:TPESampler", {"sampler": "RandomSampler"}, "sampler is in the name, and given as 'RandomSampler' too")])
def test_what_is_no_sampler_or_no_setting_is_named_with_the_nearest(name, options, complaint):
    with pytest.raises(ArchGymError, match=complaint) as raised:
        archgym.agent(name, **options)
    assert isinstance(raised.value, UnknownName) or "twice" not in str(raised.value)


def test_a_setting_of_the_wrong_kind_is_refused_in_a_line():
    with pytest.raises(ArchGymError, match="optuna's NSGAIISampler refuses its settings .*population_size"):
        archgym.run(toy(Ladders()), "optuna:NSGAIISampler", Budget(evaluations=5), population_size=0)


def test_a_package_that_is_not_there_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "cmaes", None)
    with pytest.raises(ArchGymError, match="CmaEsSampler needs the package 'cmaes'.*: pip install cmaes"):
        archgym.run(toy(Ladders()), "optuna:CmaEsSampler", Budget(evaluations=5))
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ArchGymError, match="agent 'optuna' needs the package 'optuna'.*: pip install optuna"):
        archgym.agent("optuna")


def test_variants_and_settings_are_named_in_sweeps_and_in_the_identity_of_runs():
    content = {"tasks": ["NASBench201-v0"], "seeds": 1, "budget": {"evaluations": 5},
               "agents": ["optuna", "optuna:RandomSampler",
                          {"name": "optuna:TPESampler", "options": {"multivariate": False}}]}
    planned = plan.from_dict(content)
    assert [a.label for a in planned.agents] == [
        "optuna", "optuna:RandomSampler", "optuna:TPESampler(multivariate=False)"]
    who = [cell[4] for cell in planned.cells]
    assert {w["agent"] for w in who} == {"optuna"}
    assert [w["hyperparameters"] for w in who] == [
        {"sampler": "TPESampler", "settings": None}, {"sampler": "RandomSampler", "settings": None},
        {"sampler": "TPESampler", "settings": {"multivariate": False}}]
    assert len({cell[0] for cell in planned.cells}) == 3


def test_a_variant_has_the_page_of_its_agent():
    from archgym.cli.show import _kind, _page

    kind, name = _kind("optuna:RandomSampler")
    page = _page(name, kind, None, None, None)
    assert kind == "agent" and page.facts["name"] == "optuna:RandomSampler"
    assert [h["name"] for h in page.facts["hyperparameters"]] == ["sampler", "settings"]
