"""Families of operations: what belongs together has one colour, in every picture of every space."""

import re

INPUT, OUTPUT, STATE, NONE, SYMBOL, OTHER = "input", "output", "state", "none", "symbol", "other"
TAKEN = "taken"

FAMILIES = {
    INPUT: r"input|c_\{k-\d\}",
    OUTPUT: r"output|c_\{k\}",
    NONE: r"none|zero|zeroize|#",
    "identity": r"skip.*|id|identity|iden.*",
    "pooling": r".*pool.*",
    "separable convolution": r"(sep|dil|depthwise|dw).*conv.*|dconv.*",
    "convolution": r".*conv.*",
    "linear": r"(linear|dense|fc|mlp)([\s_\d-].*)?|.*dot_product|attention.*",
    "activation": r"(leaky)?(re|ge|se|e|pre)lu|hardswish|swish|silu|mish|tanh|sigmoid|softmax",
    "normalization": r".*norm\d?d?",
    "shape": r"(im2col|col2im|permute|reshape|flatten).*",
    "branching": r"(clone|group|split|cat|concat|add|sum)(_.*|\d.*)?",
}
"""Family -> what its operations are called; the first that matches. "state" (a node that only merges what enters it),
"symbol" (of a grammar) and "other" are given by spaces, "taken" is an option that a setting takes."""

COLOURS = {
    INPUT: "#ffffff", OUTPUT: "#ffffff", STATE: "#ffffff", SYMBOL: "#ffffff", NONE: "#ffffff", OTHER: "#f7f7f7",
    TAKEN: "#0072b2",
    "identity": "#dfe4e4",
    "pooling": "#f2b86b",
    "separable convolution": "#89e6b0",
    "convolution": "#b7e2ff",
    "linear": "#afb4f2",
    "activation": "#fc9b89",
    "normalization": "#e5aed0",
    "shape": "#f5eb77",
    "branching": "#c2b2a8",
}
"""Fills on which dark text reads well and which all kinds of colour vision tell apart: found by search, every two 11 or
more apart in CIELAB as normal vision, deuteranopia, protanopia and tritanopia see them."""

OWN = ("#b7e2ff", "#f2b86b", "#89e6b0", "#e5aed0", "#afb4f2", "#f5eb77", "#fc9b89", "#c2b2a8")
"""Fills of a space's own families, in the order in which they appear."""

PLAIN = (INPUT, OUTPUT, STATE, SYMBOL, OTHER, TAKEN, NONE)
"""Families that a legend leaves out."""


def family_of(text: str) -> str:
    """The family that an operation's name tells, else "other"."""
    lowered = text.strip().lower()
    return next((family for family, words in FAMILIES.items() if re.fullmatch(words, lowered)), OTHER)


def fills(families) -> dict[str, str]:
    """{family: colour}; those that are a space's own get the colours that are left, in turn."""
    families = list(dict.fromkeys(families))
    known = {family: COLOURS[family] for family in families if family in COLOURS}
    free = [colour for colour in OWN if colour not in known.values()] or OWN
    own = (family for family in families if family not in known)
    return known | {family: free[i % len(free)] for i, family in enumerate(own)}
