"""Mapping-v0 and Accelerator-v0 as tasks: contracts, what is measured, optima, what cannot be."""

import numpy as np
import pytest

import archgym
from archgym.envs.hardware.accelerator import costs
from archgym.envs.hardware.accelerator.dataflow import mapping_of
from archgym.envs.hardware.accelerator.metrics import energy_of
from archgym.envs.hardware.accelerator.model import evaluate
from archgym.errors import ArchGymError, Infeasible
from archgym.evaluator import Designs
from archgym.spaces.accelerator import DATAFLOWS, Accelerator
from archgym.spaces.accelerator_hardware import HARDWARE, Hardware
from archgym.spaces.accelerator_layers import WORKLOADS, Layer, layer_named
from archgym.spaces.mapping import Mapping
from archgym.streams import uniform
from archgym.testing import check_task

LAYER = Layer("one", K=4, C=2, P=2)
ORDER = "NGKCPQRS"
SMALL = {"layer": "K4-C2-P2", "hardware": "2x2-8-48-4-4"}


def mapped(dram=(), buffer=(), rows=(), columns=(), registers=()):
    """A mapping with these factors above 1: {dimension: factor} at a level."""
    levels = (dram, buffer, rows, columns, registers)
    return Mapping(tuple(tuple(dict(level).get(d, 1) for d in ORDER) for level in levels), ORDER, ORDER)


@pytest.mark.parametrize("name, options", [
    ("Mapping-v0", SMALL), ("Mapping-v0", SMALL | {"encoding": "independent", "objective": "utilization"}),
    ("Mapping-v0", SMALL | {"encoding": "gamma", "objective": "latency"}),
    ("Accelerator-v0", {"workload": "alexnet", "objective": "targets"}),
    ("Accelerator-v0", {"workload": "alexnet", "objective": "latency-in-half-area"}),
    ("Accelerator-v0", {"workload": "alexnet", "encoding": "confuciux", "objective": "energy-in-half-area"})])
def test_they_keep_what_tasks_promise(name, options):
    check_task(archgym.task(name, **options), samples=30)


def test_energy_and_time_are_sums_over_words_and_operations():
    """All weights and inputs in one PE: words move once, and every operation takes four accesses of registers."""
    hardware = Hardware(1, 1, 512, 108 * 1024, 4, 4)
    found = evaluate(hardware, LAYER, mapped(registers={"K": 4, "C": 2, "P": 2}))
    words, macs = 8 + 4 + 8, 16
    assert (found.dram, found.buffer, found.network) == (words, 2 * words, words)
    assert found.registers == 4 * macs + 8 + 4
    assert energy_of(found, hardware) == pytest.approx(
        2.2e-12 * (200 * words + 6 * 2 * words + 2 * words + found.registers + macs))
    assert found.busy == macs and found.cycles == 2 * words / 2  # bytes for 40 words in the buffer, 2 words a cycle


def test_a_larger_memory_costs_more_area_and_more_energy_an_access():
    small, large = Hardware(4, 4, 128, 32768, 8, 32), Hardware(4, 4, 512, 131072, 8, 32)
    assert costs.area(large) - costs.area(small) == pytest.approx(8 * (16 * 384 + 98304) * 0.086e-12)
    assert np.divide(costs.access_energies(large), costs.access_energies(small)) == pytest.approx([1, 2, 1, 2])


@pytest.mark.parametrize("mapping, says", [
    (mapped(dram={"K": 2, "C": 2, "P": 2}), "covers 2 of the 4 iterations of dimension K"),
    (mapped(rows={"K": 4}, dram={"C": 2, "P": 2}), "does not fit rows of PEs: 4 needed, 2 available"),
    (mapped(columns={"K": 4}, dram={"C": 2, "P": 2}), "does not fit columns of PEs: 4 needed, 2 available"),
    (mapped(registers={"K": 4}, dram={"C": 2, "P": 2}), "does not fit a PE's registers: 18 bytes needed, 8 available"),
    (mapped(buffer={"K": 4, "C": 2, "P": 2}), "does not fit the buffer: 40 bytes needed, 32 available")])
def test_a_mapping_that_does_not_cover_or_fit_says_what_was_needed(mapping, says):
    with pytest.raises(Infeasible, match=says):
        evaluate(Hardware(2, 2, 8, 32, 4, 4), LAYER, mapping)


@pytest.mark.parametrize("name, options", [
    ("Mapping-v0", {"encoding": "independent"}), ("Mapping-v0", {"encoding": "independent"} | SMALL),
    ("Accelerator-v0", {"workload": "resnet50"}), ("Accelerator-v0", {"objective": "energy-in-half-area"})])
def test_many_designs_measure_as_one_by_one(name, options):
    task = archgym.task(name, **options)
    designs = Designs(task.space, task.space.sample_many(np.random.default_rng(0), 60))
    for given in (designs, list(designs)):
        together = task.evaluator.evaluate_many(given, fidelity=None, seeds=[0] * 60)
        for i, design in enumerate(designs):
            alone = task.measure(design)
            assert (together[i].status, together[i].error) == (alone.status, alone.error)
            assert alone.status == "infeasible" or together[i].values == alone.values


def test_search_finds_the_exhaustive_optimum_of_a_small_instance_in_either_space():
    tasks = [archgym.task("Mapping-v0", encoding=encoding, **SMALL) for encoding in ("fitting", "independent")]
    best = []
    for task in tasks:
        found = [task.measure(genome) for genome in task.space.enumerate()]
        best.append(max(task.objective.value(each.values) for each in found if each.status == "ok"))
    runs = [archgym.run(task, "regularized-evolution", archgym.Budget(evaluations=1500), seed=0) for task in tasks]
    assert [run.incumbent.value for run in runs] == best and best[0] == best[1]


def test_agents_find_the_best_accelerator_of_all_for_one_layer():
    task = archgym.task("Accelerator-v0", workload="resnet18/conv3_1_1")
    best = task.population().values.max()
    run = archgym.run(task, "local-search", archgym.Budget(evaluations=1500), seed=0)
    assert run.incumbent.value == best


def test_a_workload_is_the_sum_of_its_layers():
    task = archgym.task("Accelerator-v0", workload="mobilenet-v2")
    design = Accelerator(12, 16, 256, 131072, 8, 32, "row-stationary")
    alone = [evaluate(design.hardware, layer, mapping_of(design.hardware, layer, design.dataflow))
             for layer in WORKLOADS["mobilenet-v2"]]
    found = task.measure(design).values
    assert found["cycles"] == sum(each.cycles for each in alone)
    assert found["energy"] == pytest.approx(sum(energy_of(each, design.hardware) for each in alone))
    assert found["edp"] == pytest.approx(found["energy"] * found["latency"])


@pytest.mark.parametrize("dataflow", DATAFLOWS)
def test_a_template_covers_every_layer_with_less_than_twice_each_dimension(dataflow):
    u = uniform(0)
    space = archgym.space("Accelerator")
    for layers in WORKLOADS.values():
        hardware = space.decode(space.sample(u)).hardware
        for layer in layers:
            mapping = mapping_of(hardware, layer, dataflow)
            for covered, extent in zip(np.prod(mapping.factors, axis=0), layer.extents):
                assert extent <= covered < 2 * extent
            evaluate(hardware, layer, mapping)


def test_each_dataflow_lays_out_what_its_name_says():
    hardware, layer = HARDWARE["edge"], layer_named("resnet18/conv3_1_2")
    at = {flow: mapping_of(hardware, layer, flow) for flow in DATAFLOWS}
    assert at["weight-stationary"].buffer_order.endswith("PQ")
    assert at["output-stationary"].buffer_order.endswith("CRS")
    assert at["nvdla"].factors[2][ORDER.index("C")] == at["nvdla"].factors[3][ORDER.index("K")] == 8
    assert at["row-stationary"].factors[2][ORDER.index("R")] == at["row-stationary"].factors[4][ORDER.index("S")] == 3
    assert at["shidiannao"].factors[2][ORDER.index("P")] == at["shidiannao"].factors[3][ORDER.index("Q")] == 7


def test_archgyms_targets_are_shares_of_what_eyeriss_takes():
    task = archgym.task("Accelerator-v0", workload="alexnet", objective="targets")
    base = task.evaluator.evaluate(Accelerator(*HARDWARE["eyeriss"], "row-stationary"), fidelity=None, seed=0).values
    assert base["reward"] == pytest.approx(-(0.3 / 0.7 + 0.15 / 0.85 + 0.2 / 0.8))


def test_confuciuxs_designs_beyond_half_of_the_largest_area_are_infeasible():
    task = archgym.task("Accelerator-v0", workload="alexnet", encoding="confuciux", objective="latency-in-half-area")
    largest, smallest = task.measure(((128, 12),) * 8), task.measure(((1, 1),) * 8)
    assert largest.status == "infeasible" and "area" in largest.error and smallest.status == "ok"


@pytest.mark.parametrize("name", ["Mapping-v0", "Accelerator-v0"])
def test_what_a_design_costs_is_drawn_by_memory(name):
    task = archgym.task(name)
    design = task.space.decode(task.space.sample(uniform(1)))
    energy, time = task.evaluator.drawing(design).panels
    found = task.evaluator.evaluate(design, fidelity=None, seed=0).values
    assert sum(span.end for span in energy.spans) * {"mJ": 1e-3, "uJ": 1e-6, "J": 1}[energy.unit] == pytest.approx(
        found["energy"])
    assert sum(span.end for span in time.spans) * 1e6 == pytest.approx(found["cycles"])


@pytest.mark.parametrize("name, options, says", [
    ("Mapping-v0", {"layer": "resnet18/conv99"}, "conv1"), ("Mapping-v0", {"hardware": "none"}, "eyeriss"),
    ("Mapping-v0", {"encoding": "maestro"}, "gamma"), ("Accelerator-v0", {"workload": "resnet19"}, "resnet18"),
    ("Accelerator-v0", {"workload": "resnet18/conv1", "encoding": "confuciux"}, "resnet18"),
    ("Accelerator-v0", {"dataflow": "none"}, "nvdla")])
def test_an_option_that_cannot_be(name, options, says):
    with pytest.raises(ArchGymError, match=says):
        archgym.task(name, **options)
