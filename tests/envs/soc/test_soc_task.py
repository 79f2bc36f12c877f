"""SoC-v0 as a task: its contract, its objectives, agents and faces on it, its picture."""

import numpy as np
import pytest

import archgym
from archgym.envs.hardware.soc.task import BUDGETS
from archgym.errors import ArchGymError, IllegalDesign
from archgym.evaluator import Designs
from archgym.streams import uniform
from archgym.testing import check_task

# Chips that keep their budgets, found by evolution.
MET = {
    ("audio-decoder", "limited"):
        "1-1-1-2-0-1-1-3-2-2-0-2-2-0-1-0-2-3-1-0-1-0-1-0-1-0-0-2-2-2-1-2-0-1-2-2-1-2-2-1-1-2-1-1-2-1-1-2-2-1-1-1-1-2",
    ("audio-decoder", "comprehensive"):
        "19-42-59-11-9-34-58-0-19-23-27-27-30-6-33-19-0-21-7-11-23-5-17-20-22-20-0-1-1-5-3-4-6-3-0-9-2-1-2-5-5-0-8-0-"
        "1-0-0-2-0-0-0-0-0-0-0-4-0-0-2-1-0-0-0-0-0-0-1-0-0-1-1-0-0-0-0-0-1-0-0-0-0-0-0-0-0-0-0-1",
    ("edge-detection", "limited"):
        "0-1-1-1-1-2-0-2-1-1-2-0-0-3-2-0-3-1-0-0-0-1-0-1-0-1-2-0-2-0-2-2-0-0",
    ("edge-detection", "comprehensive"):
        "66-42-0-47-44-12-27-0-21-13-0-1-0-0-0-3-0-1-1-1-1-1-1-1-1-2-2-2-2-2-2-2-2",
    ("hpvm-cava", "limited"):
        "1-1-1-3-0-0-2-2-1-2-2-0-0-0-1-0-0-3-1-0-0-0-1-1-0-1-1-2-2-2-2-2-2-2-2-2",
    ("hpvm-cava", "comprehensive"):
        "56-55-39-21-61-31-0-18-0-15-0-0-0-0-0-0-0-0-1-0-1-1-0-2-4-2-0-4-0-0-0-0-0-0-0-0-0",
}


@pytest.mark.parametrize("options", [
    {}, {"workload": "edge-detection", "chips": "comprehensive", "objective": "latency-limited"},
    {"workload": "hpvm-cava", "chips": "independent", "objective": "power"}])
def test_it_keeps_what_tasks_promise(options):
    check_task(archgym.task("SoC-v0", **options), samples=50)


@pytest.mark.parametrize("objective", ["budgets", "energy-delay", "latency-limited", "latency-penalized"])
def test_rewards_are_what_they_say(objective):
    task = archgym.task("SoC-v0", workload="hpvm-cava", objective=objective)
    limits, u = BUDGETS["hpvm-cava", "limited"], uniform(4)
    for _ in range(20):
        found = task.measure(task.space.sample(u))
        values = found.values
        over = {metric: max(values[metric] / limit - 1, 0) for metric, limit in limits.items()}
        beyond = over["power"] + over["area"]
        expected = {"budgets": -sum(share for share in over.values() if share > 1e-3),
                    "energy-delay": -values["energy"] * values["latency"], "latency-limited": -values["latency"],
                    "latency-penalized": -values["latency"] - limits["latency"] * beyond}
        assert values["reward"] == pytest.approx(expected[objective])
        hard = objective == "latency-limited"
        assert found.status == ("infeasible" if hard and beyond else "ok")


@pytest.mark.parametrize("workload, chips", BUDGETS)
def test_the_budgets_can_be_met(workload, chips):
    task = archgym.task("SoC-v0", workload=workload, chips=chips)
    found = task.measure(tuple(map(int, MET[workload, chips].split("-"))))
    assert found.values["reward"] == task.optimum == 0
    assert all(found.values[metric] <= 1.001 * limit for metric, limit in BUDGETS[workload, chips].items())


def test_a_task_of_independent_integers_says_why_most_chips_are_infeasible():
    task = archgym.task("SoC-v0", chips="independent")
    genomes = task.space.sample_many(np.random.default_rng(0), 300)
    found = task.evaluator.evaluate_many(Designs(task.space, genomes), fidelity=None, seeds=[0] * 300)
    whys = [why for why in found.errors if why]
    assert 240 < len(whys) < 300
    for words in ("a memory has one bus", "out of reach of bus", "which is on no bus"):
        assert any(words in why for why in whys)


def test_the_independent_integers_hold_the_limited_chips_and_these_measure_alike():
    limited, independent = (archgym.task("SoC-v0", chips=chips) for chips in ("limited", "independent"))
    design = limited.space.decode(limited.space.sample(uniform(8)))
    assert limited.measure(design) == independent.measure(design)


def test_an_unreachable_memory_is_no_chip_of_the_space_and_the_choice_is_named():
    task = archgym.task("SoC-v0", workload="edge-detection")
    chip = task.space.decode(task.space.sample(uniform(0)))
    cut = chip._replace(pe_to_bus=(0, 0, 0), bus_to_bus=(-1, -1, -1), bus_to_mem=(0, 1, 2))
    with pytest.raises(IllegalDesign, match="'bus_to_mem/1'; allowed: -1"):
        task.measure(cut)


@pytest.mark.parametrize("chips, agent", [
    ("limited", "regularized-evolution"), ("comprehensive", "local-search"), ("limited", "reinforce"),
    ("independent", "random")])
def test_agents_run_on_it(chips, agent):
    task = archgym.task("SoC-v0", workload="edge-detection", chips=chips)
    run = archgym.run(task, agent, archgym.Budget(evaluations=40), seed=0)
    assert run.incumbent.value == max(run.trajectory.value) > min(run.trajectory.value)


def test_construction_masks_what_would_make_a_chip_invalid():
    task = archgym.task("SoC-v0", workload="hpvm-cava")
    env = archgym.Bench(task.memo, archgym.Budget(evaluations=5), 0, task.id, "test").env("construct")
    rng = np.random.default_rng(0)
    for _ in range(5):
        _, info = env.reset()
        done = False
        while not done:
            _, _, done, truncated, info = env.step(rng.choice(np.flatnonzero(info["action_mask"])))
        assert info["trial"]["status"] == "ok"


@pytest.mark.parametrize("options, says", [
    ({"workload": "video"}, "audio-decoder"), ({"chips": "all"}, "comprehensive"), ({"objective": "speed"}, "latency")])
def test_an_option_that_cannot_be(options, says):
    with pytest.raises(ArchGymError, match=says):
        archgym.task("SoC-v0", **options)


def test_its_picture_is_the_run_and_the_chip():
    task = archgym.task("SoC-v0", workload="edge-detection")
    chip = task.space.decode(task.space.sample(uniform(1)))
    timeline, blocks = task.evaluator.drawing(chip).panels
    assert {span.text for span in timeline.spans} == {t.name for t in task.space.workload.tasks if t.cycles}
    unit = {"s": 1.0, "ms": 1e-3, "us": 1e-6}[timeline.unit]
    assert max(span.end for span in timeline.spans) * unit == pytest.approx(task.measure(chip).values["latency"])
    assert len(blocks.nodes) == 9 and all(span.lane == chip.task_to_pe[task.space.workload.names.index(span.text)]
                                          for span in timeline.spans)


def test_a_chip_that_cannot_work_has_no_run_to_draw():
    task = archgym.task("SoC-v0", chips="independent")
    chip = task.space.decode((0,) * 54)
    assert task.measure(chip).status == "infeasible" and task.evaluator.drawing(chip) is None
