"""A mapping executed: every loop walked, every word by its address, every memory with what it holds. Slow and plain."""

from itertools import product

from archgym.spaces.accelerator_layers import DIMENSIONS


def words(tensor, ranges, stride):
    """Addresses that the iterations in these ranges, one a dimension, use."""
    n, g, k, c, p, q, r, s = ranges
    if tensor == "weights":
        return set(product(g, k, c, r, s))
    if tensor == "sums":
        return set(product(n, g, k, p, q))
    rows, columns = {stride * y + x for y in p for x in r}, {stride * y + x for y in q for x in s}
    return set(product(n, g, c, rows, columns))


def steps(order, factors):
    """Positions of a nest of loops, by dimension, the last of `order` fastest."""
    for at in product(*(range(factors[DIMENSIONS.index(d)]) for d in order)):
        yield [at[order.index(d)] for d in DIMENSIONS]


def executed(mapping, stride):
    """{(tensor, memory, "reads" or "writes"): words}, of DRAM, buffer, network and registers."""
    dram, buffer, rows, columns, own = mapping.factors
    pes = list(product(steps(DIMENSIONS, rows), steps(DIMENSIONS, columns)))
    found = {(t, m, way): 0 for t in ("weights", "inputs", "sums") for m in ("dram", "buffer", "network", "registers")
             for way in ("reads", "writes")}
    in_buffer = {t: set() for t in ("weights", "inputs", "sums")}
    in_pes = {t: [set() for _ in pes] for t in in_buffer}
    begun = set()  # sums that are not 0 any more, wherever they are

    def leave_array(sums, holders):
        """PEs give up their sums, which are added up and written to the buffer."""
        for held in holders:
            found["sums", "registers", "reads"] += len(held)
            found["sums", "network", "writes"] += len(held)
        found["sums", "buffer", "writes"] += len(sums)

    def leave_buffer(sums):
        found["sums", "buffer", "reads"] += len(sums)
        found["sums", "dram", "writes"] += len(sums)

    for outer in steps(mapping.dram_order, dram):
        for inner in steps(mapping.buffer_order, buffer):
            whole, tiles = [], []
            for d in range(8):
                size = own[d] * rows[d] * columns[d] * buffer[d]
                whole.append(range(outer[d] * size, (outer[d] + 1) * size))
            for row, column in pes:
                ranges = []
                for d in range(8):
                    index = ((outer[d] * buffer[d] + inner[d]) * rows[d] + row[d]) * columns[d] + column[d]
                    ranges.append(range(index * own[d], (index + 1) * own[d]))
                tiles.append(ranges)
            wanted = {t: [words(t, ranges, stride) for ranges in tiles] for t in in_buffer}
            # Sums leave first: the array's to the buffer, then the buffer's to DRAM.
            if wanted["sums"] != in_pes["sums"]:
                leave_array(set().union(*in_pes["sums"]), in_pes["sums"])
            held = words("sums", whole, stride)
            if held != in_buffer["sums"]:
                leave_buffer(in_buffer["sums"])
                found["sums", "dram", "reads"] += len(held & begun)
                found["sums", "buffer", "writes"] += len(held & begun)
                in_buffer["sums"] = held
            loaded = set()
            if wanted["sums"] != in_pes["sums"]:
                loaded = set().union(*wanted["sums"]) & begun
                found["sums", "buffer", "reads"] += len(loaded)
                found["sums", "network", "reads"] += len(loaded)
                found["sums", "registers", "writes"] += len(loaded)
            for t in ("weights", "inputs"):
                fresh = words(t, whole, stride) - in_buffer[t]
                found[t, "dram", "reads"] += len(fresh)
                found[t, "buffer", "writes"] += len(fresh)
                in_buffer[t] = words(t, whole, stride)
                found[t, "buffer", "reads"] += len(set().union(*wanted[t]) - set().union(*in_pes[t]))
                for now, before in zip(wanted[t], in_pes[t]):
                    found[t, "network", "reads"] += len(now - before)
                    found[t, "registers", "writes"] += len(now - before)
            # The work: a sum that was given to one PE, and one that a PE went on with, is read; a new one is not.
            kept = wanted["sums"] == in_pes["sums"]
            nonzero = [set(tile) if kept else set() for tile in wanted["sums"]]
            for pe, tile in enumerate(wanted["sums"]):
                if not kept:
                    nonzero[pe] = tile & loaded
                    loaded -= tile
            for pe, ranges in enumerate(tiles):
                for n, g, k, c, p, q, r, s in product(*ranges):
                    found["weights", "registers", "reads"] += 1
                    found["inputs", "registers", "reads"] += 1
                    found["sums", "registers", "reads"] += (n, g, k, p, q) in nonzero[pe]
                    found["sums", "registers", "writes"] += 1
                    nonzero[pe].add((n, g, k, p, q))
            begun |= set().union(*wanted["sums"])
            in_pes = wanted
    leave_array(set().union(*in_pes["sums"]), in_pes["sums"])
    leave_buffer(in_buffer["sums"])
    return found
