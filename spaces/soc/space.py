"""FARSI's systems on a chip as spaces: every design valid, by masks; or ArchGym's integers, most of them invalid.

Krishnan et al., "ArchGym: An Open-Source Gymnasium for Machine Learning Assisted Architecture Design", ISCA 2023, arXiv
2306.08888; Boroujerdian et al., "FARSI", TECS 2022, arXiv 2201.05232. Fields and ranges are ArchGym's: slots for
processing elements, memories and buses, what each bus is connected to, and where each task runs and writes.
"""

from functools import cached_property
from itertools import product
from typing import Literal

from archgym.choice import Choice
from archgym.drawing import Drawing
from archgym.product import ProductSpace
from archgym.registry import register_space as space
from archgym.space import Space

from .blocks import LIBRARIES, LIMITED
from .chip import APART, EMPTY, MEANING, Chip, block_diagram, labelled_graph, option_of
from .workload import Workload, workload_named

SLOTS = 3  # of each kind of block in the limited space
REMEMBERED = 20_000  # choices that a space keeps
FAMILIES = ("processing element", "bus", "memory")


def options_of(library, slots: int, empty: bool) -> dict[str, tuple]:
    """The options of every field; with `empty`, a slot may hold no block."""
    none = (EMPTY,) if empty else ()
    apart = (APART, *range(slots))
    return {"pe_allocation": (*none, *(block.name for block in library.processing)),
            "mem_allocation": (*none, *(block.name for block in library.memories)),
            "bus_allocation": (*none, *(block.name for block in library.buses)),
            "pe_to_bus": apart[1:], "bus_to_bus": apart, "bus_to_mem": apart,
            "task_to_pe": apart[1:], "task_to_mem": apart[1:]}


class _Chips:
    """What both spaces say of a chip."""

    meaning = MEANING
    workload: Workload

    def answer(self, design, choice):
        return option_of(design, self.workload, choice.path)

    def graph(self, design):
        return labelled_graph(design, self.workload)

    def drawing(self, design):
        return Drawing(f"{self.name}: {self.workload.name}", (block_diagram(design, self.workload),),
                       "A processing element lists its tasks, a memory those whose output it holds.", FAMILIES)


@space("SoC")
class SoC(_Chips, Space):
    """Systems on a chip for a workload, every one of them valid: choices offer only what earlier ones leave possible.

    workload: audio-decoder, edge-detection or hpvm-cava.
    blocks: "limited" has ArchGym's three slots of each kind, all filled, with 2 types of processing elements and 4 each
        of memories and buses; "comprehensive" has a slot of each kind for every task, filled until one is left empty,
        with 69, 48 and 24 types.
    slots: another number of slots of each kind.

    No choice connects what is not there, a memory to two buses, or one to a bus that no processing element reaches. All
    tasks run on processing elements, and write to memories, that buses connect with each other.
    """

    law = "each choice uniform over what is possible, one after the other"

    def __init__(self, workload: Literal["audio-decoder", "edge-detection", "hpvm-cava"] | Workload = "audio-decoder",
                 blocks: Literal["limited", "comprehensive"] = "limited", slots: int | None = None):
        self.workload = workload if isinstance(workload, Workload) else workload_named(workload)
        self.blocks, self.library = blocks, LIBRARIES[blocks]
        limited = blocks == "limited"
        self.slots = slots or (SLOTS if limited else len(self.workload.names))
        self.options = options_of(self.library, self.slots, empty=not limited)
        self._weights = {} if limited else {
            field: ((len(options) - 1) / 3, *[1.0] * (len(options) - 1))
            for field, options in self.options.items() if options[0] == EMPTY}
        if not limited:
            self.law += "; a further slot is left empty with chance 1/4"
        self._types = {field: tuple(option for option in options if option != EMPTY)
                       for field, options in self.options.items() if field.endswith("allocation")}
        self._asked = {}

    @property
    def sorts(self):
        return dict(sorted(self.options.items()))

    def build(self):
        pes, memories, buses = [], [], []
        for field, blocks in (("pe_allocation", pes), ("mem_allocation", memories), ("bus_allocation", buses)):
            for slot in range(self.slots):
                block = yield self._among(field, slot, self.options[field] if slot else self._types[field])
                if block == EMPTY:
                    break
                blocks.append(block)
        pe_to_bus, bus_to_bus, bus_to_mem = [], [], []
        every = range(len(buses))
        for slot in range(len(pes)):
            pe_to_bus.append((yield self._among("pe_to_bus", slot, every)))
        for slot in every:
            bus_to_bus.append((yield self._among("bus_to_bus", slot, (APART, *(b for b in every if b != slot)))))
        part = parts(bus_to_bus)
        served = {part[bus] for bus in pe_to_bus}  # parts of the network with a processing element
        last = max(bus for bus in every if part[bus] in served)
        homes = set()  # those with a memory too
        for slot in every:
            able = part[slot] in served
            free = [m for m in range(len(memories)) if m not in bus_to_mem] if able else []
            bus_to_mem.append((yield self._among("bus_to_mem", slot, free if slot == last and not homes else
                                                 (APART, *free))))
            if bus_to_mem[slot] != APART:
                homes.add(part[slot])
        task_to_pe, task_to_mem = [], []
        for task in self.workload.names:
            task_to_pe.append((yield self._among("task_to_pe", task, [
                pe for pe, bus in enumerate(pe_to_bus) if part[bus] in homes])))
            homes = {part[pe_to_bus[task_to_pe[0]]]}
        near = [memory for bus, memory in enumerate(bus_to_mem) if memory != APART and part[bus] in homes]
        for task in self.workload.names:
            task_to_mem.append((yield self._among("task_to_mem", task, near)))
        return Chip(*map(tuple, (pes, memories, buses, pe_to_bus, bus_to_bus, bus_to_mem, task_to_pe, task_to_mem)))

    def _among(self, field, slot, legal):
        """The choice with these options legal, made once."""
        asked = field, slot, tuple(legal)
        choice = self._asked.get(asked)
        if choice is None:
            options = self.options[field]
            mask = None if len(legal) == len(options) else tuple(option in legal for option in options)
            if len(self._asked) == REMEMBERED:
                self._asked.clear()
            choice = self._asked[asked] = Choice((field, slot), options, mask, self._weights.get(field), field)
        return choice

    @cached_property
    def size(self):
        """Exact where all slots are filled; elsewhere None."""
        if self._weights:
            return None
        n, tasks = self.slots, len(self.workload.names)
        types = (len(self.library.processing) * len(self.library.memories) * len(self.library.buses)) ** n
        attached = [way for way in product((APART, *range(n)), repeat=n)
                    if (taken := [m for m in way if m != APART]) and len(set(taken)) == len(taken)]
        total = 0
        for bus_to_bus in product(*((APART, *(b for b in range(n) if b != slot)) for slot in range(n))):
            part = parts(bus_to_bus)
            for pe_to_bus in product(range(n), repeat=n):
                pes = [part[bus] for bus in pe_to_bus]
                for way in attached:
                    memories = [part[bus] for bus, memory in enumerate(way) if memory != APART]
                    if all(home in pes for home in memories):
                        total += sum((pes.count(home) * memories.count(home)) ** tasks for home in set(memories))
        return types * total

    def __repr__(self):
        return f"SoC({self.workload.name!r})"


def parts(bus_to_bus) -> list[int]:
    """Which connected part of the network each bus is in, named by its lowest bus."""
    part = list(range(len(bus_to_bus)))
    for bus, other in enumerate(bus_to_bus):
        if other != APART:
            kept, gone = sorted((part[bus], part[other]))
            part = [kept if p == gone else p for p in part]
    return part


@space("SoCIndependent")
class SoCIndependent(_Chips, ProductSpace):
    """The limited systems on a chip as ArchGym's independent integers, for faces and agents that set picks in any order.

    workload: audio-decoder, edge-detection or hpvm-cava.

    18 + 2 picks a task: 54, 34 or 36. Most combinations are no valid chip; measuring them says why. `SoC` has the valid
    ones alone.
    """

    def __init__(self, workload: Literal["audio-decoder", "edge-detection", "hpvm-cava"] = "audio-decoder"):
        self.workload = workload_named(workload)
        self.blocks, self.library, self.slots = "limited", LIMITED, SLOTS
        choices = []
        for field, options in options_of(LIMITED, SLOTS, empty=False).items():
            for slot in (self.workload.names if field.startswith("task") else range(SLOTS)):
                legal = tuple(o != slot for o in options) if field == "bus_to_bus" else None
                choices.append(Choice((field, slot), options, legal, sort=field))
        super().__init__(tuple(choices))

    def assemble(self, options):
        tasks = len(self.workload.names)
        ends = [0, *(SLOTS * k for k in range(1, 7)), 6 * SLOTS + tasks, 6 * SLOTS + 2 * tasks]
        return Chip(*(options[a:b] for a, b in zip(ends, ends[1:])))

    def __repr__(self):
        return f"SoCIndependent({self.workload.name!r})"
