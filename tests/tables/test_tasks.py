"""An imported table is a task like any other, and measures what the file says."""

import itertools
import json

import gymnasium
import numpy as np
import pytest
from toy_table import DESIGNS, ROWS, SPACE, YAML, record

import archgym
from archgym import Budget, Proposal, registry
from archgym.errors import ArchGymError
from archgym.population import enumerate_rows
from archgym.tables.folder import TABLES
from archgym.testing import check_task


def recorded(row):
    return [float(row[s]) for s in "abc" if row[s] != ""]


def test_every_record_is_found_again_at_its_fidelity_and_seed(imported):
    task = archgym.task(imported())
    for row in ROWS:
        design = {name: row[name] for name in SPACE}
        for seed, value in enumerate(recorded(row)):
            for fidelity, expected, cost in ((3, row["short"], row["seconds"] / 3), (9, value, row["seconds"])):
                found = task.measure(design, fidelity=fidelity, seed=seed)
                assert found.values == {"accuracy": expected} and found.cost == pytest.approx(cost)
            assert task.measure(design, seed=seed).values == {"accuracy": value}
        with pytest.raises(ArchGymError, match=f"has {len(recorded(row))} recorded seeds"):
            task.measure(design, seed=len(recorded(row)))


def test_the_holdout_is_the_mean_of_the_seeds_not_seen(imported):
    task = archgym.task(imported())
    for row in ROWS:
        values = recorded(row)
        for seed in range(len(values)):
            design = {name: row[name] for name in SPACE}
            found = task.measure(design, seed=seed, holdout=True).values
            assert found["accuracy_other_seeds"] == pytest.approx(np.mean(np.delete(values, seed)))
            below = task.measure(design, seed=seed, fidelity=3, holdout=True).values
            assert below["accuracy_other_seeds"] == pytest.approx(np.mean(values))


def test_a_lower_fidelity_is_a_task_of_its_own(imported):
    task = archgym.task(imported(), fidelity=3)
    found = task.measure((0, 0, 0), holdout=True)
    assert task.id == "toy(fidelity=3,noise=seed,objective=accuracy)" and task.evaluator.fidelities == ()
    assert found.values == {"accuracy": ROWS[0]["short"], "accuracy_other_seeds": np.mean(recorded(ROWS[0]))}
    assert found.cost == ROWS[0]["seconds"] / 3


def test_the_mean_has_no_noise_and_no_holdout(imported):
    task = archgym.task(imported(), noise="mean")
    assert not task.has_holdout and task.evaluator.seeds == 1
    rows = enumerate_rows(task)
    assert rows.values == pytest.approx([np.mean(recorded(row)) for row in ROWS])


def test_declared_holdout_columns_score_designs(imported):
    task = archgym.task(imported(holdout={"test": {"column": "test", "unit": "%"}}))
    rows = enumerate_rows(task)
    expected = [row["test"] for row in ROWS for _ in recorded(row)]
    assert rows.holdout == pytest.approx(expected) and task.objective.holdout == "test"


def test_single_rows_and_columns_of_rows_agree(imported):
    task = archgym.task(imported(rows=[ROWS[i] for i in np.random.default_rng(0).permutation(len(ROWS))]))
    rows = enumerate_rows(task)
    for genome, seed, value in zip(rows.genomes, rows.seeds, rows.values, strict=True):
        assert task.measure(genome, seed=int(seed)).values["accuracy"] == value


def test_the_optimum_and_the_baseline_follow_from_the_file(imported):
    task = archgym.task(imported())
    values = [v for row in ROWS for v in recorded(row)]
    assert task.optimum == max(values) and task.optimum_count == values.count(max(values))
    weights = [1 / len(ROWS) / len(recorded(row)) for row in ROWS for _ in recorded(row)]
    assert task.random_baseline(1).mean == pytest.approx(np.dot(values, weights))


def test_less_is_better_where_it_is_declared(imported):
    task = archgym.task(imported(metrics={"accuracy": "a", "seconds": {"column": "seconds", "goal": "min"}}),
                        objective="seconds")
    assert task.optimum == -90 and task.objective.raw(task.optimum) == 90 and task.worst == -270
    assert [m.name for m in task.evaluator.metrics] == ["accuracy", "seconds"]


def test_rows_of_one_design_may_be_its_seeds(imported):
    rows = [record(i, a=100 * i + seed) for i in range(len(DESIGNS)) for seed in range(2 + i % 2)]
    task = archgym.task(imported(rows, metrics={"accuracy": "a", "short": "short"}, repeats="seeds"))
    for i, options in enumerate(DESIGNS):
        design = dict(zip(SPACE, options, strict=True))
        found = [task.measure(design, seed=s) for s in range(task.evaluator.seeds_of(task.space.design(design)))]
        assert [m.values["accuracy"] for m in found] == [100 * i + s for s in range(2 + i % 2)]
        assert {m.values["short"] for m in found} == {rows[0]["short"] - 11 + record(i)["a"] - 0.5}


def test_a_joined_table_adds_metrics(imported, tmp_path):
    (tmp_path / "devices.csv").write_text("id,phone\n" + "\n".join(f"{i},{i + 0.5}" for i in reversed(range(12))))
    rows = [row | {"id": i} for i, row in enumerate(ROWS)]
    task = archgym.task(imported(rows, metrics={"accuracy": "a", "phone": "phone"},
                                 join=[{"file": "devices.csv", "by": "id"}]), objective="phone")
    assert enumerate_rows(task).values.tolist() == [i + 0.5 for i in range(12)]


def test_rows_can_be_chosen_by_a_value(imported):
    rows = [row | {"data": data, "a": row["a"] + 100 * (data == "y")} for row in ROWS for data in "xy"]
    task = archgym.task(imported(rows, metrics={"accuracy": "a"}, where={"data": "y"}))
    assert enumerate_rows(task).values.min() > 100


def test_a_table_of_keys_measures_twins_alike(imported, tmp_path):
    space = registry.space("NASBench201")
    keys, rows = set(), []
    for genome in itertools.islice(space.enumerate(), 0, None, 7):
        if (key := space.key_of(genome)) not in keys:
            keys.add(key)
            rows.append({"cell": space.text_of(genome), "value": float(len(rows))})
    task = archgym.task(imported(rows, {}, space="NASBench201", design="cell", metrics={"value": "value"}, sample=True,
                                 identity="key"))
    assert task.evaluator.identity == "key" and task.space.size == len(rows)
    twin = next(g for g in space.enumerate() if g not in set(task.space.rows) and space.key_of(g) in keys)
    table = {space.key(space.parse(row["cell"])): row["value"] for row in rows}
    found = task.evaluator.evaluate(space.decode(twin), fidelity=None, seed=0)
    assert found.values == {"value": table[space.key_of(twin)]}


@pytest.mark.parametrize("more", [{}, {"sample": True}, {"holdout": {"test": "test"}}])
def test_it_passes_the_checks_of_every_task(imported, more):
    rows = ROWS[:7] if more.get("sample") else ROWS
    check_task(archgym.task(imported(rows, **more)))


def test_agents_sweeps_and_environments_find_it_by_its_name(imported, tmp_path):
    name = imported()
    for agent in ("random", "local-search", "regularized-evolution"):
        run = archgym.run(name, agent, Budget(evaluations=40))
        assert run.incumbent.value == max(run.trajectory.value)
        assert set(run.incumbent.holdout) == {"accuracy_other_seeds"}
    archgym.gymnasium_ids.register()
    env = gymnasium.make(f"archgym/{name}", noise="mean", budget=10)
    env.reset(seed=0)
    assert env.unwrapped.bench.space.size == 12


def test_agents_may_ask_for_a_lower_fidelity(imported):
    task = archgym.task(imported())
    bench = archgym.Bench(task.memo, Budget(cost=1e6), 0, task.id, "test")
    low, high = bench.measure([Proposal((1, 0, 0), fidelity=3), Proposal((1, 0, 0))])
    assert low.value == ROWS[4]["short"] and high.value in recorded(ROWS[4])
    assert bench.remaining.cost == 1e6 - 180 / 3 - 180


def test_what_a_table_measures_is_in_its_fingerprint(imported):
    first = archgym.task(imported()).fingerprint
    assert archgym.task(imported(replace=True)).fingerprint == first
    assert archgym.task(imported([ROWS[0] | {"a": 0.0}, *ROWS[1:]], replace=True)).fingerprint != first
    assert archgym.task("toy", fidelity=3).fingerprint != archgym.task("toy").fingerprint


def test_a_damaged_table_is_noticed(imported):
    name = imported()
    path = TABLES.folder() / name / "arrays.npz"
    arrays = dict(np.load(path))
    arrays["cost"][3] += 1
    np.savez(path, **arrays)
    with pytest.raises(ArchGymError, match="damaged.*import it again from .*toy.csv with --replace"):
        archgym.task(name)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ArchGymError, match="cannot be read"):
        archgym.task(name)


def test_a_space_that_changed_since_is_noticed(imported):
    cell = "|none~0|+|none~0|none~1|+|none~0|none~1|none~2|"
    name = imported([{"cell": cell, "value": 1.0}], {}, space="NASBench201", design="cell", metrics={"value": "value"},
                    sample=True)
    path = TABLES.folder() / name / "about.json"
    known = json.loads(path.read_text())
    known["witnesses"]["0"] = known["witnesses"]["0"].replace("none~2", "skip_connect~2")
    path.write_text(json.dumps(known))
    with pytest.raises(ArchGymError, match="the space has changed"):
        archgym.task(name)


def test_options_that_a_table_does_not_have_are_refused(imported):
    name = imported(said={"space": SPACE, "metrics": {"accuracy": "a"}})
    for option in ({"noise": "seed"}, {"fidelity": 3}, {"objective": "speed"}):
        with pytest.raises(ArchGymError, match=f"unknown option of task {name}"):
            archgym.task(name, **option)
    assert archgym.task(name).id == "toy(objective=accuracy)" and YAML["licence"] == "MIT"


def test_a_table_of_another_version_is_to_be_imported_again(imported):
    name = imported()
    path = TABLES.folder() / name / "about.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 0}))
    with pytest.raises(ArchGymError, match="by another version of archgym; import it again from .*toy.csv with --replace"):
        archgym.task(name)
