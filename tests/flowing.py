"""What a network computes, with a number for an image: an oracle for graphs and keys that shares no code with them.

Every operation is a scrambled function of its name that keeps 0, nodes add modulo a prime, identities do nothing.
"""

import hashlib

PRIME = 2**61 - 1


def operate(name, value):
    if name in ("identity", "id", "skip_connect"):
        return value
    if name in ("zero", "none") or value == 0:
        return 0
    return int.from_bytes(hashlib.blake2b(f"{name}:{value}".encode(), digest_size=8).digest(), "big") % PRIME


def through_edges(edges, source, sink, value):
    """The value at `sink` of a graph of (from, to, operation)."""
    entering = {}
    for a, b, name in edges:
        entering.setdefault(b, []).append((a, name))
    known = {source: value}

    def at(node):
        if node not in known:
            known[node] = sum(operate(name, at(a)) for a, name in entering.get(node, ())) % PRIME
        return known[node]

    return at(sink)
