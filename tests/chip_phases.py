"""A system on a chip simulated in plain Python and exact fractions, from FARSI's rules: slow, for comparison."""

from fractions import Fraction
from math import ceil, log2

import networkx

from archgym.spaces.soc.blocks import Processor

A53_RATE = 2 * 10**9  # instructions a second


def ways(chip):
    """{(pe, memory): [the blocks that data pass, from the processing element to the memory]}"""
    network = networkx.Graph()
    network.add_nodes_from(range(len(chip.bus_allocation)))
    network.add_edges_from((a, b) for a, b in enumerate(chip.bus_to_bus) if b >= 0)
    found = {}
    for end, memory in enumerate(chip.bus_to_mem):
        if memory < 0:
            continue
        hops = networkx.single_source_shortest_path_length(network, end)
        for pe, bus in enumerate(chip.pe_to_bus):
            if bus not in hops:
                continue
            way = [("pe", pe), ("bus", bus)]
            while bus != end:
                bus = min(other for other in network[bus] if hops[other] == hops[bus] - 1)
                way.append(("bus", bus))
            found[pe, memory] = [*way, ("mem", memory)]
    return found


def simulated(chip, workload, library):
    """{"latency", "energy", "power", "area"} of a run, as FARSI counts them."""
    types = {block.name: block for block in (*library.processing, *library.memories, *library.buses)}
    pes, memories, buses = ([types[name] for name in names] for names in chip[:3])
    peak = {("bus", i): Fraction(bus.width * bus.multiple * 10**8) for i, bus in enumerate(buses)}
    peak |= {("mem", i): Fraction(memory.width * memory.multiple * 10**8) for i, memory in enumerate(memories)}
    tasks = {task.name: task for task in workload.tasks}
    pe_of, mem_of = dict(zip(tasks, chip.task_to_pe)), dict(zip(tasks, chip.task_to_mem))
    real = [name for name, task in tasks.items() if task.cycles]
    work = {name: 2 * tasks[name].cycles for name in real}
    route = ways(chip)

    def side_by_side(name):
        block = pes[pe_of[name]]
        unroll = block.unroll
        while unroll > tasks[name].iterations:
            unroll //= 2
        return unroll

    def speed(name):
        """Instructions a second, alone."""
        block, task = pes[pe_of[name]], tasks[name]
        if isinstance(block, Processor):
            return Fraction(A53_RATE)
        return Fraction(block.multiple * side_by_side(name) * work[name] * 10**8, task.ip_cycles)

    # What each task moves: (direction, bytes, way).
    moves = {name: [] for name in real}
    for flow in workload.flows:
        memory = mem_of[flow.source]
        if flow.source in moves:
            moves[flow.source].append(("write", flow.bytes, route[pe_of[flow.source], memory]))
        if flow.target in moves:
            moves[flow.target].append(("read", flow.bytes, route[pe_of[flow.target], memory]))

    def carried(name):
        """{(direction, pipe): bytes}, a pipe being (from, into)."""
        total = {}
        for direction, size, way in moves[name]:
            for pipe in zip(way, way[1:]):
                total[direction, pipe] = total.get((direction, pipe), 0) + size
        return total

    pipes = {name: carried(name) for name in real}
    parents = {name: {f.source for f in workload.flows if f.target == name} for name in tasks}
    left = {name: Fraction(work[name]) for name in real}
    done, started, phases = set(), set(), []
    live = dict.fromkeys(range(len(memories)), 0)
    while len(done) < len(tasks):
        ready = [name for name in tasks if name not in started and parents[name] <= done]
        started |= set(ready)
        idle = [name for name in ready if name not in left]
        if idle:
            done |= set(idle)
            continue
        running = [name for name in started if name not in done]
        rates = {}
        for name in running:
            sharers = sum(pe_of[other] == pe_of[name] for other in running)
            allowed = [speed(name) / sharers]
            for direction in ("read", "write"):
                for block in {pipe[1] for way, pipe in pipes[name] if way == direction}:
                    active = {pipe for other in running for way, pipe in pipes[other] if way == direction
                              and pipe[1] == block}
                    share = sum(Fraction(pipes[name][direction, pipe], len(active) * sum(
                        pipes[other].get((direction, pipe), 0) for other in running))
                        for pipe in active if (direction, pipe) in pipes[name])
                    moved = sum(size for (way, pipe), size in pipes[name].items()
                                if way == direction and pipe[1] == block)
                    allowed.append(peak[block] * share / Fraction(moved, work[name]))
            rates[name] = min(allowed)
        step = min(left[name] / rates[name] for name in running)
        for memory in live:
            live[memory] = max(live[memory], sum(
                f.bytes for f in workload.flows if mem_of[f.source] == memory and f.source in started
                and f.target not in done))
        phases.append((step, {name: rates[name] * step / work[name] for name in running}))
        for name in running:
            left[name] -= rates[name] * step
            if not left[name]:
                done.add(name)

    size = {memory: ceil(bytes / 2**20) * 2**20 for memory, bytes in live.items()}

    def joules(name, share):
        block, task = pes[pe_of[name]], tasks[name]
        total = (work[name] / 47_019_607_843 if isinstance(block, Processor)
                 else side_by_side(name) * 0.064 * task.ip_energy * 1e-15)
        for _, amount, way in moves[name]:
            memory = way[-1][1]
            each = 60e-12 if memories[memory].kind == "DRAM" else 1e-12 * (
                0.6 + 0.05 * log2(max(size[memory], 2**20) / 1024))
            total += amount * (each + 1.5e-12 * (len(way) - 2))
        return total * share

    watts, energy, seconds = [], 0.0, Fraction(0)
    for n, (step, shares) in enumerate(phases):
        energy += sum(joules(name, float(share)) for name, share in shares.items())
        seconds += step
        if seconds >= Fraction(1, 100) or n == len(phases) - 1:
            watts.append(energy / float(seconds))
            energy, seconds = 0.0, Fraction(0)
    area = sum(6.5e-7 for block in pes if isinstance(block, Processor))
    area += sum(side_by_side(name) * 0.0374e-12 * tasks[name].ip_area for name in real
                if not isinstance(pes[pe_of[name]], Processor))
    area += sum(size[i] * (0.05e-12 if memory.kind == "DRAM" else 0.5e-12) for i, memory in enumerate(memories))
    return {"latency": float(sum(step for step, _ in phases)), "energy": sum(joules(name, 1.0) for name in real),
            "power": max(watts), "area": area}
