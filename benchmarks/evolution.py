"""Regularised evolution (100/10) through archgym.run beside the same loop in plain Python, over the same noisy table.

Both in one process, alternating; the trajectory is read at the end of each run. The plain loop draws from random.Random
and looks rows up in a dictionary that was filled before: no ledger, no records but a list, no statuses. Our memory of
the table fills as designs are met, so 200 runs go before the ones that count; what the first run of a process costs is
told beside.
"""

import random
from collections import deque
from statistics import median
from time import perf_counter

import archgym

BUDGET, WARM, RUNS = 1_000, 200, 60


def plain_loop(table, seed, evaluations, population=100, tournament=10):
    rng = random.Random(seed)
    draw, alive, history = rng.random, deque(maxlen=population), []
    for _ in range(evaluations):
        if len(alive) < population:
            genome = tuple([int(draw() * 5) for _ in range(6)])
        else:
            best = alive[int(draw() * population)]
            for _ in range(tournament - 1):
                rival = alive[int(draw() * population)]
                if rival[1] > best[1]:
                    best = rival
            genome = best[0]
            i, pick = int(draw() * 6), int(draw() * 4)
            genome = genome[:i] + (pick + (pick >= genome[i]),) + genome[i + 1:]
        seeds = table[genome]
        value = seeds[int(draw() * len(seeds))]
        alive.append((genome, value))
        history.append((genome, value))
    return max(value for _, value in history)


def measure():
    task = archgym.task("NASBench201-v0", dataset="cifar10", noise="seed")
    table = {}
    for genome in task.space.enumerate():
        design = task.space.decode(genome)
        table[genome] = [task.evaluator.evaluate(design, fidelity=None, seed=s).values["val_accuracy"]
                         for s in range(task.evaluator.seeds_of(design))]
    agent = archgym.agent("regularized-evolution")

    def ours(seed):
        return archgym.run(task, agent, archgym.Budget(evaluations=BUDGET), seed).trajectory.incumbents()[-1]

    def timed(call, seed):
        started = perf_counter()
        call(seed)
        return (perf_counter() - started) / BUDGET * 1e6

    first = timed(ours, 0)
    for seed in range(1, WARM):
        ours(seed)
    pairs = [(timed(ours, seed), timed(lambda s: plain_loop(table, s, BUDGET), seed))
             for seed in range(WARM, WARM + RUNS)]
    mine, theirs = (median(column) for column in zip(*pairs))
    yield ("regularised evolution (100/10) through `archgym.run`, `noise=\"seed\"`, trajectory read at the end",
           "at most 3 times a plain-Python loop; about 10 µs an evaluation",
           f"{mine / theirs:.2f} times ({mine:.1f} µs beside {theirs:.1f} µs); {first:.1f} µs in a process's first run",
           f"median of {RUNS} runs of {BUDGET:,} evaluations, alternating in one process, after {WARM} that warm it up")


if __name__ == "__main__":
    for row in measure():
        print(" | ".join(row))
