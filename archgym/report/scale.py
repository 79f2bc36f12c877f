"""The axis of values: regret on a logarithmic scale with a floor, or the value itself."""

import math

import numpy as np

from .layout import plain_tick, thousands
from .text import in_unit


class Scale:
    """How values are shown: as regret on a logarithmic axis with a floor, or in the metric's own sign."""

    def __init__(self, found, split):
        self.optimum = found.optimum(split)
        self.sign = found.objective.sign
        self.log = self.optimum is not None
        metric = found.objective.metric if split == "search" else found.objective.holdout
        what = "regret" if self.log else str(metric).replace("_", " ")
        unit = found.regret_unit if self.log else found.unit
        self.name = what
        self.label = ("holdout " if split == "holdout" and self.log else "") + what + in_unit(unit)
        self.floor = 0.0

    def of(self, values):
        values = np.asarray(values, float)
        return np.maximum(self.optimum - values, 0) if self.log else self.sign * values

    def interval(self, interval):
        """(estimate, low, high) as shown, low the smaller number."""
        ends = self.of(interval.low), self.of(interval.high)
        flipped = self.log or self.sign < 0
        return self.of(interval.estimate), ends[flipped], ends[1 - flipped]

    def settle(self, curves, start):
        """Choose the axis from the mean curves that will be drawn, (x, y) pairs of which y counts from x = `start` on.

        Where a mean reaches zero the axis gets a floor below the least positive value, and zero stands on it.
        """
        if not self.log:
            return
        late = [y[(x >= start) & np.isfinite(y)] for x, y in curves]
        late = np.concatenate(late) if late else np.zeros(0)
        positive = late[late > 0]
        self.top = positive.max() if len(positive) else 1.0
        least = max(positive.min(), self.top * 1e-5) if len(positive) else 0.1
        self.reaches_zero = bool((late < least).any())
        self.floor = least / 2.5 if self.reaches_zero else least
        self.start = start

    def drawn(self, y):
        return (
            np.maximum(y, self.floor)
            if self.log and self.reaches_zero
            else np.where(y > 0, y, np.nan)
            if self.log
            else y
        )

    def edge(self, y):
        """The end of an interval: what lies below the axis is drawn at its foot."""
        return np.maximum(y, self.floor * 0.3) if self.log and not self.reaches_zero else self.drawn(y)

    def dress(self, ax):
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

        if not self.log:
            thousands(ax, "y")
            return
        ax.set_yscale("log")
        bottom, top = self.floor * 0.8, self.top * 1.35
        ax.set_ylim(bottom, top)
        ticks = [t for t in round_numbers(self.floor, top) if not self.reaches_zero or t > 1.6 * self.floor]
        ax.yaxis.set_major_locator(FixedLocator(ticks + [self.floor] * self.reaches_zero))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_minor_formatter(NullFormatter())
        ax.yaxis.set_major_formatter(
            FuncFormatter(lambda y, _: "0" if self.reaches_zero and y <= self.floor * 1.001 else plain_tick(y))
        )


def round_numbers(low, high):
    """At least three ticks between two numbers: powers of ten, and simple multiples where those would be too few."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7), np.arange(1, 10, 0.25)):
        ticks = [t for e in exponents for m in steps if low * 0.999 <= (t := float(f"{m}e{e}")) <= high]
        if len(ticks) >= 3:
            break
    return ticks
