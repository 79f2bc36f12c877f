"""Does the search phase beat drawing at random?

Asked after Yu, Sciuto, Jaggi, Musat and Salzmann, "Evaluating the search phase of neural architecture search", ICLR
2020: the design that a strategy returns, against one drawn uniformly and against the best of as many random draws, over
many seeds; and whether the cheap signals that searches follow rank designs as the final metric does.

There, strategies that share weights (ENAS, DARTS, NAO) returned designs like those of a random policy, and shared
weights were to blame: they ranked candidates almost at random. Here, no weights are shared: an evaluation is a training
of its own, looked up. What is asked is therefore the strategy alone, given honest evaluations.
"""

import numpy as np

from archgym import stats
from archgym.evaluator import Designs
from archgym.population import enumerate_rows
from archgym.report.layout import handle, legend, legend_height, name_axes, panels, short
from archgym.report.style import INK, SINGLE, looks
from archgym.report.text import in_unit, plural
from archgym.streams import generator
from archgym.study_page import finals, last, on_common_seeds, table

QUICK = {"seeds": 5, "budget": {"evaluations": 60},
         "agents": ["random", "regularized-evolution", "local-search", "reinforce", "lanas"]}


def sections(sweep, figures):
    found = {t.label: compared(sweep, t) for t in sweep.tasks}
    yield "What is returned, against random designs", list(_returned(sweep, found, figures))
    yield "Does the ranking survive another training?", list(_survival(sweep))
    yield "Do cheap signals rank designs as the final metric does?", list(_signals(sweep))


def compared(sweep, entry):
    """agent -> (mean returned, P(beats one uniform design), P(beats the best of n)), Intervals each."""
    task, n = entry.task, int(sweep.budget(entry.label).evaluations)
    baseline = task.random_baseline(n)

    def returned_by(draws):
        one = baseline.at(draws)
        return one.holdout_of_best if task.has_holdout else one.best

    one, best = returned_by(1), returned_by(n)
    rows = {}
    for agent, values in finals(sweep, entry.label).items():
        rng = generator(0, entry.task.id, agent, "search phase")
        rows[agent] = (stats.bootstrap(values, rng), one.beaten_by(values, rng), best.beaten_by(values, rng))
    return rows, one.mean, best.mean


def _returned(sweep, found, figures):
    for entry in sweep.tasks:
        rows, one, best = found[entry.label]
        n, raw = int(sweep.budget(entry.label).evaluations), entry.task.objective.raw
        order = sorted(rows, key=lambda a: -rows[a][0].estimate)
        yield (f"**{entry.label}**: {_metric(entry.task)}. One uniform design has {raw(one):.3f} on average, what the "
               f"best of {n} returns {raw(best):.3f}.")
        yield table(("agent", "returned", "beats one uniform design", f"beats the best of {n}"), [
            (a, _interval(rows[a][0], 3, raw), _interval(rows[a][1], 3), _interval(rows[a][2], 2)) for a in order])
    yield _summary(sweep, found)
    yield figures.save(_figure(found), "chances", "Chance to return a better design than the best of random draws")
    yield ("Above, for each agent: the chance that a run returns a better design than as many random draws do, ties "
           "half, with 95 % intervals over seeds; the line is even odds. In brackets throughout: 95 % intervals.")


def _metric(task):
    name = task.objective.holdout if task.has_holdout else task.objective.metric
    return name.replace("_", " ") + in_unit(task.objective.unit)


def _interval(interval, digits, raw=lambda x: x):
    ends = sorted((raw(interval.low), raw(interval.high)))
    if np.isnan(ends).any():
        return f"{raw(interval.estimate):.{digits}f} (one seed: no interval)"
    return f"{raw(interval.estimate):.{digits}f} [{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"


def _summary(sweep, found):
    """In words: who beats a uniform design, and who beats best-of-n, everywhere."""
    def always(column, than):
        return [a.label for a in sweep.agents if all(a.label in rows and rows[a.label][column].low > than
                                                     for rows, _, _ in found.values())]

    uniform, best = always(1, 0.5), always(2, 0.5)
    return (f"Of {plural(len(sweep.agents), 'agent')}, {len(uniform)} beat a uniform design on every task, their "
            "intervals above even odds"
            + (", random search among them" if "random" in uniform else "")
            + f". Against the best of as many draws, {len(best)} do"
            + (f": {', '.join(best)}." if best else "."))


def _figure(found):
    names = list(dict.fromkeys(a for rows, _, _ in found.values() for a in rows))
    names.sort(key=lambda a: -np.mean([rows[a][2].estimate for rows, _, _ in found.values() if a in rows]))
    look = looks(found)
    figure, axes = panels(1, 1, width=SINGLE, height=0.2 * len(names) + 0.1, left=1.42, top=0.06, below=0.36,
                          legend=legend_height(list(found), SINGLE))
    ax = axes[0, 0]
    ax.axvline(0.5, color=INK, lw=0.8)
    shifts = np.linspace(-0.24, 0.24, len(found)) if len(found) > 1 else [0]
    for shift, (task, (rows, _, _)) in zip(shifts, found.items()):
        for i, name in enumerate(names):
            if name in rows:
                chance = rows[name][2]
                ax.plot([chance.low, chance.high], [i + shift] * 2, color=look[task].colour, lw=0.9)
                ax.plot(chance.estimate, i + shift, look[task].marker, ms=2.8, color=look[task].colour)
    ax.set_yticks(range(len(names)), [short(n, 24) for n in names])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(0, 1)
    ax.grid(axis="y", visible=False)
    name_axes(ax, "chance to beat best of n draws")
    legend(figure, [handle(look[t]) for t in found], list(found))
    return figure


def _survival(sweep):
    """Rankings of agents: by what the search saw, by other trainings, by other tasks."""
    rows = []
    for entry in sweep.tasks:
        agents, held = on_common_seeds(sweep, entry.label)
        if len(agents) < 3:
            yield f"{entry.label}: {len(agents)} agents are too few to speak of a ranking."
        elif not entry.task.has_holdout:
            yield f"{entry.label} has no holdout: there is no other training to ask."
        else:
            seen = [last(sweep.results(entry.label, a).incumbents).mean() for a in agents]
            rows.append((entry.label, f"{stats.kendall_tau(seen, held.mean(1)):.2f}"))
    if rows:
        yield ("Kendall's tau between two rankings of the agents: by the mean value that their searches saw, and by "
               "the mean of the same designs under the training seeds that they did not see.")
        yield table(("task", "tau, agents by what was seen and by other trainings"), rows)
    pairs = []
    for i, first in enumerate(sweep.tasks):
        for second in sweep.tasks[:i]:
            a, b = finals(sweep, first.label), finals(sweep, second.label)
            both = [x for x in a if x in b]
            if len(both) > 2:
                tau = stats.kendall_tau([a[x].mean() for x in both], [b[x].mean() for x in both])
                pairs.append((f"{second.label} and {first.label}", f"{tau:.2f}"))
    if pairs:
        yield table(("ranking of agents on two tasks", "tau"), pairs)


def signals(task, others):
    """name -> ((N,) signal, (N,) final metric) over all designs of an enumerable task. others: {label: task}.

    The final metric is the mean over training seeds; where the signal is one of these seeds, the mean of the others.
    """
    seen = enumerate_rows(task)
    designs, at = _designs(seen)
    final = _mean(seen.values, at)
    found = {}
    if task.has_holdout:
        first = seen.seeds == 0
        found["one training with another seed"] = seen.values[first], seen.holdout[first]
    rows, first_seed = Designs(task.space, designs), np.zeros(len(designs), int)
    columns = task.evaluator.evaluate_many(rows, fidelity=None, seeds=first_seed)
    for fidelity in task.evaluator.fidelities[:-1]:
        cheap = task.evaluator.evaluate_many(rows, fidelity=fidelity, seeds=first_seed)
        found[f"fidelity {fidelity}"] = task.objective.column(cheap.values), final
    for label, other in others.items():
        if other is not task and type(other.space) is type(task.space) and other.space.size == task.space.size:
            theirs = enumerate_rows(other)
            found[f"the same on {label}"] = _mean(theirs.values, _designs(theirs)[1]), final
    for metric in task.evaluator.metrics:
        if metric.name != task.objective.metric:
            found[f"{metric.name} alone"] = np.asarray(columns.values[metric.name], float), final
    found["training time alone"] = np.asarray(columns.cost, float), final
    return found


def _designs(population):
    """(distinct genomes in order, each row's place among them): the seeds of a design are rows in a row."""
    genomes = np.asarray(population.genomes)
    new = np.r_[True, (genomes[1:] != genomes[:-1]).any(axis=1)]
    return genomes[new], np.cumsum(new) - 1


def _mean(values, at):
    return np.bincount(at, values) / np.bincount(at)


def _signals(sweep):
    tasks = {t.label: t.task for t in sweep.tasks}
    found = {label: signals(task, tasks) for label, task in tasks.items()}
    names = list(dict.fromkeys(name for each in found.values() for name in each))
    rows = []
    for name in names:
        cells = [name]
        for each in found.values():
            if name in each:
                cells += [f"{stats.kendall_tau(*each[name]):.2f}", f"{stats.kendall_tau_of_best(*each[name]):.2f}"]
            else:
                cells += ["", ""]
        rows.append(cells)
    yield ("Kendall's tau of each signal with the final metric, over all designs of the table and among the tenth that "
           "is truly best: a search lives in the second column.")
    yield table(("signal", *(f"{label}, {which}" for label in found for which in ("all", "best tenth"))), rows)
    if not any(t.evaluator.fidelities for t in tasks.values()):
        yield "These tables record no shorter trainings, so that fewer epochs cannot be asked."
