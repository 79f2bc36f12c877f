"""How many seeds a ranking of the agents needs before it stops changing."""

import numpy as np

from .. import stats
from .findings import generator
from .markup import p, table
from .text import NOTHING, count, number, probability
from .trends import shared_runs

LEAST = 5
"""Seeds below which nothing is said."""
POINTS, RESAMPLES = 12, 500


def find(findings):
    """{task label: (stats.Stability, agents)} for tasks with two agents or more and `LEAST` seeds that all ran."""
    result = {}
    for found in findings.ran:
        cells = list(found.ran.values())
        seeds, rows = shared_runs(cells)
        if len(cells) < 2 or len(seeds) < LEAST:
            continue
        values = np.stack([cell.finals[at] for cell, at in zip(cells, rows)])
        if not np.isfinite(values).all():
            continue
        sizes = np.unique(np.round(np.geomspace(1, len(seeds), POINTS)).astype(int))
        stability = stats.ranking_stability(values, generator(found.label, "stability"), sizes, resamples=RESAMPLES)
        result[found.label] = stability, len(cells)
    return result


def section(stable):
    """A table, a row a task; nothing where no task has seeds enough."""
    if not stable:
        return
    rows = []
    for label, (found, agents) in stable.items():
        best, order = found.needed(), found.needed(of="same")
        rows.append([label, count(agents), count(found.seeds[-1]), _needed(best), _needed(order),
                     probability(found.same_best[-1]), probability(found.same[-1]), number(found.tau[-1], 2)])
    yield table(["task", "agents", "seeds", "for the best agent", "for the whole order", "same best", "same order",
                 "tau"], rows, groups=[("", 3), ("seeds needed", 2), ("if these seeds were drawn again", 3)], class_="dense")
    yield p("Would other seeds rank the agents alike? Subsets are drawn from the seeds that ran, with replacement, and "
            "agents are ranked by their mean search value. Seeds needed: from so many on, 95 % of the draws name the "
            f"same best agent, or give the same order, as all seeds do; {NOTHING}: these are too few to tell. Tau: "
            "Kendall's, the mean agreement of the orders. The order of all seeds stands for the truth here, so that "
            "the numbers are rather too low.", class_="note")


def _needed(seeds):
    return NOTHING if seeds is None else count(seeds)
