"""Figures laid out in inches, so that text has one size whatever the number of panels, agents and tasks."""

import math

import numpy as np

from .style import DOUBLE, RANDOM

FEW = 8
"""Agents up to which curves have bands; beyond, bands would hide one another."""
LINE = 0.15
"""Height in inches of one line of the legend."""


def panels(
    rows,
    columns,
    *,
    width=DOUBLE,
    height=1.55,
    left=0.52,
    right=0.08,
    top=0.24,
    between=(0.42, 0.46),
    below=0.42,
    legend=0,
    share_y=False,
):
    """(Figure, rows x columns array of Axes): each panel `height` inches high, `legend` inches kept free at the bottom.

    between: inches between columns and between rows.
    """
    from matplotlib.figure import Figure

    across, down = between
    total = top + rows * height + (rows - 1) * down + below + legend
    panel = (width - left - right - (columns - 1) * across) / columns
    figure = Figure(figsize=(width, total))
    axes = np.empty((rows, columns), object)
    for r in range(rows):
        for c in range(columns):
            bottom = total - top - (r + 1) * height - r * down
            axes[r, c] = figure.add_axes(
                (  # type: ignore[call-overload]
                    (left + c * (panel + across)) / width,
                    bottom / total,
                    panel / width,
                    height / total,
                ),
                sharey=axes[r, 0] if share_y and c else None,
            )
            if share_y and c:
                axes[r, c].tick_params(labelleft=False)
    return figure, axes


def grid_of(count, most=4):
    """(rows, columns) for so many panels, the last row as full as can be."""
    columns = min(count, most)
    rows = math.ceil(count / columns)
    return rows, math.ceil(count / rows)


def blank(axes, used):
    """Remove the panels that nothing was drawn in."""
    for ax in axes.flat[used:]:
        ax.remove()


def legend_columns(labels, width):
    """How many legend entries fit beside one another: all of them, or so many columns of the longest."""
    widths = [0.46 + 0.056 * len(short(label)) for label in labels]
    return len(labels) if sum(widths) <= width else max(1, int(width / max(widths, default=1)))


def legend_height(labels, width=DOUBLE):
    """Inches that a legend of these labels takes."""
    return LINE * math.ceil(len(labels) / legend_columns(labels, width)) + 0.08 if labels else 0


def legend(figure, handles, labels):
    """The legend of the whole figure, at its bottom."""
    width, height = figure.get_size_inches()
    labels = [short(label) for label in labels]
    # A legend fills its columns downwards.
    figure.legend(
        handles,
        labels,
        loc="lower center",
        ncols=min(len(labels), legend_columns(labels, width)),
        bbox_to_anchor=(0.5, 0.02 / height),
        borderaxespad=0,
        handlelength=2.6,
        columnspacing=1.4,
        handletextpad=0.5,
        labelspacing=0.35,
    )


def handle(look, **more):
    """A line with its marker for a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], color=look.colour, linestyle=look.line, marker=look.marker, **more)


def random_handle():
    from matplotlib.lines import Line2D

    return Line2D([], [], color=RANDOM, linestyle=(0, (1, 1.3)), lw=1.3)


def title(ax, found, more=""):
    """The task's label over a panel, cut to its width; where "(no holdout)" finds no room, a dagger stands for it."""
    room = int((ax.get_position().width * ax.figure.get_size_inches()[0] + 0.1) / 0.062)
    text = found.heading + more
    if not found.has_holdout and len(text) > room:
        text = short(found.label, room - 2) + " \u2020"
    # A fixed place: to find one, matplotlib measures every tick label, a tenth of a report's time.
    ax.set_title(short(text, room), loc="left", y=1.0)


def name_axes(ax, x=None, y=None, *, down=0.27, out=0.38):
    """Axis labels at fixed distances in inches, for the same reason."""
    box, (width, height) = ax.get_position(), ax.figure.get_size_inches()
    if x is not None:
        ax.set_xlabel(x.replace("$", r"\$"), va="top")
        ax.xaxis.set_label_coords(0.5, -down / (box.height * height) + 0.06 / (box.height * height))
    if y is not None:
        ax.set_ylabel(y.replace("$", r"\$"), va="bottom")
        ax.yaxis.set_label_coords(-out / (box.width * width), 0.5)


def short(text, width=34):
    """A label cut in its middle where it is too long for a legend; dollar signs are no mathematics."""
    text = " ".join(str(text).split())
    if len(text) > width:
        keep = width - 1
        text = f"{text[: keep - keep // 2]}…{text[-(keep // 2) :]}"
    return text.replace("$", r"\$")


def thousands(ax, which="x"):
    """Tick labels in plain numbers, groups of three apart."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis = getattr(ax, f"{which}axis")
    axis.set_major_formatter(FuncFormatter(plain_tick))
    axis.set_minor_formatter(NullFormatter())


def logarithmic(ax, which="x"):
    """A logarithmic axis with small ticks at 2 and 5 only: each tick costs as much time as a curve."""
    from matplotlib.ticker import LogLocator

    getattr(ax, f"set_{which}scale")("log")
    getattr(ax, f"{which}axis").set_minor_locator(LogLocator(subs=(2, 5)))


def plain_tick(x, _=None):
    if x == 0:
        return "0"
    if abs(x) >= 1e5 or abs(x) < 1e-3:
        exponent = math.floor(math.log10(abs(x)) + 1e-9)
        mantissa = x / 10**exponent
        power = f"10$^{{{exponent}}}$"
        return power if abs(mantissa - 1) < 1e-6 else f"{mantissa:.3g}".replace("-", "\u2212") + f"·{power}"
    return f"{x:,.10g}".replace(",", "\u2009").replace("-", "\u2212")


def scatter_markers(index, count, points):
    """`markevery` such that the markers of different agents do not sit on one another."""
    step = max(1, points // (5 if count <= FEW else 2))
    return (index * step // max(count, 1) % step, step)
