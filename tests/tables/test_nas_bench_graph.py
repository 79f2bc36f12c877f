"""NAS-Bench-Graph's tasks: against the package that holds the records, and a second copy of them."""

import numpy as np
import pytest
from nas_bench_graph import light_read
from nas_bench_graph.architecture import Arch

import archgym
from archgym import Budget
from archgym.evaluator import Designs
from archgym.spaces.nas_bench_graph import numbered
from archgym.streams import uniform
from archgym.testing import check_task

DATASETS = ("arxiv", "citeseer", "computers", "cora", "cs", "photo", "physics", "proteins", "pubmed")


@pytest.mark.parametrize("dataset", ["cora", "proteins"])
def test_it_keeps_the_contract_of_a_task(dataset):
    checks = check_task(archgym.task("NASBenchGraph-v0", dataset=dataset), samples=12)
    assert all("small" in why or "50,000" in why for _, why in checks.untried)


@pytest.mark.parametrize("dataset", ["cora", "proteins"])
def test_a_network_measures_what_the_package_records(dataset):
    task, u, bench = archgym.task("NASBenchGraph-v0", dataset=dataset), uniform(0), light_read(dataset)
    for _ in range(300):
        network = task.space.decode(task.space.sample(u))
        told = bench.get(Arch([int(node) for node in network.layout], list(network.operations)).valid_hash())
        found = task.measure(str(network), holdout=True)
        if told is None:
            assert set(network.operations) == {"skip"} and found.status == "infeasible"
        else:
            assert found.values == {"val_accuracy": told["valid_perf"], "test_accuracy": told["perf"],
                                    "latency": told["latency"], "parameters": told["para"]}


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_number_is_that_of_the_same_network_in_another_copy(shared_data, dataset):
    from pyarrow import parquet

    rows = parquet.read_table(shared_data / "nas_bench_graph" / "nas_bench_graph_light.parquet",
                              filters=[("dataset", "=", dataset)]).to_pydict()
    task = archgym.task("NASBenchGraph-v0", dataset=dataset)
    kept = slice(None, None, 1 if dataset in ("cora", "proteins") else 5)
    rows = {name: column[kept] for name, column in rows.items()}
    networks = list(map(numbered, map(int, rows["hash"])))
    assert [network.layout for network in networks] == [f"{int(links):04d}" for links in rows["links"]]
    assert [network.operations for network in networks] == list(zip(*(rows[f"op{i}"] for i in (1, 2, 3, 4))))
    seeds = np.zeros(len(networks), int)
    found = task.evaluator.evaluate_many(networks, fidelity=None, seeds=seeds)
    held = task.judge.evaluate_many(networks, fidelity=None, seeds=seeds)
    for values, name in ((found.values["val_accuracy"], "valid_perf"), (found.values["latency"], "latency"),
                         (found.values["parameters"], "params"), (held.values["test_accuracy"], "test_perf")):
        np.testing.assert_allclose(values, rows[name], rtol=1e-6)
    assert found.statuses is None
    if dataset == "cora":
        assert task.optimum == found.values["val_accuracy"].max()


def test_networks_of_skips_alone_are_infeasible_one_by_one_and_in_arrays():
    task = archgym.task("NASBenchGraph-v0")
    genomes = np.array([[layout, 8, 8, 8, operation] for layout in range(9) for operation in (8, 0)])
    found = task.evaluator.evaluate_many(Designs(task.space, genomes), fidelity=None, seeds=np.zeros(18, int))
    assert found.statuses == ["infeasible", "ok"] * 9
    assert found.errors[0] == "the table has no row for 0000: skip skip skip skip"
    assert task.measure((0, 8, 8, 8, 8)).error == found.errors[0]
    baseline = task.random_baseline(1)
    assert task.worst == 0 and baseline.mean == pytest.approx(task.population().values.sum() / 59_049)


def test_agents_search_it():
    task = archgym.task("NASBenchGraph-v0", dataset="proteins")
    for agent in ("random", "local-search", "regularized-evolution"):
        run = archgym.run(task, agent, Budget(evaluations=150))
        assert run.incumbent.value == max(run.trajectory.value) and set(run.incumbent.holdout) == {"test_accuracy"}
