"""Systems on a chip: the workloads against FARSI's own files, the spaces' sizes and what their masks leave."""

import csv

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym.errors import ArchGymError, IllegalDesign
from archgym.spaces.soc import WORKLOADS, Chip, SoC, SoCIndependent, Workload
from archgym.spaces.soc.blocks import COMPREHENSIVE, LIMITED
from archgym.spaces.soc.workload import Flow, Work
from archgym.streams import uniform

FILES = {"audio-decoder": "audio_decoder", "edge-detection": "edge_detection", "hpvm-cava": "hpvm_cava"}
ENDS = ("souurce", "siink", "dummy_last", "source")  # one file writes `source`
workloads = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)


def rows(shared_data, workload, what):
    """{task: {column: text}} of one of FARSI's files."""
    with open(shared_data / "farsi" / f"{FILES[workload.name]}__Task_{what}.csv") as file:
        return {row.pop("Task Name").removesuffix("_fxp_cloned"): row for row in csv.DictReader(file)}


@workloads
def test_tasks_take_what_farsis_files_say(shared_data, workload):
    times, energy, area, loops = (rows(shared_data, workload, f"{what}") for what in (
        "PE_Performance", "PE_Energy", "PE_Area", "Itr_Count"))
    assert set(times) == set(workload.names)
    for task in workload.tasks:
        assert task.cycles == float(times[task.name]["A53"] or 0)
        if task.name not in ENDS:
            assert (task.ip_cycles, task.ip_energy, task.ip_area, task.iterations) == tuple(map(float, (
                times[task.name]["IP0"], energy[task.name]["IP0"], area[task.name]["IP0"],
                loops[task.name]["number of iterations"])))


@workloads
def test_tasks_pass_on_what_farsis_files_say(shared_data, workload):
    moved = {(source, target.removesuffix("_fxp_cloned")): int(size)
             for source, row in rows(shared_data, workload, "Data_Movement").items()
             for target, size in row.items() if size}
    moved.pop(("zoomProcess", "zoomProcess"), None)  # a task that waits for itself would never start
    assert {flow[:2]: flow.bytes for flow in workload.flows} == moved


@workloads
def test_as_many_picks_as_archgym_has(workload):
    picks = {"audio-decoder": 54, "edge-detection": 34, "hpvm-cava": 36}[workload.name]
    space = SoCIndependent(workload.name)
    assert len(space.choices) == picks == len(SoC(workload).sample(uniform(0)))


@pytest.mark.parametrize("slots", [1, 2])
def test_the_size_is_the_number_of_genomes(slots):
    tasks = Workload("two", (Work("in"), Work("a", 10)), (Flow("in", "a", 1),))
    space = SoC(tasks, slots=slots)
    types = (len(LIMITED.processing) * len(LIMITED.memories) * len(LIMITED.buses)) ** slots
    first = (slots * 3) * (0,)
    alike = sum(genome[:slots * 3] == first for genome in _beginning(space, first))
    assert space.size == types * alike


def _beginning(space, first):
    """The genomes that begin so: the first of an enumeration."""
    for genome in space.enumerate():
        if genome[:len(first)] != first:
            return
        yield genome


def test_the_comprehensive_blocks_are_all_widths_clocks_and_iterations():
    assert [len(types) for types in (COMPREHENSIVE.processing, COMPREHENSIVE.memories, COMPREHENSIVE.buses)] == [
        1 + 4 * 17, 2 * 6 * 4, 6 * 4]


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.sampled_from(["limited", "comprehensive"]))
def test_every_memory_is_on_one_bus_and_every_task_on_a_block_that_is_there(seed, blocks):
    space = SoC("audio-decoder", blocks)
    chip = space.decode(space.sample(uniform(seed)))
    attached = [memory for memory in chip.bus_to_mem if memory >= 0]
    assert len(set(attached)) == len(attached) > 0
    assert set(chip.task_to_mem) <= set(attached) <= set(range(len(chip.mem_allocation)))
    assert set(chip.task_to_pe) <= set(range(len(chip.pe_allocation)))
    assert len(chip.pe_to_bus) == len(chip.pe_allocation) and all(b != i for i, b in enumerate(chip.bus_to_bus))


def test_a_chip_may_have_a_part_that_nothing_uses():
    space = SoC("edge-detection")
    chip = Chip(("A53",) * 3, ("SRAM-4B-100MHz",) * 3, ("4B-100MHz",) * 3, (0, 1, 1), (-1, -1, -1), (0, 2, -1),
                (0,) * 8, (0,) * 8)
    assert space.decode(space.encode(chip)) == chip
    with pytest.raises(IllegalDesign, match="task_to_mem/souurce"):
        space.encode(chip._replace(task_to_mem=(1,) * 8))
    with pytest.raises(IllegalDesign, match="task_to_pe/siink"):
        space.encode(chip._replace(task_to_pe=(0,) * 7 + (1,)))


def test_a_workload_that_is_not_there():
    with pytest.raises(ArchGymError, match="hpvm-cava"):
        SoC("cava")
