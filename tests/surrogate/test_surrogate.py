"""Surrogates: what a forest predicts, what is held out, and a surrogate as a task of its own."""

import json
import os

import block_tasks
import numpy as np
import pytest

import archgym
from archgym import registry
from archgym.errors import ArchGymError
from archgym.evaluator import Designs
from archgym.models import forest
from archgym.models.parameters import NOT_ASKED, Parameters
from archgym.surrogate.fit import fit
from archgym.surrogate.folder import SURROGATES
from archgym.sweep import plan
from archgym.sweep.designs import measured_designs
from archgym.sweep.execute import execute
from archgym.sweep.load import Sweep
from archgym.testing import check_task


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A finished sweep over a product space that has infeasible designs, and over an open space."""
    folder = tmp_path_factory.mktemp("swept")
    content = {"tasks": [{"name": f"{block_tasks.__file__}:{name}", "label": name} for name in ("blocks", "tower")],
               "agents": ["random", "local-search"], "seeds": 4, "budget": {"evaluations": 60}}
    execute(plan.from_dict(content), folder / "out")
    return Sweep(folder / "out")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ARCHGYM_CACHE", str(tmp_path))


def kept(sweep, label, **options):
    found = fit(sweep, label, **{"trees": 20} | options)
    SURROGATES.save("forest", found.known, found.arrays, replace=True)
    return found


def test_a_forest_in_arrays_predicts_as_scikit_learn_does():
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(0)
    columns = rng.integers(0, 9, (300, 6)).astype(np.float32)
    outputs = np.stack([columns[:, 0] * columns[:, 1], np.sin(columns[:, 2])], axis=1)
    model = RandomForestRegressor(12, random_state=3).fit(columns, outputs)
    ours, fresh = forest.fitted(columns, outputs, 12, 3), rng.integers(0, 9, (200, 6)).astype(np.float32)
    assert ours.predict(fresh) == pytest.approx(model.predict(fresh))
    assert [ours.predict_one(row).tolist() for row in fresh[:20]] == ours.predict(fresh[:20]).tolist()


def test_a_parameter_that_a_design_does_not_meet_has_no_pick(swept):
    space = swept.tasks[1].task.space
    genomes = [(0, 2), (2, 1, 0, 2)]
    parameters = Parameters.of(space, genomes)
    assert [p.name for p in parameters] == ["floors", "kind/0", "kind/1", "kind/2"]
    assert parameters.picks(genomes).tolist() == [[0, 2, NOT_ASKED, NOT_ASKED], [2, 1, 0, 2]]
    assert parameters.columns(parameters.picks(genomes)).tolist() == [
        [0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [2, 0, 1, 0, 1, 0, 0, 0, 0, 1]]


def test_a_sweeps_designs_are_counted_once_and_keep_what_was_measured(swept):
    found, task = measured_designs(swept, "blocks"), swept.tasks[0].task
    met = {run.trajectory.genome(i) for run in swept.runs if run.task == "blocks" for i in range(60)}
    assert {tuple(genome) for genome in found.genomes.tolist()} == met and len(found) == len(met)
    for genome, ok, weight in zip(found.genomes.tolist(), found.ok, found.metrics["weight"]):
        measured = task.measure(tuple(genome))
        assert ok == (measured.status == "ok")
        assert weight == pytest.approx(measured.values["weight"]) if ok else np.isnan(weight)


def test_errors_are_of_designs_that_were_not_learned_from(swept):
    known = kept(swept, "blocks", held_out=0.25).known
    assert known["learned"] + known["held_out"] == len(measured_designs(swept, "blocks"))
    assert known["held_out"] == round(0.25 * (known["learned"] + known["held_out"]))
    task, held = registry.task("forest"), known["accuracy"][0]
    assert held["designs"] <= known["held_out"] and 0.8 < held["r2"] < 1 and held["tau"] > 0.8
    assert [a.metric for a in task.about.accuracy] == ["volume", "weight"]


@pytest.mark.parametrize("label", ["blocks", "tower"])
def test_a_surrogate_is_a_task_like_others(swept, label, monkeypatch):
    monkeypatch.setattr("archgym.surrogate.fit.FEWEST", 20)  # a tower has 39 designs
    kept(swept, label)
    task = registry.task("forest")
    check_task(task)
    genomes = task.space.sample_many(np.random.default_rng(0), 30)
    many = task.evaluator.evaluate_many(Designs(task.space, genomes), fidelity=None, seeds=[0] * 30)
    for i, genome in enumerate(genomes):
        one = task.measure(tuple(int(p) for p in genome))
        assert (one.status, one.values) == (many[i].status, many[i].values if one.status == "ok" else {})
    run = archgym.run("forest", "local-search", archgym.Budget(evaluations=30))
    assert run.incumbent.value > -np.inf


def test_it_predicts_what_was_measured_and_what_is_infeasible(swept):
    kept(swept, "blocks", trees=60)
    task, parent = registry.task("forest"), swept.tasks[0].task
    found = measured_designs(swept, "blocks")
    guess = [task.measure(tuple(genome)) for genome in found.genomes.tolist()]
    right = np.mean([(m.status == "ok") == ok for m, ok in zip(guess, found.ok)])
    assert right > 0.9
    heavy = task.measure({"width": 8, "height": 8, "stuff": "lead"})
    assert heavy.status == "infeasible" and "of its trees" in heavy.error
    pairs = [(m.values["weight"], w) for m, w, ok in zip(guess, found.metrics["weight"], found.ok) if ok and m.values]
    assert np.corrcoef(np.log(pairs).T)[0, 1] > 0.97
    assert task.objective == parent.objective and task.about.source.startswith("measurements of")


def test_the_same_sweep_and_seed_give_the_same_surrogate(swept):
    sums = [SURROGATES.checksum(found.known, found.arrays)
            for found in (fit(swept, "blocks", trees=5, seed=seed) for seed in (1, 1, 2))]
    assert sums[0] == sums[1] != sums[2]


def test_what_cannot_be_fitted_says_why(swept):
    for label, says in ((None, "say which with --task: blocks, tower"), ("block", "did you mean 'blocks'"),
                        ("tower", "a surrogate wants 50 or more")):
        with pytest.raises(ArchGymError, match=says):
            fit(swept, label)
    with pytest.raises(ArchGymError, match="one tree or more"):
        fit(swept, "blocks", trees=0)


def test_a_damaged_or_taken_name_is_told(swept, tmp_path):
    found = kept(swept, "blocks")
    with pytest.raises(ArchGymError, match="--replace puts this one in its place"):
        SURROGATES.save("forest", found.known, found.arrays)
    path = tmp_path / "surrogates" / "forest" / "about.json"
    known = json.loads(path.read_text())
    known["parameters"][0]["ordered"] = False
    path.write_text(json.dumps(known))
    with pytest.raises(ArchGymError, match="checksum is not what it was"):
        registry.task("forest")
    SURROGATES.remove("forest")
    assert "forest" not in registry.task_names() and not os.path.exists(path)
