"""Who descends from whom, and what would a cache save?

Asked after Underwood, Madhyastha, Burns and Nicolae, "Understanding patterns of deep learning model evolution in
network architecture search", 2023 (abstract read): which designs are parents, how often and for how long, how
their popularity rises and falls in a sliding window, and how often designs repeat, which is what a cache lives on. They
looked at regularized evolution on Candle and on NAS-Bench-201; here it stands beside other searches that store parents.

A design is its canonical key: isomorphic cells are one. It is a donor each time it is the first parent of a proposal.
Saved is what a cache of measurements would not have to train again, in the table's own seconds of training.
"""

from collections import Counter, OrderedDict, deque

import numpy as np

from archgym.report.layout import handle, legend, legend_height, name_axes, panels
from archgym.report.style import SINGLE, looks
from archgym.study_page import table

QUICK = {"seeds": 3, "budget": {"evaluations": 300}}
WINDOW = 100
"""Evaluations of the sliding window in which donors are counted, as wide as the default population."""
SMALL = (10, 100)
"""Sizes of caches that forget what was asked for longest ago."""


def donors(labels, parents):
    """(births with a donor, the donor's label at each). labels: a design each; parents: trial ids, a tuple each."""
    births = [i for i, ids in enumerate(parents) if ids]
    return births, [labels[parents[i][0]] for i in births]


def popularity(labels, parents) -> Counter:
    """How often each design was a donor; those that never were are there with 0."""
    counts = Counter(dict.fromkeys(labels, 0))
    counts.update(donors(labels, parents)[1])
    return counts


def lifetimes(labels, parents) -> list[int]:
    """Evaluations from a design's first measurement to the last time it was a donor, for all that ever were."""
    first, final = {}, {}
    for i, label in enumerate(labels):
        first.setdefault(label, i)
    for birth, label in zip(*donors(labels, parents)):
        final[label] = birth
    return [final[label] - first[label] for label in final]


def reigns(labels, parents, window=WINDOW) -> tuple[np.ndarray, np.ndarray]:
    """(share of the most frequent donor among the last `window` births, how long each favorite stayed it).

    A favorite stays while it is not overtaken: one that only draws level does not count. The first `window` births fill
    the window.
    """
    recent, counts, shares, lengths, favorite = deque(), Counter(), [], [], None
    for label in donors(labels, parents)[1]:
        recent.append(label)
        counts[label] += 1
        if len(recent) > window:
            counts[recent.popleft()] -= 1
        if len(recent) == window:
            if favorite is None or counts[label] > counts[favorite] or counts[favorite] < max(counts.values()):
                best = max(counts, key=lambda each: counts[each])
                if best != favorite:
                    favorite = best
                    lengths.append(0)
            lengths[-1] += 1
            shares.append(counts[favorite] / window)
    return np.array(shares), np.array(lengths, int)


def hits(labels, size=None, known=()) -> np.ndarray:
    """(N,) bool: whether a cache of `size` designs holds each one when it is asked for; the least recent goes.

    size: None forgets nothing. known: designs that it holds from the start, where it forgets nothing.
    """
    held, found = OrderedDict(dict.fromkeys(known)), np.zeros(len(labels), bool)
    for i, label in enumerate(labels):
        found[i] = label in held
        held[label] = None
        held.move_to_end(label)
        if size is not None and len(held) > size:
            held.popitem(last=False)
    return found


def inherited(genomes, parents) -> float:
    """Mean share of a proposal's picks that are its first parent's; NaN without parents."""
    at = [i for i, ids in enumerate(parents) if ids]
    if not at:
        return float("nan")
    genomes = np.asarray(genomes)
    return float((genomes[at] == genomes[[parents[i][0] for i in at]]).mean())


def sections(sweep, figures):
    for entry in sweep.tasks:
        runs = {a.label: [r for r in sweep.runs if (r.task, r.agent) == (entry.label, a.label)] for a in sweep.agents}
        key_of = entry.task.space.key_of
        runs = {agent: [(t, [key_of(t.genome(i)) for i in range(len(t))]) for t in (r.trajectory for r in found)]
                for agent, found in runs.items() if found}
        yield f"Donors, on {entry.label}", list(_donors(runs, figures))
        yield f"Repeats and caches, on {entry.label}", list(_caches(runs, entry.task))


def _donors(runs, figures):
    rows, curves, alone = [], {}, []
    for agent, found in runs.items():
        counts = [popularity(labels, t.parents) for t, labels in found]
        if not any(sum(c.values()) for c in counts):
            alone.append(agent)
            continue
        share = np.mean([np.mean([n > 0 for n in c.values()]) for c in counts])
        tenth = np.mean([_of_top_tenth(c) for c in counts])
        lives = [life for t, labels in found for life in lifetimes(labels, t.parents)]
        reign = [reigns(labels, t.parents) for t, labels in found]
        lengths = [n for _, each in reign for n in each]
        curves[agent] = [s for s, _ in reign]
        rows.append((agent, f"{share:.0%}", f"{tenth:.0%}", f"{np.median(lives):.0f}, {np.quantile(lives, 0.9):.0f}",
                     f"{np.mean(lengths):.0f}" if lengths else "",
                     f"{np.mean([inherited(t.genomes, t.parents) for t, _ in found]):.0%}"))
    if alone:
        yield f"No proposal of {', '.join(alone)} has a stored parent in these runs."
    if not rows:
        return
    yield table(("agent", "designs that become donors", "births from the most popular tenth of donors",
                 "lifetime, median and 90 %", "evaluations as the favorite", "picks kept from the parent"), rows)
    yield (f"Lifetime: evaluations from the first measurement of a donor to its last child. Favorite: the most "
           f"frequent donor of the last {WINDOW} births; how long one stays it.")
    if any(len(s) for each in curves.values() for s in each):
        yield figures.save(_figure(curves), "favorite", "Share of births from the favorite donor along the runs")
        yield f"Above: the share of the last {WINDOW} births whose donor is the favorite, means over seeds."
    else:
        yield f"The runs are shorter than the window of {WINDOW} births: the rise and fall of favorites cannot be seen."


def _of_top_tenth(counts):
    """Share of all births that descend from the most popular tenth of the donors."""
    popular = sorted((n for n in counts.values() if n), reverse=True)
    return sum(popular[:max(1, round(len(popular) / 10))]) / sum(popular) if popular else float("nan")


def _caches(runs, task):
    rows, everything = [], set()
    for agent, found in runs.items():
        whole, small, seconds, shared, others = [], {size: [] for size in SMALL}, [], [], set()
        for trajectory, labels in found:
            hit = hits(labels)
            whole.append(hit.mean())
            seconds.append(trajectory.cost[hit].sum() / max(trajectory.cost.sum(), 1e-300))
            for size in SMALL:
                small[size].append(hits(labels, size).mean())
            shared.append(hits(labels, known=others).mean())
            others |= set(labels)
        rows.append((agent, f"{np.mean(whole):.0%}", f"{np.mean(seconds):.0%}",
                     *(f"{np.mean(small[size]):.0%}" for size in SMALL), f"{np.mean(shared):.0%}"))
        everything |= others
    total = sum(len(labels) for found in runs.values() for _, labels in found)
    yield table(("agent", "repeats within a run", f"declared cost saved ({task.evaluator.cost_unit})",
                 *(f"repeats that a cache of {size} catches" for size in SMALL),
                 "repeats, all its runs sharing a cache"), rows)
    yield (f"All runs of all agents measured {total:,} designs, {len(everything):,} of them distinct: one cache for "
           f"all would answer {1 - len(everything) / total:.0%}.")


def _figure(curves):
    look = looks(curves)
    figure, axes = panels(1, 1, width=SINGLE, height=1.5, left=0.58, top=0.08, below=0.36,
                          legend=legend_height(list(curves), SINGLE))
    ax = axes[0, 0]
    for agent, each in curves.items():
        length = min((len(s) for s in each), default=0)
        if not length:
            continue
        mean = np.mean([s[:length] for s in each], 0)
        ax.plot(np.arange(length) + WINDOW, mean, color=look[agent].colour, linestyle=look[agent].line,
                marker=look[agent].marker, ms=2.4, lw=1.0, markevery=max(1, length // 5))
    ax.set_ylim(0, None)
    name_axes(ax, "births", "favorite donor (share)", out=0.4)
    legend(figure, [handle(look[a]) for a in curves], list(curves))
    return figure
