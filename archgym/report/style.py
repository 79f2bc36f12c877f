"""How figures look: colours for every kind of colour vision, sizes as journals print, the same on every machine."""

from contextlib import contextmanager
from dataclasses import dataclass

SINGLE, DOUBLE = 3.4, 7.0
"""Widths in inches of one and of two columns."""

# Okabe and Ito's colours without black (exact random has it) and with their yellow darkened, which vanishes on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8A7A00")
DASHES = ((), (4, 1.4), (1.2, 1.2), (5, 1.2, 1.2, 1.2))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "<", ">", "h", "*", "d", "8", "H")
RANDOM = "#3a3a3a"
BAND = "#9a9a9a"
GRID = "#dddddd"
INK = "#222222"


@dataclass(frozen=True)
class Look:
    """What one agent is drawn with, in every figure."""

    colour: str
    dashes: tuple
    marker: str

    @property
    def line(self):
        return "-" if not self.dashes else (0, self.dashes)


def looks(labels):
    """{label: Look}: colours first; agents past the seventh repeat a colour with another line and marker."""
    return {
        label: Look(COLOURS[i % len(COLOURS)], DASHES[i // len(COLOURS) % len(DASHES)], MARKERS[i % len(MARKERS)])
        for i, label in enumerate(labels)
    }


SETTINGS = {
    "font.family": ["DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "axes.grid": True,
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "axes.titlepad": 4,
    "axes.labelpad": 2,
    "figure.dpi": 100,
    "savefig.dpi": 200,
    "axes.unicode_minus": True,
    "pdf.fonttype": 42,  # journals refuse Type 3
    "svg.fonttype": "path",
    "svg.hashsalt": "archgym",
    "path.simplify": True,
    "axes.formatter.useoffset": False,
}


@contextmanager
def drawing():
    """Matplotlib as this module sets it, whatever the user's matplotlibrc says."""
    import warnings

    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        # A user's matplotlibrc may hold keys that this matplotlib has deprecated.
        warnings.simplefilter("ignore", matplotlib.MatplotlibDeprecationWarning)
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a name in a script that the font lacks: the page has it
        matplotlib.rcParams.update(
            {
                k: v
                for k, v in matplotlib.rcParamsDefault.items()
                if not k.startswith(("backend", "toolbar", "interactive"))
            }
        )
        matplotlib.rcParams.update(SETTINGS)
        yield
