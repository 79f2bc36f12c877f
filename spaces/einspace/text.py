"""Reading derivations from s-expressions: `(routing im2col3k1s1p linear64 col2im)`."""

import re

from archgym.errors import IllegalDesign, unknown

from .derivation import Branching, Computation, Derivation, Routing, Sequential
from .terminals import BRANCHES

MODULE = "module"
FORMS = {
    "sequential": (Sequential, (MODULE, MODULE), "(sequential A B)"),
    "routing": (Routing, ("prerouting_fn", MODULE, "postrouting_fn"), "(routing PREROUTING A POSTROUTING)"),
    "computation": (Computation, ("computation_fn",), "(computation TERMINAL), or the terminal alone"),
    "branching": (Branching, ("branching_fn", MODULE, MODULE, "aggregation_fn"), "(branching SPLIT A B AGGREGATION)"),
}
TIED = (Branching, ("branching_fn", MODULE, "aggregation_fn"),
        "(branching SPLIT A AGGREGATION), for four and eight branches share one inner derivation")


def parse_derivation(text: str, sorts: dict[str, tuple], deepest: int) -> Derivation:
    """The derivation that a text names. IllegalDesign shows the part that cannot be read."""
    return _module(_read(text, deepest), sorts)


def _read(text, deepest):
    """Nested lists of words."""
    open_lists = [[]]
    for token in re.findall(r"[()]|[^\s()]+", text):
        if token == "(":
            if len(open_lists) > deepest:
                raise IllegalDesign(f"einspace: {_short(text)} nests deeper than the {deepest} levels that modules may "
                                    "have")
            open_lists.append([])
        elif token == ")":
            if len(open_lists) == 1:
                raise IllegalDesign(f"einspace: {_short(text)} has a ')' too many")
            done = open_lists.pop()
            open_lists[-1].append(done)
        else:
            open_lists[-1].append(token)
    if len(open_lists) > 1:
        raise IllegalDesign(f"einspace: {_short(_shown(open_lists[-1]))} is not closed")
    if len(open_lists[0]) != 1:
        raise IllegalDesign(f"einspace: {_short(text)} is no derivation; expected one module such as "
                            "(routing im2col3k1s1p linear64 col2im)")
    return open_lists[0][0]


def _module(part, sorts):
    if isinstance(part, str):
        return Computation(_terminal(part, "computation_fn", part, sorts))
    head, *fields = part or [""]
    if not isinstance(head, str) or head not in FORMS:
        raise IllegalDesign(f"einspace: {_short(_shown(part))}: {unknown('module', _shown(head), FORMS)}")
    tied = head == "branching" and fields and BRANCHES.get(str(fields[0]), 2) > 2
    made, slots, form = TIED if tied else FORMS[head]
    if len(fields) != len(slots):
        raise IllegalDesign(f"einspace: {_short(_shown(part))} has {len(fields)} parts, expected {len(slots)}: {form}")
    read = [_module(field, sorts) if slot == MODULE else _terminal(field, slot, part, sorts)
            for field, slot in zip(fields, slots)]
    return made(read[0], read[1], None, read[2]) if tied else made(*read)


def _terminal(field, sort, part, sorts):
    if isinstance(field, str) and field in sorts[sort]:
        return field
    raise IllegalDesign(f"einspace: {_short(_shown(part))}: {unknown(sort, _shown(field), sorts[sort])}")


def _shown(part):
    return part if isinstance(part, str) else f"({' '.join(map(_shown, part))})"


def _short(text, room=160):
    return text if len(text) <= room else f"{text[:room - 40]} ... {text[-35:]}"
