"""What the accelerator model takes, compiled before the clock starts: a layer and a mapping singly and in batches."""

from time import process_time

import numpy as np

import archgym
from archgym.errors import Infeasible
from archgym.evaluator import Designs

SINGLE, BATCH, REPEATS = 2_000, 50_000, 7


def seconds(work):
    found = []
    for _ in range(REPEATS):
        started = process_time()
        work()
        found.append(process_time() - started)
    return min(found)


def measured(evaluator, designs):
    for design in designs:
        try:
            evaluator.evaluate(design, fidelity=None, seed=0)
        except Infeasible:
            pass


def measure():
    rng = np.random.default_rng(0)
    task = archgym.task("Mapping-v0")
    drawn = task.space.sample_many(rng, SINGLE)
    designs = [task.space.decode(genome) for genome in drawn]
    single = seconds(lambda: measured(task.evaluator, designs)) / SINGLE
    independent = archgym.task("Mapping-v0", encoding="independent")
    drawn = independent.space.sample_many(rng, BATCH)
    found = independent.evaluator.evaluate_many(Designs(independent.space, drawn), fidelity=None, seeds=None)
    fitting = drawn[[status == "ok" for status in found.statuses]]
    rows = Designs(independent.space, np.resize(fitting, drawn.shape))
    batch = seconds(lambda: independent.evaluator.evaluate_many(rows, fidelity=None, seeds=None)) / BATCH
    yield ("accelerator model, a layer and a mapping, singly / in batches", "20 us / 2 us",
           f"{1e6 * single:.1f} us / {1e6 * batch:.1f} us",
           f"resnet18/conv2_1_1 on Eyeriss's array, {SINGLE:,} and {BATCH:,} random mappings, least of {REPEATS} runs, "
           "processor time; mappings that fit, which take longer than those that do not")
    network = archgym.task("Accelerator-v0")
    designs = [network.space.decode(tuple(genome)) for genome in network.space.sample_many(rng, SINGLE).tolist()]
    rows = Designs(network.space, network.space.sample_many(rng, BATCH // 10))
    layers = len(network.evaluator.names)
    single = seconds(lambda: measured(network.evaluator, designs)) / SINGLE
    batch = seconds(lambda: network.evaluator.evaluate_many(rows, fidelity=None, seeds=None)) / len(rows)
    yield ("accelerator model, ResNet-18 with its templates, singly / in batches", "",
           f"{1e6 * single:.0f} us / {1e6 * batch:.0f} us, {1e6 * batch / layers:.1f} us a layer",
           f"random accelerators, {layers} shapes of layers, each mapped anew; least of {REPEATS} runs, processor time")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
