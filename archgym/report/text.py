"""Numbers and names as a reader should see them, in HTML and in LaTeX."""

import math
import re
from html import escape

import numpy as np

THIN = "\u202f"  # a narrow space that does not break: 15 625
MINUS = "\u2212"
DASH = "\u2013"
NOTHING = "\u2014"
MOST_DECIMALS = 6  # written out; a small number with more is written with an exponent
LEVEL = 0.05

LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "|": r"\textbar{}",
    THIN: r"\,",
    MINUS: "$-$",
    DASH: "--",
    NOTHING: "---",
    "±": r"$\pm$",
    "µ": r"$\mu$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "×": r"$\times$",
    "\n": " ",
}


def latex(text):
    """Text with everything that LaTeX reads as a command made harmless."""
    return "".join(LATEX.get(c, c) for c in str(text))


def slug(text):
    """A name that is safe as a file name and in a link: letters, digits, dots and dashes."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", str(text)).strip("-.").lower() or "unnamed"


def distinct_slugs(labels):
    """{label: slug}, no two alike."""
    slugs, taken = {}, set()
    for label in labels:
        stem = name = slug(label)
        n = 2
        while name in taken:
            name, n = f"{stem}-{n}", n + 1
        taken.add(name)
        slugs[label] = name
    return slugs


def count(n):
    """2 140: a whole number in groups of three."""
    if n is None or not math.isfinite(n):
        return NOTHING
    return f"{round(n):,}".replace(",", THIN).replace("-", MINUS)


def grouped(words):
    """Words whose numbers have commas between groups of three, with narrow spaces instead."""
    return re.sub(r"(?<=\d),(?=\d{3}\b)", THIN, str(words))


def number(x, decimals=2):
    """A number with so many decimals, as 5.0025e-5 where they are many; a dash where there is none."""
    if x is None or not math.isfinite(x):
        return NOTHING
    if decimals > MOST_DECIMALS and 0 < abs(x) < 1e-3:
        mantissa, _, exponent = f"{x:.{max(0, decimals + math.floor(math.log10(abs(x))))}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    text = f"{x:,.{min(decimals, MOST_DECIMALS)}f}".replace(",", THIN)
    if not text.strip("-0." + THIN):
        text = text.lstrip("-")  # no negative zero
    return text.replace("-", MINUS)


def figures(x, digits=3):
    """A number with so many significant digits."""
    if x is None or not math.isfinite(x):
        return NOTHING
    if x == 0:
        return "0"
    return number(x, max(0, digits - 1 - math.floor(math.log10(abs(x)))))


def decimals_for(spreads, least=0):
    """Decimals that show two digits of a typical spread, so that no difference worth seeing is rounded away."""
    spreads = np.asarray([s for s in spreads if s is not None and np.isfinite(s) and s > 0], float)
    if not len(spreads):
        return max(least, 2)
    return int(max(least, 1 - math.floor(math.log10(np.median(spreads)))))


def probability(p):
    """.97: two decimals and no leading zero; what is not quite 0 or 1 is not shown as that."""
    if p is None or not math.isfinite(p):
        return NOTHING
    if 0 < p < 0.005:
        return "<.01"
    if 0.995 <= p < 1:
        return ">.99"
    return f"{p:.2f}".lstrip("0") if p < 1 else "1.00"


def p_value(p):
    if p is None or not math.isfinite(p):
        return NOTHING
    return "<.001" if p < 0.001 else f"{p:.3f}".lstrip("0") if p < 1 else "1"


def bracket(interval, show, between=",\u00a0"):
    """[.95, .99], or nothing where there is no interval (a single seed)."""
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return ""
    return f"[{show(interval.low)}{between}{show(interval.high)}]"


def with_bracket(interval, show):
    return f"{show(interval.estimate)} {bracket(interval, show)}".strip()


def plural(n, word, words=None):
    return f"{count(n)} {word if n == 1 else words or word + 's'}"


def listed(words, last="and"):
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


SECONDS = (
    (86400.0, "days", 2),
    (3600.0, "h", 2),
    (60.0, "min", 5),
    (1.0, "s", 0.5),
    (1e-3, "ms", 0.5),
    (1e-6, "µs", 0),
)


def scale_of(unit, largest):
    """(factor, unit) in which a quantity up to `largest` reads well: 6.2 days, not 536 000 s."""
    if unit != "s" or not math.isfinite(largest) or largest <= 0:
        return 1.0, unit
    for factor, name, at_least in SECONDS:
        if largest >= at_least * factor:
            return factor, name
    return 1.0, unit


def amount(x, unit):
    """A quantity with its unit, in the multiple that reads best."""
    if x is None or not math.isfinite(x):
        return NOTHING
    factor, unit = scale_of(unit, abs(x))
    return f"{figures(x / factor)} {unit}".strip()


def regret_unit(unit):
    """Differences of percentages are points."""
    return "points" if unit == "%" else unit


def in_unit(unit):
    return f" ({unit})" if unit else ""


def code(text):
    return f"<code>{escape(str(text))}</code>"
