"""How much better than random, in percent?

Asked after Yang, Esperança and Carlucci, "NAS evaluation is frustratingly hard", ICLR 2020, who compare methods over
spaces and protocols by their relative improvement over the average random design, 100 (method - random)/|random|, and
found that many of eight methods hardly beat it; that accuracies of a cell-based space lie in a narrow range, so that
the training seed alone moves an architecture up and down the ranking.

Here the same figure stands beside the one that is fairer: over the expected best of as many random designs as the agent
measured. The average design is a baseline that any search of several designs beats by looking at more than one. And for
every table with training seeds: how much of it lies so near its best design that one training cannot tell them apart.
"""

import numpy as np

from archgym import stats
from archgym.population import enumerate_rows
from archgym.report.layout import handle, legend, legend_height, name_axes, panels, short
from archgym.report.style import INK, SINGLE, looks
from archgym.streams import generator
from archgym.study_page import finals, table

QUICK = {"seeds": 3, "budget": {"evaluations": 60},
         "tasks": [{"name": "NASBench201-v0", "label": "NB201 CIFAR-10"},
                   {"name": "HPOBenchMLP-v0", "label": "MLP car", "options": {"dataset": "car"}},
                   {"name": "NASBenchGraph-v0", "label": "Graph proteins", "options": {"dataset": "proteins"}}],
         "agents": ["random", "regularized-evolution", "local-search", "reinforce", "lanas"]}
TOP = 0.1
"""The tenth of the designs in which seed noise is measured: it is larger among bad ones, where it does not matter."""


def sections(sweep, figures):
    improvements, told = {}, []
    for entry in sweep.tasks:
        try:
            improvements[entry.label] = improvement(sweep, entry)
        except ValueError as why:
            told.append(f"{entry.label}: {why}.")
    yield "Over the average, and over the best of as many", [*told, *_improvements(sweep, improvements, figures)]
    yield "How narrow are the tables?", list(_ranges(sweep))


def improvement(sweep, entry):
    """agent -> (relative improvement over the mean random design, over the best of n), Intervals in percent.

    ValueError where a reference is zero, so that there are no percents of it.
    """
    baseline = entry.task.random_baseline(int(sweep.budget(entry.label).evaluations))
    held = entry.task.has_holdout
    one = baseline.at(1)
    mean, best = (one.holdout_mean, baseline.holdout_mean) if held else (one.mean, baseline.mean)

    def over(reference, agent, values):
        return stats.relative_improvement(values, reference, generator(0, entry.task.id, agent, "improvement"))

    return {agent: (over(mean, agent, values), over(best, agent, values))
            for agent, values in finals(sweep, entry.label).items()}


def _improvements(sweep, found, figures):
    names = [a.label for a in sweep.agents if any(a.label in rows for rows in found.values())]
    rows, full = [], []
    for name in names:
        pairs = [each[name] for each in found.values() if name in each]
        cells = [name]
        for column in (0, 1):
            estimates = [pair[column].estimate for pair in pairs]
            cells += [f"{np.median(estimates):+.2f} %",
                      f"{sum(pair[column].low > 0 for pair in pairs)} of {len(pairs)}",
                      f"{sum(pair[column].high < 0 for pair in pairs)}"]
        rows.append((float(np.median([pair[1].estimate for pair in pairs])), cells))
        full += [(label, name, *(x for i in each[name] for x in (i.estimate, i.low, i.high)))
                 for label, each in found.items() if name in each]
    yield table(("agent", "over the average: median", "better on", "worse on", "over the best of as many: median",
                 "better on", "worse on"), [cells for _, cells in sorted(rows, key=lambda row: -row[0])])
    yield ("Median over tasks of the mean relative improvement; better and worse: tasks where the 95 % interval over "
           "seeds excludes zero. Percents of an error are larger than percents of an accuracy: the median is of unlike "
           "things, the counts are not.")
    yield figures.table("improvement", ("task", "agent", *(f"{what} {where}" for where in ("average", "best of n")
                                                           for what in ("over", "low, over", "high, over"))), full)
    yield figures.save(_figure(names, found), "improvement", "Relative improvement of every agent on every task")
    yield ("Above: a mark a task. The axis is linear between −1 and 1 % and logarithmic beyond. Hollow: over the "
           "average random design; filled: over the best of as many.")


def _figure(names, found):
    from matplotlib.ticker import NullLocator

    medians = {n: np.median([rows[n][1].estimate for rows in found.values() if n in rows]) for n in names}
    names = sorted(names, key=lambda n: -medians[n])
    look = looks(("over the average", "over the best of as many"))
    figure, axes = panels(1, 1, width=SINGLE, height=0.2 * len(names) + 0.1, left=1.42, top=0.06, below=0.36,
                          legend=legend_height(list(look), SINGLE))
    ax = axes[0, 0]
    ax.axvline(0, color=INK, lw=0.8)
    for column, (label, up) in enumerate(zip(look, (-0.17, 0.17))):
        for i, name in enumerate(names):
            x = [rows[name][column].estimate for rows in found.values() if name in rows]
            ax.plot(x, np.full(len(x), i + up), look[label].marker, ms=2.4, mew=0.6, color=look[label].colour,
                    mfc="none" if column == 0 else look[label].colour, alpha=0.8)
    ax.set_xscale("symlog", linthresh=1)
    ax.set_xticks([-100, -1, 0, 1, 10, 100], ["−100", "−1", "0", "1", "10", "100"])  # −10 would touch −100
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(names)), [short(n, 24) for n in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    name_axes(ax, "relative improvement (%)")
    legend(figure, [handle(look[k]) for k in look], list(look))
    return figure


def narrowness(values, design, seeds=2):
    """(noise, share within one noise of the best design, within two) of a table.

    values: (N,) one a (design, seed) row; design: (N,) its design's number. noise: the pooled standard deviation
    between the training seeds of one design, among the best tenth of designs; NaN where none of them has several seeds.
    """
    count = np.bincount(design)
    mean = np.bincount(design, values) / count
    spread = np.bincount(design, (values - mean[design]) ** 2)
    top = (mean >= np.quantile(mean, 1 - TOP)) & (count >= seeds)
    if not top.any():
        return float("nan"), float("nan"), float("nan")
    noise = float(np.sqrt(spread[top].sum() / (count[top] - 1).sum()))
    return noise, *(float((mean >= mean.max() - k * noise).mean()) for k in (1, 2))


def _ranges(sweep):
    rows, without = [], []
    for entry in sweep.tasks:
        task = entry.task
        if task.evaluator.seeds == 1:
            without.append(entry.label)
            continue
        population = enumerate_rows(task)
        genomes = np.asarray(population.genomes)
        design = np.cumsum(np.r_[True, (genomes[1:] != genomes[:-1]).any(axis=1)]) - 1
        noise, one, two = narrowness(population.values, design)
        mean = np.bincount(design, population.values) / np.bincount(design)
        raw = task.objective.raw
        rows.append((entry.label, f"{raw(np.median(mean)):.4g}", f"{raw(np.quantile(mean, 0.9)):.4g}",
                     f"{raw(mean.max()):.4g}", f"{noise:.3g}", f"{one:.2%}", f"{two:.2%}"))
    if rows:
        yield table(("task", "median design", "90 % quantile", "best", "seed noise", "within 1 noise of the best",
                     "within 2"), rows)
        yield ("Designs by their mean over training seeds. Seed noise: the standard deviation between trainings of one "
               "design, pooled over the best tenth. Two designs within one noise of another change places with the "
               "seed.")
    if without:
        yield f"No training seeds are recorded for {', '.join(without)}: their noise cannot be told."
