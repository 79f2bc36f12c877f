"""Which parameters matter: what a forest's prediction loses when one of them is shuffled.

Breiman, "Random forests", Machine Learning 45, 2001, section 10: permutation importance, here on designs that the
forest did not learn from, so that nothing is important for having been learned by heart.
"""

from dataclasses import dataclass

import numpy as np

from ..models import forest
from ..models.parameters import Parameters
from ..models.scores import normal_scores
from .layout import short
from .picture import Picture
from .style import COLOURS, INK, SINGLE
from .text import count, probability

SPLITS, TREES = 6, 20
MOST = 1200  # designs that are learned from or tried, in each split
FEWEST = 60
TOLD = 16  # parameters drawn


@dataclass
class Importance:
    names: list[str]
    """The most important first."""
    share: np.ndarray
    """(parameters,) part of the held-out variance that is no longer explained when the parameter is shuffled."""
    low: np.ndarray
    high: np.ndarray
    """The least and the most over the splits."""
    explained: float
    """Part of the variance that the forests explain, the mean over the splits."""
    designs: int


def importance(space, genomes, values, rng) -> Importance | None:
    """Of the parameters of distinct designs for the ranks of their values; None where there are too few designs."""
    if len(genomes) < FEWEST or len(set(np.asarray(values).tolist())) < 2:
        return None
    parameters = Parameters.of(space, genomes)
    picks = parameters.picks(genomes)
    used = [i for i in range(len(parameters)) if np.ptp(picks[:, i])]
    scores, losses, explained = normal_scores(values), [], []
    for _ in range(SPLITS):
        order = rng.permutation(len(picks))[:MOST]
        held, learned = np.split(order, [len(order) // 4])
        grown = forest.fitted(parameters.columns(picks[learned]), scores[learned, None], TREES,
                              int(rng.integers(2**31)))
        spread, truth = scores[held].var() or 1.0, scores[held]

        def error(rows, grown=grown, truth=truth, spread=spread):
            return ((grown.predict(parameters.columns(rows))[:, 0] - truth) ** 2).mean() / spread

        whole = error(picks[held])
        explained.append(1 - whole)
        losses.append([])
        for i in used:
            rows = picks[held].copy()
            rows[:, i] = rng.permutation(rows[:, i])
            losses[-1].append(error(rows) - whole)
    losses = np.array(losses)
    order = np.argsort(-losses.mean(axis=0), kind="stable")
    return Importance([parameters[used[i]].name for i in order], losses.mean(axis=0)[order], losses.min(axis=0)[order],
                      losses.max(axis=0)[order], float(np.mean(explained)), len(picks))


def picture(found: Importance, slug, label) -> Picture:
    from matplotlib.figure import Figure

    shown = min(len(found.names), TOLD)
    height = 0.5 + 0.17 * shown
    figure = Figure(figsize=(SINGLE, height))
    names = [short(name, 22) for name in found.names[:shown]]
    left = (0.15 + 0.06 * max(map(len, names))) / SINGLE
    ax = figure.add_axes((left, 0.36 / height, 0.96 - left, 1 - 0.42 / height))
    at = np.arange(shown)[::-1]
    share, low, high = found.share[:shown], found.low[:shown], found.high[:shown]
    ax.barh(at, np.maximum(share, 0), height=0.6, color=COLOURS[0])
    ax.hlines(at, low, high, color=INK, lw=0.9)
    ax.set_yticks(at, names)
    ax.set_xlabel("part of the variance lost")
    ax.grid(False, axis="y")
    untold = len(found.names) - shown
    return Picture(
        f"importance-{slug}", figure,
        f"{label}: what forests lose when a parameter is shuffled among designs that they did not learn from, as part "
        f"of the variance of the values' ranks; mean, least and most over {SPLITS} splits of {count(found.designs)} "
        f"measured designs. Unshuffled, they explain {probability(found.explained)} of it."
        + (f" {count(untold)} less important parameters are in the CSV file." if untold else ""),
        ("parameter", "importance", "least", "most"),
        list(zip(found.names, found.share.tolist(), found.low.tolist(), found.high.tolist())), wide=False,
        alt="Bars of the importance of parameters; the numbers are in the CSV file.")
