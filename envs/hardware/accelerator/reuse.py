"""How many words a mapping moves between memories, in closed form and compiled.

What is counted is Timeloop's (Parashar et al., ISPASS 2019), at this level of detail:

- Each memory holds the tile of every tensor that the loops within it work on. When a loop outside it goes one further,
  it is brought what the new tile has and the last had not; overlapping windows of the input move by what is new alone.
- The PEs together are brought each word once (multicast), and pass on what a neighbour holds already: the buffer is
  read for what the array as a whole lacks. What each PE is brought crosses the array's network.
- Sums leave a memory when the work moves to others, and are read back when it returns; the first time they start at 0.
  PEs that work on one output add up their sums on the way out.
- A multiplication reads weight, input and sum out of the PE's registers and writes the sum back.

When loop i goes one further, all loops within it start again: how far each coordinate of a tile moves is known from the
factors, and so is how often that happens. A sum over loops replaces the walk through them.
"""

from numba import njit

N, G, K, C, P, Q, R, S = range(8)
WEIGHTS, INPUTS, SUMS = TENSORS = range(3)
DRAM, BUFFER, NETWORK, REGISTERS = MEMORIES = range(4)
READS, WRITES = range(2)
CACHED = {"cache": True, "nogil": True}


@njit(**CACHED)
def touched(outputs, filters, stride):
    """How many rows of the input so many output and filter rows touch."""
    return (outputs - 1) * stride + filters if filters >= stride else outputs * filters


@njit(**CACHED)
def still_touched(outputs, filters, stride, moved):
    """How many of them the same tile, moved by so many rows of the input, touches again."""
    moved = abs(moved)
    if filters >= stride:
        return max((outputs - 1) * stride + filters - moved, 0)
    periods, rest = moved // stride, moved % stride  # a comb: runs of `filters` rows, `stride` apart
    return (max(outputs - periods, 0) * max(filters - rest, 0)
            + max(outputs - periods - 1, 0) * max(filters - stride + rest, 0))


@njit(**CACHED)
def sizes(tile, stride, found):
    """Words of each tensor in a tile of these extents."""
    found[WEIGHTS] = tile[G] * tile[K] * tile[C] * tile[R] * tile[S]
    found[INPUTS] = (tile[N] * tile[G] * tile[C] * touched(tile[P], tile[R], stride)
                     * touched(tile[Q], tile[S], stride))
    found[SUMS] = tile[N] * tile[G] * tile[K] * tile[P] * tile[Q]


@njit(**CACHED)
def brought(tile, stride, loops, inner, outer, found):
    """Words of each tensor that a memory is brought in all, holding this tile.

    loops: (M, 3) dimension, times round, step in iterations of the layer, of the loops around it, outermost first.
    inner, outer: (8,) and (M,) of scratch.
    """
    sizes(tile, stride, found)
    weights, inputs, sums = found[WEIGHTS], found[INPUTS], found[SUMS]
    inner[:] = 0  # how far the loops within go back, by dimension
    times = 1
    for i in range(len(loops)):
        outer[i] = times
        times *= loops[i, 1]
    for i in range(len(loops) - 1, -1, -1):
        d, count, step = loops[i, 0], loops[i, 1], loops[i, 2]
        if count == 1:
            continue
        went_back = inner[d]
        inner[d] -= step
        often = outer[i] * (count - 1)
        if inner[G] or inner[K] or inner[C] or inner[R] or inner[S]:
            found[WEIGHTS] += often * weights
        if inner[N] or inner[G] or inner[K] or inner[P] or inner[Q]:
            found[SUMS] += often * sums
        kept = 0
        if not (inner[N] or inner[G] or inner[C]):
            kept = (tile[N] * tile[G] * tile[C]
                    * still_touched(tile[P], tile[R], stride, stride * inner[P] + inner[R])
                    * still_touched(tile[Q], tile[S], stride, stride * inner[Q] + inner[S]))
        found[INPUTS] += often * (inputs - kept)
        inner[d] = went_back + (count - 1) * step


@njit(**CACHED)
def count(factors, orders, stride, moved, scratch):
    """Fill `moved`, (3, 4, 2): words of each of TENSORS that each of MEMORIES has read and written.

    factors: (5, 8) at each of `spaces.mapping.LEVELS`, one of each of DIMENSIONS; orders: (2, 8) dimensions, outermost
    first. scratch: (7, 16) int64, C-contiguous.
    Of NETWORK, what goes to PEs is read and what comes back is written.
    """
    own = factors[4]
    array, held, inner, outer = scratch[0, :8], scratch[0, 8:], scratch[1, :8], scratch[2]
    to_buffer, to_array, to_pe = scratch[1, 8:11], scratch[1, 11:14], scratch[6, :3]
    loops = scratch[3:6].reshape(16, 3)
    for d in range(8):
        array[d] = own[d] * factors[3, d] * factors[2, d]
        held[d] = array[d] * factors[1, d]
    for i in range(8):
        d = orders[0, i]
        loops[i, 0], loops[i, 1], loops[i, 2] = d, factors[0, d], held[d]
        d = orders[1, i]
        loops[8 + i, 0], loops[8 + i, 1], loops[8 + i, 2] = d, factors[1, d], array[d]
    brought(held, stride, loops[:8], inner, outer, to_buffer)
    brought(array, stride, loops, inner, outer, to_array)
    brought(own, stride, loops, inner, outer, to_pe)
    pes = macs = 1
    for d in range(8):
        pes *= factors[2, d] * factors[3, d]
        macs *= held[d] * factors[0, d]
    for tensor in (WEIGHTS, INPUTS):
        moved[tensor, DRAM, READS] = moved[tensor, BUFFER, WRITES] = to_buffer[tensor]
        moved[tensor, DRAM, WRITES] = moved[tensor, NETWORK, WRITES] = 0
        moved[tensor, BUFFER, READS] = to_array[tensor]
        moved[tensor, NETWORK, READS] = moved[tensor, REGISTERS, WRITES] = pes * to_pe[tensor]
        moved[tensor, REGISTERS, READS] = macs
    outputs = factors[0, N] * held[N] * factors[0, G] * held[G]
    outputs *= factors[0, K] * held[K] * factors[0, P] * held[P] * factors[0, Q] * held[Q]
    again = to_buffer[SUMS] - outputs  # words that DRAM gives back
    back = to_array[SUMS] - outputs  # words that the buffer gives back
    moved[SUMS, DRAM, READS], moved[SUMS, DRAM, WRITES] = again, to_buffer[SUMS]
    moved[SUMS, BUFFER, READS] = back + to_buffer[SUMS]
    moved[SUMS, BUFFER, WRITES] = to_array[SUMS] + again
    moved[SUMS, NETWORK, READS], moved[SUMS, NETWORK, WRITES] = back, pes * to_pe[SUMS]
    # A PE's first addition to a sum that starts at 0 reads nothing; every sum that leaves is read.
    moved[SUMS, REGISTERS, READS] = moved[SUMS, REGISTERS, WRITES] = macs + back
