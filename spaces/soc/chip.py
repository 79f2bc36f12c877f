"""A system on a chip as a design: its blocks, how they are connected, and what runs where."""

from typing import NamedTuple

from archgym.drawing import Graph, Link, Node, Part
from archgym.drawing.families import OTHER
from archgym.encoding import LabelledGraph

from .workload import Workload

EMPTY = "none"  # a slot that holds no block
APART = -1  # a connection that is not made


class Chip(NamedTuple):
    """Blocks by the name of their type, connections by the other end's slot; `APART` where there is none.

    As many connections as blocks of their kind, as many mappings as tasks of the workload.
    """

    pe_allocation: tuple[str, ...]
    mem_allocation: tuple[str, ...]
    bus_allocation: tuple[str, ...]
    pe_to_bus: tuple[int, ...]
    bus_to_bus: tuple[int, ...]
    bus_to_mem: tuple[int, ...]
    task_to_pe: tuple[int, ...]
    task_to_mem: tuple[int, ...]


MEANING = {
    "pe_allocation": "the type of a processing element: a processor (A53), or an accelerator (IP) for the tasks that it "
                     "is given, with iterations side by side (x) and a clock",
    "mem_allocation": "the type of a memory: on the chip (SRAM) or stacked on it (DRAM), its width and clock",
    "bus_allocation": "the type of a bus: its width and clock",
    "pe_to_bus": "which bus a processing element is on",
    "bus_to_bus": "which other bus a bus is connected to; -1 is none",
    "bus_to_mem": "which memory a bus is connected to; -1 is none",
    "task_to_pe": "which processing element runs a task",
    "task_to_mem": "which memory holds what a task writes, until whoever reads it is done",
}
FIELDS = Chip._fields


def option_of(chip: Chip, workload: Workload, path: tuple):
    """What a chip has at a choice: (field, slot), or (field, name of a task)."""
    field, slot = path
    values = getattr(chip, field)
    at = workload.names.index(slot) if field.startswith("task") else slot
    return values[at] if at < len(values) else EMPTY


def links(chip: Chip) -> list[tuple[str, str]]:
    """Connections as pairs of blocks: ("pe", 0) to ("bus", 1), ... A pair of buses once, the lower first."""
    pairs = [(("pe", i), ("bus", bus)) for i, bus in enumerate(chip.pe_to_bus) if bus != APART]
    pairs += sorted({(("bus", min(a, b)), ("bus", max(a, b))) for a, b in enumerate(chip.bus_to_bus) if b != APART})
    return pairs + [(("bus", i), ("mem", memory)) for i, memory in enumerate(chip.bus_to_mem) if memory != APART]


def blocks(chip: Chip) -> dict[tuple[str, int], str]:
    """("pe", 0) -> the name of its type, and so on."""
    return {(kind, i): name for kind, names in (("pe", chip.pe_allocation), ("bus", chip.bus_allocation),
                                                ("mem", chip.mem_allocation)) for i, name in enumerate(names)}


def labelled_graph(chip: Chip, workload: Workload) -> LabelledGraph:
    """Tasks and blocks as nodes; data, mappings and connections as edges."""
    places = blocks(chip)
    tasks = len(workload.names)
    at = {place: tasks + i for i, place in enumerate(places)}
    edges = [(source, target) for source, target, _ in workload.edges]
    edges += [(task, at["pe", pe]) for task, pe in enumerate(chip.task_to_pe)]
    edges += [(task, at["mem", memory]) for task, memory in enumerate(chip.task_to_mem)]
    edges += [(at[a], at[b]) for a, b in links(chip)]
    return LabelledGraph((*workload.names, *places.values()), tuple(edges))


def block_diagram(chip: Chip, workload: Workload) -> Graph:
    """Blocks and their connections, each processing element with its tasks, each memory with whose data it holds."""
    held = {"pe": chip.task_to_pe, "mem": chip.task_to_mem}
    writers = {source for source, _, _ in workload.edges}
    nodes, at = [], {}
    for (kind, i), name in blocks(chip).items():
        tasks = [workload.names[t] for t, place in enumerate(held.get(kind, ())) if place == i
                 and (workload.tasks[t].cycles if kind == "pe" else t in writers)]
        family = {"pe": "processing element", "mem": "memory", "bus": "bus"}[kind]
        at[kind, i] = len(nodes)
        nodes.append(Node((Part(f"{kind}{i}: {name}", family), *(Part(task, OTHER) for task in tasks))))
    return Graph(tuple(nodes), tuple(Link(at[a], at[b]) for a, b in links(chip)), "blocks")
