"""A tall layered layout cut where one edge alone goes on, its pieces beside each other."""

from math import ceil

from .layered import Layout

TALLEST = 430.0  # points, of a column
GUTTER = 16.0
TURN = 6.0  # how far an edge goes on before it turns to the next column


def in_columns(laid: Layout, sizes, ranks, edges, tallest: float = TALLEST) -> Layout:
    """The same layout in as many columns as its height needs and its cuts allow."""
    cuts = _cuts(laid, ranks, edges, tallest)
    if not cuts:
        return laid
    column = [sum(cut < rank for cut in cuts) for rank in ranks]
    begins = [laid.bands[0][0], *(laid.bands[cut + 1][0] for cut in cuts)]
    ends = [*(laid.bands[cut][1] for cut in cuts), laid.bands[-1][1]]

    def column_of(y):
        return max((n for n, begin in enumerate(begins) if y >= begin - 1e-9), default=0)

    spans = [[] for _ in begins]
    for i, (x, _) in enumerate(laid.places):
        spans[column[i]] += [x - sizes[i][0] / 2, x + sizes[i][0] / 2]
    for route in laid.routes:
        for x, y in route:
            spans[column_of(y)].append(x)
    shifts, at = [], 0.0
    for span in spans:
        shifts.append(at - min(span))
        at += max(span) - min(span) + GUTTER
    height = max(end - begin for begin, end in zip(begins, ends))
    drop = TURN + 2.0  # room above the columns for edges that come from the one before

    def moved(point, n):
        return point[0] + shifts[n], point[1] - begins[n] + drop

    routes = []
    for route in laid.routes:
        path, n = [], column_of(route[0][1])
        for point in route:
            if column_of(point[1]) > n:
                x, y = path[-1]
                n += 1
                to = moved(point, n)
                between = min(spans[n]) + shifts[n] - GUTTER / 2
                path += [(x, y), (x, y + TURN), (between, y + TURN), (between, drop - TURN), (to[0], drop - TURN), to]
            path.append(moved(point, n))
        routes.append(path)
    places = [moved(place, n) for place, n in zip(laid.places, column)]
    return Layout(places, routes, (at - GUTTER, height + drop + TURN), laid.bands)


def _cuts(laid, ranks, edges, tallest):
    """Layers after which a column ends: those that one edge leaves, nearest to equal heights."""
    whole = laid.size[1]
    count = ceil(whole / tallest)
    single = [rank for rank in range(len(laid.bands) - 1)
              if sum(ranks[a] <= rank < ranks[b] for a, b in edges) == 1]
    cuts = []
    for n in range(1, count):
        left = [rank for rank in single if rank > (cuts[-1] if cuts else -1)]
        if left:
            cuts.append(min(left, key=lambda rank: abs(laid.bands[rank][1] - n * whole / count)))
    return cuts
