"""The phase-driven simulator: FARSI's invariants, a slow simulation of its rules, chips that cannot work."""

from dataclasses import asdict

import numpy as np
import pytest
from chip_phases import simulated
from hypothesis import given, settings
from hypothesis import strategies as st

from archgym.envs.hardware.soc.simulator import Simulator
from archgym.errors import Infeasible
from archgym.spaces.soc import WORKLOADS, Chip, Library, SoC, Workload
from archgym.spaces.soc.blocks import COMPREHENSIVE, LIMITED, Accelerator, Bus, Memory, Processor
from archgym.spaces.soc.workload import Flow, Work
from archgym.streams import uniform

WIDE = 10**9  # bytes a cycle: memories and buses that bound nothing
cycles = st.integers(1, 10**10)
workloads = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)


def chip(workload, pes=(Processor(),), width=WIDE, task_to_pe=None, kind="SRAM"):
    """These processing elements on one bus with one memory. Returns (Chip, Simulator)."""
    memory, bus = Memory(kind, width), Bus(WIDE)
    tasks = len(workload.tasks)
    made = Chip(tuple(pe.name for pe in pes), (memory.name,), (bus.name,), (0,) * len(pes), (-1,), (0,),
                tuple(task_to_pe or (0,) * tasks), (0,) * tasks)
    return made, Simulator(workload, Library(tuple(dict.fromkeys(pes)), (memory,), (bus,)))


def took(*args, **options):
    made, simulator = chip(*args, **options)
    return simulator.measure(made)


def chain(*tasks, bytes=1000):
    return Workload("chain", tasks, tuple(Flow(a.name, b.name, bytes) for a, b in zip(tasks, tasks[1:])))


@given(cycles)
def test_a_task_alone_on_a_processor_takes_its_cycles(count):
    assert took(Workload("one", (Work("a", count),), ())).latency == pytest.approx(count / 1e9)


@given(cycles, cycles)
def test_two_tasks_take_the_sum_on_one_processor_and_the_longer_one_on_two(a, b):
    two = Workload("two", (Work("a", a), Work("b", b)), ())
    assert took(two).latency == pytest.approx((a + b) / 1e9)
    assert took(two, (Processor(), Processor()), task_to_pe=(0, 1)).latency == pytest.approx(max(a, b) / 1e9)


@settings(max_examples=30)
@given(st.lists(st.integers(1, 1000), min_size=2, max_size=5), st.sampled_from([8, 16, 32, 64]))
def test_half_the_width_doubles_what_a_chain_that_memory_bounds_takes(counts, width):
    tasks = chain(*(Work(f"t{i}", count) for i, count in enumerate(counts)), bytes=10**6)
    assert took(tasks, width=width // 2).latency == pytest.approx(2 * took(tasks, width=width).latency)


@settings(max_examples=30)
@given(st.sampled_from([1, 2, 8, 64, 1024, 65536]), st.integers(10**4, 10**8), st.integers(1, 10**8))
def test_iterations_side_by_side_speed_an_accelerator_up_until_memory_bounds_it(unroll, ip_cycles, size):
    task = Work("work", 10**6, ip_cycles, 100.0, 1000.0, iterations=65536)
    tasks = Workload("chain", (Work("in"), task, Work("out")), (Flow("in", "work", size), Flow("work", "out", 1)))
    found = took(tasks, (Accelerator(1, unroll),), width=4)
    assert found.latency == pytest.approx(max(ip_cycles / 1e8 / unroll, size / 4e8))
    assert found.pe_energy == pytest.approx(unroll * 0.064 * 100e-15)
    assert found.logic_area == pytest.approx(unroll * 0.0374 * 1000e-12)


@pytest.mark.parametrize("name, seconds", [
    ("audio-decoder", 6.304e-3), ("edge-detection", 3.295), ("hpvm-cava", 84.88)])
def test_a_workload_on_one_processor_takes_its_cycles(name, seconds):
    found = took(WORKLOADS[name])
    assert found.latency == pytest.approx(seconds, rel=1e-3)
    assert found.latency == pytest.approx(sum(task.cycles for task in WORKLOADS[name].tasks) / 1e9, rel=1e-6)


def test_farsis_34_ms_are_less_than_cava_takes_in_the_fastest_accelerators():
    assert took(WORKLOADS["hpvm-cava"], (Accelerator(8, 65536),)).latency > 0.034


def test_an_accelerator_has_no_more_side_by_side_than_its_task_has_iterations():
    cava = WORKLOADS["hpvm-cava"]
    assert took(cava, (Accelerator(1, 128),)) == took(cava, (Accelerator(1, 65536),))


@workloads
@pytest.mark.parametrize("blocks", ["limited", "comprehensive"])
def test_random_chips_take_what_a_slow_simulation_says(workload, blocks):
    space, u = SoC(workload, blocks), uniform(5)
    simulator = Simulator(workload, space.library)
    for _ in range(12):
        design = space.decode(space.sample(u))
        found = asdict(simulator.measure(design))
        assert {name: found[name] for name in ("latency", "energy", "power", "area")} == pytest.approx(
            simulated(design, workload, space.library))


@workloads
@pytest.mark.parametrize("blocks", ["limited", "comprehensive"])
def test_every_chip_of_the_space_works_within_the_bounds_and_many_measure_as_one_by_one(workload, blocks):
    space, u = SoC(workload, blocks), uniform(6)
    simulator = Simulator(workload, space.library)
    designs = [space.decode(space.sample(u)) for _ in range(150)]
    found, why = simulator.measure_many(designs)
    assert why == [None] * len(designs)
    assert (found <= np.array(list(asdict(simulator.bounds(space.slots)).values()))).all()
    assert found.tolist() == [list(asdict(simulator.measure(design)).values()) for design in designs]
    for few in (0, 1, 2):
        assert simulator.measure_many(designs[:few])[0].tolist() == found[:few].tolist()


@workloads
def test_a_run_is_told_phase_by_phase(workload):
    space = SoC(workload)
    design = space.decode(space.sample(uniform(9)))
    simulator = Simulator(workload, LIMITED)
    run = simulator.run(design)
    assert run.durations.sum() == pytest.approx(simulator.measure(design).latency)
    phases = [np.flatnonzero(run.bound[:, task] != -2) for task in range(len(workload.tasks))]
    for work, ran in zip(workload.tasks, phases):  # without a break, or not at all
        assert len(ran) == (np.ptp(ran) + 1 if work.cycles else 0)
    for source, target, _ in workload.edges:
        if len(phases[source]) and len(phases[target]):
            assert phases[source][-1] < phases[target][0]


TOY = chain(Work("in"), Work("a", 1000, 100, 1.0, 1.0), Work("b", 1000, 100, 1.0, 1.0))
A53, MEM, BUS = "A53", "SRAM-4B-100MHz", "4B-100MHz"
GOOD = Chip((A53, A53), (MEM, MEM), (BUS, BUS), (0, 1), (1, -1), (0, 1), (0, 0, 1), (0, 1, 0))


@pytest.mark.parametrize("wrong, says", [
    ({"bus_to_bus": (-1, -1)}, "a runs on pe 0 and writes to memory 1, which is out of reach of bus 0"),
    ({"bus_to_bus": (-1, -1), "task_to_mem": (0, 0, 0)},
     "b runs on pe 1 and reads from memory 0, which is out of reach of bus 1"),
    ({"bus_to_mem": (0, -1)}, "b runs on pe 1 and reads from memory 1, which is on no bus"),
    ({"bus_to_mem": (1, 1)}, "memory 1 is on bus 0 and on bus 1; a memory has one bus"),
    ({"bus_to_mem": (-1, -1)}, "no bus is connected to a memory"),
    ({"bus_to_bus": (0, -1)}, "bus 0 is connected to itself"),
    ({"pe_to_bus": (0, 2)}, "pe_to_bus/1 is 2, but the chip's buses are 0 to 1"),
    ({"task_to_pe": (0, -1, 1)}, "task_to_pe/a is -1, but the chip's processing elements are 0 to 1"),
    ({"task_to_mem": (0, 1, 7)}, "task_to_mem/b is 7, but the chip's memories are 0 to 1"),
    ({"task_to_pe": (0, 1)}, "task_to_pe has 2 entries for 3 tasks"),
    ({"pe_to_bus": (0,)}, "pe_to_bus has 1 entries for 2 blocks"),
    ({"bus_allocation": (BUS, "6B-100MHz")}, "no block is called '6B-100MHz'"),
])
def test_a_chip_that_cannot_work_says_why(wrong, says):
    simulator = Simulator(TOY, COMPREHENSIVE)
    assert simulator.measure(GOOD).latency > 0
    with pytest.raises(Infeasible, match=says):
        simulator.measure(GOOD._replace(**wrong))
