"""The card of a table: what its metric, its noise, its fidelities and its neighbourhoods are like, and a figure."""

from dataclasses import dataclass

import numpy as np

from .. import stats, streams
from ..errors import ArchGymError
from ..evaluator import Designs
from ..population import draw_rows, enumerate_rows
from .layout import blank, name_axes, panels, thousands
from .picture import Picture
from .style import COLOURS, SINGLE
from .text import count, figures, in_unit, regret_unit

WHOLE = 100_000
"""Designs up to which all are measured; beyond, `SAMPLE` draws by the law stand for them."""
SAMPLE = 5_000
WALKS, STEPS = 60, 60
LAGS = np.arange(13)
LEVELS = (0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0)


@dataclass
class Card:
    task: object
    whole: bool
    """Whether every row was measured, or draws by the law."""
    values: np.ndarray
    """(N,) values of the rows that did not fail, larger is better."""
    weights: np.ndarray
    failed: float
    """Chance that a random design fails, or measures no better than the value that failures are given."""
    quantiles: np.ndarray
    """Values at `LEVELS` under the law, from the worst to the best."""
    genomes: int
    """Distinct genomes among the rows."""
    keys: int
    """Distinct designs among these, isomorphic ones counted once."""
    noise: "stats.SeedNoise | None"
    within_noise: int | None
    """Designs whose mean lies within one standard deviation of a seed of the best mean; None without noise."""
    holdout_tau: float | None
    """Kendall's tau of search and holdout values."""
    fidelities: list[tuple[int, float, float]]
    """(fidelity, tau with the highest, tau among the best tenth by the highest)."""
    autocorrelation: "stats.Interval"
    """Along random walks, at `LAGS`."""

    @property
    def length(self):
        """Correlation length in steps."""
        return stats.correlation_length(self.autocorrelation.estimate[1])


def find(task) -> Card:
    """ArchGymError where a measurement takes time, or nothing could be measured."""
    if not task.evaluator.instant:
        raise ArchGymError(f"a measurement of {task.id} takes time, and a card needs thousands of them; "
                           f"'archgym baseline {task.name} -n 10 --samples 100' measures a few")
    whole = task.space.size is not None and task.space.size <= WHOLE
    rng = streams.generator(0, task.id, "card")
    rows = enumerate_rows(task, WHOLE) if whole else draw_rows(task, SAMPLE, rng)
    ok = np.isfinite(rows.values) & (rows.values > task.worst)
    if not ok.any():
        raise ArchGymError(f"{task.id}: no design that was measured is sound; there is nothing to tell of its values")
    values, weights = rows.values[ok], rows.weights[ok] / rows.weights[ok].sum()
    texts = [tuple(map(int, g)) for g in rows.genomes]
    distinct = list(dict.fromkeys(texts))
    number = {genome: i for i, genome in enumerate(distinct)}
    designs = np.array([number[g] for g in texts])
    repeats = _repeats(task, distinct, rng) if task.evaluator.seeds > 1 and not whole else (values, designs[ok])
    noise = stats.seed_noise(*repeats) if task.evaluator.seeds > 1 else None
    order = np.argsort(values, kind="stable")
    at = np.searchsorted(np.cumsum(weights[order]), np.array(LEVELS) * (1 - 1e-12))
    return Card(
        task, whole, values, weights, float(rows.weights[~ok].sum()), values[order][at], len(distinct),
        len({task.space.key_of(g) for g in distinct}), noise, _near_best(*repeats, noise),
        None if rows.holdout is None else stats.kendall_tau(values, rows.holdout[ok]),
        _fidelities(task, distinct, rng), _autocorrelation(task, rng))


def _repeats(task, genomes, rng):
    """(values, designs) of two measurements of some designs each: draws by a law hardly ever repeat one."""
    some = [g for g in genomes if task.evaluator.seeds_of(task.space.decode(g)) > 1][:SAMPLE // 5]
    seeds = np.tile([0, 1], len(some))
    values = _values(task, [g for g in some for _ in (0, 1)], seeds, None)
    ok = np.isfinite(values)
    return values[ok], np.repeat(np.arange(len(some)), 2)[ok]


def _values(task, genomes, seeds, fidelity):
    """(N,) values, larger is better; not a number where a design failed."""
    if not len(genomes):
        return np.zeros(0)
    rows = np.array(genomes) if hasattr(task.space, "codes") else genomes
    found = task.evaluator.evaluate_many(Designs(task.space, rows), fidelity=fidelity, seeds=np.asarray(seeds, int))
    values = task.objective.column(found.values)
    return values if found.statuses is None else np.where([s == "ok" for s in found.statuses], values, np.nan)


def _near_best(values, designs, noise):
    if noise is None:
        return None
    _, group, counts = np.unique(designs, return_inverse=True, return_counts=True)
    means = np.bincount(group, values) / counts
    return int(np.sum(means >= means.max() - noise.within))


def _fidelities(task, genomes, rng):
    if len(task.evaluator.fidelities) < 2:
        return []
    some = [genomes[i] for i in rng.permutation(len(genomes))[:SAMPLE]]
    columns = [_values(task, some, np.zeros(len(some), int), f) for f in task.evaluator.fidelities]
    ok = np.isfinite(columns).all(0)
    truth = columns[-1][ok]
    return [(f, stats.kendall_tau(column[ok], truth), stats.kendall_tau_of_best(column[ok], truth))
            for f, column in zip(task.evaluator.fidelities[:-1], columns)]


def _autocorrelation(task, rng):
    """Walks that start where the law draws and mutate one pick a step; a failed design stands where its walk was."""
    u = streams.uniform(rng)
    walk = []
    for _ in range(WALKS):
        genome = task.space.sample(u)
        for _ in range(STEPS):
            walk.append(genome)
            genome = task.space.mutate(genome, u) or genome
    values = _values(task, walk, np.zeros(len(walk), int), None).reshape(WALKS, STEPS)
    worst = task.worst if np.isfinite(task.worst) else np.nanmin(values) if np.isfinite(values).any() else 0.0
    return stats.walk_autocorrelation(np.where(np.isfinite(values), values, worst), LAGS, rng)


def picture(card) -> Picture:
    """Panels for what there is: distribution, walks, noise, fidelities; as wide as one column of a paper."""
    drawn = [_distribution, _walks] + [_noise] * (card.noise is not None) + [_ladder] * bool(card.fidelities)
    figure, axes = panels(-(-len(drawn) // 2), 2, width=SINGLE, height=1.05, left=0.48, between=(0.6, 0.55), top=0.12)
    rows = []
    for ax, draw in zip(axes.flat, drawn):
        rows += draw(ax, card)
    blank(axes, len(drawn))
    how = "every row" if card.whole else f"{count(SAMPLE)} draws by the law"
    words = {_distribution: f"distribution of {card.task.objective.metric} over {how}",
             _walks: f"autocorrelation along {WALKS} random walks, one mutation a step, 95 % interval over walks",
             _noise: "standard deviation of one design's measurements over seeds, and of designs",
             _ladder: "Kendall's tau of lower fidelities with the highest, of all designs and of the best tenth"}
    return Picture("card", figure, "From left to right: " + "; ".join(words[d] for d in drawn) + ".",
                   ("panel", "x", "y", "low", "high"), rows, wide=False, alt=f"What {card.task.id} is like")


def _distribution(ax, card):
    raw = card.task.objective.raw(card.values)
    share, edges = np.histogram(raw, bins=40, weights=card.weights)
    ax.stairs(100 * share, edges, fill=True, color=COLOURS[0])
    ax.locator_params(axis="x", nbins=3)
    thousands(ax)
    name_axes(ax, f"{card.task.objective.metric.replace('_', ' ')}{in_unit(card.task.objective.unit)}"[:30],
              "share of draws (%)", out=0.3)
    return [("distribution", x, y, None, None) for x, y in zip(edges, share)]


def _walks(ax, card):
    rho = card.autocorrelation
    ax.axhline(0, color="#222222", lw=0.6)
    if np.isfinite(rho.estimate).any():
        ax.fill_between(LAGS, rho.low, rho.high, color=COLOURS[2], alpha=0.2, lw=0)
        ax.plot(LAGS, rho.estimate, color=COLOURS[2], marker="o", markersize=2.5)
    else:
        ax.text(0.5, 0.5, "no value differs", transform=ax.transAxes, ha="center", fontsize=7)
    name_axes(ax, "steps of a walk", "autocorrelation", out=0.34)
    return [("autocorrelation", *row) for row in zip(LAGS, rho.estimate, rho.low, rho.high)]


def _noise(ax, card):
    sd, span = card.noise.within, card.noise.between
    ax.barh([1, 0], [sd, span], color=[COLOURS[1], COLOURS[0]], height=0.6)
    ax.set_yticks([1, 0], ["seeds", "designs"])
    ax.grid(False, axis="y")
    name_axes(ax, f"sd{in_unit(regret_unit(card.task.objective.unit))}")
    return [("noise", "seeds", sd, None, None), ("noise", "designs", span, None, None)]


def _ladder(ax, card):
    names = [str(f) for f, *_ in card.fidelities]
    for which, colour, marker in ((1, COLOURS[0], "o"), (2, COLOURS[1], "s")):
        ax.plot(range(len(names)), [f[which] for f in card.fidelities], color=colour, marker=marker,
                label=("all", "best tenth")[which - 1])
    ax.set_xticks(range(len(names)), names)
    ax.set_ylim(min(0, *(min(f[1:]) for f in card.fidelities)) - 0.05, 1.05)
    ax.legend(fontsize=6, loc="best", handlelength=1.2)
    name_axes(ax, "fidelity", "Kendall's tau", out=0.3)
    return [("fidelity", f, tau, None, None) for f, tau, _ in card.fidelities] + [
        ("fidelity, best tenth", f, tau, None, None) for f, _, tau in card.fidelities]


def words(card) -> list[tuple[str, str]]:
    """The card in words: (label, text) pairs."""
    task, raw = card.task, card.task.objective.raw
    unit = f" {task.objective.unit}" if task.objective.unit else ""
    size = "an unknown number of" if task.space.size is None else count(task.space.size)
    named = zip(("worst", "1 %", "10 %", "median", "90 %", "99 %", "best"), card.quantiles)
    rho = card.autocorrelation
    noise, moves = card.noise, regret_unit(unit[1:])
    return [
        ("Space", f"{task.space.name}: {size} genomes"),
        ("Law", task.space.law),
        ("Read", f"every one of {count(len(card.values))} rows" if card.whole else f"{count(SAMPLE)} draws by the law"),
        ("Metric", f"{task.objective}: " + ", ".join(f"{name} {figures(raw(v), 5)}" for name, v in named) + unit),
        ("Failures", f"{100 * card.failed:.2g} % of random designs, left out above" if card.failed else "none"),
        ("Optimum", "not known" if task.optimum is None else f"{figures(raw(task.optimum), 6)}{unit}" + (
            f", reached by {count(task.optimum_count)}" if task.optimum_count else "")),
        ("Noise", "none" if noise is None else
         f"a seed moves a measurement by {figures(noise.within)} {moves} (sd), designs differ by "
         f"{figures(noise.between)} {moves}; two measurements of a design correlate by {figures(noise.reliability)}; {count(card.within_noise)} "
         "designs have a mean within one seed's sd of the best"),
        ("Holdout", "" if card.holdout_tau is None else
         f"Kendall's tau of search and holdout values {figures(card.holdout_tau, 2)}"),
        ("Fidelities", "; ".join(f"{f}: tau {figures(tau, 2)} with the highest, {figures(best, 2)} among the best tenth"
                                 for f, tau, best in card.fidelities)),
        ("Duplicates", f"{count(card.genomes)} genomes {'in all' if card.whole else 'drawn'} are {count(card.keys)} "
         f"designs: {100 * (1 - card.keys / card.genomes):.2g} % are another's twin"
         if card.keys < card.genomes else
         "no two genomes are the same design" + ("" if card.whole else " in the sample")),
        ("Walks", "no value differs" if not np.isfinite(rho.estimate).any() else
         f"neighbours correlate by {figures(rho.estimate[1], 2)} "
         f"[{figures(rho.low[1], 2)}, {figures(rho.high[1], 2)}]; a walk forgets in {figures(card.length, 2)} steps"),
    ]
