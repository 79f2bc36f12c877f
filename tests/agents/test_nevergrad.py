"""nevergrad's optimisers against the library's own loop, their names and settings, and what breaks inside them."""

import sys
import warnings

import numpy as np
import pytest

import archgym
from archgym import Budget, Choice, ProductSpace
from archgym.errors import ArchGymError
from archgym.streams import generator
from archgym.testing import Expressions, Ladders, toy
from archgym.testing.law import chi_square

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    ng = pytest.importorskip("nevergrad")


def genomes(run):
    return [run.trajectory.genome(i) for i in range(len(run.trajectory))]


def own_loop(task, made, seed, evaluations, kind=None):
    """What somebody writes who has nevergrad and a table."""
    rng = generator(seed, task.id, "nevergrad", "optimizer")
    rng.integers(2**63)  # for numpy's global generator, which these optimisers do not draw from
    parameters = ng.p.Tuple(*[(kind or ng.p.Choice)(tuple(range(len(c.options)))) for c in task.space.choices])
    parameters.random_state = np.random.RandomState(int(rng.integers(2**31)))
    optimizer = made(parametrization=parameters, budget=evaluations, num_workers=1)
    proposed = []
    for _ in range(evaluations):
        candidate = optimizer.ask()
        proposed.append(tuple(candidate.value))
        optimizer.tell(candidate, -task.objective.sign * task.measure(proposed[-1]).values[task.objective.metric])
    return proposed


@pytest.mark.parametrize("name", ["DiscreteOnePlusOne", "TwoPointsDE"])
def test_it_proposes_what_the_librarys_own_loop_proposes(name):
    task = archgym.task("NASBench201-v0", noise="mean")
    run = archgym.run(task, f"nevergrad:{name}", Budget(evaluations=80), 3)
    assert genomes(run) == own_loop(task, ng.optimizers.registry[name], 3, 80)


def test_a_family_takes_the_librarys_settings():
    task = archgym.task("NASBench201-v0", noise="mean")
    run = archgym.run(task, "nevergrad:DifferentialEvolution", Budget(evaluations=60), 1, popsize=10,
                      crossover="twopoints")
    family = ng.families.DifferentialEvolution(popsize=10, crossover="twopoints")
    assert genomes(run) == own_loop(task, family, 1, 60)
    assert run.agent.settings == {"popsize": 10, "crossover": "twopoints"}


def test_ordered_choices_are_transitions():
    space = ProductSpace(tuple(Choice(("size", i), tuple(range(8)), ordered=True) for i in range(3)))
    task = archgym.task(space=space, evaluate=lambda design: -float(sum((x - 5) ** 2 for x in design)), name="bowl")
    run = archgym.run(task, "nevergrad:DiscreteOnePlusOne", Budget(evaluations=60), 1)
    assert genomes(run) == own_loop(task, ng.optimizers.registry["DiscreteOnePlusOne"], 1, 60, ng.p.TransitionChoice)


@pytest.mark.parametrize("name", ["CMAL2", "LognormalDiscreteOnePlusOne"])  # they draw from it
def test_numpys_global_generator_is_left_alone_and_random_keys_repeat_themselves(name):
    np.random.seed(1)
    before = np.random.get_state()[1].tolist()
    first = genomes(archgym.run(toy(Expressions()), f"nevergrad:{name}", Budget(evaluations=40), 3))
    assert np.random.get_state()[1].tolist() == before
    np.random.seed(2)
    assert genomes(archgym.run(toy(Expressions()), f"nevergrad:{name}", Budget(evaluations=40), 3)) == first
    assert len(set(first)) > 2


def test_in_an_open_space_its_random_search_draws_by_the_spaces_law():
    task = toy(Expressions(2, 5, ("one", "two", "sum", "half")))
    rows = task.population()
    at = {tuple(map(int, genome)): i for i, genome in enumerate(rows.genomes)}
    run = archgym.run(task, "nevergrad:RandomSearch", Budget(evaluations=600), 1)
    counts = np.bincount([at[genome] for genome in genomes(run)], minlength=len(at))
    assert chi_square(counts, rows.weights) > 1e-3


def test_a_failed_design_is_told_as_the_worst_that_succeeded(monkeypatch):
    told = []

    class Recorder(ng.optimizers.registry["NGOpt"]):
        def tell(self, candidate, loss, *more, **named):
            told.append(loss)
            return super().tell(candidate, loss, *more, **named)

    monkeypatch.setitem(ng.optimizers.registry, "Recorder", Recorder)
    run = archgym.run(toy(Ladders(), fails=0.5), "nevergrad:Recorder", Budget(evaluations=40))
    worst, expected = None, []
    for value, ok in zip(run.trajectory.value[:-1], run.trajectory.ok[:-1]):
        worst = worst if not ok else -value if worst is None else max(worst, -value)
        expected.append(-value if ok else 1e6 if worst is None else worst)
    assert told[:39] == expected and 0 < run.trajectory.ok.sum() < 40


@pytest.mark.parametrize("name, options, complaint", [
    ("nevergrad:TwoPointsDF", {}, "unknown optimizer of nevergrad 'TwoPointsDF'; did you mean 'TwoPointsDE'"),
    ("nevergrad:NGOpt", {"popsize": 3}, "nevergrad's NGOpt is ready-made and takes no settings, so no 'popsize'"),
    ("nevergrad:DifferentialEvolution", {"popsze": 3},
     "unknown setting of nevergrad's DifferentialEvolution: 'popsze'; did you mean 'popsize'")])
def test_what_is_no_optimizer_or_no_setting_is_named_with_the_nearest(name, options, complaint):
    with pytest.raises(ArchGymError, match=complaint):
        archgym.agent(name, **options)


def test_what_breaks_inside_the_library_is_a_line_that_names_the_optimizer(monkeypatch):
    class Broken(ng.optimizers.registry["NGOpt"]):
        def _internal_ask_candidate(self):
            raise np.exceptions.AxisError("no such\n  axis")

    class Lacking(Broken):
        def _internal_ask_candidate(self):
            import no_such_package_here  # noqa: F401

    monkeypatch.setitem(ng.optimizers.registry, "Broken", Broken)
    monkeypatch.setitem(ng.optimizers.registry, "Lacking", Lacking)
    with pytest.raises(ArchGymError, match="nevergrad's Broken does not work on Ladders: it said AxisError: no such "
                                           "axis; try NGOpt"):
        archgym.run(toy(Ladders()), "nevergrad:Broken", Budget(evaluations=5))
    with pytest.raises(ArchGymError, match="nevergrad's Lacking needs the package 'no_such_package_here'"):
        archgym.run(toy(Ladders()), "nevergrad:Lacking", Budget(evaluations=5))


def test_a_missing_library_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "nevergrad", None)
    with pytest.raises(ArchGymError, match="agent 'nevergrad' needs the package 'nevergrad'.*: pip install nevergrad"):
        archgym.agent("nevergrad")
