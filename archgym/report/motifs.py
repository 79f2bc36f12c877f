"""The picture of a motif report: each subtree as a small graph, its effect as a bar, the spread of the effect on it."""

from ..drawing.families import family_of, fills
from .layout import short
from .picture import Picture
from .style import COLOURS, GRID, INK

RAISES, LOWERS = COLOURS[0], COLOURS[1]
LINE, GAP = 0.19, 0.11  # inches: a line of nodes, and what is free between two motifs
LETTER, LABEL = 0.058, 26  # width of a letter in inches; letters that a node has room for
BARS, ARROW, TOP, BOTTOM = 2.8, 0.3, 0.08, 0.42  # inches


def motif_picture(motifs, target: str, caption: str) -> Picture:
    """motifs: from the strongest on, one at least. target: the effect's unit in words."""
    from matplotlib.figure import Figure

    widths = _widths([motif.tree for motif in motifs])
    lines = [_lines(motif.tree) for motif in motifs]
    graphs = sum(widths) + ARROW * (len(widths) - 1) + 0.3
    width, height = graphs + BARS + 0.1, TOP + sum(lines) * LINE + len(lines) * GAP + BOTTOM
    figure = Figure(figsize=(width, height))
    drawn = figure.add_axes((0, 0, graphs / width, 1))
    drawn.set(xlim=(0, graphs), ylim=(height, 0))
    drawn.axis("off")
    bars = figure.add_axes((graphs / width, BOTTOM / height, BARS / width, 1 - (TOP + BOTTOM) / height))
    bars.set(ylim=(height - BOTTOM, TOP))
    _style(bars, target)
    _paint(drawn, bars, motifs, lines, widths)
    rows = [(m.text, m.depth, m.effect, m.spread, m.strength, m.designs) for m in motifs]
    return Picture("motifs", figure, caption, ("motif", "depth", "effect", "spread", "strength", "designs"), rows,
                   alt="Bars of the effect of subtrees on the prediction; the numbers are in motifs.csv.")


def _style(bars, target):
    bars.spines[["left", "bottom"]].set_visible(False)
    bars.grid(False)
    bars.grid(True, axis="x", color=GRID)
    bars.tick_params(left=False, labelleft=False, bottom=False)
    bars.axvline(0, color=INK, lw=0.8)
    bars.set_xlabel(target)


def _paint(drawn, bars, motifs, lines, widths):
    colours = fills([family_of(label) for motif in motifs for label in _labels(motif.tree)])
    top = TOP
    for motif, count in zip(motifs, lines):
        middle = top + (count * LINE + GAP) / 2
        _draw(drawn, motif.tree, 0.05, top + GAP / 2, widths, colours, root=True)
        colour = RAISES if motif.effect > 0 else LOWERS
        bars.barh(middle, motif.effect, height=0.13, color=colour)
        bars.errorbar(motif.effect, middle, xerr=motif.spread, color=INK, elinewidth=0.9, capsize=2)
        top += count * LINE + GAP


def _draw(ax, tree, x, y, widths, colours, root=False):
    """Draw a subtree from the corner (x, y) on; returns the height of its root's middle."""
    from matplotlib.patches import FancyBboxPatch

    label, below = tree
    inside, right = y, x + widths[0] + ARROW
    middles = []
    for child in below:
        middles.append(_draw(ax, child, right, inside, widths[1:], colours))
        inside += _lines(child) * LINE
    middle = y + _lines(tree) * LINE / 2
    for child in middles:
        ax.annotate("", (right, child), (x + widths[0], middle),
                    arrowprops={"arrowstyle": "-|>", "lw": 0.7, "color": INK, "shrinkA": 0, "shrinkB": 0,
                                "mutation_scale": 6})
    ax.text(x + widths[0] / 2, middle, short(label, LABEL), ha="center", va="center", fontsize=6.5,
            fontweight="bold" if root else "normal")
    ax.add_patch(FancyBboxPatch((x, middle - 0.07), widths[0], 0.14, zorder=0,
                                boxstyle="round,pad=0,rounding_size=0.05", facecolor=colours[family_of(label)], edgecolor=INK, linewidth=0.9 if root else 0.4))
    return middle


def _lines(tree):
    return max(1, sum(map(_lines, tree[1])))


def _labels(tree):
    return [tree[0], *(label for child in tree[1] for label in _labels(child))]


def _widths(trees):
    """Inches for the nodes of each level, roots first."""
    widths = []
    while trees:
        widths.append(0.12 + LETTER * max(min(len(str(label)), LABEL) for label, _ in trees))
        trees = [child for _, below in trees for child in below]
    return widths
