"""How many seeds until a ranking of agents is stable?

Subsets of the seeds are drawn at random, with replacement, and the agents ranked by the means of what they returned:
how often is the best agent the same as with all seeds, how often the whole order, and how near are the two orders?

The answer depends on how far the agents lie apart, and on the ranking of all seeds being taken for the truth: where two
agents are equally good, no number of seeds settles their order.
"""

import numpy as np

from archgym import stats
from archgym.report.layout import handle, legend, legend_height, name_axes, panels
from archgym.report.style import SINGLE, looks
from archgym.streams import generator
from archgym.study_page import on_common_seeds, table

QUICK = {"seeds": 8, "budget": {"evaluations": 60},
         "agents": ["random", "regularized-evolution", "local-search", "reinforce", "lanas"]}
SIZES = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100)
CHANCE, NEAR = 0.95, 0.9


def sections(sweep, figures):
    found = {}
    for entry in sweep.tasks:
        agents, values = on_common_seeds(sweep, entry.label)
        if min(values.shape, default=0) >= 2:
            sizes = [n for n in SIZES if n <= values.shape[1]]
            rng = generator(0, entry.task.id, "seeds and ranks")
            found[entry.label] = stats.ranking_stability(values, rng, sizes), agents, values
    yield "How many seeds?", list(_answers(sweep, found, figures)) if found else [
        "Nothing to say: a ranking needs two agents with two seeds in common on a task."]
    if found:
        yield "The rankings of all seeds", [_rankings(found)]


def _answers(sweep, found, figures):
    def needed(n):
        return "more than are here" if n is None else str(n)

    rows = []
    for label, (stability, agents, values) in found.items():
        near = np.flatnonzero(stability.tau < NEAR)
        at = int(near[-1]) + 1 if len(near) else 0
        rows.append((label, len(agents), values.shape[1], needed(stability.needed(CHANCE)),
                     needed(int(stability.seeds[at]) if at < len(stability.seeds) else None),
                     needed(stability.needed(CHANCE, of="same"))))
    yield table(("task", "agents", "seeds", f"for the best agent, {CHANCE:.0%} sure", f"for a mean tau of {NEAR}",
                 f"for the whole order, {CHANCE:.0%} sure"), rows)
    yield "Numbers of seeds that were asked: " + ", ".join(str(n) for n in next(iter(found.values()))[0].seeds) + "."
    shown = [n for n in (3, 10, 30) if all(n in s.seeds for s, _, _ in found.values())]
    yield table(("task", *(f"{n} seeds" for n in shown)), [
        (label, *(f"{s.same_best[np.searchsorted(s.seeds, n)]:.2f}, {s.tau[np.searchsorted(s.seeds, n)]:.2f}"
                  for n in shown)) for label, (s, _, _) in found.items()])
    yield "In each cell: the chance that the best agent is the same, and the mean tau with the order of all seeds."
    yield figures.save(_figure(found), "stability", "How rankings settle as seeds are added")
    yield ("Above: the chance that the best agent is the one of all seeds, and Kendall's tau with the order of all "
           "seeds, means over 1,000 subsets. Agents with equal means share a rank: a subset in which two are best is not "
           "the same as one with a single best.")


def _rankings(found):
    rows = []
    for label, (_, agents, values) in found.items():
        order = np.argsort(-values.mean(1))
        rows.append((label, ", ".join(agents[i] for i in order)))
    return table(("task", "best first"), rows, numbers=False)


def _figure(found):
    from matplotlib.ticker import NullLocator

    ticks = [n for n in (1, 3, 10, 30, 100) if n <= max(s.seeds[-1] for s, _, _ in found.values())]
    look = looks(found)
    figure, axes = panels(2, 1, width=SINGLE, height=1.05, left=0.42, top=0.2, between=(0, 0.3), below=0.36,
                          legend=legend_height(list(found), SINGLE))
    titles = {"same_best": "the best agent is the same", "tau": "tau of the whole order"}
    for ax, (which, title) in zip(axes[:, 0], titles.items()):
        ax.set_xscale("log")
        ax.set_xticks(ticks, [str(n) for n in ticks])
        ax.xaxis.set_minor_locator(NullLocator())
        for label, (stability, _, _) in found.items():
            ax.plot(stability.seeds, getattr(stability, which), color=look[label].colour, linestyle=look[label].line,
                    marker=look[label].marker, ms=2.6, lw=1.0)
        ax.set_ylim(0, 1.03)
        ax.set_title(title, loc="left", y=1.0)
    axes[0, 0].tick_params(labelbottom=False)
    name_axes(axes[1, 0], "seeds")
    legend(figure, [handle(look[t]) for t in found], list(found))
    return figure
