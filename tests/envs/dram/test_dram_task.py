"""DRAMController-v0 as a task: its contract, its objectives, agents on it."""

import numpy as np
import pytest

import archgym
from archgym.errors import ArchGymError
from archgym.evaluator import Designs
from archgym.testing import check_task

SMALL = {"requests": 300}


@pytest.mark.parametrize("objective", ["latency", "energy-delay", "target-both"])
def test_it_keeps_what_tasks_promise(objective):
    check_task(archgym.task("DRAMController-v0", objective=objective, **SMALL))


def test_designs_are_named_as_archgym_names_them():
    task = archgym.task("DRAMController-v0", levels="powers", **SMALL)
    design = task.space.design({
        "PagePolicy": "OpenAdaptive", "Scheduler": "FrFcfs", "SchedulerBuffer": "Shared", "RequestBufferSize": 8,
        "RespQueue": "Fifo", "RefreshPolicy": "AllBank", "RefreshMaxPostponed": 4, "RefreshMaxPulledin": 4,
        "Arbiter": "Reorder", "MaxActiveTransactions": 64})
    found = task.measure(design)
    assert found.status == "ok" and found.values["power"] == pytest.approx(
        found.values["energy"] / found.values["latency"])
    assert found.values["reward"] == pytest.approx(-found.values["energy"] * found.values["latency"])


def test_archgyms_reward_is_the_product_of_target_over_distance():
    task = archgym.task("DRAMController-v0", objective="target-both", **SMALL)
    found = task.measure(task.space.sample(archgym.streams.uniform(3)))
    power, latency = found.values["power"], found.values["latency"]
    assert found.values["reward"] == pytest.approx(1 / abs(1 - power) * 1e-4 / abs(1e-4 - latency))


def test_many_designs_measure_as_one_by_one():
    task = archgym.task("DRAMController-v0", **SMALL)
    genomes = task.space.sample_many(np.random.default_rng(0), 20)
    designs = Designs(task.space, genomes)
    together = task.evaluator.evaluate_many(designs, fidelity=None, seeds=[0] * 20)
    assert [together[i].values for i in range(20)] == [
        task.evaluator.evaluate(d, fidelity=None, seed=0).values for d in designs]


@pytest.mark.parametrize("agent", ["random", "regularized-evolution", "local-search", "reinforce"])
def test_agents_run_on_it(agent):
    task = archgym.task("DRAMController-v0", **SMALL)
    run = archgym.run(task, agent, archgym.Budget(evaluations=40), seed=0)
    assert run.incumbent.value == max(run.trajectory.value) > min(run.trajectory.value)


@pytest.mark.parametrize("options, says", [
    ({"device": "DDR9"}, "DDR3-1600"), ({"trace": "sream"}, "stream"), ({"ranks": 3}, "1, 2 or 4 ranks"),
    ({"requests": -1}, "1 or more"), ({"objective": "speed"}, "latency"), ({"trace": "none.stl"}, "none.stl"),
])
def test_an_option_that_cannot_be(options, says):
    with pytest.raises(ArchGymError, match=says):
        archgym.task("DRAMController-v0", **SMALL | options)
