"""A chip's network, compiled: whether every task reaches its memories, and what it sends through which pipe.

A pipe is one end of a connection: from a processing element into its bus, from a bus into the next, from a bus into its
memory. Data take the way over the fewest buses; of two that are as short, the one whose next bus has the lower number.
Reads and writes have channels of their own.
"""

from collections import namedtuple

import numpy as np
from numba import njit

READ, WRITE = 0, 1
OK, NOT_THERE, SELF, TWO_BUSES, NO_MEMORY, CANNOT_WRITE, CANNOT_READ = range(7)

# A chip in numbers: types and other ends of its slots, -1 for none; `chip.FIELDS` in their order.
Plan = namedtuple("Plan", ("pes", "memories", "buses", "pe_bus", "bus_bus", "bus_memory", "task_pe", "task_memory"))
# What tasks move through which pipes: see `routed`.
Network = namedtuple("Network", ("code", "task", "memory", "traffic", "block", "count"))


@njit(cache=True, nogil=True)
def fault(plan):
    """(code, slot, slot): the first thing that is wrong with a chip, its ways apart; OK where nothing is."""
    pes, memories, buses = len(plan.pes), len(plan.memories), len(plan.buses)
    for field, ends, least, most in ((3, plan.pe_bus, 0, buses), (4, plan.bus_bus, -1, buses),
                                     (5, plan.bus_memory, -1, memories), (6, plan.task_pe, 0, pes),
                                     (7, plan.task_memory, 0, memories)):
        for slot in range(len(ends)):
            if not least <= ends[slot] < most:
                return NOT_THERE, field, slot
    for bus in range(buses):
        if plan.bus_bus[bus] == bus:
            return SELF, bus, 0
    some = False
    for bus in range(buses):
        memory = plan.bus_memory[bus]
        if memory < 0:
            continue
        some = True
        for other in range(bus):
            if plan.bus_memory[other] == memory:
                return TWO_BUSES, memory, other
    return (OK, 0, 0) if some else (NO_MEMORY, 0, 0)


@njit(cache=True, nogil=True)
def find_ways(plan, target, following):
    """Fill `following`, all -1, with the next bus from each on the way to `target`; -1 stays where there is none."""
    buses = len(plan.buses)
    hops = np.full(buses, -1, np.int64)
    queue = np.empty(buses, np.int64)
    following[target], hops[target], queue[0] = target, 0, target
    met, seen = 1, 0
    while seen < met:
        bus = queue[seen]
        seen += 1
        for other in range(buses):
            if plan.bus_bus[bus] != other and plan.bus_bus[other] != bus:
                continue
            if hops[other] < 0:
                hops[other] = hops[bus] + 1
                queue[met] = other
                met += 1
                following[other] = bus
            elif hops[other] == hops[bus] + 1:
                following[other] = min(following[other], bus)


@njit(cache=True, nogil=True)
def routed(plan, source, target, size, works):
    """The Network of flows of `size` bytes between tasks; `works`: whether a task does anything.

    code, task, memory: OK, or which task cannot reach which memory.
    traffic: (tasks, 2 * pipes) bytes that each task moves through a pipe's read (even) and write (odd) channel.
    block: (pipes,) what a pipe leads into: buses first, then memories. count: how many pipes are in use.
    """
    pes, memories, buses, tasks = len(plan.pes), len(plan.memories), len(plan.buses), len(plan.task_pe)
    most = pes + buses * buses + memories
    traffic = np.zeros((tasks, 2 * min(most, 2 * len(source) * (buses + 1))))
    block = np.zeros(most, np.int64)
    number = np.full(most, -1, np.int64)  # of a pipe among those in use
    ways = np.full((memories, buses), -1, np.int64)
    for bus in range(buses):
        if plan.bus_memory[bus] >= 0:
            find_ways(plan, bus, ways[plan.bus_memory[bus]])
    count = 0
    for flow in range(len(source)):
        memory = plan.task_memory[source[flow]]
        for direction in range(2):
            task = target[flow] if direction == READ else source[flow]
            if not works[task]:
                continue
            pe = plan.task_pe[task]
            bus = plan.pe_bus[pe]
            if ways[memory, bus] < 0:
                code = CANNOT_WRITE if direction == WRITE else CANNOT_READ
                return Network(code, task, memory, traffic, block, count)
            pipe, into = pe, bus
            while True:
                if number[pipe] < 0:
                    number[pipe] = count
                    block[count] = into
                    count += 1
                traffic[task, 2 * number[pipe] + direction] += size[flow]
                if into >= buses:
                    break
                onward = ways[memory, into]
                if onward == into:
                    pipe, into = pes + buses * buses + memory, buses + memory
                else:
                    pipe, into = pes + into * buses + onward, onward
    return Network(OK, 0, 0, traffic, block, count)
