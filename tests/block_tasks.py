"""Tasks that measure two metrics and find some designs infeasible: a product space and an open one."""

import archgym
from archgym import Choice, Infeasible, Space
from archgym.evaluator import Evaluator, Measurement, Metric
from archgym.product import ProductSpace
from archgym.reward import Constrained, Least, Rewarded
from archgym.task import Objective, Task

DENSITY = {"oak": 0.7, "iron": 8, "cork": 0.2, "lead": 11}


class Cuboid(ProductSpace):
    choices = (Choice(("width",), tuple(range(1, 9)), ordered=True),
               Choice(("height",), tuple(range(1, 9)), ordered=True),
               Choice(("stuff",), tuple(DENSITY)))


class Blocks(Evaluator):
    metrics = (Metric("volume", "m3", "max", doc="how much it holds"), Metric("weight", "kg", "min"))
    instant = True
    fingerprint = "blocks"

    def evaluate(self, design, *, fidelity, seed):
        width, height, stuff = design
        if stuff == "lead" and width > 4:
            raise Infeasible("nobody lifts it")
        volume = float(width * height)
        return Measurement({"volume": volume, "weight": volume * DENSITY[stuff]})


class Tower(Space):
    FLOORS = Choice(("floors",), (1, 2, 3), ordered=True)
    KINDS = [Choice(("kind", i), ("flat", "shop", "void"), sort="kind") for i in range(3)]

    def build(self):
        floors = yield self.FLOORS
        kinds = []
        for choice in self.KINDS[:floors]:
            kinds.append((yield choice))
        return tuple(kinds)

    def answer(self, design, choice):
        return len(design) if choice is self.FLOORS else design[choice.path[1]]


def blocks():
    return archgym.task(space=Cuboid(), evaluate=Blocks(), name="blocks", worst=0.0)


def light_blocks():
    """The least weight that is no heavier than 40."""
    reward = Constrained(Least(("weight",)), {"weight": 40.0})
    return Task("light-blocks", Cuboid(), Rewarded(Blocks(), reward), Objective("reward"), worst=-1000.0)


def tower():
    return archgym.task(space=Tower(), evaluate=lambda kinds: 5.0 * kinds.count("flat") - len(kinds), name="tower")
