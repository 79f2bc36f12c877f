"""Layered layout of an acyclic graph: longest-path layers, few crossings, straight long edges.

Sugiyama, Tagawa, Toda, "Methods for Visual Understanding of Hierarchical System Structures", IEEE Transactions on
Systems, Man, and Cybernetics, 1981 (layers, barycentres); places within a layer by isotonic regression, each item as
near to the mean of its neighbours as its neighbours in the layer let it.
"""

from collections import Counter
from typing import NamedTuple

SWEEPS, SETTLING = 8, 24
THREAD = 3.0  # room of an edge that passes a layer, in points
STIFF = {0: 1.0, 1: 2.0, 2: 8.0}  # pull of an edge by how many of its ends are places where a long edge passes
MOST_SWAPPED = 150  # items up to which neighbours are swapped one by one


class Layout(NamedTuple):
    places: list[tuple[float, float]]
    """Centre of each item; x across a layer, y from the first layer to the last."""
    routes: list[list[tuple[float, float]]]
    """For every edge: where it leaves, two points for each layer that it meets or passes, where it arrives."""
    size: tuple[float, float]
    bands: list[tuple[float, float]]
    """Top and bottom of each layer."""


def layered(sizes, edges, ranks, gap=6.0, space=14.0) -> Layout:
    """Lay out items of these (width, height), joined by (source, target) edges that lead to higher ranks.

    ranks: the layer of each item. gap: between items of a layer; space: between layers.
    """
    count, real = max(ranks, default=0) + 1, len(ranks)
    sizes, ranks = list(sizes), list(ranks)
    chains = []
    for source, target in edges:
        chain = [source]
        for rank in range(ranks[source] + 1, ranks[target]):
            chain.append(len(sizes))
            sizes.append((THREAD, 0.0))
            ranks.append(rank)
        chains.append([*chain, target])
    pieces = [piece for chain in chains for piece in zip(chain, chain[1:])]
    into, out_of = [[] for _ in ranks], [[] for _ in ranks]
    for a, b in pieces:
        out_of[a].append(b)
        into[b].append(a)
    layers = [[i for i in range(len(ranks)) if ranks[i] == rank] for rank in range(count)]
    layers = _uncrossed(layers, into, out_of)
    widths = [width for width, _ in sizes]
    x = _across(layers, into, out_of, widths, real, gap)
    for chain in chains:
        _straighten(chain, layers, ranks, x, widths, gap)
    tops, y = [], 0.0
    for layer in layers:
        height = max((sizes[i][1] for i in layer), default=0.0)
        tops.append((y, y + height))
        y += height + space
    routes = _routes(chains, ranks, x, sizes, tops, into, out_of)
    left = min((x[i] - sizes[i][0] / 2 for i in range(len(x))), default=0.0)
    right = max((x[i] + sizes[i][0] / 2 for i in range(len(x))), default=0.0)
    return Layout([(x[i] - left, sum(tops[ranks[i]]) / 2) for i in range(real)],
                  [[(px - left, py) for px, py in route] for route in routes], (right - left, tops[-1][1]), tops)


def longest_paths(count, edges, first=(), last=()) -> list[int]:
    """Layers by longest path; `first` stay in layer 0, `last` go to the last one, an item without edges in stands just
    before what it leads to."""
    into, out_of = [[] for _ in range(count)], [[] for _ in range(count)]
    for a, b in edges:
        out_of[a].append(b)
        into[b].append(a)
    left, ranks = [len(sources) for sources in into], [0] * count
    ready = [i for i in range(count) if not left[i]]
    for i in ready:
        for b in out_of[i]:
            ranks[b] = max(ranks[b], ranks[i] + 1)
            left[b] -= 1
            if not left[b]:
                ready.append(b)
    deepest = max(ranks, default=0)
    for i in last:
        if not out_of[i]:
            ranks[i] = deepest
    for i in reversed(ready):
        if not into[i] and i not in first:
            ranks[i] = min((ranks[b] for b in out_of[i]), default=1 if deepest > 1 else 0) - bool(out_of[i])
    return ranks


def _crossings(upper, lower, out_of):
    at = {item: place for place, item in enumerate(lower)}
    ends = [sorted(at[b] for b in out_of[a]) for a in upper]
    flat = [end for group in ends for end in group]
    return sum(flat[i] > flat[j] for i in range(len(flat)) for j in range(i + 1, len(flat)))


def _all_crossings(layers, out_of):
    return sum(_crossings(a, b, out_of) for a, b in zip(layers, layers[1:]))


def _uncrossed(layers, into, out_of):
    """Order every layer by barycentres, down and up; the order with the fewest crossings wins."""
    best, fewest = layers, _all_crossings(layers, out_of)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        layers = [list(layer) for layer in layers]
        down = sweep % 2 == 0
        for rank in range(1, len(layers)) if down else range(len(layers) - 2, -1, -1):
            near, step = (layers[rank - 1], into) if down else (layers[rank + 1], out_of)
            at = {item: place / max(len(near) - 1, 1) for place, item in enumerate(near)}
            width = max(len(layers[rank]) - 1, 1)
            centre = {item: sum(at[n] for n in step[item]) / len(step[item]) if step[item] else place / width
                      for place, item in enumerate(layers[rank])}
            layers[rank].sort(key=centre.get)
        if sum(map(len, layers)) <= MOST_SWAPPED:
            _swap(layers, into, out_of)
        crossings = _all_crossings(layers, out_of)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _swap(layers, into, out_of):
    """Swap neighbours where that takes crossings away, until none does."""
    for _ in range(SWEEPS):
        better = False
        for rank, layer in enumerate(layers):
            above = {item: i for i, item in enumerate(layers[rank - 1])} if rank else {}
            below = {item: i for i, item in enumerate(layers[rank + 1])} if rank + 1 < len(layers) else {}
            for i in range(len(layer) - 1):
                a, b = layer[i], layer[i + 1]
                change = 0
                for at, step in ((above, into), (below, out_of)):
                    change += sum((at[m] > at[n]) - (at[m] < at[n]) for m in step[a] for n in step[b])
                if change > 0:
                    layer[i], layer[i + 1] = b, a
                    better = True
        if not better:
            return


def _across(layers, into, out_of, widths, real, gap):
    x = [0.0] * len(widths)
    for layer in layers:
        at = 0.0
        for item in layer:
            x[item] = at + widths[item] / 2
            at += widths[item] + gap
        for item in layer:
            x[item] -= (at - gap) / 2
    for turn in range(SETTLING):
        down = turn % 2 == 0
        steps = (into, out_of) if turn >= SETTLING // 2 else (into,) if down else (out_of,)
        for layer in layers if down else reversed(layers):
            wanted, weights = [], []
            for item in layer:
                pulls = [(x[n], STIFF[(n >= real) + (item >= real)]) for step in steps for n in step[item]]
                weight = sum(w for _, w in pulls)
                wanted.append(sum(p * w for p, w in pulls) / weight if pulls else x[item])
                weights.append(weight or 0.1)
            for item, place in zip(layer, spread(wanted, weights, [widths[i] for i in layer], gap)):
                x[item] = place
    return x


def _straighten(chain, layers, ranks, x, widths, gap):
    """Let a long edge pass its layers at as few places as the free room between their items allows."""
    passing = chain[1:-1]
    while passing:
        low, high, together = float("-inf"), float("inf"), 0
        for item in passing:
            layer = layers[ranks[item]]
            at = layer.index(item)
            left = x[layer[at - 1]] + widths[layer[at - 1]] / 2 + gap / 2 if at else float("-inf")
            right = x[layer[at + 1]] - widths[layer[at + 1]] / 2 - gap / 2 if at + 1 < len(layer) else float("inf")
            if max(low, left) > min(high, right):
                break
            low, high, together = max(low, left), min(high, right), together + 1
        run = passing[:max(together, 1)]
        if together:
            ends = [x[chain[0]], x[chain[-1]]]
            wanted = min(ends, key=lambda end: max(low - end, end - high, 0))
            wanted = sum(x[item] for item in run) / len(run) if not low <= wanted <= high else wanted
            for item in run:
                x[item] = min(max(wanted, low), high)
        passing = passing[len(run):]


def spread(wanted, weights, widths, gap) -> list[float]:
    """Centres nearest to the wanted ones (weighted squares) that keep their order and `gap` between them."""
    shifts, at = [], 0.0
    for i, width in enumerate(widths):
        at += (widths[i - 1] + width) / 2 + gap if i else 0.0
        shifts.append(at)
    blocks = []  # (mean of wanted - shift, weight, how many): pooled where they would stand in the wrong order
    for want, weight, shift in zip(wanted, weights, shifts):
        blocks.append((want - shift, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (m, w, n), (k, v, o) = blocks[-2:]
            blocks[-2:] = [((m * w + k * v) / (w + v), w + v, n + o)]
    means = [mean for mean, _, n in blocks for _ in range(n)]
    return [mean + shift for mean, shift in zip(means, shifts)]


def _routes(chains, ranks, x, sizes, tops, into, out_of):
    def port(item, other, step):
        """Edges at one side of an item leave and arrive beside each other, in the order of their other ends."""
        ends = sorted(step[item], key=lambda n: x[n])
        room = min(5.0, 0.7 * sizes[item][0] / len(ends))
        side = item, other, step is into
        place = ends.index(other) + used[side]
        used[side] += 1
        return x[item] + (place - (len(ends) - 1) / 2) * room

    used, routes = Counter(), []
    for chain in chains:
        source, target = chain[0], chain[-1]
        start, end = port(source, chain[1], out_of), port(target, chain[-2], into)
        middle = sum(tops[ranks[source]]) / 2
        route = [(start, middle + sizes[source][1] / 2), (start, tops[ranks[source]][1])]
        for item in chain[1:-1]:
            route += [(x[item], tops[ranks[item]][0]), (x[item], tops[ranks[item]][1])]
        middle = sum(tops[ranks[target]]) / 2
        routes.append([*route, (end, tops[ranks[target]][0]), (end, middle - sizes[target][1] / 2)])
    return routes
