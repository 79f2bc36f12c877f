"""The phase-driven simulation of a chip, compiled: between two events every running task goes at one rate.

Boroujerdian et al., "FARSI", TECS 2022, arXiv 2201.05232, and its released simulator ("gables_inspired_exact"):

- A task starts when all that it reads from are done, and whatever can run runs at once.
- Tasks on one processing element share it alike. The pipes into a bus or memory that are in use share its channel
  alike, and in a pipe the tasks that run share by the bytes that each has to move through it in all.
- A task goes at the least of the rates that its processing element and every channel on its ways allow. Nothing that it
  leaves unused is given to others. When a task is done, the rates are set anew.
"""

from collections import namedtuple

import numpy as np
from numba import njit

from .network import OK, Plan, fault, routed

NEGLIGIBLE = 1e-9  # share of a task that may be left undone: two that end together do so in one phase
WINDOW = 0.01  # s, over which power is averaged
MIB = 1 << 20

# A workload and a library in numbers, tasks by their position, types by theirs.
Tables = namedtuple("Tables", (
    "seconds",  # (types of processing elements, tasks) alone
    "energy",  # (types of processing elements, tasks) J an execution
    "area",  # (types of processing elements, tasks) m^2 that a task adds
    "fixed_area",  # (types of processing elements,) m^2
    "memory_rate", "bus_rate",  # (types,) B/s in each direction
    "dram",  # (types of memories,) bool
    "source", "target", "size",  # (flows,)
    "parents",  # (tasks,) how many flows a task reads
    "works",  # (tasks,) whether it does anything
    "bus_energy", "dram_energy", "sram_energy", "sram_growth",  # J/B: a hop; whole; of 1 KiB; for each doubling
    "sram_area", "dram_area"))  # m^2/B
LATENCY, ENERGY, POWER, AREA, PE_ENERGY, MEMORY_ENERGY, BUS_ENERGY, LOGIC_AREA, MEMORY_AREA, FOOTPRINT = range(10)
RESULTS = 10


@njit(cache=True, nogil=True)
def account(plan, tables, kinds, duration, spent, moved, most, found):
    """Fill `found`, all 0, with energy, power and area.

    kinds: (tasks,) types of what they run on. duration: (phases,) s. spent: (phases, 2) J in processing elements and in
    buses. moved: (phases, memories) bytes to and from each. most: (memories,) bytes that live in each at once.
    """
    memories = len(most)
    each = np.zeros(memories)  # J/B
    for memory in range(memories):
        blocks = np.ceil(most[memory] / MIB)
        if tables.dram[plan.memories[memory]]:
            each[memory] = tables.dram_energy
            found[MEMORY_AREA] += blocks * MIB * tables.dram_area
        else:
            each[memory] = tables.sram_energy + tables.sram_growth * np.log2(max(blocks, 1.0) * (MIB / 1024))
            found[MEMORY_AREA] += blocks * MIB * tables.sram_area
        found[FOOTPRINT] += most[memory]
    for pe in range(len(plan.pes)):
        found[LOGIC_AREA] += tables.fixed_area[plan.pes[pe]]
    for task in range(len(kinds)):
        found[LOGIC_AREA] += tables.area[kinds[task], task]
    found[AREA] = found[LOGIC_AREA] + found[MEMORY_AREA]

    energy = window = 0.0
    for phase in range(len(spent)):
        in_memory = 0.0
        for memory in range(memories):
            in_memory += moved[phase, memory] * each[memory]
        found[PE_ENERGY] += spent[phase, 0]
        found[BUS_ENERGY] += spent[phase, 1]
        found[MEMORY_ENERGY] += in_memory
        energy += spent[phase, 0] + spent[phase, 1] + in_memory
        window += duration[phase]
        if window >= WINDOW or phase == len(spent) - 1:
            found[POWER] = max(found[POWER], energy / window)
            energy = window = 0.0
    found[ENERGY] = found[PE_ENERGY] + found[BUS_ENERGY] + found[MEMORY_ENERGY]


@njit(cache=True, nogil=True)
def measured(plan, tables, found, duration, bound):
    """Fill `found` with what a chip takes, by the positions above. Returns (code, a, b) of `network`.

    duration: (tasks,) filled with the seconds of each phase; there are no more phases than tasks.
    bound: (tasks, tasks) filled, a row a phase, with what bounds each task: -1 its processing element, else twice the
        block (buses first, then memories) and one more for writes; -2 where it does not run. (0, tasks) for none.
    """
    flaw = fault(plan)
    if flaw[0] != OK:
        return flaw
    network = routed(plan, tables.source, tables.target, tables.size, tables.works)
    if network.code != OK:
        return network.code, network.task, network.memory
    traffic, block, pipes = network.traffic, network.block, network.count
    tasks, memories, buses = len(plan.task_pe), len(plan.memories), len(plan.buses)
    kinds = np.empty(tasks, np.int64)  # types of what they run on
    for task in range(tasks):
        kinds[task] = plan.pes[plan.task_pe[task]]

    waiting = tables.parents.copy()
    started, done, running = np.zeros(tasks, np.bool_), np.zeros(tasks, np.bool_), np.zeros(tasks, np.bool_)
    left = np.ones(tasks)
    pace = np.zeros(tasks)  # shares of a task a second
    sharing = np.zeros(len(plan.pes), np.int64)
    load = np.zeros(2 * pipes)
    active = np.zeros(2 * (buses + memories), np.int64)
    share, amount = np.zeros(2 * (buses + memories)), np.zeros(2 * (buses + memories))
    rate = np.empty(2 * (buses + memories))
    for b in range(buses + memories):
        rate[2 * b] = rate[2 * b + 1] = (tables.bus_rate[plan.buses[b]] if b < buses
                                         else tables.memory_rate[plan.memories[b - buses]])
    duration.fill(0.0)
    spent = np.zeros((tasks, 2))  # by phase: J in processing elements, in buses
    moved = np.zeros((tasks, memories))  # by phase: bytes to and from each memory
    live, most = np.zeros(memories), np.zeros(memories)  # bytes in each memory, now and at most
    now, phases, open_tasks = 0.0, 0, tasks

    while open_tasks:
        again = True
        while again:  # what can start does; what does nothing is done at once
            again = False
            for task in range(tasks):
                if started[task] or waiting[task]:
                    continue
                started[task] = True
                if tables.works[task]:
                    running[task] = True
                    continue
                done[task] = again = True
                open_tasks -= 1
                for flow in range(len(tables.source)):
                    if tables.source[flow] == task:
                        waiting[tables.target[flow]] -= 1
        if not open_tasks:
            break

        sharing.fill(0)
        load.fill(0.0)
        active.fill(0)
        for task in range(tasks):
            if running[task]:
                sharing[plan.task_pe[task]] += 1
                for channel in range(2 * pipes):
                    load[channel] += traffic[task, channel]
        for channel in range(2 * pipes):
            if load[channel] > 0:
                active[2 * block[channel // 2] + channel % 2] += 1
        step = np.inf
        for task in range(tasks):
            if phases < len(bound):
                bound[phases, task] = -2
            if not running[task]:
                continue
            pace[task] = 1.0 / (tables.seconds[kinds[task], task] * sharing[plan.task_pe[task]])
            binding = -1
            share.fill(0.0)
            amount.fill(0.0)
            for channel in range(2 * pipes):
                if traffic[task, channel] > 0:
                    place = 2 * block[channel // 2] + channel % 2
                    share[place] += traffic[task, channel] / load[channel] / active[place]
                    amount[place] += traffic[task, channel]
            for place in range(2 * (buses + memories)):
                if amount[place] > 0 and rate[place] * share[place] / amount[place] < pace[task]:
                    pace[task] = rate[place] * share[place] / amount[place]
                    binding = place
            if phases < len(bound):
                bound[phases, task] = binding
            step = min(step, left[task] / pace[task])

        live.fill(0.0)
        for flow in range(len(tables.source)):
            if started[tables.source[flow]] and not done[tables.target[flow]]:
                live[plan.task_memory[tables.source[flow]]] += tables.size[flow]
        for memory in range(memories):
            most[memory] = max(most[memory], live[memory])

        duration[phases] = step
        now += step
        for task in range(tasks):
            if not running[task]:
                continue
            part = min(pace[task] * step, left[task])
            left[task] -= part
            if left[task] <= NEGLIGIBLE:
                part += left[task]
            spent[phases, 0] += part * tables.energy[kinds[task], task]
            for channel in range(2 * pipes):
                into = block[channel // 2]
                if into < buses:
                    spent[phases, 1] += part * traffic[task, channel] * tables.bus_energy
                else:
                    moved[phases, into - buses] += part * traffic[task, channel]
            if left[task] <= NEGLIGIBLE:
                running[task], done[task] = False, True
                open_tasks -= 1
                for flow in range(len(tables.source)):
                    if tables.source[flow] == task:
                        waiting[tables.target[flow]] -= 1
        phases += 1

    found.fill(0.0)
    found[LATENCY] = now
    account(plan, tables, kinds, duration[:phases], spent[:phases], moved[:phases], most, found)
    return OK, 0, 0


@njit(cache=True, nogil=True)
def measured_many(rows, slots, tables, found, flaws):
    """`measured` for chips in rows: how many blocks of each kind, then `chip.FIELDS`, padded to `slots` each."""
    tasks = len(tables.works)
    duration, bound = np.empty(tasks), np.empty((0, tasks), np.int64)
    for i in range(len(rows)):
        plan = unpacked(rows[i], slots, tasks)
        code, a, b = measured(plan, tables, found[i], duration, bound)
        flaws[i, 0], flaws[i, 1], flaws[i, 2] = code, a, b


@njit(cache=True, nogil=True)
def unpacked(row, slots, tasks):
    pes, memories, buses = row[0], row[1], row[2]
    first = 3
    last = first + 6 * slots
    return Plan(row[first:first + pes], row[first + slots:first + slots + memories],
                row[first + 2 * slots:first + 2 * slots + buses], row[first + 3 * slots:first + 3 * slots + pes],
                row[first + 4 * slots:first + 4 * slots + buses], row[first + 5 * slots:first + 5 * slots + buses],
                row[last:last + tasks], row[last + tasks:last + 2 * tasks])
