"""The controller and its channel, simulated from event to event and compiled.

What a command may follow, and when, are JEDEC's rules of DDR3, DDR4 and LPDDR4; what the controller decides follows
DRAMSys (Steiner et al., "DRAMSys4.0", SAMOS 2020), at this level of detail:

- Requests enter in the order of the trace, one a cycle, while no buffer that could take the next is known to be full
  (the one that took the last, where each bank has its own; either of two, of one for reads and one for writes) and no
  more than the allowed number is in flight. A slot is free the cycle after its request's read or write went out.
- A bank picks among its waiting requests by the scheduler, opens and closes its row by the page policy, and offers its
  next command. Of the commands that can go out in a cycle a refresh goes first, then that of the oldest request.
- A refresh falls due every tREFI in each rank. It is put off while requests wait and fewer than the allowed number are
  owed; otherwise the rank takes no further command, is precharged and refreshed. An idle rank then refreshes ahead, up
  to the allowed number, and each of these spares a later one.
"""

from collections import namedtuple
from dataclasses import fields
from typing import NamedTuple

import numpy as np
from numba import njit

from .device import Device

FAR = 1 << 60
OPEN, OPEN_ADAPTIVE, CLOSED, CLOSED_ADAPTIVE = range(4)
FIFO, FRFCFS_GRP, FRFCFS = range(3)
BANKWISE, READ_WRITE, SHARED = range(3)
NOTHING, ACTIVATE, PRECHARGE, COLUMN = range(4)
# Commands as the log names them.
COMMANDS = ("", "ACT", "PRE", "RD", "WR", "RDA", "WRA", "PREA", "REF")
ACT, PRE, RD, WR, RDA, WRA, PREA, REF = range(1, 9)


# What the engine needs of a device, all whole numbers; the names are those of `device.Device`.
Timing = namedtuple("Timing", ("ranks", "burst", "burst_bytes",
                               *(field.name for field in fields(Device) if field.type is int)))


class Settings(NamedTuple):
    """A controller in numbers: positions in the space's options, counts as they are."""

    policy: int
    scheduler: int
    buffers: int
    size: int
    in_order: int
    refresh: int
    postponed: int
    pulled_in: int
    in_flight: int
    """Most requests between entry and response; FAR where there is no limit."""


@njit(cache=True, nogil=True)
def pick(queue, count, row, address, burst_bytes, write, open_row, scheduler, direction):
    """Position in a bank's queue (oldest first) of the request that it serves next."""
    if scheduler == FIFO or open_row < 0:
        return 0
    hit = -1
    for k in range(count):
        request = queue[k]
        if row[request] != open_row:
            continue
        if scheduler == FRFCFS:
            return k
        if hit < 0:
            hit = k
        if write[request] == direction:
            for older in range(k):
                if address[queue[older]] // burst_bytes == address[request] // burst_bytes:
                    break
            else:
                return k
    return hit if hit >= 0 else 0


@njit(cache=True, nogil=True)
def simulate(arrival, bank, row, address, write, timing, settings, response, log):
    """Serve a trace. Returns (cycles, activations, precharges, refreshes, row hits, open cycles, logged commands).

    arrival, bank, row, address, write: (N,) the requests; banks are numbered through all ranks.
    response: (N,) int64, filled with the cycle at which each request's data end, in the order that leaves the channel.
    log: (M, 4) int64, filled with (cycle, command, bank, request) while it has room; (0, 4) for none.
    open cycles: summed over the ranks, those in which a bank is open.
    """
    t, s = timing, settings
    n = len(arrival)
    banks, groups = t.banks * t.ranks, t.bank_groups
    capacity = 2 * s.size if s.buffers == READ_WRITE else s.size
    queue = np.zeros((banks, capacity), np.int64)
    count = np.zeros(banks, np.int64)
    open_row = np.full(banks, -1, np.int64)
    untouched = np.zeros(banks, np.bool_)  # opened, and not read or written since
    acted = np.full(banks, -FAR, np.int64)
    next_act = np.zeros(banks, np.int64)
    next_pre = np.zeros(banks, np.int64)
    next_column = np.zeros(banks, np.int64)
    precharged = np.zeros(banks, np.int64)  # when a bank's precharge is complete, or its last refresh
    offer = np.zeros(banks, np.int64)  # the kind of a bank's next command
    place = np.zeros(banks, np.int64)  # position of its request in the queue
    ready = np.zeros(banks, np.int64)  # when the bank itself allows it
    stale = np.zeros(banks, np.bool_)
    used = np.zeros(banks if s.buffers == BANKWISE else 2, np.int64)
    last_pool = 0
    freed = -1  # when a full buffer last lost a request
    last_act = np.full((t.ranks, groups), -FAR, np.int64)
    last_act_rank = np.full(t.ranks, -FAR, np.int64)
    four = np.full((t.ranks, 4), -FAR, np.int64)  # the last four activations, oldest at `oldest`
    oldest = np.zeros(t.ranks, np.int64)
    next_read = np.zeros((t.ranks, groups), np.int64)
    next_write = np.zeros((t.ranks, groups), np.int64)
    waiting = np.zeros(t.ranks, np.int64)
    owed = np.zeros(t.ranks, np.int64)  # refreshes put off, or made ahead (below zero)
    due = np.full(t.ranks, t.REFI if s.refresh else FAR, np.int64)
    pending = np.zeros(t.ranks, np.int64)  # 1: a refresh must be made now; 2: it may, while nothing comes
    opened = np.zeros(t.ranks, np.int64)  # open banks
    open_from = np.full(t.ranks, -1, np.int64)
    open_to = np.zeros(t.ranks, np.int64)
    response[:] = -1  # until a request's data have their end
    window = min(s.in_flight, n)
    sequence = np.zeros(window, np.int64)  # the last ends of data, in the order of the column commands
    activations = precharges = refreshes = hits = open_cycles = logged = 0
    entered = served = answered = 0
    last_entry, bus_free, now, direction = -1, 0, 0, False

    while served < n:
        # The next entry.
        entry = FAR
        if entered < n:
            if used[last_pool] < s.size and (s.buffers != READ_WRITE or used[1 - last_pool] < s.size):
                entry = max(arrival[entered], last_entry + 1, freed + 1, now)
                first = entered - s.in_flight
                if first >= 0:
                    if s.in_order:
                        entry = max(entry, response[first] + 1) if answered > first else FAR
                    else:
                        entry = max(entry, sequence[first % window] + 1) if served > first else FAR

        # The next command: the earliest, on ties a refresh, then that of the oldest request.
        when, chosen, age = FAR, -1, FAR
        for b in range(banks):
            if count[b] == 0 or pending[b // t.banks] == 1:
                continue
            rank, group = b // t.banks, b % t.banks % groups
            if stale[b]:
                stale[b] = False
                k = pick(queue[b], count[b], row, address, t.burst_bytes, write, open_row[b], s.scheduler, direction)
                place[b] = k
                if open_row[b] < 0:
                    offer[b], ready[b] = ACTIVATE, next_act[b]
                elif open_row[b] == row[queue[b, k]]:
                    offer[b], ready[b] = COLUMN, next_column[b]
                else:
                    offer[b], ready[b] = PRECHARGE, next_pre[b]
            at = max(ready[b], bus_free, now)
            request = queue[b, place[b]]
            if offer[b] == COLUMN:
                at = max(at, next_write[rank, group] if write[request] else next_read[rank, group])
            elif offer[b] == ACTIVATE:
                at = max(at, last_act_rank[rank] + t.RRD_S, last_act[rank, group] + t.RRD_L,
                         four[rank, oldest[rank]] + t.FAW)
            if at < when or (at == when and request < age):
                when, chosen, age = at, b, request
        refreshing = -1
        trigger = FAR
        if s.refresh:
            for rank in range(t.ranks):
                trigger = min(trigger, due[rank])
                if pending[rank] == 0:
                    continue
                at = max(bus_free, now)
                for b in range(rank * t.banks, (rank + 1) * t.banks):
                    if opened[rank]:
                        if open_row[b] >= 0:
                            at = max(at, next_pre[b])
                    else:
                        at = max(at, precharged[b])
                if at <= when:
                    when, refreshing = at, rank

        if entry <= when and entry <= trigger:
            b = bank[entered]
            rank = b // t.banks
            pool = b if s.buffers == BANKWISE else (int(write[entered]) if s.buffers == READ_WRITE else 0)
            queue[b, count[b]] = entered
            count[b] += 1
            used[pool] += 1
            last_pool = pool
            waiting[rank] += 1
            stale[b] = True
            if pending[rank] == 2:
                pending[rank] = 0
            last_entry = now = entry
            entered += 1
            continue
        if trigger <= when:
            now = trigger
            for rank in range(t.ranks):
                if due[rank] != trigger:
                    continue
                due[rank] += t.REFI
                busy = waiting[rank] > 0 or (entered < n and arrival[entered] <= now
                                             and bank[entered] // t.banks == rank)
                if owed[rank] < 0:
                    owed[rank] += 1
                elif busy and owed[rank] < s.postponed:
                    owed[rank] += 1
                else:
                    pending[rank] = 1
            continue

        now = when
        if refreshing >= 0:
            rank = refreshing
            first = rank * t.banks
            bus_free = now + t.bus_other
            if opened[rank]:
                for b in range(first, first + t.banks):
                    if open_row[b] >= 0:
                        open_row[b] = -1
                        next_act[b] = max(next_act[b], now + t.RPab)
                        precharged[b] = now + t.RPab
                        stale[b] = True
                        precharges += 1
                opened[rank] = 0
                open_to[rank] = max(open_to[rank], now)
                if logged < len(log):
                    log[logged] = (now, PREA, first, -1)
                    logged += 1
                continue
            for b in range(first, first + t.banks):
                next_act[b] = max(next_act[b], now + t.RFC)
                precharged[b] = now + t.RFC
                stale[b] = True
            refreshes += 1
            if pending[rank] == 2:
                owed[rank] -= 1
            pending[rank] = 2 if waiting[rank] == 0 and owed[rank] > -s.pulled_in else 0
            if logged < len(log):
                log[logged] = (now, REF, first, -1)
                logged += 1
            continue

        b = chosen
        rank, group = b // t.banks, b % t.banks % groups
        k = place[b]
        request = queue[b, k]
        stale[b] = True
        if offer[b] == PRECHARGE:
            open_row[b] = -1
            next_act[b] = max(next_act[b], now + t.RP)
            precharged[b] = now + t.RP
            precharges += 1
            opened[rank] -= 1
            open_to[rank] = max(open_to[rank], now)
            bus_free = now + t.bus_other
            command = PRE
        elif offer[b] == ACTIVATE:
            open_row[b] = row[request]
            untouched[b] = True
            acted[b] = last_act[rank, group] = last_act_rank[rank] = now
            four[rank, oldest[rank]] = now
            oldest[rank] = (oldest[rank] + 1) % 4
            next_column[b], next_pre[b], next_act[b] = now + t.RCD, now + t.RAS, now + t.RC
            activations += 1
            if opened[rank] == 0 and (open_from[rank] < 0 or now > open_to[rank]):
                if open_from[rank] >= 0:
                    open_cycles += open_to[rank] - open_from[rank]
                open_from[rank] = now
            opened[rank] += 1
            bus_free = now + t.bus_access
            command = ACT
        else:
            writes = write[request]
            for later in range(k, count[b] - 1):
                queue[b, later] = queue[b, later + 1]
            count[b] -= 1
            waiting[rank] -= 1
            pool = b if s.buffers == BANKWISE else (int(writes) if s.buffers == READ_WRITE else 0)
            if used[pool] == s.size:
                freed = now
            used[pool] -= 1
            hits += not untouched[b]
            untouched[b] = False
            if writes != direction and s.scheduler == FRFCFS_GRP:
                stale[:] = True
            direction = writes
            for r in range(t.ranks):
                for g in range(groups):
                    if r == rank:
                        gap = max(t.CCD_L if g == group else t.CCD_S, t.burst)
                        if writes:
                            next_write[r, g] = max(next_write[r, g], now + gap)
                            next_read[r, g] = max(next_read[r, g], now + t.WL + t.burst
                                                  + (t.WTR_L if g == group else t.WTR_S))
                        else:
                            next_read[r, g] = max(next_read[r, g], now + gap)
                            next_write[r, g] = max(next_write[r, g], now + t.RL + t.burst + t.turnaround - t.WL)
                    else:
                        same = now + t.burst + t.RTRS
                        turned = same + t.WL - t.RL if writes else same + t.RL - t.WL
                        next_write[r, g] = max(next_write[r, g], same if writes else turned)
                        next_read[r, g] = max(next_read[r, g], turned if writes else same)
            end = now + (t.WL if writes else t.RL) + t.burst
            response[request] = sequence[served % window] = end
            served += 1
            while s.in_order and answered < n and response[answered] >= 0:
                if answered:
                    response[answered] = max(response[answered], response[answered - 1])
                answered += 1
            next_pre[b] = max(next_pre[b], now + (t.WL + t.burst + t.WR if writes else t.RTP))
            bus_free = now + t.bus_access
            closes = s.policy == CLOSED
            if s.policy == CLOSED_ADAPTIVE or (s.policy == OPEN_ADAPTIVE and count[b] > 0):
                closes = True
                for other in range(count[b]):
                    if row[queue[b, other]] == open_row[b]:
                        closes = False
                        break
            if closes:
                open_row[b] = -1
                precharged[b] = next_pre[b] + t.RP
                next_act[b] = max(next_act[b], precharged[b])
                precharges += 1
                opened[rank] -= 1
                open_to[rank] = max(open_to[rank], next_pre[b])
            command = (WRA if writes else RDA) if closes else (WR if writes else RD)
        if logged < len(log):
            log[logged] = (now, command, b, request)
            logged += 1

    cycles = 0
    for i in range(n):
        cycles = max(cycles, response[i])
    for rank in range(t.ranks):
        if open_from[rank] >= 0:
            open_cycles += (cycles if opened[rank] else min(open_to[rank], cycles)) - open_from[rank]
    return cycles, activations, precharges, refreshes, hits, open_cycles, logged
